import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import * as FieldViolation from "../src/FieldViolation.js"

/** The violations of an input, one line each; empty if the schema decodes it. */
export const refused = <A, I>(
  schema: Schema.Schema<A, I>,
  input: unknown,
  options?: ParseOptions
): ReadonlyArray<string> =>
  Either.match(Schema.decodeUnknownEither(schema)(input, options), {
    onLeft: (error) => FieldViolation.fromParseError(error).map(FieldViolation.format),
    onRight: () => []
  })

/** The violations of encoding a value, one line each; empty if the schema encodes it. */
export const unwritable = <A, I>(
  schema: Schema.Schema<A, I>,
  value: unknown,
  options?: ParseOptions
): ReadonlyArray<string> =>
  Either.match(Schema.encodeUnknownEither(schema)(value, options), {
    onLeft: (error) => FieldViolation.fromParseError(error).map(FieldViolation.format),
    onRight: () => []
  })
