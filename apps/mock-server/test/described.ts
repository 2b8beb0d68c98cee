import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import * as Either from "effect/Either"
import * as JSONSchema from "effect/JSONSchema"
import type * as Schema from "effect/Schema"
import { strict } from "../src/input/StrictSchema.js"

const ajv = new Ajv({ strict: true })
addFormats.default(ajv)

/** What reads and describes a schema: what is wrong with an input, whether both take it, and by which name documents know it. */
export const described = <A, I>(schema: Schema.Schema<A, I>) => {
  // Effect gives every schema of anything the same $id, and Ajv takes each but once.
  const json = JSON.parse(
    JSON.stringify(JSONSchema.make(schema), (key, value: unknown) => key === "$id" ? undefined : value)
  ) as { readonly $ref?: string }
  const isValid = ajv.compile(json)
  const read = strict(schema)
  const problems = (input: unknown): ReadonlyArray<string> =>
    Either.match(read(input), { onLeft: (violations) => violations.map(FieldViolation.format), onRight: () => [] })
  return {
    /** A line for each thing that keeps it from being read. */
    problems,
    name: json.$ref?.replace("#/$defs/", ""),
    /** Whether it is read, and whether it fits its JSON Schema. */
    takes: (input: unknown) => ({ read: problems(input).length === 0, described: isValid(input) })
  }
}
