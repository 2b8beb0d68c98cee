import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Body from "../../src/api/Body.js"

const bytes = (text: string) => new TextEncoder().encode(text)

/** The fields of an error, without its class. */
const refusal = <A>(result: Either.Either<A, { readonly status: number; readonly message: string }>) =>
  Either.match(result, { onLeft: ({ message, status }) => ({ status, message }), onRight: () => "fine" })

const invalid = { status: 400, message: "the body is not valid JSON in UTF-8" }

describe("announcesTooMuch", () => {
  it.each([undefined, "", "0", "1", "1048576", "nonsense"])("accepts a content-length of %j", (contentLength) => {
    expect(Body.announcesTooMuch(contentLength)).toBe(false)
  })

  it.each(["1048577", "2097152", "99999999999999999999999999"])("rejects a content-length of %s", (contentLength) => {
    expect(Body.announcesTooMuch(contentLength)).toBe(true)
  })

  it("has a limit of 1 MiB, and fails with 413", () => {
    expect(Body.maxBytes).toBe(1024 ** 2)
    expect(Body.tooLarge()).toMatchObject({
      status: 413,
      code: 3,
      message: "the body is larger than 1 MiB (1048576 bytes)"
    })
  })
})

describe("checkType", () => {
  it.each([
    undefined,
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "application/json ; charset=\"utf-8\"",
    "application/json; charset=us-ascii",
    "application/json; charset=utf8",
    "application/json; charset=UTF8;",
    "application/json; charset=\"utf8\"",
    "application/json; Charset = utf8",
    "application/json; charset=unicode-1-1-utf-8",
    "application/json; charset=ascii",
    "application/json; charset=\" us-ascii \"",
    "application/json; charset=\"a\\scii\"",
    "application/json;  charset=ascii",
    "application/json; boundary=\"a; charset=latin1\"; charset=utf8",
    "application/json; odata.metadata=full",
    "application/merge-patch+json",
    "application/vnd.api+json; charset=utf-8"
  ])("accepts %j", (contentType) => {
    expect(refusal(Body.checkType(contentType))).toBe("fine")
  })

  it.each([
    "",
    "application/json;  charset=latin1",
    "application/json; charset=xascii",
    "application/json; charset=asciix",
    "application/json; charset=\"x ascii\"",
    "application/json; charset=\"ascii x\"",
    "application/json; charset=\"lat\\in1\"",
    "json",
    "text/json",
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/json5",
    "application/+json",
    "application/xjson",
    "xapplication/json",
    "application/json; charset=latin1",
    "application/json; charset=iso-8859-1",
    "application/json; charset=utf-16",
    "application/json; foo=bar; charset=utf-16",
    "application/json; charset=",
    "application/json; charset=utf-8x",
    "application/json; charset = latin1",
    "application/json; charset=utf-8; charset=latin1",
    "application/json; charset=\"utf-\\1\"",
    "application/json; charset=xutf-8",
    "; application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=application/json",
    "application/octet-stream",
    "application/json, application/json"
  ])("rejects %j with 415", (contentType) => {
    expect(refusal(Body.checkType(contentType))).toEqual({
      status: 415,
      message: "the body must be JSON in UTF-8; send content-type: application/json"
    })
  })
})

describe("checkType of a content coding", () => {
  it.each([undefined, "", "identity", "Identity", " identity , ", "identity, identity"])("accepts %j", (coding) => {
    expect(refusal(Body.checkType("application/json", coding))).toBe("fine")
  })

  it.each([
    ["gzip", " gzip"],
    ["GZIP", " gzip"],
    ["x-gzip", " x-gzip"],
    ["br", " br"],
    ["zstd", " zstd"],
    ["deflate", " deflate"],
    ["identity, gzip", " gzip"],
    ["gzip, br", " gzip"],
    ["a\"b", ""],
    ["a".repeat(100), ""]
  ])("rejects %j with 415 and its name", (coding, name) => {
    expect(refusal(Body.checkType("application/json", coding))).toEqual({
      status: 415,
      message: `the content coding${name} is not supported; send the body without content-encoding`
    })
  })
})

describe("parse", () => {
  it.prop("parses any JSON", [FastCheck.json()], ([json]) => {
    expect(Body.parse(bytes(json))).toEqual(Either.right(JSON.parse(json)))
  })

  it("skips a byte order mark", () => {
    expect(Body.parse(bytes("\uFEFF{\"a\":1}"))).toEqual(Either.right({ a: 1 }))
  })

  it("does not set the prototype for a key called __proto__", () => {
    const parsed = Either.getOrThrow(Body.parse(bytes(`{"__proto__":{"polluted":true}}`))) as object
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect(Object.keys(parsed)).toEqual(["__proto__"])
  })

  it("fails for an empty body", () => {
    expect(refusal(Body.parse(new Uint8Array(0)))).toEqual({
      status: 400,
      message: "the body is empty; expected a JSON object"
    })
  })

  it.each([
    "{",
    "canary",
    "{\"value\": canary}",
    "{'value': 1}",
    "{\"a\":1,}",
    "{} {}",
    "\"canary",
    "NaN",
    " ",
    "\uFEFF"
  ])(
    "rejects text that is not JSON in UTF-8, without quoting it (%$)",
    (text) => {
      expect(refusal(Body.parse(bytes(text)))).toEqual(invalid)
    }
  )

  it.each([[0xff], [0x22, 0xc3, 0x28, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]])(
    "rejects bytes that are not UTF-8",
    (...octets) => {
      expect(refusal(Body.parse(Uint8Array.from(octets)))).toEqual(invalid)
    }
  )

  it("accepts 100 levels, and rejects one more without a stack overflow", () => {
    const nested = (levels: number) => Body.parse(bytes("[".repeat(levels) + "]".repeat(levels)))
    expect(Either.isRight(nested(100))).toBe(true)
    const deep = { status: 400, message: "the body has more than 100 levels" }
    for (const levels of [101, 6000, 100_000]) {
      expect(refusal(nested(levels))).toEqual(deep)
    }
    expect(refusal(Body.parse(bytes(`{"a":1,"b":${"{\"c\":".repeat(100)}1${"}".repeat(100)}}`)))).toEqual(deep)
    // It is refused before it is parsed, which would take a thousand times as long.
    expect(refusal(Body.parse(bytes("[".repeat(100_000))))).toEqual(deep)
  })

  it("takes no brackets in texts, and no levels side by side, for levels", () => {
    for (const text of ["[".repeat(101), `"${"{".repeat(101)}`, `\\\\${"[".repeat(101)}`, "\u0022[[".repeat(101)]) {
      const body = JSON.stringify({ [text]: text, after: [[text]] })
      expect(Either.getOrThrow(Body.parse(bytes(body)))).toEqual(JSON.parse(body))
    }
    expect(Either.isRight(Body.parse(bytes(`[${"[[[]]],{\"a\":{}},".repeat(1000)}1]`)))).toBe(true)
  })
})

describe("limitOf", () => {
  it("is 1 MiB for the API and 64 MiB for the control API", () => {
    expect(["/v1/workspace_secrets", "/_mockery", "/_mock/tenants"].map(Body.limitOf))
      .toEqual([1_048_576, 1_048_576, 67_108_864])
  })
})
