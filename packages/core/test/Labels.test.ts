import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { isLabelKey, isLabelValue, Labels, orNone, StoredLabels, violation } from "../src/Labels.js"
import { refused, unwritable } from "./refused.js"

const keyRule =
  "a label's key is 1 to 63 characters, alphanumeric at both ends, with - _ . between; a DNS prefix and / may stand before it"
const valueRule = "a label's value is 0 to 63 characters, alphanumeric at both ends, with - _ . between"

const a = (length: number) => "a".repeat(length)

/** A DNS name with this number of characters. */
const dns = (length: number): string => length <= 63 ? a(length) : `${a(63)}.${dns(length - 64)}`

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/** The rules for a name, character by character. */
const obeys = (name: string): boolean =>
  name.length >= 1
  && name.length <= 63
  && [...name].every((character) => `${alphanumeric}-_.`.includes(character))
  && alphanumeric.includes(name.charAt(0))
  && alphanumeric.includes(name.charAt(name.length - 1))

const almostNames = FastCheck.string({
  unit: FastCheck.constantFrom("a", "Z", "7", "-", "_", ".", " ", "é"),
  maxLength: 6
})

describe("isLabelValue", () => {
  it.each(["", "a", "7", "v2", "a.b-c_d", "A", a(63), `a${"-".repeat(61)}b`])("takes %j", (value) => {
    expect(isLabelValue(value)).toBe(true)
  })

  it.each([a(64), "-a", "a-", ".a", "a.", "_a", "a_", "a b", "a/b", "é", "aéa", "a\n", " ", "-", "a,b", "a=b", "🔑"])(
    "refuses %j",
    (value) => {
      expect(isLabelValue(value)).toBe(false)
    }
  )

  it.prop("follows the rule character by character", [almostNames], ([value]) => {
    expect(isLabelValue(value)).toBe(value === "" || obeys(value))
  }, { fastCheck: { numRuns: 500 } })
})

describe("isLabelKey", () => {
  it.each([
    "a",
    "environment",
    "constructor",
    "toString",
    "hasOwnProperty",
    "a.b-c_d",
    a(63),
    "example.com/team",
    "a/b",
    "x-1.example/a_b",
    `${dns(253)}/${a(63)}`,
    `${a(63)}/a`
  ])("takes %j", (key) => {
    expect(isLabelKey(key)).toBe(true)
  })

  it.each([
    "",
    a(64),
    "-a",
    "a-",
    "_a",
    "__proto__",
    "a b",
    "/a",
    "a/",
    "/",
    "a/b/c",
    "a//b",
    "-a.com/b",
    "a-.com/b",
    "a..com/b",
    ".com/b",
    "com./b",
    "a_b.com/c",
    `a/${a(64)}`,
    `${a(64)}/a`,
    `${dns(254)}/a`,
    `${dns(253)}/${a(64)}`,
    "a\n"
  ])("refuses %j", (key) => {
    expect(isLabelKey(key)).toBe(false)
  })

  it("has its test keys right", () => {
    expect(dns(253)).toHaveLength(253)
    expect(dns(254)).toHaveLength(254)
    expect(dns(254).split(".").every((label) => label.length >= 1 && label.length <= 63)).toBe(true)
  })

  it.prop("follows the rule character by character", [almostNames], ([key]) => {
    expect(isLabelKey(key)).toBe(obeys(key))
    expect(isLabelKey(`example.com/${key}`)).toBe(obeys(key))
  }, { fastCheck: { numRuns: 500 } })
})

describe("violation", () => {
  it("returns the broken rule, the key's before the value's", () => {
    expect(violation("team", "platform")).toBeUndefined()
    expect(violation("te am", "platform")).toBe(keyRule)
    expect(violation("team", "plat form")).toBe(valueRule)
    expect(violation("te am", "plat form")).toBe(keyRule)
  })
})

describe("orNone", () => {
  it("returns undefined for absent labels and for an empty map", () => {
    expect(orNone(undefined)).toBeUndefined()
    expect(orNone({})).toBeUndefined()
    const labels = { team: "platform" }
    expect(orNone(labels)).toBe(labels)
  })
})

/** JSON with keys such as `__proto__`. */
const hostile = `{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"}`

describe("Labels", () => {
  it("decodes and encodes valid labels, as a copy", () => {
    const labels = { environment: "production", "example.com/team": "", version: "v2" }
    const decoded = Schema.decodeUnknownSync(Labels)(labels)
    expect(decoded).toEqual(labels)
    expect(decoded).not.toBe(labels)
    expect(Schema.encodeSync(Labels)(decoded)).toEqual(labels)
  })

  it("refuses invalid labels in both directions, with the key in the path", () => {
    expect(refused(Labels, { ok: "a", "not ok": "b" })).toEqual([`["not ok"]: ${keyRule}`])
    expect(refused(Labels, { team: "not ok" })).toEqual([`team: ${valueRule}`])
    expect(refused(Labels, { team: 7 })).toEqual(["team: Expected a string"])
    expect(refused(Labels, { team: null })).toEqual(["team: Expected a string"])
    expect(unwritable(Labels, { "not ok": "b" })).toEqual([`["not ok"]: ${keyRule}`])
    expect(unwritable(Labels, { team: "not ok" })).toEqual([`team: ${valueRule}`])
  })

  it("reports the first violation, or all with errors: all", () => {
    const wrong = { "1 ": "a", team: " ", fine: "a" }
    expect(refused(Labels, wrong)).toEqual([`["1 "]: ${keyRule}`])
    expect(refused(Labels, wrong, { errors: "all" })).toEqual([`["1 "]: ${keyRule}`, `team: ${valueRule}`])
  })

  it("refuses other types", () => {
    for (const wrong of [[], ["a"], "a", 7, null, true]) {
      expect(refused(Labels, wrong)).toEqual(["Expected an object of strings"])
    }
  })

  it("refuses __proto__, which starts with _, with its path", () => {
    expect(refused(Labels, JSON.parse(`{"__proto__":"a"}`))).toEqual([`__proto__: ${keyRule}`])
  })

  it("accepts the keys constructor and toString", () => {
    const decoded = Schema.decodeUnknownSync(Labels)(JSON.parse(`{"constructor":"a","toString":"b"}`))
    expect(Object.entries(decoded)).toEqual([["constructor", "a"], ["toString", "b"]])
    expect(JSON.stringify(Schema.encodeSync(Labels)(decoded))).toBe(`{"constructor":"a","toString":"b"}`)
  })

  it.prop("generates labels that follow the rules", [Labels], ([labels]) => {
    for (const [key, value] of Object.entries(labels)) {
      const slash = key.indexOf("/")
      expect(slash).toBeLessThanOrEqual(253)
      expect(obeys(key.slice(slash + 1))).toBe(true)
      expect(value === "" || obeys(value)).toBe(true)
    }
  })

  it("generates keys with and without a prefix, and empty values", () => {
    const sample = FastCheck.sample(Arbitrary.make(Labels), { numRuns: 200, seed: 1 })
    const entries = sample.flatMap((labels) => Object.entries(labels))
    expect(entries.some(([key]) => key.includes("/"))).toBe(true)
    expect(entries.some(([key]) => !key.includes("/"))).toBe(true)
    expect(entries.some(([key]) => key.endsWith("constructor"))).toBe(true)
    expect(entries.some(([key]) => /\..*\//.test(key))).toBe(true)
    for (const sign of ["-", "_", "."]) {
      expect(entries.some(([, value]) => value.includes(sign))).toBe(true)
    }
    expect(sample.every((labels) => Object.keys(labels).length <= 5)).toBe(true)
    expect(entries.some(([, value]) => value === "")).toBe(true)
    expect(sample.every((labels) => Object.keys(labels).length > 0)).toBe(true)
  })
})

describe("StoredLabels", () => {
  it("decodes labels that break the rules", () => {
    const labels = { "": "", "not ok": "not ok either", [a(300)]: a(300) }
    expect(Schema.decodeUnknownSync(StoredLabels)(labels)).toEqual(labels)
    expect(refused(StoredLabels, { team: 7 })).toEqual(["team: Expected a string"])
    expect(refused(StoredLabels, [])).toEqual(["Expected an object of strings"])
  })

  it("keeps the keys __proto__, constructor and toString in both directions", () => {
    const decoded = Schema.decodeUnknownSync(StoredLabels)(JSON.parse(hostile))
    expect(Object.entries(decoded)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["toString", "c"],
      ["hasOwnProperty", "d"]
    ])
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
    const encoded = Schema.encodeSync(StoredLabels)(decoded)
    expect(JSON.stringify(encoded)).toBe(hostile)
    expect(Object.getPrototypeOf(encoded)).toBe(Object.prototype)
  })

  it("never changes a prototype, not even if __proto__ is an object", () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    expect(refused(StoredLabels, JSON.parse(`{"__proto__":{"polluted":"yes"}}`))).toEqual([
      "__proto__: Expected a string"
    ])
    Schema.decodeUnknownSync(StoredLabels)(JSON.parse(hostile))
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false)
    expect("toString" in Object.prototype && typeof Object.prototype.toString).toBe("function")
  })
})
