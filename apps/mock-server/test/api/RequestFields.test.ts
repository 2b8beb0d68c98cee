import { describe, expect, it } from "@effect/vitest"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import * as Either from "effect/Either"
import { requestFields } from "../../src/api/RequestFields.js"

const create = requestFields(CreateWorkspaceSecret)
const update = requestFields(UpdateWorkspaceSecret)
const list = requestFields(ListWorkspaceSecrets)

describe("requestFields", () => {
  it("renames snake_case at every depth, and keeps lowerCamelCase", () => {
    const spec = { value: "v" }
    const camel = { metadata: { name: "n", externalId: "e" }, spec }
    expect(create({ metadata: { name: "n", external_id: "e" }, spec })).toEqual(Either.right(camel))
    expect(create(camel)).toEqual(Either.right(camel))
    expect(update({ metadata: { external_id: "" }, update_mask: "metadata.external_id" })).toEqual(
      Either.right({ metadata: { externalId: "" }, updateMask: "metadata.external_id" })
    )
    expect(list({ sort_order: "asc", include_info: "true" })).toEqual(
      Either.right({ sortOrder: "asc", includeInfo: "true" })
    )
  })

  it("accepts both spellings with equal values", () => {
    expect(update({ updateMask: "spec", update_mask: "spec" })).toEqual(Either.right({ updateMask: "spec" }))
  })

  it("rejects both spellings with different values, and quotes neither", () => {
    const description = (name: string, snake: string) =>
      `given as ${name} and as ${snake}, with different values; give one of them`
    expect(
      update({
        metadata: { externalId: "a", external_id: "b" },
        updateMask: "spec",
        update_mask: null
      })
    ).toEqual(Either.left([
      { field: "metadata.externalId", description: description("externalId", "external_id") },
      { field: "updateMask", description: description("updateMask", "update_mask") }
    ]))
  })

  it("does not rename keys of labels, unknown fields and values that are no objects", () => {
    const labels = { external_id: "a", externalId: "b" }
    for (const body of [{ metadata: { name: "n", labels }, other_field: 1 }, { metadata: [] }, [], null, "text", 7]) {
      expect(create(body)).toEqual(Either.right(body))
    }
  })

  it("does not change its input", () => {
    const body = Object.freeze({ metadata: Object.freeze({ name: "n", external_id: "e" }) })
    expect(Either.isRight(create(body))).toBe(true)
    expect(Object.keys(body.metadata)).toEqual(["name", "external_id"])
  })
})
