import { describe, expect, it } from "@effect/vitest"
import { profile, workspaceSecret } from "@workspace-secrets/core/Examples"
import { Profile } from "@workspace-secrets/core/Profile"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Schema from "effect/Schema"
import documented from "./fixtures/documented-example.json" with { type: "json" }

describe("Examples", () => {
  it("are those of the API's documentation", () => {
    expect(workspaceSecret).toEqual(documented)
    expect(profile).toEqual(documented.info.createdBy)
  })

  it("decode, and encode to the same JSON", () => {
    const secret = Schema.decodeUnknownSync(WorkspaceSecret)(workspaceSecret)
    expect(Schema.encodeSync(WorkspaceSecret)(secret)).toEqual(workspaceSecret)
    const decoded = Schema.decodeUnknownSync(Profile)(profile)
    expect(Schema.encodeSync(Profile)(decoded)).toEqual(profile)
  })
})
