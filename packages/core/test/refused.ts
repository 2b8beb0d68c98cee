import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import * as FieldViolation from "../src/FieldViolation.js"

/** What a schema has against an input, a line for each violation; nothing when it decodes it. */
export const refused = <A, I>(
  schema: Schema.Schema<A, I>,
  input: unknown,
  options?: ParseOptions
): ReadonlyArray<string> =>
  Either.match(Schema.decodeUnknownEither(schema)(input, options), {
    onLeft: (error) => FieldViolation.fromParseError(error).map(FieldViolation.format),
    onRight: () => []
  })

/** What a schema has against writing a value, a line for each violation; nothing when it encodes it. */
export const unwritable = <A, I>(
  schema: Schema.Schema<A, I>,
  value: unknown,
  options?: ParseOptions
): ReadonlyArray<string> =>
  Either.match(Schema.encodeUnknownEither(schema)(value, options), {
    onLeft: (error) => FieldViolation.fromParseError(error).map(FieldViolation.format),
    onRight: () => []
  })
