import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { array, Count, Delay, Flag, NonEmptyText, optional, struct, Text } from "../../src/internal/schema.js"
import { refused, unwritable } from "../refused.js"

describe("leaves", () => {
  it.each(
    [
      ["a string", Text, [7, null, undefined, ["a"], { a: 1 }, true]],
      ["a non-empty string", NonEmptyText, ["", 7, null]],
      ["a boolean", Flag, ["true", 0, null]],
      ["a whole number that is not negative", Count, [-1, 0.5, NaN, Infinity, "1", null]],
      ["a duration", Delay, ["1s", 5, null, { _tag: "Hours" }]]
    ] as const
  )("say both ways that they expected %s", (what, schema, wrongs) => {
    for (const wrong of wrongs) {
      expect(refused(schema as Schema.Schema<unknown>, wrong)).toEqual([`Expected ${what}`])
      expect(unwritable(schema as Schema.Schema<unknown>, wrong)).toEqual([`Expected ${what}`])
    }
  })

  it("counts from zero as far as numbers are whole", () => {
    for (const count of [0, 1, Number.MAX_SAFE_INTEGER]) {
      expect(Schema.decodeUnknownSync(Count)(count)).toBe(count)
    }
  })
})

describe("array", () => {
  it("says of what is none that it expected one, and of an item what was expected there", () => {
    expect(refused(array(Text), "a")).toEqual(["Expected an array"])
    expect(refused(array(Text), ["a", 7])).toEqual(["[1]: Expected a string"])
    expect(unwritable(array(Text), { length: 1 })).toEqual(["Expected an array"])
  })
})

describe("struct", () => {
  const Plain = struct("Plain", { a: Text, b: optional(Count) })
  const Empty = struct("Empty", { a: optional(Text) })
  const Renamed = struct("Renamed", {
    a: Schema.optionalWith(Text, { default: () => "" }),
    b: Schema.optionalToOptional(Text, Text, { decode: Option.filter((b) => b !== ""), encode: (b) => b })
  })

  it("keeps its fields for the payloads that reuse them", () => {
    expect(Object.keys(Plain.fields)).toEqual(["a", "b"])
    expectTypeOf<typeof Plain.Type>().toEqualTypeOf<{ readonly a: string; readonly b?: number | undefined }>()
  })

  it("reads null as absent, and leaves what it was given as it was", () => {
    const wire = Object.freeze({ a: "a", b: null, c: null })
    expect(Schema.decodeUnknownSync(Plain)(wire)).toEqual({ a: "a" })
    expect(Object.keys(Schema.decodeUnknownSync(Plain)(wire))).toEqual(["a"])
    expect(Schema.decodeUnknownSync(Renamed)({ a: null, b: null })).toEqual({ a: "" })
  })

  it("takes undefined of a writer for absent", () => {
    expect(JSON.stringify(Schema.encodeSync(Plain)({ a: "a", b: undefined }))).toBe(`{"a":"a"}`)
  })

  it("takes a __proto__ of the wire for a field that it does not know", () => {
    for (const wire of [`{"__proto__":{"a":"x"}}`, `{"__proto__":{"a":"x"},"b":null}`]) {
      expect(refused(Plain, JSON.parse(wire))).toEqual(["a: Required, and missing"])
    }
    const read = Schema.decodeUnknownSync(Plain)(JSON.parse(`{"__proto__":{"b":7},"a":"a","b":null}`))
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(read.b).toBeUndefined()
  })

  it("says which object it expected, both ways, also where a field is renamed or has a default", () => {
    for (const wrong of ["canary", 7, null, undefined, ["canary"], [null], true]) {
      expect(refused(Plain, wrong)).toEqual(["Expected an object (Plain)"])
      expect(refused(Renamed, wrong)).toEqual(["Expected an object (Renamed)"])
      expect(refused(Empty, wrong)).toEqual(["Expected an object (Empty)"])
    }
    for (const wrong of ["canary", 7, null, undefined]) {
      expect(unwritable(Plain, wrong)).toEqual(["Expected an object (Plain)"])
      expect(unwritable(Renamed, wrong)).toEqual(["Expected an object (Renamed)"])
    }
  })

  it("does not take a null of a writer", () => {
    expect(unwritable(Plain, { a: "a", b: null })).toEqual(["b: Expected a whole number that is not negative"])
  })
})
