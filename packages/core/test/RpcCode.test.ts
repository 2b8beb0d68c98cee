import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { AnyRpcCode, nameOf, RpcCode, type RpcCodeName } from "../src/RpcCode.js"
import { refused } from "./refused.js"

/** The codes in the order of google.rpc.Code, which numbers them from 0. */
const names = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED"
] as const

describe("RpcCode", () => {
  it("numbers the 17 codes as google.rpc.Code does", () => {
    expect(Object.entries(RpcCode)).toEqual(names.map((name, number) => [name, number]))
    expectTypeOf<RpcCodeName>().toEqualTypeOf<(typeof names)[number]>()
    expectTypeOf<typeof RpcCode.NOT_FOUND>().toEqualTypeOf<5>()
  })
})

describe("nameOf", () => {
  it("returns the name of each code, and undefined for others", () => {
    expect(names.map((_, number) => nameOf(number))).toEqual(names)
    expect([-1, 17, 0.5, NaN].map(nameOf)).toEqual([undefined, undefined, undefined, undefined])
  })
})

describe("AnyRpcCode", () => {
  it("keeps unknown codes", () => {
    expect(Schema.decodeUnknownSync(AnyRpcCode)(5)).toBe(5)
    expect(Schema.decodeUnknownSync(AnyRpcCode)(99)).toBe(99)
    expect(Schema.decodeUnknownSync(AnyRpcCode)(-1)).toBe(-1)
  })

  it("refuses anything but integers", () => {
    for (const wrong of [0.5, NaN, Infinity, "5", "NOT_FOUND", null, undefined, [5]]) {
      expect(refused(AnyRpcCode, wrong)).toEqual(["Expected a google.rpc.Code (a whole number)"])
    }
  })
})
