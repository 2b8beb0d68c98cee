import { describe, expect, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as Seal from "../src/Seal.js"

describe("a seal", () => {
  it("is equal for equal texts, within a run only", () => {
    const [one, other] = [Seal.make(), Seal.make()]
    expect(one("a value")).toBe(one("a value"))
    expect(one("a value")).not.toBe(one("a valuf"))
    expect(one("a value")).not.toBe(other("a value"))
  })

  it("has the length as a power of two, and nothing else of the text", () => {
    expect(Seal.make()("x".repeat(33))).toMatch(/^sealed-64-[\w-]{22}$/)
    fc.assert(fc.property(fc.string({ minLength: 5 }), (text) => {
      const sealed = Seal.make()(text)
      const length = Number(/^sealed-(\d+)-[\w-]{22}$/.exec(sealed)?.[1])
      expect(length).toBeGreaterThanOrEqual(text.length)
      expect(length).toBeLessThan(2 * text.length)
      expect(sealed.replace(/^sealed-\d+-/, "")).not.toContain(text)
    }))
    expect(["", "a", "ab", "abc"].map((text) => Seal.make()(text).split("-")[1])).toEqual(["0", "1", "2", "4"])
  })
})
