import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { leaking } from "../../../../tools/leaks/sinks.js"
import { spellings } from "../../../../tools/leaks/spellings.js"
import * as Mask from "../../src/internal/mask.js"

const hide = (...keys: ReadonlyArray<string>) => Mask.make(keys.map((key) => Redacted.make(key)))

describe("make", () => {
  it("redacts keys anywhere", () => {
    expect(hide("canary-key")("Bearer canary-key, again: canary-key.")).toBe("Bearer <a key>, again: <a key>.")
  })

  it("redacts a key that JSON escapes, and one that is part of another", () => {
    expect(hide("can\"ary\\")(JSON.stringify({ key: "can\"ary\\" }))).toBe("{\"key\":\"<a key>\"}")
    expect(hide("canary", "canary-2")("canary-2 canary")).toBe("<a key> <a key>")
  })

  it.each(Object.entries(spellings))("takes out a key that is spelled %s", (_, spell) => {
    const key = "canary-key-with-\"quotes\"-and-more"
    const out = hide(key)(`got ${spell(key)}.`)
    expect(out).toContain("<a key>")
    expect(leaking([{ how: "a message", text: out }], [key, spell(key)])).toEqual([])
  })

  it("redacts the suite's values, whole or truncated", () => {
    const value = Mask.markedValue("canary \"鍵\"\n")
    expect(hide()(`x ${value} y ${JSON.stringify(value)} z`)).toBe("x <a value> y \"<a value>\" z")
    expect(hide()(`x ${value.slice(0, -5)}`)).toBe("x <a value>")
  })

  it("changes nothing else", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string(), (text) => hide("no such canary")(text) === text))
  })
})

describe("show", () => {
  const show = (json: unknown, ...keys: ReadonlyArray<string>) => hide(...keys)(Mask.show(json))

  it("prints JSON", () => {
    expect(show({ a: [1, null, "x"] })).toBe("{\"a\":[1,null,\"x\"]}")
    expect(show(undefined)).toBe("nothing")
  })

  it("prints no value, of any type and in any place", () => {
    const json = {
      items: [{ spec: { value: "canary" } }, { value: { deep: "canary" } }, { name: Mask.markedValue("canary") }]
    }
    expect(show(json)).toBe(
      "{\"items\":[{\"spec\":{\"value\":\"<a value>\"}},{\"value\":\"<a value>\"},{\"name\":\"<a value>\"}]}"
    )
  })

  it("prints a null value as null", () => {
    expect(show({ value: null })).toBe("{\"value\":null}")
  })

  it("cuts long texts", () => {
    const text = show("x".repeat(1000))
    expect(text.length).toBeLessThan(500)
    expect(text).toMatch(/^"x+… \(1002 characters\)$/)
  })

  it("cuts after redaction, so that no half of a secret remains", () => {
    for (let before = 370; before < 410; before++) {
      const text = show("x".repeat(before) + "canary-key" + Mask.markedValue("canary"), "canary-key")
      expect(text).not.toMatch(/can|contract/)
    }
  })

  it("cuts each of several texts, and nothing between them", () => {
    const long = "x".repeat(1000)
    const text = hide()(`expected ${Mask.show(long)}, got ${Mask.show("a")} and ${"y".repeat(500)}`)
    expect(text).toMatch(/^expected "x+… \(1002 characters\), got "a" and y{500}$/)
  })
})
