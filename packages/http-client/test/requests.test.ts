import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { layer, WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { page, profile, secret } from "./support/samples.js"
import { type Received, type Reply, serve } from "./support/server.js"
import { record } from "./support/tracer.js"
import { brokenOff, connectOver, startOver, transports } from "./support/transports.js"

const id = WorkspaceSecretId.make("wsec_1")

describe.each(transports)("over %s", (_, transport) => {
  const connect = connectOver(transport)
  const start = startOver(transport)

  const answers = ({ method, path }: Received): Reply =>
    method === "DELETE"
      ? { status: 204 }
      : { body: path?.endsWith("whoami") ? profile : path?.includes("?") ? page(["a"]) : secret }

  it.scoped.each([
    { options: {}, path: "/v1/workspace_secrets" },
    { options: { workspaceId: "development" }, path: "/v1/workspaces/development/workspace_secrets" }
  ])("sends each operation as the API has it, to $path", ({ options, path }) =>
    Effect.gen(function*() {
      const { received, secrets } = yield* start(answers, options)
      yield* secrets.list({ limit: 10, labels: { env: "prod" } })
      yield* secrets.create({ metadata: { name: "naïve" }, spec: { value: Redacted.make("v\"1\n") } })
      yield* secrets.get({ externalId: "café/1" as never })
      yield* secrets.update(id, { metadata: { name: "b" }, updateMask: ["metadata.name", "spec.value"] })
      yield* secrets.delete(id)
      yield* secrets.whoami()
      expect(received.map(({ body, method, path }) => `${method} ${path} ${body}`)).toEqual([
        `GET ${path}?limit=10&labels=env%3Dprod `,
        `POST ${path} {"metadata":{"name":"naïve"},"spec":{"value":"v\\"1\\n"}}`,
        `GET ${path}/external_id%3Acaf%C3%A9%2F1 `,
        `PATCH ${path}/wsec_1 {"metadata":{"name":"b"},"updateMask":"metadata.name,spec.value"}`,
        `DELETE ${path}/wsec_1 `,
        "GET /v1/whoami "
      ])
      for (const { body, headers } of received) {
        expect(headers).toMatchObject({ accept: "application/json", authorization: "Bearer key" })
        expect(headers["content-type"]).toBe(body === "" ? undefined : "application/json")
        expect(headers["content-length"]).toBe(
          body === "" ? undefined : String(new TextEncoder().encode(body).length)
        )
      }
    }))

  it.scoped("reads the API's responses", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(answers)
      const got = yield* secrets.get(id)
      expect(got.metadata.name).toBe("name")
      expect(got.spec.value && Redacted.value(got.spec.value)).toBe("value")
      expect((yield* secrets.list({ limit: 1 })).items.map(({ metadata }) => metadata.name)).toEqual(["a"])
      expect((yield* secrets.whoami()).spec.email).toBe("email")
      expect(yield* secrets.delete(id)).toBeUndefined()
    }))

  it.scoped.each([
    ["204 without a body", { status: 204 }],
    ["garbage", { status: 200, body: "<html>" }],
    ["a body that breaks off", brokenOff(200)]
  ])("deletes when the answer is %s", ([_, reply]) =>
    Effect.gen(function*() {
      const { secrets } = yield* start(() => reply as Reply)
      expect(yield* secrets.delete(id)).toBeUndefined()
    }))

  it.scoped("sends a key with inner spaces unchanged", () =>
    Effect.gen(function*() {
      const { received, secrets } = yield* start(answers, { apiKey: Redacted.make("My API  Key") })
      yield* secrets.whoami()
      expect(received[0]?.headers.authorization).toBe("Bearer My API  Key")
    }))

  it.scoped("keeps the path of the base URL", () =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(answers)
      yield* Effect.flatMap(connect(`${url}/proxy/`), (secrets) => secrets.get(id))
      expect(received[0]?.path).toBe("/proxy/v1/workspace_secrets/wsec_1")
    }))

  it.scoped.each([301, 302, 303, 307, 308])(
    "follows no redirect with status %i, which would leak the key",
    (status) =>
      Effect.gen(function*() {
        const elsewhere = yield* serve(answers)
        const { secrets } = yield* start(() => ({
          status,
          headers: { location: `${elsewhere.url}/v1/workspace_secrets` }
        }))
        const payload = { metadata: { name: "a" }, spec: { value: Redacted.make("hunter22") } }
        const errors = [
          yield* Effect.flip(secrets.create(payload)),
          yield* Effect.flip(secrets.get(id)),
          yield* Effect.flip(secrets.delete(id))
        ]
        for (const error of errors) {
          expect(error).toMatchObject({ _tag: "UnexpectedResponse", status })
        }
        expect(elsewhere.received).toEqual([])
      })
  )

  it.scoped("distinguishes a typed error from a proxy's page", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(({ method }) =>
        method === "GET"
          ? { status: 404, body: { code: 5, message: "no such secret" } }
          : { status: 502, headers: { "content-type": "text/html" }, body: "<html>" }
      )
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
        _tag: "WorkspaceSecretNotFound",
        message: "no such secret",
        requestId: "req-1"
      })
      expect(yield* Effect.flip(secrets.delete(id))).toMatchObject({
        _tag: "UnexpectedResponse",
        status: 502,
        contentType: "text/html",
        isRetryable: true
      })
    }))

  it.scoped("makes spans of the call and its attempt, and sends no trace headers", () =>
    Effect.gen(function*() {
      const { spans, tracer } = record()
      const { received, secrets } = yield* start(answers)
      yield* Effect.withTracer(Effect.withSpan(secrets.get(id), "caller"), tracer)
      expect(spans.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
        "internal caller",
        "internal WorkspaceSecretsClient.get",
        "client GET /v1/workspace_secrets/{id}"
      ])
      expect(spans[1]?.attributes.size).toBe(0)
      expect(Object.keys(received[0]?.headers ?? {})).not.toContain("traceparent")
      expect(Object.keys(received[0]?.headers ?? {})).not.toContain("b3")
    }))
})

describe("over fetch", () => {
  const seen = (run: Effect.Effect<unknown, unknown, FetchHttpClient.Fetch>) =>
    Effect.gen(function*() {
      const inits: Array<RequestInit> = []
      const fetch = ((_: unknown, init: RequestInit) => {
        inits.push(init)
        return Promise.resolve(new Response(JSON.stringify(profile)))
      }) as typeof globalThis.fetch
      yield* Effect.provideService(run, FetchHttpClient.Fetch, fetch)
      return inits[0]
    })

  const secrets = Effect.provide(WorkspaceSecretsClient, layer({ apiKey: Redacted.make("key") })).pipe(
    Effect.provide(FetchHttpClient.layer)
  )

  it.effect("keeps the RequestInit of the client and of the call, except for redirects", () =>
    Effect.gen(function*() {
      const { whoami } = yield* Effect.provideService(secrets, FetchHttpClient.RequestInit, {
        credentials: "include",
        mode: "cors",
        redirect: "follow"
      })
      const run = Effect.provideService(whoami(), FetchHttpClient.RequestInit, {
        mode: "same-origin",
        redirect: "follow"
      })
      expect(yield* seen(run)).toMatchObject({ credentials: "include", mode: "same-origin", redirect: "manual" })
    }))

  it.effect("treats the status 0 of a browser as a redirect", () =>
    Effect.gen(function*() {
      const { whoami } = yield* secrets
      const fetch = (() => Promise.resolve(Response.error())) as typeof globalThis.fetch
      const error = yield* Effect.flip(Effect.provideService(whoami(), FetchHttpClient.Fetch, fetch))
      expect(error).toMatchObject({
        _tag: "UnexpectedResponse",
        status: 0,
        violations: [{ description: "Expected no redirect" }]
      })
    }))
})
