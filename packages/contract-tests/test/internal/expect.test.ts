import { describe, expect, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Expect from "../../src/internal/expect.js"
import * as Mask from "../../src/internal/mask.js"

const print = Mask.make([])

const messageOf = (self: Effect.Effect<unknown, Expect.ExpectationFailed>): string =>
  Effect.runSync(Effect.match(self, { onSuccess: () => "", onFailure: ({ message }) => print(message) }))

const differences = (expected: unknown, actual: unknown) => Expect.differences(expected, actual, []).map(print)

describe("differences", () => {
  it("is empty for equal JSON, with keys in any order", () => {
    expect(differences({ a: 1, b: [null, { c: "x" }] }, { b: [null, { c: "x" }], a: 1 })).toEqual([])
  })

  it("has the expected and the actual value of each path", () => {
    expect(differences({ metadata: { name: "a", labels: { "a b": "x" } }, n: 1 }, { metadata: { name: "b", id: 5 } }))
      .toEqual([
        "metadata.id: expected nothing, got 5",
        "metadata.labels: expected {\"a b\":\"x\"}, got nothing",
        "metadata.name: expected \"a\", got \"b\"",
        "n: expected 1, got nothing"
      ])
  })

  it("distinguishes an absent key from null, and an array from an object", () => {
    expect(differences({}, { a: null })).toEqual(["a: expected nothing, got null"])
    expect(differences([], {})).toEqual(["expected [], got {}"])
    expect(differences(1, "1")).toEqual(["expected 1, got \"1\""])
  })

  it("treats an expected undefined as absent", () => {
    expect(differences({ a: undefined }, {})).toEqual([])
  })

  it("has the length of an array, and its differences", () => {
    expect(differences([1, 2, 3], [1, 5])).toEqual(["expected 3 items, got 2", "[1]: expected 2, got 5"])
  })

  it("ignores inherited properties", () => {
    expect(differences({ constructor: "a" }, {})).toEqual(["constructor: expected \"a\", got nothing"])
  })

  it("contains no value of a secret", () => {
    const found = [
      differences({ spec: { value: "canary" } }, { spec: { value: "other canary" } }),
      differences({ spec: { value: "canary" } }, { spec: {} }),
      differences({ spec: {} }, { spec: { value: "canary" } }),
      differences({ spec: {} }, { spec: { value: ["canary"] } }),
      differences([], [{ spec: { value: "canary" } }]),
      differences({}, { items: [{ spec: { value: "canary" } }] })
    ]
    expect(found).toEqual([
      ["spec.value: expected the value that was written, got another"],
      ["spec.value: expected the value that was written, got nothing"],
      ["spec.value: expected nothing, got a value"],
      ["spec.value: expected nothing, got a value"],
      ["expected 0 items, got 1"],
      ["items: expected nothing, got [{\"spec\":{\"value\":\"<a value>\"}}]"]
    ])
  })

  it("finds none between a JSON value and itself", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.jsonValue(), (json) => differences(json, structuredClone(json)).length === 0)
    )
  })

  it("finds one between two different JSON values", () => {
    FastCheck.assert(FastCheck.property(FastCheck.jsonValue(), FastCheck.jsonValue(), (a, b) => {
      const isSame = differences(a, b).length === 0
      return !isSame || canonical(a) === canonical(b)
    }))
  })
})

const canonical = (json: unknown): string =>
  JSON.stringify(json, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
      : inner)

describe("same", () => {
  it("succeeds for equal JSON, and fails with the subject and each difference", () => {
    expect(messageOf(Expect.same({ a: 1 }, { a: 1 }, "GET /"))).toBe("")
    expect(messageOf(Expect.same({ a: 1 }, { a: 2, b: 3 }, "GET /"))).toBe(
      "GET /\n  a: expected 2, got 1\n  b: expected 3, got nothing"
    )
  })

  it("stops after ten differences", () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, i]))
    expect(messageOf(Expect.same({}, many, "GET /")).split("\n")).toHaveLength(11)
  })
})

describe("holds", () => {
  it("fails with its message unless the condition is true", () => {
    expect(messageOf(Expect.holds(true, "expected this"))).toBe("")
    expect(messageOf(Expect.holds(false, "expected this"))).toBe("expected this")
  })
})

describe("about", () => {
  class Refused extends Data.TaggedError("Refused")<{ readonly message: string }> {}

  it("precedes the message of a failure", () => {
    expect(messageOf(Expect.fail("expected this").pipe(Expect.about("mask a"), Expect.about("scoped")))).toBe(
      "scoped: mask a: expected this"
    )
  })

  it("adds the name of another error", () => {
    expect(messageOf(Expect.about("get")(new Refused({ message: "no" })))).toBe(
      "get: expected a success, got Refused: no"
    )
    const error: unknown = new TypeError("no")
    expect(messageOf(Expect.about("get")(Effect.fail(error)))).toBe("get: expected a success, got TypeError: no")
    expect(messageOf(Expect.about("get")(Effect.fail({ value: "canary" })))).toBe(
      "get: expected a success, got {\"value\":\"<a value>\"}"
    )
  })
})
