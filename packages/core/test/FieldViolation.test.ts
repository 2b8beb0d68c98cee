import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { leaking } from "../../../tools/leaks/sinks.js"
import { spellings } from "../../../tools/leaks/spellings.js"
import { CreateWorkspaceSecret } from "../src/CreateWorkspaceSecret.js"
import { FieldViolation, format, formatPath, fromParseError } from "../src/FieldViolation.js"
import { WorkspaceSecretPage } from "../src/ListWorkspaceSecrets.js"
import * as Redaction from "../src/Redaction.js"
import { WorkspaceSecret } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { refused } from "./refused.js"

describe("formatPath", () => {
  it.each([
    [[], ""],
    [["metadata"], "metadata"],
    [["metadata", "name"], "metadata.name"],
    [["items", 0], "items[0]"],
    [["items", 12, "spec", "value"], "items[12].spec.value"],
    [[0], "[0]"],
    [["details", 0, "@type"], `details[0]["@type"]`],
    [["metadata", "labels", "not ok"], `metadata.labels["not ok"]`],
    [["labels", "a.b"], `labels["a.b"]`],
    [["labels", "example.com/team"], `labels["example.com/team"]`],
    [["labels", ""], `labels[""]`],
    [[""], `[""]`],
    [["labels", `a"]`], `labels["a\\"]"]`],
    [["labels", "0"], `labels["0"]`],
    [["labels", "é"], `labels["é"]`],
    [["labels", "a\nb"], `labels["a\\nb"]`],
    [["labels", "__proto__"], "labels.__proto__"],
    [["labels", "$a_1"], "labels.$a_1"]
  ])("prints %j as %s", (path, text) => {
    expect(formatPath(path)).toBe(text)
  })

  it("cuts keys at 100 characters", () => {
    expect(formatPath(["labels", "a".repeat(100)])).toBe(`labels.${"a".repeat(100)}`)
    expect(formatPath(["labels", "a".repeat(101)])).toBe(`labels["${"a".repeat(100)}"]`)
    expect(formatPath(["labels", " ".repeat(5000)])).toBe(`labels["${" ".repeat(100)}"]`)
  })

  it("masks keys before it cuts them, so that no part of a secret remains", () => {
    const secret = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
    const mask = Redaction.make([Redacted.make(secret)])
    for (const spell of Object.values(spellings)) {
      for (let before = 0; before < 110; before += 7) {
        const path = formatPath(["labels", "x".repeat(before) + spell(secret)], mask)
        expect(path.length).toBeLessThan(120)
        expect(leaking([{ how: "a path", text: path }], [secret, spell(secret)])).toEqual([])
      }
    }
    expect(formatPath(["labels", "hunter22"], Redaction.make([Redacted.make("hunter22")]))).toBe(
      "labels[\"<redacted>\"]"
    )
  })

  it("prints symbols", () => {
    expect(formatPath([Symbol.for("a")])).toBe(`["Symbol(a)"]`)
  })

  it.prop("formats different paths differently", [
    FastCheck.array(FastCheck.oneof(FastCheck.string({ maxLength: 4 }), FastCheck.nat(3)), { maxLength: 3 }),
    FastCheck.array(FastCheck.oneof(FastCheck.string({ maxLength: 4 }), FastCheck.nat(3)), { maxLength: 3 })
  ], ([one, other]) => {
    expect(formatPath(one) === formatPath(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
  }, { fastCheck: { numRuns: 500 } })
})

describe("FieldViolation", () => {
  const encode = Schema.encodeSync(FieldViolation)
  const decode = Schema.decodeUnknownSync(FieldViolation)
  const description = "d"

  it.each([
    ["", ""],
    ["updateMask", "update_mask"],
    ["metadata.externalId", "metadata.external_id"],
    ["items[3].info.lastUsedAt", "items[3].info.last_used_at"],
    ["metadata.labels.teamName", "metadata.labels.teamName"],
    ["metadata.labels.team_name", "metadata.labels.team_name"],
    [`metadata.labels["not ok_teamName]"]`, `metadata.labels["not ok_teamName]"]`],
    [`details[0]["@type"]`, `details[0]["@type"]`],
    ["items[12].externalId", "items[12].external_id"],
    [`metadata.labels["a.bC]dE"].nextField`, `metadata.labels["a.bC]dE"].next_field`],
    [`["a bC"].nextField`, `["a bC"].next_field`],
    [`["a\\"].bC"].nextField`, `["a\\"].bC"].next_field`],
    [`["a\\\\"].nextField`, `["a\\\\"].next_field`]
  ])("writes the path %s as %s, and reads either", (field, onTheWire) => {
    expect(encode({ field, description })).toEqual({ field: onTheWire, description })
    expect(decode({ field: onTheWire, description })).toEqual({ field, description })
    expect(decode({ field, description })).toEqual({ field, description })
  })
})

describe("fromParseError", () => {
  const secret = (change: Readonly<Record<string, unknown>>) => ({ ...example, ...change })
  const metadata = (change: Readonly<Record<string, unknown>>) =>
    secret({ metadata: { ...example.metadata, ...change } })

  it.each([
    ["the whole", "value", ["Expected an object (WorkspaceSecret)"]],
    ["an array for an object", [], ["Expected an object (WorkspaceSecret)"]],
    ["a field that is missing", { metadata: example.metadata }, ["spec: Required, and missing"]],
    ["a string for an object", secret({ spec: "value" }), ["spec: Expected an object (WorkspaceSecretSpec)"]],
    ["a number for a string", metadata({ name: 7 }), ["metadata.name: Expected a string"]],
    ["an empty id", metadata({ id: "" }), ["metadata.id: Expected a non-empty string"]],
    ["a number for an optional string", metadata({ externalId: 7 }), ["metadata.externalId: Expected a string"]],
    ["an object for a value", secret({ spec: { value: { a: "b" } } }), ["spec.value: Expected a string"]],
    ["a label", metadata({ labels: { "a b": 7 } }), [`metadata.labels["a b"]: Expected a string`]],
    ["labels that are a list", metadata({ labels: ["a"] }), ["metadata.labels: Expected an object of strings"]],
    [
      "a timestamp",
      metadata({ createdAt: "yesterday" }),
      [
        "metadata.createdAt: Expected a timestamp such as 2019-12-27T18:11:19.117Z (RFC 3339, UTC, 0 to 9 fractional digits)"
      ]
    ],
    [
      "an optional timestamp",
      metadata({ updatedAt: "yesterday" }),
      [
        "metadata.updatedAt: Expected a timestamp such as 2019-12-27T18:11:19.117Z (RFC 3339, UTC, 0 to 9 fractional digits)"
      ]
    ],
    ["an optional object", secret({ info: [] }), ["info: Expected an object (WorkspaceSecretInfo)"]],
    ["a class inside", secret({ info: { createdBy: "me" } }), ["info.createdBy: Expected an object (Profile)"]],
    [
      "a field of a class inside",
      secret({ info: { createdBy: { ...example.info.createdBy, spec: {} } } }),
      ["info.createdBy.spec.type: Required, and missing"]
    ],
    [
      "an open enum",
      secret({ info: { createdBy: { ...example.info.createdBy, spec: { type: 7 } } } }),
      ["info.createdBy.spec.type: Expected a profile type (a string)"]
    ]
  ])("says where and what was expected: %s", (_, wrong, lines) => {
    expect(refused(WorkspaceSecret, wrong)).toEqual(lines)
  })

  it("has one violation per field, in schema order, with errors: all", () => {
    const wrong = { metadata: { id: 1, labels: { a: 1, b: 2 } }, spec: { value: 1 }, info: 1 }
    expect(refused(WorkspaceSecret, wrong, { errors: "all" })).toEqual([
      "metadata.id: Expected a non-empty string",
      "metadata.accountId: Required, and missing",
      "metadata.createdAt: Required, and missing",
      "metadata.name: Required, and missing",
      "metadata.profileId: Required, and missing",
      "metadata.workspaceId: Required, and missing",
      "metadata.labels.a: Expected a string",
      "metadata.labels.b: Expected a string",
      "spec.value: Expected a string",
      "info: Expected an object (WorkspaceSecretInfo)"
    ])
  })

  it("has the index of an array item", () => {
    const page = { items: [example, secret({ spec: 1 }), secret({ spec: 2 })], pagination: {} }
    expect(refused(WorkspaceSecretPage, page, { errors: "all" })).toEqual([
      "items[1].spec: Expected an object (WorkspaceSecretSpec)",
      "items[2].spec: Expected an object (WorkspaceSecretSpec)"
    ])
  })

  it("lists excess fields with onExcessProperty: error", () => {
    expect(refused(CreateWorkspaceSecret, { metadata: { name: "n", id: "x" }, spec: {} }, {
      onExcessProperty: "error"
    })).toEqual(["metadata.id: Unexpected"])
  })

  it("names the type if a schema has no message", () => {
    const Foreign = Schema.Struct({ a: Schema.Literal("x"), b: Schema.Boolean, c: Schema.Array(Schema.Int) })
    expect(refused(Foreign, { a: "canary", b: "canary", c: ["canary", 0.5] }, { errors: "all" })).toEqual([
      `a: Expected "x"`,
      "b: Expected boolean",
      "c[0]: Expected number",
      "c[1]: Expected Int"
    ])
  })

  it("uses the message annotation of a foreign schema if it is a string", () => {
    const messages: Readonly<Record<string, NonNullable<Schema.Annotations.Schema<string>["message"]>>> = {
      text: () => "Expected a text",
      told: () => ({ message: "Expected a text that is told", override: true }),
      later: () => Effect.succeed("Expected a text later"),
      laterStill: () => ({ message: Effect.succeed("Expected a text later"), override: true })
    }
    const Foreign = Schema.Struct(
      Object.fromEntries(
        Object.entries(messages).map(([name, message]) => [
          name,
          Schema.String.annotations({ message })
        ])
      )
    )
    expect(refused(Foreign, { text: 7, told: 7, later: 7, laterStill: 7 }, { errors: "all" })).toEqual([
      "text: Expected a text",
      "told: Expected a text that is told",
      "later: Expected string",
      "laterStill: Expected string"
    ])
  })

  it("reports the path of an asynchronous schema, without the value", () => {
    const Later = Schema.transformOrFail(Schema.String, Schema.Int, {
      strict: true,
      decode: () => Effect.never,
      encode: (n) => ParseResult.succeed(String(n))
    })
    const lines = refused(Schema.Struct({ a: Later }), { a: "canary" })
    expect(lines).toEqual([expect.stringMatching(/^a: ./)])
    expect(lines.join()).not.toContain("canary")
  })

  it("masks keys, and has at most as many violations as its limit", () => {
    const names = ["id", "accountId", "name", "createdAt", "profileId", "workspaceId"]
    const input = {
      metadata: { labels: { hunter22: 7, b: 7 }, ...Object.fromEntries(names.map((name) => [name, null])) }
    }
    const error = Either.getOrThrow(Either.flip(Schema.decodeUnknownEither(WorkspaceSecret, { errors: "all" })(input)))
    const mask = Redaction.make([Redacted.make("hunter22")])
    const all = fromParseError(error, { mask })
    expect(all.map(({ field }) => field).sort()).toEqual(
      [...names.map((name) => `metadata.${name}`), `metadata.labels["<redacted>"]`, "metadata.labels.b", "spec"].sort()
    )
    for (let limit = 0; limit <= all.length; limit++) {
      expect(fromParseError(error, { mask, limit })).toEqual(all.slice(0, limit))
    }
    expect(fromParseError(error).map(({ field }) => field)).toContain("metadata.labels.hunter22")
  })

  it("returns plain objects that can be encoded", () => {
    const error = Either.getOrThrow(Either.flip(Schema.decodeUnknownEither(WorkspaceSecret)({})))
    const violations = fromParseError(error)
    expect(violations).toEqual([{ field: "metadata", description: "Required, and missing" }])
    expect(Schema.encodeSync(Schema.Array(FieldViolation))(violations)).toEqual(violations)
  })
})

describe("format", () => {
  it("starts with the field, unless the whole body is invalid", () => {
    expect(format({ field: "metadata.name", description: "required" })).toBe("metadata.name: required")
    expect(format({ field: "", description: "Expected an object" })).toBe("Expected an object")
  })
})
