import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { isResourceName, maxLength, ResourceName } from "../src/ResourceName.js"
import { refused, unwritable } from "./refused.js"

const text = "Expected a name of 1 to 255 characters after trimming"

describe("isResourceName", () => {
  it("accepts 1 to 255 characters", () => {
    expect(maxLength).toBe(255)
    expect(isResourceName("")).toBe(false)
    expect(isResourceName("a")).toBe(true)
    expect(isResourceName("a".repeat(255))).toBe(true)
    expect(isResourceName("a".repeat(256))).toBe(false)
    expect(isResourceName("a".repeat(100_000))).toBe(false)
  })

  it("counts code points, not code units", () => {
    expect(isResourceName("🔑".repeat(255))).toBe(true)
    expect(isResourceName("🔑".repeat(256))).toBe(false)
    expect(isResourceName(`${"🔑".repeat(254)}a`)).toBe(true)
    expect(isResourceName(`${"🔑".repeat(254)}ab`)).toBe(false)
    expect(isResourceName("a".repeat(256) + "🔑".repeat(127))).toBe(false)
  })

  it("counts white space inside the name only", () => {
    expect(isResourceName(" \t\r\n\u00a0\u3000")).toBe(false)
    expect(isResourceName(`  ${"a".repeat(255)}\n`)).toBe(true)
    expect(isResourceName(`${" ".repeat(1000)}a`)).toBe(true)
    expect(isResourceName(`a${" ".repeat(253)}a`)).toBe(true)
    expect(isResourceName(`a${" ".repeat(254)}a`)).toBe(false)
  })

  it.prop("equals a count of the trimmed code points", [
    FastCheck.string({ unit: FastCheck.constantFrom("a", "🔑", " "), minLength: 240, maxLength: 270 })
  ], ([name]) => {
    const count = Array.from(name.trim()).length
    expect(isResourceName(name)).toBe(count >= 1 && count <= 255)
  })
})

describe("ResourceName", () => {
  it("does not trim the name", () => {
    expect(Schema.decodeUnknownSync(ResourceName)(" Stripe key ")).toBe(" Stripe key ")
    expect(Schema.encodeSync(ResourceName)(" Stripe key ")).toBe(" Stripe key ")
  })

  it("refuses invalid names in both directions, with the rule as message", () => {
    for (const wrong of ["", "  ", "a".repeat(256), 7, null, ["a"]]) {
      expect(refused(ResourceName, wrong)).toEqual([text])
      expect(unwritable(ResourceName, wrong)).toEqual([text])
    }
  })

  it("generates names of any script", () => {
    const sample = FastCheck.sample(Arbitrary.make(ResourceName), { numRuns: 100, seed: 1 })
    expect(sample.some((name) => /^[\x20-\x7e]+$/.test(name))).toBe(true)
    expect(sample.some((name) => /[^\x20-\x7e]/.test(name))).toBe(true)
  })

  it.prop("generates names", [ResourceName], ([name]) => {
    expect(Array.from(name.trim()).length).toBeGreaterThanOrEqual(1)
    expect(Array.from(name.trim()).length).toBeLessThanOrEqual(255)
  })
})
