import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import * as FieldViolation from "../src/FieldViolation.js"

/** What a schema has against an input, a line for each violation; nothing when it decodes it. */
export const refused = <A, I>(
  schema: Schema.Codec<A, I>,
  input: unknown,
  options?: ParseOptions
): ReadonlyArray<string> =>
  Result.match(Schema.decodeUnknownResult(schema)(input, options), {
    onFailure: (error) => FieldViolation.fromSchemaError(error).map(FieldViolation.format),
    onSuccess: () => []
  })

/** What a schema has against writing a value, a line for each violation; nothing when it encodes it. */
export const unwritable = <A, I>(
  schema: Schema.Codec<A, I>,
  value: unknown,
  options?: ParseOptions
): ReadonlyArray<string> =>
  Result.match(Schema.encodeUnknownResult(schema)(value, options), {
    onFailure: (error) => FieldViolation.fromSchemaError(error).map(FieldViolation.format),
    onSuccess: () => []
  })
