import { describe, expect, it } from "@effect/vitest"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import { Limit, ListWorkspaceSecrets } from "../src/ListWorkspaceSecrets.js"
import { KnownProfileType, ProfileType } from "../src/Profile.js"
import { refused } from "./refused.js"
import { type AnySchema, nameOf, schemas } from "./schemas.js"

/** Schemas that are inlined: ids and cursors are plain strings, and a union shows its members. */
const unnamed = new Set([
  "AccountId.AccountId",
  "ApiError.ApiError",
  "ExternalId.ExternalId",
  "ListWorkspaceSecrets.Cursor",
  // HttpApi derives OpenAPI parameters only from a schema without an identifier.
  "ListWorkspaceSecrets.ListWorkspaceSecrets",
  "Profile.KnownProfileType",
  "Profile.ProfileId",
  "ProfileId.ProfileId",
  "WorkspaceId.WorkspaceId",
  "WorkspaceSecret.WorkspaceSecretId"
])

const ajv = new Ajv({ strict: true })
addFormats.default(ajv)

/** The encoded JSON of a value. */
const writtenBy = (schema: AnySchema) => {
  const encode = Schema.encodeSync(schema)
  return (value: unknown): unknown => JSON.parse(JSON.stringify(encode(value)))
}

/** Copies of a JSON value in which one string, number or boolean has another type. */
const ofAnotherType = (json: unknown): ReadonlyArray<unknown> => {
  if (typeof json !== "object" || json === null) {
    return [typeof json === "string" ? 7 : "text"]
  }
  return Object.entries(json).flatMap(([key, value]) =>
    ofAnotherType(value).map((other) => {
      const changed: unknown = structuredClone(json)
      Object.defineProperty(changed, key, { value: other, enumerable: true })
      return changed
    })
  )
}

/** Schemas that accept members of any type, because unknown details are kept. */
const open = /^Status\.|^ApiError\.|(?:NotFound|AlreadyExists)$/

describe("the JSON Schema", () => {
  it.each(schemas)("of %s has its name", (name, schema) => {
    const { $ref } = JSONSchema.make(schema) as { readonly $ref?: string }
    expect($ref).toBe(unnamed.has(name) ? undefined : `#/$defs/${nameOf(name)}`)
  })

  it("of the query parameters has the type of each parameter", () => {
    expect(JSONSchema.make(ListWorkspaceSecrets)).toMatchObject({
      $defs: {
        LabelSelector: { type: "string" },
        Limit: { type: "integer", minimum: 0, maximum: 200, default: 50 },
        QueryBoolean: { type: "boolean" },
        SortOrder: { type: "string", enum: ["asc", "desc"] }
      },
      properties: {
        limit: { $ref: "#/$defs/Limit" },
        cursor: { type: "string" },
        prefix: { type: "string" },
        query: { type: "string" },
        labels: { $ref: "#/$defs/LabelSelector" },
        sortOrder: { $ref: "#/$defs/SortOrder" },
        includeInfo: { $ref: "#/$defs/QueryBoolean" }
      }
    })
  })

  it("of a profile type accepts any string, with the known types as examples", () => {
    expect(JSONSchema.make(ProfileType)).toMatchObject({
      $defs: { ProfileType: { type: "string", examples: KnownProfileType.literals } }
    })
  })

  it.each([
    ["AccountId.AccountId", ""],
    ["ResourceName.ResourceName", ""],
    ["Timestamp.Timestamp", "yesterday"]
  ])("of %s refuses %j, as the schema does", (name, wrong) => {
    const schema = new Map(schemas).get(name) as AnySchema
    expect([ajv.validate(JSONSchema.make(schema), wrong), refused(schema, wrong).length]).toEqual([false, 1])
  })

  // The document has a limit as a number, a query as text; tested above.
  const queries: ReadonlyArray<unknown> = [Limit, ListWorkspaceSecrets]
  for (const [name, schema] of schemas.filter(([, schema]) => !queries.includes(schema))) {
    const isValid = ajv.compile(JSONSchema.make(schema))
    const written = writtenBy(schema)

    it.prop(`of ${name} accepts what the schema encodes`, [schema], ([value]) => {
      expect(isValid(written(value))).toBe(true)
    }, { fastCheck: { numRuns: 30 } })

    if (!open.test(name)) {
      it.prop(`of ${name} refuses a member of another type, as the schema does`, [schema], ([value]) => {
        for (const wrong of ofAnotherType(written(value))) {
          expect([isValid(wrong), refused(schema, wrong).length]).toEqual([false, 1])
        }
      }, { fastCheck: { numRuns: 30 } })
    }
  }
})
