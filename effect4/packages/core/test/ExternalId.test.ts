import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { ExternalId } from "../src/ExternalId.js"
import type { WorkspaceSecretId } from "../src/WorkspaceSecret.js"
import { refused } from "./refused.js"

describe("ExternalId", () => {
  it("decodes any string, also an empty one", () => {
    expect(Schema.decodeUnknownSync(ExternalId)("workflow/7 ü")).toBe("workflow/7 ü")
    expect(Schema.decodeUnknownSync(ExternalId)("")).toBe("")
    expect(refused(ExternalId, 7)).toEqual(["Expected a string"])
  })

  it("is assignable neither from a string nor from another id", () => {
    expectTypeOf<string>().not.toExtend<ExternalId>()
    expectTypeOf<ExternalId>().not.toExtend<WorkspaceSecretId>()
    expectTypeOf<WorkspaceSecretId>().not.toExtend<ExternalId>()
  })
})
