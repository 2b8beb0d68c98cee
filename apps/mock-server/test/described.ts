import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import * as Either from "effect/Either"
import * as JSONSchema from "effect/JSONSchema"
import type * as Schema from "effect/Schema"
import { strict } from "../src/input/StrictSchema.js"

const ajv = new Ajv({ strict: true })
addFormats.default(ajv)

/** Checks a schema and its JSON Schema: the problems of an input, whether both accept it, and the identifier. */
export const described = <A, I>(schema: Schema.Schema<A, I>) => {
  // Effect gives every `unknown` the same $id, and Ajv accepts an $id only once.
  const json = JSON.parse(
    JSON.stringify(JSONSchema.make(schema), (key, value: unknown) => key === "$id" ? undefined : value)
  ) as { readonly $ref?: string }
  const isValid = ajv.compile(json)
  const read = strict(schema)
  const problems = (input: unknown): ReadonlyArray<string> =>
    Either.match(read(input), { onLeft: (violations) => violations.map(FieldViolation.format), onRight: () => [] })
  return {
    /** The problems of an input, one line each. */
    problems,
    name: json.$ref?.replace("#/$defs/", ""),
    /** Whether it decodes, and whether it fits the JSON Schema. */
    takes: (input: unknown) => ({ read: problems(input).length === 0, described: isValid(input) })
  }
}
