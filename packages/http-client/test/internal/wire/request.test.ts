import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as UrlParams from "@effect/platform/UrlParams"
import type { InvalidArgument } from "@workspace-secrets/core/ApiError"
import { Cursor } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { type UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { leaking, printed } from "../../../../../tools/leaks/sinks.js"
import { resolve } from "../../../src/internal/options/clientOptions.js"
import * as Request from "../../../src/internal/wire/request.js"

const apiKey = Redacted.make("key")
const target = Either.getOrThrow(resolve({ apiKey, baseUrl: "https://example.com/prefix" }))
const scoped = Either.getOrThrow(resolve({ apiKey, baseUrl: "https://example.com/prefix", workspaceId: "development" }))

/** The URL that the platform makes for a request. */
const urlOf = ({ hash, url, urlParams }: HttpClientRequest.HttpClientRequest) =>
  Either.getOrThrow(UrlParams.makeUrl(url, urlParams, hash))

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest) =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : body._tag

const shape = ({ request }: Request.Call) => ({
  line: `${request.method} ${urlOf(request).href}`,
  headers: { ...request.headers },
  body: bodyOf(request)
})

const refusal = (call: Either.Either<unknown, InvalidArgument>) => Either.getOrThrow(Either.flip(call))

const id = WorkspaceSecretId.make("wsec_1")
const headers = { accept: "application/json", authorization: "Bearer key" }

describe("requests", () => {
  it.each([
    ["without a workspace", target, "https://example.com/prefix/v1/workspace_secrets"],
    ["with a workspace", scoped, "https://example.com/prefix/v1/workspaces/development/workspace_secrets"]
  ])("are those of the API %s", (_, target, collection) => {
    const json = (body: string) => ({ "content-type": "application/json", "content-length": String(body.length) })
    const created = "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"value\":\"v\"}}"
    const updated = "{\"spec\":{},\"updateMask\":\"spec.value\"}"
    expect(shape(Request.list(target, { limit: "2" }))).toEqual({
      line: `GET ${collection}?limit=2`,
      headers,
      body: "Empty"
    })
    expect(
      shape(
        Either.getOrThrow(Request.create(target, { metadata: { name: "a" }, spec: { value: Redacted.make("v") } }))
      )
    ).toEqual({ line: `POST ${collection}`, headers: { ...headers, ...json(created) }, body: created })
    expect(shape(Either.getOrThrow(Request.get(target, id)))).toEqual({
      line: `GET ${collection}/wsec_1`,
      headers,
      body: "Empty"
    })
    expect(shape(Either.getOrThrow(Request.update(target, id, { spec: {}, updateMask: ["spec.value"] })))).toEqual({
      line: `PATCH ${collection}/wsec_1`,
      headers: { ...headers, ...json(updated) },
      body: updated
    })
    expect(shape(Either.getOrThrow(Request.remove(target, id)))).toEqual({
      line: `DELETE ${collection}/wsec_1`,
      headers,
      body: "Empty"
    })
    expect(shape(Request.whoami(target))).toEqual({
      line: "GET https://example.com/prefix/v1/whoami",
      headers,
      body: "Empty"
    })
  })

  it("know their secrets, even if the originals are wiped", () => {
    const value = Redacted.make("hunter22")
    const create = Either.getOrThrow(Request.create(target, { metadata: { name: "a" }, spec: { value } }))
    const update = Either.getOrThrow(Request.update(target, id, { spec: { value } }))
    Redacted.unsafeWipe(value)
    expect(create.secrets.map(Redacted.value)).toEqual(["key", "hunter22"])
    expect(update.secrets.map(Redacted.value)).toEqual(["key", "hunter22"])
  })

  it("omit unknown and undefined fields of a payload", () => {
    const payload = { metadata: { name: "a", externalId: undefined, id: "wsec_1" }, spec: {}, info: {} }
    expect(bodyOf(Either.getOrThrow(Request.create(target, payload)).request)).toBe(
      "{\"metadata\":{\"name\":\"a\"},\"spec\":{}}"
    )
  })
})

describe("query", () => {
  it("has every parameter in the API's encoding", () => {
    const query = Either.getOrThrow(Request.query({
      limit: 0,
      cursor: Cursor.make("a+b/c="),
      prefix: "p q",
      query: "x&y",
      labels: { env: "prod", team: "" },
      sortOrder: "asc",
      includeInfo: false
    }))
    const url = urlOf(Request.list(target, query).request)
    expect(url.search).toBe(
      "?limit=0&cursor=a%2Bb%2Fc%3D&prefix=p+q&query=x%26y&labels=env%3Dprod%2Cteam%3D&sortOrder=asc&includeInfo=false"
    )
  })

  it("omits absent, undefined and empty parameters", () => {
    const params = { limit: undefined, cursor: Cursor.make(""), prefix: "", labels: {} }
    expect(urlOf(Request.list(target, Either.getOrThrow(Request.query(params))).request).href).toBe(
      "https://example.com/prefix/v1/workspace_secrets"
    )
  })

  it("keeps any text when parsed by URLSearchParams", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ minLength: 1 }), (prefix, query) => {
        const { searchParams } = urlOf(
          Request.list(target, Either.getOrThrow(Request.query({ prefix, query }))).request
        )
        expect([...searchParams]).toEqual([["prefix", prefix], ["query", query]])
      })
    )
  })

  it("shares nothing with the parameters", () => {
    const params = { labels: { env: "prod" }, limit: 1 }
    const query = Either.getOrThrow(Request.query(params))
    params.labels.env = "dev"
    params.limit = 2
    expect(query).toEqual({ labels: "env=prod", limit: "1" })
  })

  it("refuses invalid parameters by name", () => {
    const params = { limit: -1, labels: { "a=b": "c" }, sortOrder: "up", includeInfo: "yes" }
    expect(refusal(Request.query(params as never))).toMatchObject({
      operation: "list",
      attempts: 0,
      fieldViolations: [{ field: "limit" }, { field: "labels" }, { field: "sortOrder" }, { field: "includeInfo" }]
    })
  })

  it.each([2 ** 31, Number.MAX_SAFE_INTEGER, Infinity, 1.5, NaN])(
    "refuses the limit %d, which is no int32",
    (limit) => {
      expect(refusal(Request.query({ limit }))).toMatchObject({
        operation: "list",
        attempts: 0,
        fieldViolations: [{ field: "limit" }]
      })
    }
  )

  it("accepts the largest int32 as limit", () => {
    expect(Request.query({ limit: 2 ** 31 - 1 })).toEqual(Either.right({ limit: "2147483647" }))
  })

  it("refuses lone surrogates, which would be replaced", () => {
    expect(refusal(Request.query({ prefix: "a\ud800", query: "ok" })).message).toBe(
      "prefix: Expected well-formed Unicode: no lone surrogates"
    )
  })
})

describe("payloads", () => {
  const plain = { metadata: { name: " " }, spec: { value: "hunter22" } }

  it("that are invalid are refused field by field, without values", () => {
    const error = refusal(Request.create(target, plain as never))
    expect(error).toMatchObject({
      operation: "create",
      attempts: 0,
      fieldViolations: [
        { field: "metadata.name", description: expect.stringContaining("1 to 255 characters") as string },
        { field: "spec.value", description: "Expected a Redacted string" }
      ]
    })
    expect(leaking(printed(error), "hunter22")).toEqual([])
  })

  it.each<readonly [what: string, payload: unknown, field: string]>([
    ["text", "hunter22", ""],
    ["a list", [], ""],
    ["null", null, ""],
    ["metadata that is text", { metadata: "hunter22" }, "metadata"],
    ["metadata that is a list", { metadata: [] }, "metadata"],
    ["a spec that is text", { spec: "hunter22" }, "spec"],
    ["a spec that is null", { spec: null }, "spec"],
    ["a spec that is text beside a name", { metadata: { name: "a" }, spec: "hunter22" }, "spec"],
    ["a value that is plain", { spec: { value: "hunter22" } }, "spec.value"],
    ["a value that is null", { spec: { value: null } }, "spec.value"],
    ["an empty name", { metadata: { name: "" } }, "metadata.name"],
    ["a mask that is text", { spec: {}, updateMask: "spec.value" }, "updateMask"],
    ["a mask that is empty text", { spec: {}, updateMask: "" }, "updateMask"],
    ["a mask that is null", { spec: {}, updateMask: null }, "updateMask"]
  ])("of an update that are %s are refused, mask or none", (_, payload, field) => {
    const error = refusal(Request.update(target, id, payload as UpdateWorkspaceSecret))
    expect(error).toMatchObject({ operation: "update", attempts: 0, fieldViolations: [{ field }] })
    expect(leaking(printed(error), "hunter22")).toEqual([])
  })

  it("of an update can be getters of a class", () => {
    class Update {
      get spec() {
        return { value: Redacted.make("v") }
      }
    }
    const call = Either.getOrThrow(Request.update(target, id, new Update()))
    expect(bodyOf(call.request)).toBe("{\"spec\":{\"value\":\"v\"},\"updateMask\":\"spec.value\"}")
  })

  it("of an update are refused together with its id", () => {
    const error = refusal(Request.update(target, "" as WorkspaceSecretId, plain as unknown as UpdateWorkspaceSecret))
    expect(error.operation).toBe("update")
    expect(error.fieldViolations.map(({ field }) => field)).toEqual(["id", "spec.value"])
  })

  it("with a value that was wiped are refused", () => {
    const value = Redacted.make("hunter22")
    Redacted.unsafeWipe(value)
    expect(refusal(Request.create(target, { metadata: { name: "a" }, spec: { value } })).message).toContain("wiped")
  })

  it.each([[undefined], [null], ["hunter22"], [[]]])("such as %j are refused", (payload) => {
    expect(refusal(Request.create(target, payload as never)).message).toContain("Expected an object")
  })
})
