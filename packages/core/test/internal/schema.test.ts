import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as JSONSchema from "effect/JSONSchema"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import {
  array,
  Count,
  Delay,
  Flag,
  NonEmptyText,
  optional,
  struct,
  Text,
  Unset,
  unsettable
} from "../../src/internal/schema.js"
import { refused, unwritable } from "../refused.js"

describe("leaves", () => {
  it.each(
    [
      ["a string", Text, [7, null, undefined, ["a"], { a: 1 }, true]],
      ["a non-empty string", NonEmptyText, ["", 7, null]],
      ["a boolean", Flag, ["true", 0, null]],
      ["a non-negative integer", Count, [-1, 0.5, NaN, Infinity, "1", null]],
      ["a duration", Delay, ["1s", 5, null, { _tag: "Hours" }]]
    ] as const
  )("say both ways that they expected %s", (what, schema, wrongs) => {
    for (const wrong of wrongs) {
      expect(refused(schema as Schema.Schema<unknown>, wrong)).toEqual([`Expected ${what}`])
      expect(unwritable(schema as Schema.Schema<unknown>, wrong)).toEqual([`Expected ${what}`])
    }
  })

  it("accepts integers from 0", () => {
    for (const count of [0, 1, Number.MAX_SAFE_INTEGER]) {
      expect(Schema.decodeUnknownSync(Count)(count)).toBe(count)
    }
  })

  it("describe integers from 0 in JSON Schema", () => {
    expect(JSONSchema.make(Count)).toMatchObject({ type: "integer", minimum: 0 })
  })
})

describe("a field that may be unset", () => {
  it("is in JSON Schema as the field that is written", () => {
    const Listed = Schema.Struct({
      nullable: unsettable(Count),
      text: unsettable(Count, { empty: "", isAlwaysPresent: false }),
      map: unsettable(Count, { empty: {}, isAlwaysPresent: false })
    })
    const field = { type: "integer", minimum: 0 }
    const { properties } = JSONSchema.make(Listed) as JSONSchema.JsonSchema7Object
    expect(properties).toEqual({ nullable: field, text: field, map: field })
  })

  it.each([
    ["absent or a value", optional(Flag), 1],
    ["null or a value", unsettable(Flag), 2],
    ["empty text or a value", unsettable(Flag, { empty: "", isAlwaysPresent: false }), 3],
    ["an empty object or a value", unsettable(Flag, { empty: {}, isAlwaysPresent: false }), 3]
  ])("says what was expected where it may be %s, without the input", (_, field, unsetValues) => {
    const Holder = Schema.Struct({ field })
    const messagesOf = <A, I>(schema: Schema.Schema<A, I>) => {
      const tree = String(Either.getOrThrow(Either.flip(Schema.decodeUnknownEither(schema)({ field: "quoted" }))))
      expect(tree).not.toContain("quoted")
      return tree.split(/\n.*─ /).filter((line) => line.startsWith("Expected")).sort()
    }
    expect(messagesOf(Holder)).toEqual(["Expected a boolean", "Expected nothing"])
    expect(messagesOf(Schema.encodedSchema(Holder)))
      .toEqual(["Expected a boolean", ...Array.from({ length: unsetValues }, () => "Expected nothing")])
  })
})

describe("array", () => {
  it("has a message for another type, and for an invalid item", () => {
    expect(refused(array(Text), "a")).toEqual(["Expected an array"])
    expect(refused(array(Text), ["a", 7])).toEqual(["[1]: Expected a string"])
    expect(unwritable(array(Text), { length: 1 })).toEqual(["Expected an array"])
  })
})

describe("struct", () => {
  const Plain = struct("Plain", { a: Text, b: unsettable(Count) })
  const Empty = struct("Empty", { a: optional(Text) })
  const Renamed = struct("Renamed", {
    a: Schema.optionalWith(Schema.Union(Unset, Text), { default: () => undefined }),
    b: Schema.optionalToOptional(Text, Text, { decode: Option.filter((b) => b !== ""), encode: (b) => b })
  })

  it("keeps its fields for reuse", () => {
    expect(Object.keys(Plain.fields)).toEqual(["a", "b"])
    expectTypeOf<typeof Plain.Type>().toEqualTypeOf<{ readonly a: string; readonly b?: number | undefined }>()
  })

  it("decodes null of an unset field as undefined, without changing the input", () => {
    const wire = Object.freeze({ a: "a", b: null, c: null })
    expect(Schema.decodeUnknownSync(Plain)(wire)).toStrictEqual({ a: "a", b: undefined })
    expect(Schema.decodeUnknownSync(Renamed)({ a: null })).toStrictEqual({ a: undefined })
    expect(refused(Empty, { a: null })).toEqual(["a: Expected a string"])
  })

  it("decodes only a field's own empty value as undefined", () => {
    const Listed = struct("Listed", {
      text: unsettable(Text, { empty: "", isAlwaysPresent: false }),
      map: unsettable(Schema.Object, { empty: {}, isAlwaysPresent: false })
    })
    const decode = Schema.decodeUnknownSync(Listed)
    expect(decode({ text: "", map: {} })).toStrictEqual({ text: undefined, map: undefined })
    expect(decode({ text: " ", map: { a: "" } })).toStrictEqual({ text: " ", map: { a: "" } })
    expect(decode({ text: null, map: null })).toStrictEqual({ text: undefined, map: undefined })
    expect(Schema.encodeSync(Listed)({ text: undefined, map: undefined })).toEqual({})
    expect(refused(Listed, { text: {}, map: "" }, { errors: "all" })).toEqual([
      "text: Expected a string",
      `map: Expected object`
    ])
  })

  it("compares deeply, and treats undefined as absent", () => {
    const isSame = Schema.equivalence(Plain)
    expect(isSame({ a: "a" }, { a: "a", b: undefined })).toBe(true)
    expect(isSame({ a: "a" }, { a: "a", b: 1 })).toBe(false)
  })

  it("encodes undefined as absent", () => {
    expect(JSON.stringify(Schema.encodeSync(Plain)({ a: "a", b: undefined }))).toBe(`{"a":"a"}`)
  })

  it("ignores a __proto__ key as an unknown field", () => {
    for (const wire of [`{"__proto__":{"a":"x"}}`, `{"__proto__":{"a":"x"},"b":null}`]) {
      expect(refused(Plain, JSON.parse(wire))).toEqual(["a: Required, and missing"])
    }
    const read = Schema.decodeUnknownSync(Plain)(JSON.parse(`{"__proto__":{"b":7},"a":"a","b":null}`))
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(read.b).toBeUndefined()
  })

  it("names the expected object in both directions, also with renamed and default fields", () => {
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

  it("refuses to encode null", () => {
    expect(unwritable(Plain, { a: "a", b: null })).toEqual(["b: Expected a non-negative integer"])
  })
})
