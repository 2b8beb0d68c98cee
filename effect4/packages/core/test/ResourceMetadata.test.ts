import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { CreateResourceMetadata, ResourceMetadata, UpdateResourceMetadata } from "../src/ResourceMetadata.js"
import { WorkspaceId } from "../src/WorkspaceId.js"
import { WorkspaceSecretId } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { refused } from "./refused.js"

describe("ResourceMetadata", () => {
  const Metadata = ResourceMetadata(WorkspaceSecretId)

  it("has the resource's kind of id", () => {
    expectTypeOf<typeof Metadata.Type["id"]>().toEqualTypeOf<WorkspaceSecretId>()
    const OfWorkspace = ResourceMetadata(WorkspaceId)
    expect(Schema.is(OfWorkspace.fields.id)("wksp")).toBe(true)
    expectTypeOf<typeof OfWorkspace.Type["id"]>().toEqualTypeOf<WorkspaceId>()
  })

  it("decodes any stored name and labels", () => {
    const stored = { ...example.metadata, name: "", labels: { "not ok": "not ok" } }
    expect(Schema.decodeUnknownSync(Metadata)(stored)).toMatchObject({ name: "", labels: { "not ok": "not ok" } })
  })

  it("has an optional updatedAt, encoded last", () => {
    const json = JSON.stringify({ ...example.metadata, updatedAt: "2020-01-01T00:00:00.000Z" })
    expect(JSON.stringify(Schema.encodeSync(Metadata)(Schema.decodeUnknownSync(Metadata)(JSON.parse(json))))).toBe(json)
  })

  it.each(["id", "accountId", "createdAt", "name", "profileId", "workspaceId"])("needs %s", (field) => {
    const rest = Object.fromEntries(Object.entries(example.metadata).filter(([key]) => key !== field))
    expect(refused(Metadata, rest)).toEqual([`${field}: Required, and missing`])
    expect(refused(Metadata, { ...example.metadata, [field]: null })).toEqual([`${field}: Expected a string`])
  })
})

describe("CreateResourceMetadata", () => {
  it("requires a name, and validates name, external id and labels", () => {
    expect(refused(CreateResourceMetadata, {})).toEqual(["name: Required, and missing"])
    expect(refused(CreateResourceMetadata, { name: "", externalId: "", labels: { "": "" } }, { errors: "all" }))
      .toEqual([
        "name: Expected a name of 1 to 255 characters after trimming",
        `labels[""]: a label's key is 1 to 63 characters, alphanumeric at both ends, with - _ . between; `
        + "a DNS prefix and / may stand before it"
      ])
  })
})

describe("UpdateResourceMetadata", () => {
  it("decodes an empty external id and empty labels as unset", () => {
    const body = { name: "n", externalId: "", labels: {} }
    expect(Object.keys(Schema.decodeUnknownSync(CreateResourceMetadata)(body))).toEqual(["name"])
    expect(Object.keys(Schema.decodeUnknownSync(UpdateResourceMetadata)(body))).toEqual(["name"])
  })

  it("requires nothing: the mask decides what is validated", () => {
    expect(Schema.decodeUnknownSync(UpdateResourceMetadata)({})).toEqual({})
    expect(refused(UpdateResourceMetadata, { name: "", externalId: "", labels: { "": "" } })).toEqual([])
    expect(refused(UpdateResourceMetadata, { name: 7 })).toEqual(["name: Expected a string"])
  })
})
