import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { AccountId } from "../src/AccountId.js"
import * as PrefixedUlid from "../src/PrefixedUlid.js"
import { ProfileId } from "../src/ProfileId.js"
import { refused } from "./refused.js"

const decode = Schema.decodeUnknownSync(ProfileId)

describe("ProfileId", () => {
  it("decodes any non-empty string, as in the documented example", () => {
    expect(decode("id")).toBe("id")
    expect(decode("prof_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")).toBe("prof_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")
    expect(decode(" ")).toBe(" ")
  })

  it("refuses an empty string and other types", () => {
    expect(refused(ProfileId, "")).toEqual(["Expected a non-empty string"])
    expect(refused(ProfileId, 7)).toEqual(["Expected a non-empty string"])
    expect(refused(ProfileId, null)).toEqual(["Expected a non-empty string"])
  })

  it.prop("generates prefixed ULIDs with its prefix", [ProfileId], ([id]) => {
    expect(Option.map(PrefixedUlid.parse(id), (parts) => parts.prefix)).toEqual(Option.some("profile"))
  })

  it("is not assignable to another id", () => {
    expectTypeOf<ProfileId>().toExtend<string>()
    expectTypeOf<string>().not.toExtend<ProfileId>()
    expectTypeOf<AccountId>().not.toExtend<ProfileId>()
    expectTypeOf<ProfileId>().not.toExtend<AccountId>()
  })
})
