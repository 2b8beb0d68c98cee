import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import { codec } from "../../src/Codec.js"
import { compile, UNSURE } from "../../src/internal/compile.js"
import { WorkspaceSecretPage } from "../../src/ListWorkspaceSecrets.js"
import { Profile } from "../../src/Profile.js"
import { WorkspaceSecret } from "../../src/WorkspaceSecret.js"
import example from "../fixtures/documented-example.json" with { type: "json" }
import { same } from "../same.js"
import { type AnySchema, schemas } from "../schemas.js"

type Errors = "first" | "all"

type Parse = (input: unknown) => Either.Either<unknown, ParseResult.ParseError>

const outcome = (parse: Parse, input: unknown) => {
  try {
    return Either.match(parse(input), {
      onLeft: (error) => ({ refused: ParseResult.TreeFormatter.formatErrorSync(error) }),
      onRight: (value) => ({ value })
    })
  } catch (thrown) {
    // A wiped Redacted throws.
    return { thrown: String(thrown) }
  }
}

/** Parses with a codec and with Effect: both must return the same value or the same error message. */
const agree = (
  schema: AnySchema,
  direction: "decode" | "encode",
  input: unknown,
  reports: ReadonlyArray<Errors> = ["first", "all"]
) => {
  for (const errors of reports) {
    const options = { errors }
    const fast = outcome(codec(schema, options)[direction], input)
    const slow = outcome(
      direction === "decode"
        ? Schema.decodeUnknownEither(schema, options)
        : Schema.encodeUnknownEither(schema, options),
      input
    )
    if (!same(fast, slow)) {
      expect(fast).toEqual(slow)
      expect.fail("the same to look at, but not the same")
    }
  }
}

const isObject = (u: unknown): u is Record<string, unknown> => typeof u === "object" && u !== null

/** The paths of a value and all nested values. */
const places = (self: unknown, at: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  isObject(self) ? [at, ...Object.keys(self).flatMap((key) => places(self[key], [...at, key]))] : [at]

/** A copy with one value replaced or removed. */
const put = (self: unknown, [key, ...rest]: ReadonlyArray<string>, wrong: unknown): unknown => {
  if (key === undefined || !isObject(self)) {
    return wrong
  }
  const copy = (Array.isArray(self)
    ? [...self as ReadonlyArray<unknown>]
    : Object.assign(Object.create(Object.getPrototypeOf(self) as object) as object, self)) as Record<string, unknown>
  if (rest.length === 0 && wrong === absent) {
    delete copy[key]
  } else {
    copy[key] = put(copy[key], rest, wrong)
  }
  return copy
}

const absent = Symbol("absent")

const json = (text: string): unknown => JSON.parse(text)

const wrongs: ReadonlyArray<unknown> = [
  ...[absent, null, undefined, "", "x", "2024-02-30T00:00:00Z", 0, -1, 1.5, NaN, true, [], [1], ["a"], {}, { a: 1 }],
  ...[{ a: null }, { "": "" }, json(`{"__proto__":"x"}`), json(`{"__proto__":{"a":"b"},"c":null}`)],
  ...[Object.create({ value: "inherited" }) as object, new Date(0), new Map([["a", "b"]])]
]

/** A value, and copies with one or two invalid parts. */
const damaged = (whole: FastCheck.Arbitrary<unknown>) =>
  FastCheck.tuple(whole, FastCheck.infiniteStream(FastCheck.nat()), FastCheck.nat(2)).map(([value, stream, times]) => {
    let out = value
    for (let i = 0; i < times; i++) {
      const all = places(out)
      const place = all[Number(stream.next().value) % all.length] ?? []
      out = put(out, place, wrongs[Number(stream.next().value) % wrongs.length])
    }
    return out
  })

const bodies: ReadonlyArray<readonly [name: string, schema: AnySchema, json: unknown]> = [
  ["a secret", WorkspaceSecret as AnySchema, example],
  ["a profile", Profile as AnySchema, example.info.createdBy],
  ["a page", WorkspaceSecretPage as AnySchema, { items: [example], pagination: { nextCursor: "b3BhcXVl" } }]
]

describe("valid input", () => {
  it.each(bodies)("is decoded and encoded fast: %s", (_, { ast }, json) => {
    const value = compile(ast, "decode")(json, {})
    expect(value).not.toBe(UNSURE)
    expect(compile(ast, "encode")(value, {})).toEqual(json)
  })

  it.each(bodies)("gives the same result as with Effect's parser: %s", (_, schema, json) => {
    agree(schema, "decode", json)
    agree(schema, "encode", Schema.decodeUnknownSync(schema)(json))
  })
})

/** Which parser called a function: this package's or Effect's. */
const caller = (): "fast" | "slow" => {
  const frames = new Error("where").stack?.split("\n").slice(3) ?? []
  const found = frames.find((frame) => /internal\/compile\.ts|ParseResult/.test(frame)) ?? ""
  return found.includes("ParseResult") ? "slow" : "fast"
}

/** A part of a schema that records which parser ran it. */
const probe = () => {
  const seen: Array<"fast" | "slow"> = []
  const take = () => (input: unknown) => {
    seen.push(caller())
    return ParseResult.succeed(input)
  }
  return { part: Schema.declare([], { decode: take, encode: take }), seen }
}

type Part = Schema.Schema<unknown>

describe("the fast parser handles", () => {
  it.each<readonly [string, (part: Part) => Schema.Schema.All, unknown]>([
    ["a part alone", (part) => part, 1],
    ["a field", (part) => Schema.Struct({ a: part }), { a: 1 }],
    ["an optional field", (part) => Schema.Struct({ a: Schema.optionalWith(part, { exact: true }) }), { a: 1 }],
    ["a field of a field", (part) => Schema.Struct({ a: Schema.Struct({ b: part }) }), { a: { b: 1 } }],
    [
      "objects that a literal tells apart",
      (part) =>
        Schema.Union(
          Schema.Struct({ is: Schema.Literal("a"), a: part }),
          Schema.Struct({ is: Schema.Literal("b"), a: part })
        ),
      { is: "b", a: 1 }
    ],
    ["an item", (part) => Schema.Array(part), [1, 2]],
    ["what may be a text, too", (part) => Schema.Union(part, Schema.String), 1],
    ["what may be one of two texts, too", (part) => Schema.Union(part, Schema.Literal("x"), Schema.Literal("y")), 1],
    ["what may be a text that is not empty, too", (part) => Schema.Union(part, Schema.NonEmptyString), 1],
    ["what may be undefined", (part) => Schema.Union(part, Schema.Undefined), 1],
    ["what may be one of a few texts", (part) => Schema.Struct({ a: part, b: Schema.Literal("x", "y") }), {
      a: 1,
      b: "y"
    }],
    ["what has a rule", (part) => part.pipe(Schema.filter(() => true)), 1],
    [
      "both sides of a transformation",
      (part) => Schema.transform(part, part, { decode: (u) => u, encode: (u) => u }),
      1
    ],
    ["both schemas of two in a row", (part) => Schema.compose(part, part), 1],
    ["the content of a Redacted", (part) => Schema.RedactedFromSelf(part), Redacted.make(1)]
  ])("%s", (_, make, input) => {
    const { part, seen } = probe()
    const { ast } = make(part)
    for (const direction of ["decode", "encode"] as const) {
      expect(compile(ast, direction)(input, {})).toEqual(input)
      expect(seen.length).toBeGreaterThan(0)
      expect([...new Set(seen)]).toEqual(["fast"])
      seen.length = 0
    }
  })

  it.each<readonly [string, (part: Part) => Schema.Schema.All, unknown]>([
    ["a map", (part) => Schema.Record({ key: Schema.String, value: part }), { a: 1 }],
    ["fields and a map", (part) => Schema.Struct({ a: part }, { key: Schema.String, value: part }), { a: 1, b: 2 }],
    ["a pair", (part) => Schema.Tuple(part, part), [1, 2]],
    ["items behind a first one", (part) => Schema.Tuple([part], part), [1, 2, 3]],
    ["items before a last one", (part) => Schema.Tuple([], part, part), [1, 2, 3]],
    [
      "objects that two literals tell apart",
      (part) =>
        Schema.Union(
          Schema.Struct({ is: Schema.Literal("a"), a: part }),
          Schema.Struct({ type: Schema.Literal("b"), a: part })
        ),
      { type: "b", a: 1 }
    ],
    ["options of its own", (part) => Schema.Struct({ a: part }).annotations({ parseOptions: {} }), { a: 1 }],
    ["a value to fall back to", (part) => part.annotations({ decodingFallback: () => Either.right(0) }), 1]
  ])("but for what is left to Effect: %s", (_, make, input) => {
    const { part, seen } = probe()
    const { ast } = make(part)
    for (const direction of ["decode", "encode"] as const) {
      expect(compile(ast, direction)(input, {})).toEqual(input)
      expect([...new Set(seen)]).toEqual(["slow"])
    }
  })

  it.each<readonly [ParseOptions, "fast" | "slow"]>([
    [{}, "fast"],
    [{ errors: "all" }, "fast"],
    [{ onExcessProperty: "ignore", propertyOrder: "none" }, "fast"],
    [{ onExcessProperty: "ignore" }, "fast"],
    [{ propertyOrder: "none" }, "fast"],
    [{ onExcessProperty: "preserve" }, "slow"],
    [{ onExcessProperty: "error" }, "fast"],
    [{ propertyOrder: "original" }, "slow"],
    [{ onExcessProperty: "error", propertyOrder: "none" }, "fast"],
    [{ onExcessProperty: "ignore", propertyOrder: "original" }, "slow"]
  ])("with the options %j it is %s", (options, by) => {
    const { part, seen } = probe()
    const { decode, encode } = codec(Schema.Struct({ a: part }), options)
    expect(decode({ a: 1 })).toEqual(Either.right({ a: 1 }))
    expect(seen).toEqual([by])
    expect(encode({ a: 1 })).toEqual(Either.right({ a: 1 }))
    expect(seen).toEqual([by, by])
  })
})

describe("composed schemas give the same result as with Effect's parser", () => {
  const Positive = Schema.NumberFromString.pipe(Schema.filter((n) => n > 0))
  const anything = Schema.transform(Schema.Unknown, Schema.Boolean, { decode: () => true, encode: () => "any" })
  const refusing = Schema.transformOrFail(Schema.String, anything, {
    decode: (text, _, ast) => ParseResult.fail(new ParseResult.Type(ast, text)),
    encode: (u, _, ast) => ParseResult.fail(new ParseResult.Type(ast, u))
  })
  const any = Schema.Struct({ a: Schema.String })
  /** A literal on one side only. */
  const literalIn = Schema.transform(Schema.Literal("x"), Schema.String, {
    decode: () => "y",
    encode: () => "x" as const
  })
  const literalOut = Schema.transform(Schema.String, Schema.Literal("x"), {
    decode: () => "x" as const,
    encode: () => "y"
  })
  const named = Schema.Struct({ a: Schema.String, b: Schema.String })
  class Instance extends Schema.Class<Instance>("Instance")({ a: Schema.Literal("x") }) {}
  enum Color {
    Red,
    Blue
  }
  const parts: Readonly<Record<string, Schema.Schema.AnyNoContext>> = {
    string: Schema.String,
    number: Schema.Number,
    boolean: Schema.Boolean,
    undefined: Schema.Undefined,
    unknown: Schema.Unknown,
    literal: Schema.Literal("x", 1, true, null),
    enums: Schema.Enums(Color),
    template: Schema.TemplateLiteral("x", Schema.Number),
    declared: Schema.declare<string, string, []>([], {
      decode: () => (u, _, ast) =>
        u === "x" ? ParseResult.succeed("x5") : ParseResult.fail(new ParseResult.Type(ast, u)),
      encode: () => (u, _, ast) =>
        u === "x5" ? ParseResult.succeed("x") : ParseResult.fail(new ParseResult.Type(ast, u))
    }),
    refined: Positive,
    "refined twice": Positive.pipe(Schema.filter((n) => n < 9)),
    renamed: Schema.Struct({ a: Schema.propertySignature(Schema.NumberFromString).pipe(Schema.fromKey("b")) }),
    defaulted: Schema.Struct({ a: Schema.optionalWith(Schema.String, { default: () => "x" }) }),
    "composed of a rule and anything": Schema.compose(Schema.String, anything, { strict: false }),
    "refused on the way to anything": refusing,
    "an empty struct": Schema.Struct({}),
    map: Schema.Record({ key: Schema.String, value: Positive }),
    "fields and a map": Schema.Struct({ a: Schema.String }, { key: Schema.String, value: Schema.Unknown }),
    pair: Schema.Tuple(Schema.String, Positive),
    "a first and others": Schema.Tuple([Schema.String], Positive),
    "others and a last": Schema.Tuple([], Positive, Schema.String),
    "objects, the second one told by a literal": Schema.Union(
      Schema.Struct({ a: Schema.String }),
      Schema.Struct({ a: Schema.Literal("x"), b: Schema.String })
    ),
    "a text or an object": Schema.Union(Schema.String, Schema.Struct({ a: Schema.String })),
    "an object with a literal, or a text, or none": Schema.Union(
      Schema.Struct({ a: Schema.Literal("x"), b: Schema.optional(Schema.String) }),
      Schema.String,
      Schema.Undefined
    ),
    "a number of a text, or one of two texts": Schema.Union(Schema.NumberFromString, Schema.Literal("5", "x")),
    "an object or a text": Schema.Union(Schema.Struct({ a: Schema.String }), Schema.String),
    "a number of a text, or the text": Schema.Union(Schema.NumberFromString, Schema.String),
    "a rule's text or another": Schema.Union(Schema.NonEmptyString, Schema.Literal("")),
    strict: Schema.Struct({ a: Schema.String }).annotations({ parseOptions: { onExcessProperty: "error" } }),
    fallback: Schema.String.annotations({ decodingFallback: () => Either.right("x") }),
    "any text, or a literal as it is encoded": Schema.Union(any, Schema.Struct({ a: literalIn })),
    "any text, or a literal as it is decoded": Schema.Union(any, Schema.Struct({ a: literalOut })),
    "any text, or an object with a literal that becomes another": Schema.Union(
      any,
      Schema.transform(Schema.Struct({ a: Schema.Literal("x") }), named, {
        decode: () => ({ a: "y", b: "z" }),
        encode: () => ({ a: "x" as const })
      })
    ),
    "any text, or an object that becomes one with a literal": Schema.Union(
      any,
      Schema.transform(named, Schema.Struct({ a: Schema.Literal("x") }), {
        decode: () => ({ a: "x" as const }),
        encode: () => ({ a: "y", b: "z" })
      })
    ),
    "any text, or an instance with a literal": Schema.Union(any, Schema.typeSchema(Instance)),
    "any text, or a rule's object with a literal": Schema.Union(
      any,
      Schema.Struct({ a: Schema.Literal("x"), b: Schema.optional(Schema.String) }).pipe(Schema.filter(() => true))
    ),
    "any text, or what refers to an object with a literal": Schema.Union(
      any,
      Schema.suspend(() => Schema.Struct({ a: Schema.Literal("x"), b: Schema.optional(Schema.String) }))
    ),
    "any text, or a pair that begins with a literal": Schema.Union(
      any,
      Schema.Array(Schema.String),
      Schema.Tuple(Schema.Literal("x"), Schema.NumberFromString)
    ),
    "an Option": Schema.OptionFromSelf(Positive),
    "a Redacted text": Schema.RedactedFromSelf(Schema.String),
    "a Redacted number of a Redacted text": Schema.RedactedFromSelf(Positive),
    "a Redacted number of a text": Schema.Redacted(Positive)
  }
  const inputs: ReadonlyArray<unknown> = [
    ...wrongs.filter((wrong) => wrong !== absent),
    ...["5", "-5", "12", "x", "x5", 5, -5, 12, null, [], ["x"], ["x", "5"], ["x", 5], ["5", "x"], [5, "x"]],
    ...[["5", "6", "x"], [5, 6, "x"], ["x", "5", "6"], ["x", 5, 6], [undefined], { a: "x" }, { a: "x", b: "y" }],
    ...[{ a: 5 }, { b: "5" }, { a: "5" }, { a: "-5" }, { a: "x", b: 1 }],
    ...["5", "-5", "x", 5, -5].map((content) => Redacted.make(content)),
    ...[{ a: "y", b: "z" }, { a: "y" }, new Instance({ a: "x" }), Option.some("5"), Option.some(5), Option.none()]
  ]
  const parse = { decode: Schema.decodeUnknownEither, encode: Schema.encodeUnknownEither }

  it.each(Object.entries(parts))("%s", (_, schema) => {
    for (const direction of ["decode", "encode"] as const) {
      const fast = compile(schema.ast, direction)
      for (const input of inputs) {
        const slow: unknown = Either.getOrElse(parse[direction](schema)(input), () => UNSURE)
        const value: unknown = fast(input, {})
        expect([direction, input, value]).toEqual([direction, input, slow])
        expect(same(value, slow)).toBe(true)
      }
    }
  })
})

it("leaves an unknown field to Effect's parser where it is an error", () => {
  const { decode, encode } = codec(Schema.Struct({ a: Schema.String }), { onExcessProperty: "error" })
  for (const parse of [decode, encode]) {
    expect(parse({ a: "x" })).toEqual(Either.right({ a: "x" }))
    expect(Either.isLeft(parse({ a: "x", b: undefined }))).toBe(true)
    expect(Either.isLeft(parse({ a: "x", [Symbol("b")]: 1 }))).toBe(true)
  }
})

it("keeps a Redacted whose content stays the same", () => {
  const { ast } = Schema.RedactedFromSelf(Schema.String)
  const redacted = Redacted.make("content")
  expect(compile(ast, "decode")(redacted, {})).toBe(redacted)
  expect(compile(ast, "encode")(redacted, {})).toBe(redacted)
})

describe("invalid input", () => {
  it.each(bodies)("is left to Effect's parser, wherever it is invalid: %s", (_, schema, json) => {
    const decode = Schema.decodeUnknownEither(schema)
    const parse = compile(schema.ast, "decode")
    for (const place of places(json)) {
      for (const wrong of wrongs) {
        const input = put(json, place, wrong)
        agree(schema, "decode", input, ["all"])
        // Invalid input is never accepted, and valid input never left to Effect.
        expect(Either.isRight(decode(input))).toBe(parse(input, {}) !== UNSURE)
      }
    }
  })
})

describe("any input gives the same result as with Effect's parser", () => {
  for (const [name, schema] of schemas) {
    const whole = Arbitrary.make(schema)
    const encode = Schema.encodeSync(schema)
    const json = whole.map((value): unknown => JSON.parse(JSON.stringify(encode(value)) ?? "null"))

    it.prop(name, [damaged(json), damaged(whole)], ([input, value]) => {
      agree(schema, "decode", input)
      agree(schema, "encode", value)
    }, { fastCheck: { numRuns: 25 } })
  }
})
