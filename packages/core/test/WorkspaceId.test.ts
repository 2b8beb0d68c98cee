import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as PrefixedUlid from "../src/PrefixedUlid.js"
import type { ProfileId } from "../src/ProfileId.js"
import { WorkspaceId } from "../src/WorkspaceId.js"
import { refused } from "./refused.js"

const decode = Schema.decodeUnknownSync(WorkspaceId)

describe("WorkspaceId", () => {
  it("decodes any non-empty string, as in the documented example", () => {
    expect(decode("id")).toBe("id")
    expect(decode("wksp_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")).toBe("wksp_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")
    expect(decode(" ")).toBe(" ")
  })

  it("refuses an empty string and other types", () => {
    expect(refused(WorkspaceId, "")).toEqual(["Expected a non-empty string"])
    expect(refused(WorkspaceId, 7)).toEqual(["Expected a non-empty string"])
    expect(refused(WorkspaceId, null)).toEqual(["Expected a non-empty string"])
  })

  it.prop("generates prefixed ULIDs with its prefix", [WorkspaceId], ([id]) => {
    expect(Option.map(PrefixedUlid.parse(id), (parts) => parts.prefix)).toEqual(Option.some("workspace"))
  })

  it("is not assignable to another id", () => {
    expectTypeOf<WorkspaceId>().toExtend<string>()
    expectTypeOf<string>().not.toExtend<WorkspaceId>()
    expectTypeOf<ProfileId>().not.toExtend<WorkspaceId>()
    expectTypeOf<WorkspaceId>().not.toExtend<ProfileId>()
  })
})
