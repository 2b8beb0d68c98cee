import { describe, expect, it } from "@effect/vitest"
import { Validator } from "@seriousme/openapi-schema-validator"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import { makeDocument } from "../../src/control/ControlApi.js"

/** As served. */
const document = JSON.parse(JSON.stringify(makeDocument("http://127.0.0.1:8080"))) as ReturnType<typeof makeDocument>

const operations = Object.values(document.paths).flatMap((item) => Object.values(item))

describe("the OpenAPI document of the control API", () => {
  it("is valid OpenAPI 3.1", async () => {
    const { errors, valid } = await new Validator().validate({ ...document })
    expect({ errors, valid }).toEqual({ errors: undefined, valid: true })
  })

  it("has schemas that Ajv compiles in its strict mode", () => {
    const ajv = new Ajv2020({ allErrors: true, strict: true })
    addFormats.default(ajv, ["date-time"])
    ajv.addVocabulary(Object.keys(document))
    ajv.addSchema(document, "openapi")
    const bodies = operations.flatMap(({ requestBody, responses }) =>
      [requestBody, ...Object.values(responses)].flatMap((part) => part?.content?.["application/json"]?.schema ?? [])
    )
    const references = Object.keys(document.components.schemas).map((name) => ({
      $ref: `#/components/schemas/${name}`
    }))
    expect(bodies.length).toBeGreaterThan(100)
    for (const schema of [...bodies, ...references]) {
      const text = JSON.stringify(schema).replaceAll("\"#/", "\"openapi#/")
      expect(() => ajv.compile(JSON.parse(text) as object), text).not.toThrow()
    }
    expect(() => ajv.compile({ $ref: "openapi#/components/schemas/None" })).toThrow("None")
  })

  it("describes any JSON, an empty response and the state of ids with standard keywords", () => {
    const { Done, IdsState, JournalMatch } = document.components.schemas
    expect(Done).toEqual({ type: "object", description: "Success. The body is empty." })
    expect(JournalMatch).toHaveProperty("properties.body", {})
    expect(IdsState).toHaveProperty("properties.random.maxItems", 4)
    expect(JSON.stringify(document)).not.toMatch(/"\$id"|"prefixItems"|"required":\[\]/)
  })

  it("has the URL of the server, and a description of each operation", () => {
    expect(document.servers?.map(({ url }) => url)).toEqual(["http://127.0.0.1:8080"])
    expect(makeDocument().servers?.map(({ url }) => url)).toEqual(["/"])
    expect(operations.filter(({ description, summary }) => !description?.endsWith(".") || summary === undefined))
      .toEqual(
        []
      )
  })
})
