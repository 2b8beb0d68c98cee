import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { UnsetField } from "../UnsetFields.js"
import { isSame } from "./equal.js"
import { isEmptyMap, UnsetFieldId } from "./unset.js"
import { isWellFormed, WELL_FORMED } from "./wellFormed.js"

/*
 * Effect's ParseError quotes the invalid value, which may be a misplaced secret. So the messages of this package's
 * schemas say only what was expected.
 */

/** The message of a leaf: what was expected, never the actual value. */
export const expected = (what: string) => ({
  message: ({ actual }: { readonly actual: unknown }) => ({
    message: isBroken(actual) ? WELL_FORMED : `Expected ${what}`,
    override: true
  })
})

const isBroken = (input: unknown): boolean => typeof input === "string" && !isWellFormed(input)

/**
 * The message of a container that has the wrong type. Issues inside the container keep their own message and path. A
 * struct with a renamed or default field is a transformation, and its type issue is nested.
 */
const expectedShape = (what: string) => ({
  message: (issue: ParseResult.ParseIssue) => ({
    message: `Expected ${what}`,
    override: issue._tag === "Transformation" && issue.issue._tag === "Type"
  })
})

/** Any string that UTF-8 can represent. */
export const Text = Schema.String.annotations(expected("a string")).pipe(
  Schema.filter(isWellFormed, { message: () => WELL_FORMED, jsonSchema: {} })
)

/** Any string. Its arbitrary generates no empty string, because an empty field is unset. */
export const TextOfField = Text.annotations({ arbitrary: () => (fc) => fc.string({ minLength: 1 }) })

export const NonEmptyText = Text.pipe(
  Schema.filter((text) => text.length > 0, { ...expected("a non-empty string"), jsonSchema: { minLength: 1 } })
)

export const Flag = Schema.Boolean.annotations(expected("a boolean"))

export const Count = Schema.Number.pipe(
  Schema.filter((n) => Number.isInteger(n) && n >= 0, {
    ...expected("a non-negative integer"),
    jsonSchema: { type: "integer", minimum: 0 },
    arbitrary: () => (fc) => fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.maxSafeNat())
  })
).annotations(expected("a non-negative integer"))

/** A duration, encoded as Effect's `Schema.Duration`. */
export const Delay = Schema.compose(
  Schema.Duration.annotations(expected("a duration")),
  Schema.DurationFromSelf.annotations(expected("a duration"))
)

const Undefined = Schema.Undefined.annotations(expected("nothing"))

/** An optional field: absent or `undefined` when unset. */
export const optional = <S extends Schema.Schema.All>(schema: S) =>
  Schema.optionalWith(Schema.Union(schema, Undefined), { exact: true })

/** JSON Schema describes what is written, so it omits unset values. This is Effect's mark for a member that never occurs. */
const unwritten = { ...expected("nothing"), jsonSchema: { $id: "/schemas/never", title: "never", type: "null" } }

const Null = Schema.Null.annotations(unwritten)

/** The values that mean unset. The type omits the empty value: the schema of the field includes it already. */
const unset = (empty?: Schema.Schema.AnyNoContext): Schema.Schema<undefined, null | undefined> =>
  Schema.transform(Schema.Union(Null, Undefined, ...(empty === undefined ? [] : [empty])), Undefined, {
    strict: true,
    decode: () => undefined,
    encode: () => undefined
  }).annotations(expected("nothing"))

/** `null`, which means unset. */
export const Unset = unset()
const UnsetText = unset(Schema.Literal("").annotations(unwritten))
const UnsetMap = unset(
  Schema.declare(isEmptyMap, {
    ...unwritten,
    arbitrary: () => (fc) => fc.constant({}),
    equivalence: () => () => true,
    pretty: () => () => "{}"
  })
)

/**
 * A field that may be unset: absent, `null`, or the empty value of its row in `unsetFields` (WIRE.md, Transport). Unset
 * decodes to `undefined`, and `undefined` can be encoded.
 */
export const unsettable = <S extends Schema.Schema.All>(schema: S, field?: UnsetField) =>
  Schema.optionalWith(
    Schema.Union(field === undefined ? Unset : field.empty === "" ? UnsetText : UnsetMap, schema)
      .annotations(field === undefined ? {} : { [UnsetFieldId]: field }),
    { exact: true }
  )

export const array = <S extends Schema.Schema.Any>(item: S) => Schema.Array(item).annotations(expectedShape("an array"))

/** A `Schema.Struct` whose errors do not quote their input, with deep equivalence. */
export const struct = <Fields extends Schema.Struct.Fields>(
  identifier: string,
  fields: Fields
): Schema.Struct<Fields> =>
  Schema.Struct(fields).annotations({
    identifier,
    equivalence: () => isSame,
    ...expectedShape(`an object (${identifier})`)
  })

/** The annotations of a `Schema.Class` whose errors do not quote their input, with deep equivalence. */
export const classAnnotations = (identifier: string, description: string) => ({
  identifier,
  description,
  equivalence: () => isSame,
  ...expectedShape(`a ${identifier}`)
})

/** The message for a wrong `_tag`. The default message of a literal would quote it. */
const expectedTag = (tag: string) => ({
  message: (issue: ParseResult.ParseIssue) => ({
    message: `Expected the error ${tag}`,
    override: issue._tag === "Composite" &&
      [issue.issues].flat().some((inner) => inner._tag === "Pointer" && inner.path === "_tag")
  })
})

/** The annotations of a `Schema.TaggedError` whose errors do not quote their input. */
export const errorAnnotations = <Tag extends string>(tag: Tag) =>
  [expectedTag(tag), expectedTag(tag), expectedTag(tag)] as const
