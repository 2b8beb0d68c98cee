import { expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"

const here = new URL("../src/internal/", import.meta.url)
const there = new URL("../../../../packages/http-client/src/internal/", import.meta.url)

/** Modules without a line that depends on the version of Effect, here and there. Copy a change of one from the other line. */
const same = [
  ["cursorTrail.ts", "client/cursorTrail.ts"],
  ["retryAfter.ts", "wire/retryAfter.ts"],
  ["weakMemo.ts", "weakMemo.ts"]
] as const

it.each(same)("the Effect 3 line has the same %s", (own, other) => {
  expect(readFileSync(new URL(own, here), "utf8")).toBe(readFileSync(new URL(other, there), "utf8"))
})
