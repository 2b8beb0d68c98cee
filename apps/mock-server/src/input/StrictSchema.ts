import { codec } from "@workspace-secrets/core/Codec"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"

/** The message of a leaf: what was expected. Never what was found, which may be a secret in the wrong place. */
export const expected = (what: string) => ({ message: () => ({ message: `Expected ${what}`, override: true }) })

/** A struct whose messages do not quote the input. Problems inside keep their own message and path. */
export const struct = <Fields extends Schema.Struct.Fields>(identifier: string, fields: Fields) =>
  Schema.Struct(fields).annotations({ identifier, message: () => `Expected an object (${identifier})` })

/** An array whose messages do not quote the input. */
export const array = <S extends Schema.Schema.Any>(item: S) =>
  Schema.Array(item).annotations({ message: () => "Expected an array" })

/** One of several literals. */
export const oneOf = <const Words extends ReadonlyArray<string>>(...words: Words) =>
  Schema.Literal(...words).annotations(
    expected(words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`)
  )

/** A number with a constraint. */
export const number = (what: string, isRight: (n: number) => boolean, jsonSchema: object = {}) =>
  Schema.Number.pipe(Schema.filter(isRight, { jsonSchema })).annotations({ ...expected(what), description: what })

/** A non-empty string. */
export const NonEmptyText = Schema.String.pipe(
  Schema.filter((text) => text !== "", { jsonSchema: { minLength: 1 } }),
  Schema.annotations(expected("a non-empty string"))
)

/** Makes a decoder that rejects unknown fields. Fails with all problems and their fields, without quoting the input. */
export const strict = <A, I>(schema: Schema.Schema<A, I>) => {
  const { decode } = codec(schema, { errors: "all", onExcessProperty: "error" })
  return (input: unknown): Either.Either<A, ReadonlyArray<FieldViolation.FieldViolation>> =>
    Either.mapLeft(decode(input), FieldViolation.fromParseError)
}
