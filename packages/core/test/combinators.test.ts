import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import * as AST from "effect/SchemaAST"
import { type AnySchema, schemas } from "./schemas.js"

/*
 * Applies every combinator of effect/Schema to every exported schema and to a plain counterpart with the same fields.
 * Both must throw or not, and must decode, refuse and encode alike.
 */

type Fields = Schema.Struct.Fields

const fieldsOf = (schema: object): Fields | undefined => "fields" in schema ? schema.fields as Fields : undefined

const isClass = (schema: object): boolean => "identifier" in schema

/** A plain schema with the same fields; for a schema without fields, the schema without its annotations. */
const plain = (schema: AnySchema): AnySchema => {
  const fields = fieldsOf(schema)
  if (fields !== undefined) {
    return plainFields(schema, fields) as Schema.Schema.All as AnySchema
  }
  const { ast } = schema
  switch (ast._tag) {
    case "Refinement":
      return Schema.make(new AST.Refinement(plain(Schema.make(ast.from)).ast, ast.filter))
    case "TypeLiteral":
      return Schema.make(new AST.TypeLiteral(ast.propertySignatures, ast.indexSignatures))
    default:
      return schema
  }
}

const plainFields = (schema: AnySchema, fields: Fields) => {
  if ("_tag" in schema) {
    const { _tag: _, ...others } = fields
    return class Plain extends Schema.TaggedError<Plain>("Plain")(String(schema._tag), others) {}
  }
  return isClass(schema) ? class Plain extends Schema.Class<Plain>("Plain")(fields) {} : Schema.Struct(fields)
}

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)

/** Valid JSON of a schema, the largest first, and JSON that is invalid as a whole or in one field. */
const inputsOf = (schema: AnySchema) => {
  const encode = Schema.encodeSync(schema)
  const sample = FastCheck.sample(Arbitrary.make(schema), { numRuns: 6, seed: 12 })
    .map((value): unknown => JSON.parse(JSON.stringify(encode(value))))
  const richest = sample.reduce((best, json) => JSON.stringify(json).length > JSON.stringify(best).length ? json : best)
  const fields = isObject(richest)
    ? Object.keys(richest).map((key, i) =>
      [{ ...richest, [key]: null }, { ...richest, [key]: [7] }, without(richest, key)][i % 3]
    )
    : []
  const right = isObject(richest) ? [richest, { ...richest, more: 1 }] : [richest]
  return { right, wrong: [...fields, 7, null, {}] }
}

const without = (record: Readonly<Record<string, unknown>>, key: string) =>
  Object.fromEntries(Object.entries(record).filter(([other]) => other !== key))

/** A combinator, and how its input is made. */
interface Combinator {
  readonly make: (schema: AnySchema, first: string) => unknown
  readonly wrap?: (json: unknown, first: string, schema: AnySchema) => unknown
  /** Combinators that need fields. */
  readonly of?: "structs" | "classes" | "objects"
}

/** The methods that a struct or a class has beyond those of a schema. */
interface AnyStruct extends AnySchema {
  readonly pick: (...keys: ReadonlyArray<string>) => AnySchema
  readonly omit: (...keys: ReadonlyArray<string>) => AnySchema
  readonly make: (props: unknown) => unknown
}
interface AnyClass extends AnySchema {
  readonly extend: (identifier: string) => (fields: Fields) => AnySchema
  readonly transformOrFail: (identifier: string) => (fields: Fields, options: object) => AnySchema
  readonly transformOrFailFrom: (identifier: string) => (fields: Fields, options: object) => AnySchema
}

const More = Schema.Struct({ more: Schema.optional(Schema.Number) })

const addMore = {
  strict: true,
  decode: (input: object) => ParseResult.succeed({ ...input, added: "a" }),
  encode: (input: object) => ParseResult.succeed(without({ ...input }, "added"))
}

/** Calls a function whose types need a statically known schema. */
const call = (f: unknown, ...args: ReadonlyArray<unknown>): unknown =>
  Reflect.apply(f as () => unknown, undefined, args)

const combinators: Readonly<Record<string, Combinator>> = {
  "itself": { make: (schema) => schema },
  "Array": { make: (schema) => Schema.Array(schema), wrap: (json) => [json, json] },
  "NonEmptyArray": { make: (schema) => Schema.NonEmptyArray(schema), wrap: (json) => [json] },
  "Tuple": { make: (schema) => Schema.Tuple(Schema.String, schema), wrap: (json) => ["a", json] },
  "Struct": { make: (schema) => Schema.Struct({ a: schema }), wrap: (a) => ({ a }) },
  "optional": { make: (schema) => Schema.Struct({ a: Schema.optional(schema) }), wrap: (a) => ({ a }) },
  "optionalWith exact": {
    make: (schema) => Schema.Struct({ a: Schema.optionalWith(schema, { exact: true }) }),
    wrap: (a) => ({ a })
  },
  "optionalWith nullable": {
    make: (schema) => Schema.Struct({ a: Schema.optionalWith(schema, { nullable: true }) }),
    wrap: (a) => ({ a })
  },
  "optionalWith as Option": {
    make: (schema) => Schema.Struct({ a: Schema.optionalWith(schema, { as: "Option" }) }),
    wrap: (a) => ({ a })
  },
  "fromKey": {
    make: (schema) => Schema.Struct({ a: Schema.propertySignature(schema).pipe(Schema.fromKey("b")) }),
    wrap: (b) => ({ b })
  },
  "NullOr": { make: (schema) => Schema.NullOr(schema) },
  "UndefinedOr": { make: (schema) => Schema.UndefinedOr(schema) },
  "NullishOr": { make: (schema) => Schema.NullishOr(schema) },
  "Union": { make: (schema) => Schema.Union(Schema.Number, schema) },
  "Union with another struct": {
    make: (schema) => Schema.Union(Schema.Struct({ other: Schema.Number }), schema)
  },
  "Record": { make: (schema) => Schema.Record({ key: Schema.String, value: schema }), wrap: (a) => ({ a }) },
  "Option": { make: (schema) => Schema.Option(schema), wrap: (value) => ({ _tag: "Some", value }) },
  "Map": { make: (schema) => Schema.Map({ key: Schema.String, value: schema }), wrap: (json) => [["a", json]] },
  "parseJson": { make: (schema) => Schema.parseJson(schema), wrap: (json) => JSON.stringify(json) },
  "typeSchema": {
    make: (schema) => Schema.typeSchema(schema),
    wrap: (json, _, schema) => Either.getOrElse(Schema.decodeUnknownEither(schema)(json), () => json)
  },
  "encodedSchema": { make: (schema) => Schema.encodedSchema(schema) },
  "encodedBoundSchema": { make: (schema) => Schema.encodedBoundSchema(schema) },
  "suspend": { make: (schema) => Schema.suspend(() => schema) },
  "annotations": { make: (schema) => schema.annotations({ title: "titled" }) },
  "filter": { make: (schema) => schema.pipe(Schema.filter(() => true)) },
  "brand": { make: (schema) => schema.pipe(Schema.brand("Mine")) },
  "compose": { make: (schema) => Schema.compose(schema, Schema.typeSchema(schema)) },
  "transform": {
    make: (schema) =>
      Schema.transform(schema, Schema.Struct({ a: Schema.typeSchema(schema) }), {
        strict: true,
        decode: (a) => ({ a }),
        encode: ({ a }) => a
      })
  },
  "transformOrFail": {
    make: (schema) =>
      Schema.transformOrFail(schema, Schema.typeSchema(schema), {
        strict: true,
        decode: ParseResult.succeed,
        encode: ParseResult.succeed
      })
  },
  "Class field": {
    make: (schema) => class Holder extends Schema.Class<Holder>("Holder")({ a: schema }) {},
    wrap: (a) => ({ a })
  },
  "TaggedRequest": {
    make: (schema) =>
      class Ask
        extends Schema.TaggedRequest<Ask>()("Ask", { failure: schema, success: schema, payload: { a: schema } })
      {},
    wrap: (a) => ({ _tag: "Ask", a })
  },
  "mutable": { make: (schema) => Schema.mutable(schema) },
  "extend": { make: (schema) => Schema.extend(schema, More) },
  "extended with": { make: (schema) => Schema.extend(More, schema) },
  keyof: { make: (schema) => Schema.keyof(schema), wrap: (_, first) => first, of: "objects" },
  "partial": { make: (schema) => Schema.partial(schema) },
  "partialWith exact": { make: (schema) => Schema.partialWith(schema, { exact: true }) },
  "required": { make: (schema) => Schema.required(schema) },
  "pick": { make: (schema, first) => call(call(Schema.pick, first), schema), of: "objects" },
  "omit": { make: (schema, first) => call(call(Schema.omit, first), schema), of: "objects" },
  "pluck": { make: (schema, first) => call(Schema.pluck, schema, first), of: "objects" },
  "rename": { make: (schema, first) => call(Schema.rename, schema, { [first]: "renamed" }), of: "objects" },
  "attachPropertySignature": {
    make: (schema) => call(Schema.attachPropertySignature, schema, "kind", "attached"),
    of: "objects"
  },
  "Struct.pick": { make: (schema, first) => (schema as AnyStruct).pick(first), of: "structs" },
  "Struct.omit": { make: (schema, first) => (schema as AnyStruct).omit(first), of: "structs" },
  "the fields in a Struct": {
    make: (schema) => Schema.Struct({ ...fieldsOf(schema), more: Schema.optional(Schema.Number) }),
    of: "objects"
  },
  "the fields in a Class": {
    make: (schema) => class Mine extends Schema.Class<Mine>("Mine")(fieldsOf(schema) ?? {}) {},
    of: "objects"
  },
  "Class.extend": {
    make: (schema) => (schema as AnyClass).extend("Mine")({ more: Schema.optional(Schema.Number) }),
    of: "classes"
  },
  "Class.transformOrFail": {
    make: (schema) => (schema as AnyClass).transformOrFail("Mine")({ added: Schema.String }, addMore),
    of: "classes"
  },
  "Class.transformOrFailFrom": {
    make: (schema) => (schema as AnyClass).transformOrFailFrom("Mine")({ added: Schema.String }, addMore),
    of: "classes"
  }
}

const attempt = (make: Combinator["make"], schema: AnySchema, first: string): AnySchema | undefined => {
  try {
    const made = make(schema, first) as AnySchema
    // Some combinators are lazy.
    Schema.decodeUnknownEither(made)
    return made
  } catch {
    return undefined
  }
}

/** Our errors report a wrong tag at the top, plain ones at `_tag`. */
const errors = /^ApiError\.|(?:NotFound|AlreadyExists)$/

/** The encoded form of a decoded input, or the paths of its violations. */
const outcome = (schema: AnySchema, options: ParseOptions, input: unknown, isWhole = false) =>
  Schema.decodeUnknownEither(schema, options)(input).pipe(
    Either.flatMap(Schema.encodeEither(schema, options)),
    Either.match({
      onLeft: (error) => ({
        refused: isWhole || new Set(
          ParseResult.ArrayFormatter.formatErrorSync(error).map(({ path }) => path.map(String).join("."))
        )
      }),
      onRight: (json) => ({ written: JSON.stringify(json) })
    })
  )

const parseOptions: ReadonlyArray<ParseOptions> = [
  {},
  { errors: "all" },
  { onExcessProperty: "error" },
  { onExcessProperty: "preserve" },
  { propertyOrder: "original" },
  { exact: true }
]

const isFor = (of: Combinator["of"], schema: AnySchema): boolean =>
  of === undefined || (fieldsOf(schema) !== undefined && (of === "objects" || isClass(schema) === (of === "classes")))

const firstOf = (schema: AnySchema): string => Object.keys(fieldsOf(schema) ?? {})[0] ?? "a"

const subjects = schemas.map(([name, schema]) => ({
  name,
  schema,
  counterpart: plain(schema),
  first: firstOf(schema),
  inputs: inputsOf(schema)
}))

describe("every schema behaves like its plain counterpart under", () => {
  it.each(Object.entries(combinators))("%s", (_, { make, of, wrap = (json) => json }) => {
    for (const { counterpart, first, inputs, name, schema } of subjects.filter(({ schema }) => isFor(of, schema))) {
      const ours = attempt(make, schema, first)
      const theirs = attempt(make, counterpart, first)
      expect(ours !== undefined, name).toBe(theirs !== undefined)
      if (ours !== undefined && theirs !== undefined) {
        const isWhole = errors.test(name)
        for (const options of parseOptions) {
          for (const json of options.errors === "all" ? [...inputs.right, ...inputs.wrong] : inputs.right) {
            expect(outcome(ours, options, wrap(json, first, schema), isWhole), name)
              .toEqual(outcome(theirs, options, wrap(json, first, counterpart), isWhole))
          }
        }
        expect(outcome(ours, {}, wrap(inputs.right[0], first, schema)), name).toHaveProperty("written")
      }
    }
  })
})
