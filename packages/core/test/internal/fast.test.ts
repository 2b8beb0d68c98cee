import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import * as ParseResult from "effect/ParseResult"
import * as Pretty from "effect/Pretty"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import { compile, hasten, UNSURE } from "../../src/internal/fast.js"
import { WorkspaceSecretPage } from "../../src/ListWorkspaceSecrets.js"
import { Profile } from "../../src/Profile.js"
import { WorkspaceSecret } from "../../src/WorkspaceSecret.js"
import example from "../fixtures/documented-example.json" with { type: "json" }
import { same } from "../same.js"
import { type AnySchema, schemas } from "../schemas.js"

// With this option, Effect's parser does all of it by itself.
const alone: ParseOptions = { propertyOrder: "original" }

type Parse = (input: unknown, options: ParseOptions) => Either.Either<unknown, ParseResult.ParseError>

const outcome = (parse: Parse, input: unknown, options: ParseOptions) => {
  try {
    return Either.match(parse(input, options), {
      onLeft: (error) => ({ refused: ParseResult.TreeFormatter.formatErrorSync(error) }),
      onRight: (value) => ({ value })
    })
  } catch (thrown) {
    // A Redacted that was wiped.
    return { thrown: String(thrown) }
  }
}

/** Parses with and without the fast parsers: the same value, or the same refusal to the last word. */
const agree = (parse: Parse, input: unknown, reports: ReadonlyArray<"first" | "all"> = ["first", "all"]) => {
  for (const errors of reports) {
    const fast = outcome(parse, input, { errors })
    const slow = outcome(parse, input, { errors, ...alone })
    if (!same(fast, slow)) {
      expect(fast).toEqual(slow)
      expect.fail("the same to look at, but not the same")
    }
  }
}

const isObject = (u: unknown): u is Record<string, unknown> => typeof u === "object" && u !== null

/** Every place inside a value, from the outside in. */
const places = (self: unknown, at: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  isObject(self) ? [at, ...Object.keys(self).flatMap((key) => places(self[key], [...at, key]))] : [at]

/** A copy in which something else is at one place, or nothing. */
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

/** A value, and the same with something wrong in one place or two. */
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

describe("what fits", () => {
  it.each(bodies)("is decoded and encoded fast: %s", (_, { ast }, json) => {
    const value = compile(ast, "decode")(json, {})
    expect(value).not.toBe(UNSURE)
    expect(compile(ast, "encode")(value, {})).toEqual(json)
  })

  it.each(bodies)("is what Effect's own parser makes of it: %s", (_, schema, json) => {
    agree(Schema.decodeUnknownEither(schema), json)
    agree(Schema.encodeUnknownEither(schema), Schema.decodeUnknownSync(schema)(json))
  })
})

describe("what does not fit", () => {
  it.each(bodies)("is given up on, wherever it is wrong: %s", (_, schema, json) => {
    const decode = Schema.decodeUnknownEither(schema)
    const parse = compile(schema.ast, "decode")
    for (const place of places(json)) {
      for (const wrong of wrongs) {
        const input = put(json, place, wrong)
        agree(decode, input, ["all"])
        // Nothing that is refused gets through.
        expect(Either.isRight(decode(input, alone)) || parse(input, {}) === UNSURE).toBe(true)
      }
    }
  })
})

describe("whatever comes is decoded and encoded, or refused, as by Effect's own parser", () => {
  // The errors have no fast parsers.
  for (const [name, schema] of schemas.filter(([, schema]) => !("_tag" in schema))) {
    const whole = Arbitrary.make(schema)
    const encode = Schema.encodeSync(schema)
    const json = whole.map((value): unknown => JSON.parse(JSON.stringify(encode(value)) ?? "null"))

    it.prop(name, [damaged(json), damaged(whole)], ([input, value]) => {
      agree(Schema.decodeUnknownEither(schema), input)
      agree(Schema.encodeUnknownEither(schema), value)
      agree(Schema.validateEither(schema), value)
    }, { fastCheck: { numRuns: 25 } })
  }
})

describe("hasten", () => {
  const inner = Schema.Struct({ a: Schema.NumberFromString })
  const hastened = Schema.make<{ readonly a: number }, { readonly a: string }>(hasten(inner.ast))

  it("leaves unusual options to Effect's own parser", () => {
    const decode = Schema.decodeUnknownEither(hastened)
    expect(decode({ a: "1", b: 2 })).toEqual(Either.right({ a: 1 }))
    expect(decode({ a: "1", b: 2 }, { onExcessProperty: "preserve" })).toEqual(Either.right({ a: 1, b: 2 }))
    expect(Either.isLeft(decode({ a: "1", b: 2 }, { onExcessProperty: "error" }))).toBe(true)
  })

  it("keeps what is made from a schema: its sides, generators, printers, comparisons", () => {
    expect(Schema.decodeUnknownSync(Schema.typeSchema(hastened))({ a: 1 })).toEqual({ a: 1 })
    expect(Schema.decodeUnknownSync(Schema.encodedSchema(hastened))({ a: "1" })).toEqual({ a: "1" })
    expect(FastCheck.sample(Arbitrary.make(hastened), 5)).toHaveLength(5)
    expect(Pretty.make(hastened)({ a: 1 })).toBe(Pretty.make(inner)({ a: 1 }))
    expect(Schema.equivalence(hastened)({ a: 1 }, { a: 1 })).toBe(true)
    expect(JSONSchema.make(hastened)).toEqual(JSONSchema.make(inner))
  })

  it("shows what it is annotated with in its refusals", () => {
    const named = hastened.annotations({ message: () => "Expected that one" })
    expect(String(Either.getLeft(Schema.decodeUnknownEither(named)(7)))).toContain("Expected that one")
  })
})
