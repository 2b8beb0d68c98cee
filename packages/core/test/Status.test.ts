import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Duration from "effect/Duration"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import {
  type BadRequest,
  badRequest,
  errorInfo,
  isBadRequest,
  isErrorInfo,
  isRetryInfo,
  ProtobufDuration,
  type RetryInfo,
  retryInfo,
  Status,
  StatusDetail
} from "../src/Status.js"
import { refused, unwritable } from "./refused.js"

const BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"

const decode = Schema.decodeUnknownSync(Status)
const encode = Schema.encodeSync(Status)

describe("ProtobufDuration", () => {
  const read = Schema.decodeUnknownSync(ProtobufDuration)
  const write = Schema.encodeSync(ProtobufDuration)
  const nanosOf = (text: string) => Duration.unsafeToNanos(read(text))

  it.each([
    ["0s", 0n, "0s"],
    ["1s", 1_000_000_000n, "1s"],
    ["1.5s", 1_500_000_000n, "1.5s"],
    ["1.500s", 1_500_000_000n, "1.5s"],
    ["0.000000001s", 1n, "0.000000001s"],
    ["3.000001s", 3_000_001_000n, "3.000001s"],
    ["007s", 7_000_000_000n, "7s"],
    ["315576000000s", 315_576_000_000_000_000_000n, "315576000000s"]
  ])("reads %s and writes it in its shortest form", (text, nanos, written) => {
    expect(nanosOf(text)).toBe(nanos)
    expect(write(read(text))).toBe(written)
  })

  it("encodes durations in any unit", () => {
    expect(write(Duration.millis(1500))).toBe("1.5s")
    expect(write(Duration.minutes(2))).toBe("120s")
    expect(write(Duration.zero)).toBe("0s")
  })

  it.each([
    "",
    "s",
    "1",
    "1.s",
    ".5s",
    "1.0123456789s",
    "-1s",
    "+1s",
    "1e3s",
    "1 s",
    " 1s",
    "1s\n",
    "1S",
    "1ms",
    "Infinitys",
    "1,5s",
    "1234567890123s"
  ])("refuses %j", (text) => {
    expect(refused(ProtobufDuration, text)).toEqual(["Expected a duration in seconds such as 1.5s"])
  })

  it("refuses more than 10,000 years in both directions", () => {
    const text = "Expected a finite duration of at most 10,000 years"
    expect(refused(ProtobufDuration, "315576000001s")).toEqual([text])
    expect(unwritable(ProtobufDuration, Duration.seconds(315_576_000_001))).toEqual([text])
    expect(unwritable(ProtobufDuration, Duration.infinity)).toEqual([text])
    expect(unwritable(ProtobufDuration, "1s")).toEqual([text])
  })

  it("generates delays from 0 to 10,000 years, with fractions", () => {
    const sample = FastCheck.sample(Arbitrary.make(ProtobufDuration), { numRuns: 200, seed: 1 }).map(
      Duration.unsafeToNanos
    )
    expect(sample.some((nanos) => nanos < 1_000_000_000n)).toBe(true)
    expect(sample.some((nanos) => nanos > 1_000_000_000n * 31_557_600n)).toBe(true)
    expect(sample.some((nanos) => nanos % 1_000_000_000n !== 0n)).toBe(true)
    expect(sample.every((nanos) => nanos >= 0n && nanos <= 315_576_000_000_000_000_000n)).toBe(true)
  })

  it.prop("loses no nanosecond", [FastCheck.bigInt({ min: 0n, max: 10n ** 19n })], ([nanos]) => {
    expect(nanosOf(write(Duration.nanos(nanos)))).toBe(nanos)
  })
})

describe("Status", () => {
  it("decodes absent or null message and details as empty", () => {
    for (const text of [`{"code":5}`, `{"code":5,"message":null,"details":null}`]) {
      expect(decode(JSON.parse(text))).toEqual({ code: 5, message: "", details: [] })
    }
  })

  it("encodes code, message and details", () => {
    expect(JSON.stringify(encode({ code: 5, message: "no such secret", details: [] }))).toBe(
      `{"code":5,"message":"no such secret","details":[]}`
    )
  })

  it("decodes codes that google.rpc does not define", () => {
    expect(decode({ code: 99, message: "?" }).code).toBe(99)
  })

  it("ignores unknown fields", () => {
    expect(decode({ code: 5, message: "m", details: [], status: "NOT_FOUND", "@type": "x" })).toEqual({
      code: 5,
      message: "m",
      details: []
    })
  })

  it("decodes BadRequest and RetryInfo, and encodes the same JSON", () => {
    const body = {
      code: 3,
      message: "wrong",
      details: [
        { "@type": BAD_REQUEST, fieldViolations: [{ field: "metadata.name", description: "required" }] },
        { "@type": RETRY_INFO, retryDelay: "1.500s" }
      ]
    }
    const status = decode(body)
    const [first, second] = status.details
    expect(first).toEqual(body.details[0])
    expect(second !== undefined && isRetryInfo(second) && Duration.toMillis(second.retryDelay)).toBe(1500)
    expect(encode(status)).toEqual({
      ...body,
      details: [body.details[0], { "@type": RETRY_INFO, retryDelay: "1.5s" }]
    })
  })

  it.each([
    ["another type", { "@type": "type.googleapis.com/google.rpc.Help", links: [{ url: "https://example.com" }] }],
    ["a BadRequest without violations", { "@type": BAD_REQUEST }],
    ["a BadRequest whose violations are no list", { "@type": BAD_REQUEST, fieldViolations: "name" }],
    ["a BadRequest with half a violation", { "@type": BAD_REQUEST, fieldViolations: [{ field: "name" }] }],
    ["a RetryInfo without a delay", { "@type": RETRY_INFO }],
    ["a RetryInfo with a delay that is none", { "@type": RETRY_INFO, retryDelay: "soon" }],
    ["a RetryInfo with a negative delay", { "@type": RETRY_INFO, retryDelay: "-1s" }]
  ])("reads %s as a detail of which it keeps the type only", (_, detail) => {
    const good = { "@type": BAD_REQUEST, fieldViolations: [{ field: "f", description: "d" }] }
    const status = decode({ code: 3, message: "wrong", details: [detail, good] })
    expect(status).toEqual({ code: 3, message: "wrong", details: [{ "@type": detail["@type"] }, good] })
    expect(status.details.map(isBadRequest)).toEqual([false, true])
    expect(status.details.map(isRetryInfo)).toEqual([false, false])
    expect(decode(encode(status))).toEqual(status)
  })

  it("decodes a detail without a type as an empty detail", () => {
    expect(decode({ code: 3, details: [{}, { "@type": null, reason: "x" }] }).details).toEqual([{}, {}])
  })

  it("refuses an invalid body, with the field", () => {
    expect(refused(Status, "<html>")).toEqual(["Expected an object (Status)"])
    expect(refused(Status, [])).toEqual(["Expected an object (Status)"])
    expect(refused(Status, {})).toEqual(["code: Required, and missing"])
    expect(refused(Status, { code: null })).toEqual(["code: Required, and missing"])
    expect(refused(Status, { code: "NOT_FOUND" })).toEqual(["code: Expected a google.rpc.Code (a whole number)"])
    expect(refused(Status, { code: 5, message: 7 })).toEqual(["message: Expected a string"])
    expect(refused(Status, { code: 5, details: {} })).toEqual(["details: Expected an array"])
    expect(refused(Status, { code: 5, details: ["x"] })).toEqual([
      "details[0]: Expected a detail: an object with an @type"
    ])
    expect(refused(Status, { error: { code: 5 } })).toEqual(["code: Required, and missing"])
  })
})

describe("ErrorInfo", () => {
  const type = "type.googleapis.com/google.rpc.ErrorInfo"

  it("decodes a reason, and an optional domain and metadata", () => {
    const details = [
      { "@type": type, reason: "R" },
      { "@type": type, reason: "R", domain: "d", metadata: { required_scope: "secrets:manage", camelCase: "" } }
    ]
    const status = decode({ code: 7, message: "m", details })
    expect(status.details.map(isErrorInfo)).toEqual([true, true])
    expect(encode(status).details).toEqual(details)
    expect(decode({ code: 7, details: [{ "@type": type, reason: "R", domain: "", metadata: null }] }).details).toEqual([
      { "@type": type, reason: "R" }
    ])
  })

  it("keeps only the type of an invalid detail", () => {
    const details = [{ "@type": type, reason: 7 }, { "@type": type, reason: "R", metadata: { a: 7 } }]
    expect(decode({ code: 7, details }).details).toEqual([{ "@type": type }, { "@type": type }])
  })

  it("is returned by errorInfo", () => {
    expect([errorInfo("R"), badRequest([])].map(isErrorInfo)).toEqual([true, false])
    expect(Object.keys(errorInfo("R"))).toEqual(["@type", "reason"])
    expect(errorInfo("R", { domain: "d", metadata: { a: "b" } })).toEqual({
      "@type": type,
      reason: "R",
      domain: "d",
      metadata: { a: "b" }
    })
  })
})

describe("badRequest and retryInfo", () => {
  it("return details that match their guards", () => {
    const bad = badRequest([{ field: "f", description: "d" }])
    const retry = retryInfo(Duration.seconds(2))
    expect([bad, retry].map(isBadRequest)).toEqual([true, false])
    expect([bad, retry].map(isRetryInfo)).toEqual([false, true])
    expect(Schema.encodeSync(Schema.Array(StatusDetail))([bad, retry])).toEqual([
      { "@type": BAD_REQUEST, fieldViolations: [{ field: "f", description: "d" }] },
      { "@type": RETRY_INFO, retryDelay: "2s" }
    ])
  })

  it("narrow a detail", () => {
    const detail: StatusDetail = badRequest([])
    if (isBadRequest(detail)) {
      expectTypeOf(detail).toEqualTypeOf<BadRequest>()
    }
    expectTypeOf<RetryInfo["retryDelay"]>().toEqualTypeOf<Duration.Duration>()
  })
})
