import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { ExternalId, NewExternalId } from "../src/ExternalId.js"
import type { WorkspaceSecretId } from "../src/WorkspaceSecret.js"
import { refused, unwritable } from "./refused.js"

describe("ExternalId", () => {
  it("reads any string, the empty one included", () => {
    expect(Schema.decodeUnknownSync(ExternalId)("workflow/7 ü")).toBe("workflow/7 ü")
    expect(Schema.decodeUnknownSync(ExternalId)("")).toBe("")
    expect(refused(ExternalId, 7)).toEqual(["Expected a string"])
  })

  it("is neither a string nor another id to the compiler", () => {
    expectTypeOf<string>().not.toExtend<ExternalId>()
    expectTypeOf<ExternalId>().not.toExtend<WorkspaceSecretId>()
    expectTypeOf<WorkspaceSecretId>().not.toExtend<ExternalId>()
  })
})

describe("NewExternalId", () => {
  it("is not empty, since it is an address", () => {
    const text = "Expected an external id that is not empty; leave the field out for none"
    expect(refused(NewExternalId, "")).toEqual([text])
    expect(unwritable(NewExternalId, "")).toEqual([text])
    expect(Schema.decodeUnknownSync(NewExternalId)("x")).toBe("x")
  })

  it("can be given where an external id is read", () => {
    expectTypeOf<typeof NewExternalId.Type>().toEqualTypeOf<ExternalId>()
  })
})
