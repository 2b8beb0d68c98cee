import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import * as FieldViolation from "../src/FieldViolation.js"

/** The violations of an input, one line each; empty if the schema decodes it. */
export const refused = <A, I>(
  schema: Schema.Codec<A, I>,
  input: unknown,
  options?: ParseOptions
): ReadonlyArray<string> =>
  Result.match(Schema.decodeUnknownResult(schema)(input, options), {
    onFailure: (error) => FieldViolation.fromSchemaError(error).map(FieldViolation.format),
    onSuccess: () => []
  })

/** The violations of encoding a value, one line each; empty if the schema encodes it. */
export const unwritable = <A, I>(
  schema: Schema.Codec<A, I>,
  value: unknown,
  options?: ParseOptions
): ReadonlyArray<string> =>
  Result.match(Schema.encodeUnknownResult(schema)(value, options), {
    onFailure: (error) => FieldViolation.fromSchemaError(error).map(FieldViolation.format),
    onSuccess: () => []
  })
