import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { UnsetField } from "../UnsetFields.js"
import { isSame } from "./equal.js"
import { isEmptyMap, UnsetFieldId } from "./unset.js"
import { isWellFormed, WELL_FORMED } from "./wellFormed.js"

/*
 * A ParseError of Effect quotes the value it refused. What is refused here may be a secret that was
 * put in the wrong place, so every schema of this package says what was expected and nothing else.
 */

/** The message of a leaf: what was expected, never what was found. */
export const expected = (what: string) => ({
  message: ({ actual }: { readonly actual: unknown }) => ({
    message: isBroken(actual) ? WELL_FORMED : `Expected ${what}`,
    override: true
  })
})

const isBroken = (input: unknown): boolean => typeof input === "string" && !isWellFormed(input)

/**
 * The message of a container: for what is no such container; what is wrong inside keeps its own message and path. A struct with a field that
 * is renamed or has a default is a transformation, whose refusal of what is no object is inside it.
 */
const expectedShape = (what: string) => ({
  message: (issue: ParseResult.ParseIssue) => ({
    message: `Expected ${what}`,
    override: issue._tag === "Transformation" && issue.issue._tag === "Type"
  })
})

/** Any string that UTF-8 can hold. */
export const Text = Schema.String.annotations(expected("a string")).pipe(
  Schema.filter(isWellFormed, { message: () => WELL_FORMED, jsonSchema: {} })
)

/** Any string; generated ones are not empty, since a field that is empty is unset. */
export const TextOfField = Text.annotations({ arbitrary: () => (fc) => fc.string({ minLength: 1 }) })

/** Any string but the empty one. */
export const NonEmptyText = Text.pipe(
  Schema.filter((text) => text.length > 0, { ...expected("a non-empty string"), jsonSchema: { minLength: 1 } })
)

/** `true` or `false`. */
export const Flag = Schema.Boolean.annotations(expected("a boolean"))

/** A whole number that is not negative. */
export const Count = Schema.Number.pipe(
  Schema.filter((n) => Number.isInteger(n) && n >= 0, {
    ...expected("a whole number that is not negative"),
    jsonSchema: { type: "integer", minimum: 0 },
    arbitrary: () => (fc) => fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.maxSafeNat())
  })
).annotations(expected("a whole number that is not negative"))

/** A length of time, encoded as Effect does. */
export const Delay = Schema.compose(
  Schema.Duration.annotations(expected("a duration")),
  Schema.DurationFromSelf.annotations(expected("a duration"))
)

const Undefined = Schema.Undefined.annotations(expected("nothing"))

/** An optional field: absent or `undefined` when unset. */
export const optional = <S extends Schema.Schema.All>(schema: S) =>
  Schema.optionalWith(Schema.Union(schema, Undefined), { exact: true })

/** In a JSON Schema, which shows what is written, unset values do not appear: this is how Effect marks a member that never occurs. */
const unwritten = { ...expected("nothing"), jsonSchema: { $id: "/schemas/never", title: "never", type: "null" } }

const Null = Schema.Null.annotations(unwritten)

/** What a reader takes as unset. The empty value is one of the values of the field's own schema, so the type of a field has it already. */
const unset = (empty?: Schema.Schema.AnyNoContext): Schema.Schema<undefined, null | undefined> =>
  Schema.transform(Schema.Union(Null, Undefined, ...(empty === undefined ? [] : [empty])), Undefined, {
    strict: true,
    decode: () => undefined,
    encode: () => undefined
  }).annotations(expected("nothing"))

/** `null`, which a reader takes as unset. */
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
 * A field that may be unset: absent, `null`, or the empty value of its row in `unsetFields` (WIRE.md, Transport). It decodes to `undefined`.
 * A writer may give `undefined`.
 */
export const unsettable = <S extends Schema.Schema.All>(schema: S, field?: UnsetField) =>
  Schema.optionalWith(
    Schema.Union(field === undefined ? Unset : field.empty === "" ? UnsetText : UnsetMap, schema)
      .annotations(field === undefined ? {} : { [UnsetFieldId]: field }),
    { exact: true }
  )

/** An array of any length. */
export const array = <S extends Schema.Schema.Any>(item: S) => Schema.Array(item).annotations(expectedShape("an array"))

/** `Schema.Struct` whose errors do not quote their input, and that compares all the way down. */
export const struct = <Fields extends Schema.Struct.Fields>(
  identifier: string,
  fields: Fields
): Schema.Struct<Fields> =>
  Schema.Struct(fields).annotations({
    identifier,
    equivalence: () => isSame,
    ...expectedShape(`an object (${identifier})`)
  })

/** The annotations of a `Schema.Class` whose errors do not quote their input, and that compares all the way down. */
export const classAnnotations = (identifier: string, description: string) => ({
  identifier,
  description,
  equivalence: () => isSame,
  ...expectedShape(`a ${identifier}`)
})

/** What a schema's own refusal says of an error with another `_tag`: the literal of the tag would quote it. */
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
