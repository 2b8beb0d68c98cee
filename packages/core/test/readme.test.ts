import { describe, expect, it, vi } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { format } from "node:util"
import { programsOf } from "../../../tools/readme/programs.js"

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8")

const files = readdirSync(new URL("readme/", import.meta.url))
const sources = Object.fromEntries(files.map((file) => [file, read(`readme/${file}`)]))

/** The documented output of a program: the comments after console.log and in the lines below it. */
const promised = (code: string): ReadonlyArray<string> =>
  [...code.matchAll(/console\.log\(.*\)((?:\s*\/\/ .*)+)$/gm)].map((match) =>
    String(match[1]).split("\n").map((line) => line.trim().slice("// ".length)).filter((line) => line !== "").join("\n")
  )

describe("the README", () => {
  it("shows the programs of test/readme", () => {
    expect(programsOf(read("../README.md"), sources)).toHaveLength(8)
  })

  it("imports each module by its own path", () => {
    const imported = Object.values(sources).flatMap((code) =>
      [...code.matchAll(/from "([^"]+)"/g)].map(([, name]) => name)
    )
    expect(imported.length).toBeGreaterThan(files.length)
    for (const specifier of imported) {
      expect(specifier).toMatch(/^(effect|@workspace-secrets\/core)\/[A-Z]\w+$/)
    }
  })

  it.each(files)("prints its documented output: %s", async (file) => {
    const code = read(`readme/${file}`)
    const log = vi.spyOn(console, "log").mockImplementation(() => {})
    try {
      vi.resetModules()
      await import(new URL(`readme/${file}`, import.meta.url).href)
      expect(promised(code)).toHaveLength(code.split("console.log(").length - 1)
      expect(log.mock.calls.map((line) => format(...(line as Array<unknown>)))).toEqual(promised(code))
    } finally {
      log.mockRestore()
    }
  })
})
