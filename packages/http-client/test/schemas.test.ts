import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import * as ClientError from "../src/ClientError.js"

type AnySchema = Schema.Schema<unknown, unknown>

/** Every exported schema, found automatically. */
const schemas = Object.entries(ClientError).flatMap(([name, value]) =>
  Schema.isSchema(value) ? [[name, value as Schema.Schema.All as AnySchema] as const] : []
)

describe("the schemas of the errors", () => {
  it("are all here", () => {
    expect(schemas.map(([name]) => name)).toEqual(
      expect.arrayContaining(["CallTimeout", "ConnectionError", "UnexpectedResponse"])
    )
  })

  it.each(schemas)("survive JSON: %s", async (_, schema) => {
    const encode = Schema.encodeSync(schema)
    for (const value of FastCheck.sample(Arbitrary.make(schema), { numRuns: 30, seed: 13 })) {
      const json: unknown = JSON.parse(JSON.stringify(encode(value)))
      expect(encode(Either.getOrThrow(Schema.decodeUnknownEither(schema)(json)))).toEqual(encode(value))
      expect((await Schema.standardSchemaV1(schema)["~standard"].validate(json)).issues).toBeUndefined()
    }
    expect(JSONSchema.make(schema)).toHaveProperty("$schema")
  })
})
