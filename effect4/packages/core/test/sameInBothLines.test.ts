import { describe, expect, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"

const here = new URL("../src/", import.meta.url)
const there = new URL("../../../../packages/core/src/", import.meta.url)

const modulesOf = (directory: URL) => readdirSync(directory).filter((file) => file.endsWith(".ts")).sort()

/** Modules without a line that depends on the version of Effect. Copy a change of one from the other line. */
const same = [
  "ApiKey.ts",
  "ErrorTable.ts",
  "Examples.ts",
  "FieldName.ts",
  "PrefixedUlid.ts",
  "Redaction.ts",
  "internal/cut.ts",
  "internal/entities.ts",
  "internal/spelling.ts",
  "internal/wellFormed.ts"
]

describe("the core of the Effect 3 line", () => {
  it("has the same modules", () => {
    // `Codec` is the fast path of Effect 3, which schemas of Effect 4 do without.
    expect(modulesOf(here)).toEqual(modulesOf(there).filter((file) => file !== "Codec.ts"))
  })

  it.each(same)("has the same %s", (file) => {
    expect(readFileSync(new URL(file, here), "utf8")).toBe(readFileSync(new URL(file, there), "utf8"))
  })

  it("has the same table of unset fields", () => {
    const tableOf = (directory: URL) =>
      /export const unsetFields = \{[^]*?\n\}/.exec(readFileSync(new URL("UnsetFields.ts", directory), "utf8"))?.[0]
    expect(tableOf(here)).toBeDefined()
    expect(tableOf(here)).toBe(tableOf(there))
  })
})
