import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { AccountResourceMetadata } from "../src/AccountResourceMetadata.js"
import { ProfileId } from "../src/ProfileId.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { refused } from "./refused.js"

describe("AccountResourceMetadata", () => {
  const Metadata = AccountResourceMetadata(ProfileId)
  const body = example.info.createdBy.metadata

  it("has the resource's kind of id, and no workspace", () => {
    expectTypeOf<typeof Metadata.Type["id"]>().toEqualTypeOf<ProfileId>()
    expectTypeOf<typeof Metadata.Type>().not.toHaveProperty("workspaceId")
    expect(Schema.decodeUnknownSync(Metadata)({ ...body, workspaceId: "w" })).not.toHaveProperty("workspaceId")
  })

  it("has an optional createdAt", () => {
    expect(JSON.stringify(Schema.encodeSync(Metadata)(Schema.decodeUnknownSync(Metadata)(body)))).toBe(
      JSON.stringify(body)
    )
    const json = JSON.stringify({ ...body, createdAt: "2020-01-01T00:00:00.000Z" })
    expect(JSON.stringify(Schema.encodeSync(Metadata)(Schema.decodeUnknownSync(Metadata)(JSON.parse(json))))).toBe(json)
  })

  it.each(["id", "accountId", "name", "profileId"])("needs %s", (field) => {
    const rest = Object.fromEntries(Object.entries(body).filter(([key]) => key !== field))
    expect(refused(Metadata, rest)).toEqual([`${field}: Required, and missing`])
  })
})
