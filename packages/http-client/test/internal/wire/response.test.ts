import type { PermissionDenied } from "@workspace-secrets/core/ApiError"
import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as Redaction from "@workspace-secrets/core/Redaction"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { leaking, printed } from "../../../../../tools/leaks/sinks.js"
import * as Operation from "../../../src/internal/wire/operationResult.js"
import * as Response from "../../../src/internal/wire/response.js"
import type { Answer } from "../../../src/internal/wire/response.js"
import { named, page, profile, secret } from "../../support/samples.js"

const now = Date.parse("2026-11-22T10:00:00Z")
const context = { now, attempts: 1, redact: identity<string> }
const answer = (status: number, body: unknown, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", "x-request-id": "req-1", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body)
})

/** Short bodies are decoded synchronously. */
const read = <A, E extends { readonly _tag: ErrorTable.Tag }>(...args: Parameters<typeof Response.read<A, E>>) => {
  const result = Response.read<A, E>(...args)
  if (!Either.isEither(result)) {
    throw new Error("it took its time")
  }
  return result
}

const { create, get, list, listOnwards, remove, update, whoami } = Operation
const operations = { list, create, get, update, delete: remove, whoami }
const errorOf = (name: keyof typeof operations, response: Answer, redact = context.redact) =>
  Either.getOrThrow(Either.flip(read<unknown, never>(operations[name], response, { ...context, redact })))

describe("an error", () => {
  it("has the field violations and the delay of its details", () => {
    const details = [
      {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        fieldViolations: [{ field: "metadata.name", description: "too long" }]
      },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" },
      { "@type": "type.googleapis.com/google.rpc.DebugInfo", detail: "canary" }
    ]
    const error = errorOf("create", answer(400, { code: 3, message: "bad", details }))
    expect(error.retryAfter && Duration.toMillis(error.retryAfter)).toBe(1500)
    expect(error).toMatchObject({
      _tag: "InvalidArgument",
      fieldViolations: [{ field: "metadata.name", description: "too long" }]
    })
    expect(leaking(printed(error), "canary")).toEqual([])
  })

  const errorInfo = "type.googleapis.com/google.rpc.ErrorInfo"

  it.each<readonly [what: string, metadata: unknown, requiredScope: unknown, grantedScopes: unknown]>([
    ["both", { required_scope: "secrets:manage", granted_scopes: "agents:read,runs:read" }, "secrets:manage", [
      "agents:read",
      "runs:read"
    ]],
    ["no scopes granted", { required_scope: "secrets:manage", granted_scopes: "" }, "secrets:manage", []],
    ["only what is required", { required_scope: "secrets:manage" }, "secrets:manage", undefined],
    ["neither", {}, undefined, undefined],
    ["nothing", undefined, undefined, undefined],
    ["null", null, undefined, undefined],
    ["what is no map of texts", { required_scope: ["secrets:manage"] }, undefined, undefined]
  ])("tells which scope a key lacks, from details with %s", (_, metadata, requiredScope, grantedScopes) => {
    const details = [{ "@type": errorInfo, reason: "SCOPE_MISSING", domain: "", metadata }]
    for (const name of ["list", "create", "get", "update", "delete", "whoami"] as const) {
      const error = errorOf(name, answer(403, { code: 7, message: "no scope", details }))
      expect(error).toMatchObject({ _tag: "PermissionDenied", operation: name, isRetryable: false })
      const { grantedScopes: granted, requiredScope: required } = error as unknown as PermissionDenied
      expect({ granted, required }).toEqual({ granted: grantedScopes, required: requiredScope })
    }
  })

  it.each([
    ["metadata.external_id", "metadata.externalId"],
    ["metadata.externalId", "metadata.externalId"],
    ["update_mask", "updateMask"],
    ["updateMask", "updateMask"],
    ["metadata.labels[\"a_b\"]", "metadata.labels[\"a_b\"]"],
    ["metadata.labels.a_b", "metadata.labels.a_b"],
    ["", ""]
  ])("names a field in lowerCamelCase, whichever way the server names it: %s", (field, expected) => {
    const details = [
      { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field, description: "wrong" }] }
    ]
    expect(errorOf("update", answer(400, { code: 3, message: "bad", details }))).toMatchObject({
      fieldViolations: [{ field: expected, description: "wrong" }]
    })
  })

  it("prefers Retry-After to RetryInfo", () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" }]
    const headers = { "retry-after": "Sun, 22 Nov 2026 10:00:09 GMT" }
    const error = errorOf("list", answer(429, { code: 8, details }, headers))
    expect(error.retryAfter && Duration.toMillis(error.retryAfter)).toBe(9000)
  })

  it("needs no message, details, request id or delay", () => {
    const error = errorOf("get", answer(404, { code: 5 }, { "x-request-id": undefined, "retry-after": "soon" }))
    expect(error).toMatchObject({ _tag: "WorkspaceSecretNotFound", message: "", details: [] })
    expect({ ...error }).toMatchObject({ requestId: undefined, retryAfter: undefined })
  })

  it("is found by its code if a proxy changed the status", () => {
    expect(errorOf("get", answer(500, { code: 16 }))).toMatchObject({ _tag: "Unauthenticated", status: 500, code: 16 })
  })

  it("redacts the secrets of the call anywhere in the response", () => {
    const echo = "got hunter22"
    const body = {
      code: 3,
      message: echo,
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field: echo, description: echo }]
        },
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: echo,
          domain: echo,
          metadata: { [echo]: echo, required_scope: echo, granted_scopes: echo }
        },
        { "@type": echo }
      ]
    }
    const without = Redaction.make([Redacted.make("hunter22")])
    const headers = { "x-request-id": echo, "content-type": echo }
    const error = errorOf("create", answer(400, body, headers), without)
    expect(error).toMatchObject({
      _tag: "InvalidArgument",
      message: "got <redacted>",
      requestId: "got <redacted>",
      details: [{}, {
        reason: "got <redacted>",
        domain: "got <redacted>",
        metadata: { "got <redacted>": "got <redacted>", required_scope: "got <redacted>" }
      }, { "@type": "got <redacted>" }]
    })
    expect(leaking(printed(error), "hunter22")).toEqual([])
    const denied = errorOf("create", answer(403, { ...body, code: 7 }, headers), without)
    expect(denied).toMatchObject({ requiredScope: "got <redacted>", grantedScopes: ["got", "<redacted>"] })

    const unexpected = errorOf(
      "create",
      answer(200, { [echo]: 1, metadata: { labels: { [echo]: 1 } } }, headers),
      without
    )
    expect(unexpected).toMatchObject({ _tag: "UnexpectedResponse", contentType: "got <redacted>" })
    expect(unexpected.message).toContain("metadata.labels[\"got <redacted>\"]")
    expect(leaking(printed(unexpected), "hunter22")).toEqual([])
  })
})

describe("a success", () => {
  it.each([200, 201, 206, 299])("is any of 2xx, such as %i", (status) => {
    expect(Either.getOrThrow(read(get, answer(status, secret), context)).metadata.id).toBe("id")
  })

  it("accepts unknown fields and enum values, null for absent, and no content type", () => {
    const lenient = {
      ...secret,
      info: { createdBy: { ...profile, spec: { type: "PROFILE_TYPE_ROBOT", email: null } }, lastUsedAt: null },
      spec: { value: null, kind: "new" },
      status: {}
    }
    const read1 = Either.getOrThrow(read(get, answer(200, lenient, { "content-type": undefined }), context))
    expect(read1.info?.createdBy?.spec).toEqual({ type: "PROFILE_TYPE_ROBOT" })
    expect(read1.spec.value).toBeUndefined()
  })

  const unset = [undefined, null, ""]

  it.each(unset)("has %j for an unset field", (empty) => {
    const labels = empty === "" ? {} : empty
    const metadata = { ...secret.metadata, externalId: empty, labels, updatedAt: empty }
    const createdBy = {
      metadata: { ...profile.metadata, externalId: empty, labels, createdAt: empty },
      spec: { type: "PROFILE_TYPE_API_KEY", email: empty, name: empty }
    }
    const json = { metadata, spec: { value: empty }, info: { createdBy, lastUsedAt: empty } }
    const one = [
      Either.getOrThrow(read(get, answer(200, json), context)),
      Either.getOrThrow(read(create, answer(200, json), context)),
      Either.getOrThrow(read(update, answer(200, json), context))
    ]
    const { items, pagination } = Either.getOrThrow(
      read(list, answer(200, { items: [json, json], pagination: { nextCursor: empty } }), context)
    )
    expect(pagination.nextCursor).toBeUndefined()
    for (const { info, metadata, spec } of [...one, ...items]) {
      expect([metadata.externalId, metadata.labels, metadata.updatedAt, spec.value, info?.lastUsedAt]).toEqual(
        Array(5).fill(undefined)
      )
      expect([info?.createdBy?.metadata.externalId, info?.createdBy?.metadata.labels]).toEqual(Array(2).fill(undefined))
      expect(info?.createdBy?.spec).toEqual({ type: "PROFILE_TYPE_API_KEY" })
    }
    const self = Either.getOrThrow(read(whoami, answer(200, createdBy), context))
    expect([self.metadata.externalId, self.metadata.labels, self.metadata.createdAt]).toEqual(Array(3).fill(undefined))
    expect(self.spec).toEqual({ type: "PROFILE_TYPE_API_KEY" })
  })

  it.each([undefined, null])("can have %j for info in a list and for a creator", (empty) => {
    const page = { items: [{ ...secret, info: empty }, { ...secret, info: { createdBy: empty } }], pagination: {} }
    const { items } = Either.getOrThrow(read(list, answer(200, page), context))
    expect(items[0]?.info).toBeUndefined()
    expect(items[1]?.info?.createdBy).toBeUndefined()
  })

  it("is the result of each operation", () => {
    expect(Either.getOrThrow(read(list, answer(200, page(["a", "b"], "c")), context)).items).toHaveLength(2)
    expect(Either.getOrThrow(read(create, answer(200, secret), context)).metadata.name).toBe("name")
    expect(Either.getOrThrow(read(update, answer(200, secret), context)).metadata.name).toBe("name")
    expect(Either.getOrThrow(read(whoami, answer(200, profile), context)).spec.type).toBe("PROFILE_TYPE_USER")
  })

  it("keeps the value Redacted", () => {
    const { spec } = Either.getOrThrow(read(get, answer(200, secret), context))
    expect(spec.value && Redacted.value(spec.value)).toBe("value")
    expect(JSON.stringify(spec)).toBe("{\"value\":\"<redacted>\"}")
  })

  it.each(["{}", "", "<html>", "{\"half"])("of delete has any body or none, such as %j", (body) => {
    expect(read(remove, answer(204, body), context)).toEqual(Either.void)
  })

  it.each([
    ["HTML", "<html>canary</html>", "", "Expected a WorkspaceSecret in JSON"],
    ["nothing", "", "", "Expected a WorkspaceSecret in JSON"],
    ["half a JSON", "{\"spec\": {\"value\": \"canary", "", "Expected a WorkspaceSecret in JSON"],
    ["a list", [secret], "", /^Expected an object \(WorkspaceSecret\)$/],
    ["a value that is no text", { ...secret, spec: { value: 4711 } }, "spec.value", "Expected a string"],
    ["a time that is none", { ...secret, info: { lastUsedAt: "canary" } }, "info.lastUsedAt", /^Expected a timestamp/]
  ])("with %s for a body is unexpected, and says where", (_, body, field, description) => {
    const error = errorOf("get", answer(200, body))
    expect(error).toMatchObject({
      _tag: "UnexpectedResponse",
      status: 200,
      isRetryable: false,
      violations: [{ field, description: expect.stringMatching(description) as string }]
    })
    expect(leaking(printed(error), "canary", "4711")).toEqual([])
  })

  it("with many violations reports ten of them", () => {
    const body = { items: Array.from({ length: 50 }, () => ({ ...named("a"), spec: 1 })), pagination: {} }
    const error = errorOf("list", answer(200, body))
    expect(error).toMatchObject({ violations: { length: 10 } })
    expect(error.message).toContain("items[9].spec")
  })
})

describe("a page of a stream", () => {
  it("is refused for its cursor", () => {
    const onwards = listOnwards(({ pagination }) => pagination.nextCursor === "a" ? "Expected another" : undefined)
    expect(Either.isRight(read(onwards, answer(200, page([], "b")), context))).toBe(true)
    expect(Either.isRight(read(onwards, answer(200, page([])), context))).toBe(true)
    const error = Either.getOrThrow(Either.flip(read(onwards, answer(200, page(["x"], "a")), context)))
    expect(error).toMatchObject({
      _tag: "UnexpectedResponse",
      operation: "list",
      isRetryable: false,
      requestId: "req-1",
      violations: [{ field: "pagination.nextCursor", description: "Expected another" }]
    })
  })
})

describe("a redirect", () => {
  it.each([300, 301, 302, 303, 307, 308, 304, 0])("with status %i is unexpected", (status) => {
    expect(errorOf("get", answer(status, "", { location: "https://example.com" }))).toMatchObject({
      _tag: "UnexpectedResponse",
      status,
      isRetryable: false,
      violations: [{ field: "", description: "Expected no redirect" }]
    })
  })
})

describe("a response that is no error of the API", () => {
  const always: ReadonlyArray<number> = [408, 429, 502, 503, 504]
  const statuses = Array.from({ length: 200 }, (_, index) => 400 + index)

  it.each(["list", "get", "whoami"] as const)("is retryable for %s with 408, 429 and each 5xx but 501", (name) => {
    const retryable = statuses.filter((status) => errorOf(name, answer(status, "<html>")).isRetryable)
    expect(retryable).toEqual(statuses.filter((status) => always.includes(status) || (status >= 500 && status !== 501)))
  })

  it.each(["create", "update", "delete"] as const)("is retryable for %s with 408, 429, 502, 503 and 504", (name) => {
    expect(statuses.filter((status) => errorOf(name, answer(status, "<html>")).isRetryable)).toEqual(always)
  })
})
