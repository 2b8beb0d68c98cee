import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AccountId } from "../src/AccountId.js"
import * as PrefixedUlid from "../src/PrefixedUlid.js"
import type { WorkspaceId } from "../src/WorkspaceId.js"
import { refused } from "./refused.js"

const decode = Schema.decodeUnknownSync(AccountId)

describe("AccountId", () => {
  it("decodes any non-empty string, as in the documented example", () => {
    expect(decode("id")).toBe("id")
    expect(decode("acct_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")).toBe("acct_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")
    expect(decode(" ")).toBe(" ")
  })

  it("refuses an empty string and other types", () => {
    expect(refused(AccountId, "")).toEqual(["Expected a non-empty string"])
    expect(refused(AccountId, 7)).toEqual(["Expected a non-empty string"])
    expect(refused(AccountId, null)).toEqual(["Expected a non-empty string"])
  })

  it.prop("generates prefixed ULIDs with its prefix", [AccountId], ([id]) => {
    expect(Option.map(PrefixedUlid.parse(id), (parts) => parts.prefix)).toEqual(Option.some("account"))
  })

  it("is not assignable to another id", () => {
    expectTypeOf<AccountId>().toExtend<string>()
    expectTypeOf<string>().not.toExtend<AccountId>()
    expectTypeOf<WorkspaceId>().not.toExtend<AccountId>()
    expectTypeOf<AccountId>().not.toExtend<WorkspaceId>()
  })
})
