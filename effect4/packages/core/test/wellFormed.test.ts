import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { CreateWorkspaceSecret } from "../src/CreateWorkspaceSecret.js"
import { fromSchemaError } from "../src/FieldViolation.js"
import { ListWorkspaceSecrets, WorkspaceSecretPage } from "../src/ListWorkspaceSecrets.js"
import { Profile } from "../src/Profile.js"
import { Status } from "../src/Status.js"
import { UpdateWorkspaceSecret } from "../src/UpdateWorkspaceSecret.js"
import { WorkspaceSecret, WorkspaceSecretRef } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }

const description = "Expected well-formed Unicode: no lone surrogates"

const decoded = <A, I>(schema: Schema.Codec<A, I>, input: unknown) =>
  Result.getOrThrow(Result.flip(Result.mapError(
    Schema.decodeUnknownResult(schema, { errors: "all" })(input),
    (error) => fromSchemaError(error)
  )))

const encoded = <A, I>(schema: Schema.Codec<A, I>, input: unknown) =>
  Result.getOrThrow(Result.flip(Result.mapError(
    Schema.encodeUnknownResult(schema, { errors: "all" })(input),
    (error) => fromSchemaError(error)
  )))

/** A copy with the text at a path replaced. */
const put = (json: unknown, [key, ...path]: ReadonlyArray<string>, text: string): unknown =>
  key === undefined
    ? text
    : Array.isArray(json)
    ? json.map((item: unknown, index) => String(index) === key ? put(item, path, text) : item)
    : { ...json as object, [key]: put((json as Record<string, unknown>)[key], path, text) }

describe("a lone surrogate is refused", () => {
  it.each([
    "metadata.id",
    "metadata.accountId",
    "metadata.name",
    "metadata.profileId",
    "metadata.workspaceId",
    "metadata.externalId",
    "metadata.labels.foo",
    "spec.value",
    "info.createdBy.metadata.name",
    "info.createdBy.spec.type",
    "info.createdBy.spec.email",
    "info.createdBy.spec.name"
  ])("in %s of a secret that is read", (field) => {
    for (const text of ["\ud800", "a\udfffb", "\udc00\ud800"]) {
      const json = put(example, field.split("."), text)
      expect(decoded(WorkspaceSecret, json)).toEqual([{ field, description }])
      const page = { items: [example, json], pagination: {} }
      expect(decoded(WorkspaceSecretPage, page)).toEqual([{ field: `items[1].${field}`, description }])
    }
  })

  it("when decoding a label's key, a cursor, a profile and an error", () => {
    expect(decoded(WorkspaceSecret, put(example, ["metadata", "labels"], "x"))).toHaveLength(1)
    const labels = { ...example, metadata: { ...example.metadata, labels: { "\ud800": "a" } } }
    expect(decoded(WorkspaceSecret, labels)).toMatchObject([{ description }])
    const page = { items: [], pagination: { nextCursor: "\ud800" } }
    expect(decoded(WorkspaceSecretPage, page)).toEqual([{ field: "pagination.nextCursor", description }])
    const profile = put(example.info.createdBy, ["metadata", "name"], "\ud800")
    expect(decoded(Profile, profile)).toEqual([{ field: "metadata.name", description }])
    expect(decoded(Status, { code: 3, message: "\ud800" })).toEqual([{ field: "message", description }])
  })

  it("when encoding", () => {
    const value = Redacted.make("a\ud800")
    expect(encoded(CreateWorkspaceSecret, { metadata: { name: "a" }, spec: { value } })).toEqual([
      { field: "spec.value", description }
    ])
    expect(encoded(UpdateWorkspaceSecret, { spec: { value } })).toEqual([{ field: "spec.value", description }])
    for (const metadata of [{ name: "a\ud800" }, { name: "a", externalId: "\ud800" }]) {
      expect(encoded(CreateWorkspaceSecret, { metadata, spec: {} })).toMatchObject([{ description }])
      expect(encoded(UpdateWorkspaceSecret, { metadata })).toMatchObject([{ description }])
    }
    expect(encoded(UpdateWorkspaceSecret, { metadata: { labels: { a: "\ud800" } } })).toEqual([
      { field: "metadata.labels.a", description }
    ])
    expect(encoded(ListWorkspaceSecrets, { query: "\ud800" })).toEqual([{ field: "query", description }])
    expect(encoded(WorkspaceSecretRef, { externalId: "\ud800" })).toHaveLength(1)
  })

  it("but not a surrogate pair", () => {
    const json = put(example, ["spec", "value"], "\ud83d\ude00")
    const secret = Schema.decodeUnknownSync(WorkspaceSecret)(json)
    expect(Redacted.value(secret.spec.value ?? Redacted.make(""))).toBe("😀")
    expect(Schema.encodeSync(WorkspaceSecret)(secret)).toEqual(json)
  })
})
