import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import { WorkspaceSecret, WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import * as Fetch from "../src/fetch.js"
import { layer, layerConfig, make, type Options, WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { json, secret, serve } from "./server.js"

const key = "k3y-of-the-t3st"
const id = WorkspaceSecretId.make("wsecret_1")
const status = (code: number, message = "m", details: ReadonlyArray<unknown> = []) => ({ code, message, details })

const client = (baseUrl: string, options: Partial<Options> = {}) =>
  make({ baseUrl, apiKey: Redacted.make(key), retry: false, ...options })

const transports = [
  ["fetch", Fetch.layer()],
  ["undici", NodeHttpClient.layerUndici]
] as const

describe.each(transports)("over %s", (_, transport) => {
  it.live("sends valid requests and reads the API's responses", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve(json(200, secret("wsecret_1", "s3cr3t-value")))
      const secrets = yield* client(`${url}/base/`, { workspaceId: "development" })
      const created = yield* secrets.create({
        metadata: { name: "Stripe", labels: { env: "prod" } },
        spec: { value: Redacted.make("s3cr3t-value") }
      })
      expect(created).toBeInstanceOf(WorkspaceSecret)
      expect(created.spec.value && Redacted.value(created.spec.value)).toBe("s3cr3t-value")
      yield* secrets.get({ externalId: ExternalId.make("a/b 🔑") })
      yield* secrets.update(id, { metadata: { externalId: ExternalId.make("") } })
      yield* secrets.list({ limit: 2, labels: { a: "b" } }).pipe(Effect.exit)
      expect(got.map(({ body, method, url }) => [method, url, body])).toEqual([
        [
          "POST",
          "/base/v1/workspaces/development/workspace_secrets",
          `{"metadata":{"name":"Stripe","labels":{"env":"prod"}},"spec":{"value":"s3cr3t-value"}}`
        ],
        ["GET", "/base/v1/workspaces/development/workspace_secrets/external_id%3Aa%2Fb%20%F0%9F%94%91", ""],
        [
          "PATCH",
          "/base/v1/workspaces/development/workspace_secrets/wsecret_1",
          `{"metadata":{"externalId":""},"updateMask":"metadata.externalId"}`
        ],
        ["GET", "/base/v1/workspaces/development/workspace_secrets?limit=2&labels=a%3Db", ""]
      ])
      for (const { headers } of got) {
        expect(headers.authorization).toBe(`Bearer ${key}`)
        expect(headers["traceparent"] ?? headers["b3"]).toBe(undefined)
      }
    }).pipe(Effect.provide(transport)))

  it.live("does not follow redirects", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve((response) => response.writeHead(302, { location: "/elsewhere" }).end())
      const error = yield* Effect.flip((yield* client(url)).whoami())
      expect(error).toMatchObject({ _tag: "UnexpectedResponse", isRetryable: false, attempts: 1 })
      expect(got).toHaveLength(1)
    }).pipe(Effect.provide(transport)))

  it.live("cancels a body that is too large or exceeds the deadline", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(
        (response) => {
          response.writeHead(500)
          response.write("x".repeat(70_000))
        },
        (response) => {
          response.writeHead(200, { "content-type": "application/json" })
          response.write("{")
        },
        (response) => {
          response.writeHead(200, { "content-length": "100" })
          response.write("{")
          setImmediate(() => response.destroy())
        },
        (response) => response.destroy()
      )
      const secrets = yield* client(url, { attemptDeadline: "2 seconds" })
      const error = yield* Effect.flip(secrets.get(id))
      expect(error).toMatchObject({
        _tag: "UnexpectedResponse",
        violations: [{ field: "", description: "Expected a body of at most 64 KiB" }]
      })
      expect(yield* Effect.flip(secrets.get(id, { attemptDeadline: "100 millis" }))).toMatchObject({
        _tag: "CallTimeout",
        scope: "attempt",
        isRetryable: true
      })
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
        _tag: "ConnectionError",
        reason: "IncompleteResponse"
      })
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ _tag: "ConnectionError", reason: "ConnectionLost" })
    }).pipe(Effect.provide(transport)))

  it.live("names a refused connection", () =>
    Effect.gen(function*() {
      const { close, url } = yield* serve(json(200, {}))
      close()
      expect(yield* Effect.flip((yield* client(url)).whoami())).toMatchObject({
        _tag: "ConnectionError",
        reason: "ConnectionRefused"
      })
    }).pipe(Effect.provide(transport)))
})

describe("errors", () => {
  it.live("are those of the table, with the fields that a caller needs", () =>
    Effect.gen(function*() {
      for (const row of ErrorTable.rows.filter(({ tag }) => !tag.startsWith("Profile") && tag !== "NotFound")) {
        const { url } = yield* serve(json(row.status, status(row.code), { "retry-after": "7" }))
        const error = yield* Effect.flip((yield* client(url)).update(id, {}))
        expect(error).toMatchObject({
          _tag: row.tag,
          status: row.status,
          code: row.code,
          requestId: "req-1",
          operation: "update",
          attempts: 1,
          isRetryable: row.isRetryable && row.status !== 500
        })
        expect("retryAfter" in error && error.retryAfter && Duration.toSeconds(error.retryAfter)).toBe(7)
      }
    }).pipe(Effect.provide(Fetch.layer())))

  it.live("have the path of an invalid field, but not its value", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(json(200, { ...secret("wsecret_1"), spec: { value: { hidden: "s3cr3t-value" } } }))
      const error = yield* Effect.flip((yield* client(url)).get(id))
      expect(error).toMatchObject({ violations: [{ field: "spec.value", description: "Expected a string" }] })
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("s3cr3t-value")
    }).pipe(Effect.provide(Fetch.layer())))

  it.live("are found before a request is sent", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve(json(200, {}))
      const secrets = yield* client(url)
      const error = yield* Effect.flip(secrets.create({ metadata: { name: " " }, spec: {} }))
      expect(error).toMatchObject({ _tag: "InvalidArgument", attempts: 0 })
      expect(yield* Effect.flip(secrets.whoami({ headers: { Authorization: "x" } }))).toMatchObject({ attempts: 0 })
      expect(got).toEqual([])
    }).pipe(Effect.provide(Fetch.layer())))

  it.live("contain neither key nor value, for any response and any sink", () =>
    Effect.gen(function*() {
      const value = "s3cr3t-value-of-a-call"
      const { url } = yield* serve((response, { body, headers }) =>
        json(
          500,
          status(13, `${headers.authorization} ${encodeURIComponent(body)} ${Buffer.from(body).toString("base64")}`)
        )(
          response
        )
      )
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const exit = yield* (yield* client(url)).create({
        metadata: { name: "Stripe" },
        spec: { value: Redacted.make(value) }
      }).pipe(Effect.withTracer(tracer), Effect.exit)
      const prints = [
        inspect(exit, { depth: 20, showHidden: true }),
        JSON.stringify(exit),
        Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "",
        ...spans.map((span) => inspect([...span.attributes, span.status, span.name], { depth: 20 }))
      ]
      expect(spans.map(({ name }) => name)).toEqual(["WorkspaceSecretsClient.create", "POST /v1/workspace_secrets"])
      for (const text of prints) {
        expect(text.includes(value) || text.includes(key) || text.includes(Buffer.from(value).toString("base64"))).toBe(
          false
        )
      }
      expect(prints[0]).toContain("<redacted>")
    }).pipe(Effect.provide(Fetch.layer())))

  it.effect("are defects with only class and frames if a transport dies", () =>
    Effect.gen(function*() {
      const http = HttpClient.make((request) => Effect.die(Object.assign(new TypeError(`${key} died`), { request })))
      const secrets = yield* client("http://localhost").pipe(Effect.provideService(HttpClient.HttpClient, http))
      const exit = yield* Effect.exit(secrets.whoami())
      const text = inspect(exit, { depth: 20, showHidden: true })
      expect(text).toContain("TypeError")
      expect(text.includes(key)).toBe(false)
    }))
})

describe("retries", () => {
  it.live("repeat a read after the server's delay, and count attempts", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve(
        json(503, status(14), { "retry-after": "0" }),
        json(500, status(13)),
        json(200, secret("wsecret_1"))
      )
      const secrets = yield* client(url, { retry: { baseDelay: 1 } })
      const { response, value } = yield* secrets.withResponse.get(id)
      expect([value.metadata.id, response.attempts, response.requestId, got.length]).toEqual([
        "wsecret_1",
        3,
        "req-1",
        3
      ])
    }).pipe(Effect.provide(Fetch.layer())))

  it.live("do not repeat writes by default, and accept a completed delete", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve(json(503, status(14)), json(503, status(14)), json(404, status(5)))
      const secrets = yield* client(url, { retry: { baseDelay: 1 } })
      expect(yield* Effect.flip(secrets.create({ metadata: { name: "n" }, spec: {} }))).toMatchObject({
        _tag: "Unavailable",
        attempts: 1
      })
      yield* secrets.delete(id)
      expect(got.map(({ method }) => method)).toEqual(["POST", "DELETE", "DELETE"])
    }).pipe(Effect.provide(Fetch.layer())))

  it.live("read back a create whose response was lost", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve(
        (response) => response.destroy(),
        json(409, status(6)),
        json(200, secret("wsecret_1"))
      )
      const secrets = yield* client(url, { retry: { baseDelay: 1 } })
      const created = yield* secrets.create({
        metadata: { name: "STRIPE", externalId: ExternalId.make("e") },
        spec: { value: Redacted.make("v") }
      }, { safeRetry: true })
      expect(created.metadata.id).toBe("wsecret_1")
      expect(got.map(({ method }) => method)).toEqual(["POST", "POST", "GET"])
    }).pipe(Effect.provide(Fetch.layer())))

  it.live("respect a schedule, a budget and a deadline", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve(json(503, status(14)))
      const schedule = Schedule.recurs(2)
      const secrets = yield* client(url, { retry: { schedule }, retryBudget: { capacity: 3, ratio: 0, perSecond: 0 } })
      expect(yield* Effect.flip(secrets.whoami())).toMatchObject({ attempts: 3 })
      expect(yield* Effect.flip(secrets.whoami())).toMatchObject({ attempts: 2 })
      const patient = yield* client(url, { retry: { baseDelay: "1 hour", maxDelay: "1 hour" }, retryBudget: false })
      expect(yield* Effect.flip(patient.whoami({ retry: { schedule: Schedule.spaced("1 hour") } }))).toMatchObject({
        _tag: "Unavailable",
        attempts: 1
      })
      expect(got).toHaveLength(6)
    }).pipe(Effect.provide(Fetch.layer())))
})

describe("deadlines", () => {
  it.effect("end a call without waiting for a transport that ignores interruption", () =>
    Effect.gen(function*() {
      const http = HttpClient.make(() => Effect.uninterruptible(Effect.never))
      const secrets = yield* client("http://localhost").pipe(Effect.provideService(HttpClient.HttpClient, http))
      const fiber = yield* Effect.forkChild(Effect.flip(secrets.whoami({ deadline: "5 seconds" })))
      yield* TestClock.adjust("5 seconds")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "CallTimeout", scope: "call" })
    }))

  it.live("close the connection of a call that is interrupted", () =>
    Effect.gen(function*() {
      let closed = () => {}
      const isClosed = new Promise<void>((resolve) => {
        closed = resolve
      })
      let begun = () => {}
      const hasBegun = new Promise<void>((resolve) => {
        begun = resolve
      })
      const { url } = yield* serve((response) => {
        response.on("close", closed)
        begun()
      })
      const fiber = yield* Effect.forkChild((yield* client(url)).whoami())
      yield* Effect.promise(() => hasBegun)
      yield* Fiber.interrupt(fiber)
      yield* Effect.promise(() => isClosed)
    }).pipe(Effect.provide(Fetch.layer())))
})

describe("stream", () => {
  const page = (items: ReadonlyArray<string>, nextCursor: string) => ({
    items: items.map((id) => secret(id)),
    pagination: { nextCursor }
  })

  it.live("goes through all pages, each fetched when needed", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve(
        json(200, page(["a", "b"], "1")),
        json(200, page(["c"], "2")),
        json(200, page([], ""))
      )
      const secrets = yield* client(url)
      const idsOf = Stream.map(({ metadata }: WorkspaceSecret): string => metadata.id)
      expect(yield* secrets.stream({ limit: 2 }).pipe(idsOf, Stream.take(2), Stream.runCollect)).toEqual(["a", "b"])
      expect(got).toHaveLength(1)
      expect(yield* secrets.stream({}, { prefetch: 2 }).pipe(idsOf, Stream.runCollect)).toEqual(["c"])
      expect(got.map(({ url }) => url?.split("?")[1])).toEqual(["limit=2", undefined, "cursor=2"])
    }).pipe(Effect.provide(Fetch.layer())))

  it.live("fails if a cursor repeats", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(json(200, page(["a"], "1")))
      const error = yield* Effect.flip(Stream.runDrain((yield* client(url)).stream()))
      expect(error).toMatchObject({ _tag: "UnexpectedResponse", violations: [{ field: "pagination.nextCursor" }] })
    }).pipe(Effect.provide(Fetch.layer())))
})

describe("telemetry", () => {
  it.live("has the spans and metrics of the README, and traceparent only with propagateTrace", () =>
    Effect.gen(function*() {
      const { got, url } = yield* serve(
        json(200, {
          metadata: { id: "p", accountId: "a", name: "n", profileId: "p" },
          spec: { type: "PROFILE_TYPE_USER" }
        })
      )
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      yield* (yield* client(url)).whoami({ propagateTrace: true }).pipe(Effect.withTracer(tracer))
      expect(spans.map(({ name }) => name)).toEqual(["WorkspaceSecretsClient.whoami", "GET /v1/whoami"])
      expect(Object.fromEntries(spans[1]?.attributes ?? [])).toEqual({
        "http.request.method": "GET",
        "url.template": "/v1/whoami",
        "server.address": "127.0.0.1",
        "server.port": Number(new URL(url).port),
        "http.response.status_code": 200
      })
      expect(got[0]?.headers["traceparent"]).toBe(`00-${spans[1]?.traceId}-${spans[1]?.spanId}-01`)
      const metrics = (yield* Metric.snapshot).filter(({ attributes }) => attributes?.["operation"] === "whoami")
      expect(metrics.map(({ id }) => id)).toEqual(
        expect.arrayContaining(["workspace_secrets.client.duration", "workspace_secrets.client.in_flight"])
      )
      const inFlight = metrics.find(({ id }) => id.endsWith("in_flight"))
      expect(inFlight?.state).toMatchObject({ value: 0 })
    }).pipe(Effect.provide(Fetch.layer())))
})

describe("options", () => {
  const none = HttpClient.make(() => Effect.die(new Error("not to be called")))

  it.effect("that are invalid are all reported, without their values", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        Layer.build(
          layer({
            apiKey: Redacted.make("a\nb"),
            baseUrl: "http://user:hidden@example.com",
            deadline: 0,
            retry: { maxAttempts: 0 }
          })
        )
      )
      expect(error._tag).toBe("InvalidClientOptions")
      expect(error.violations.map(({ field }) => field)).toEqual(["baseUrl", "apiKey", "deadline", "retry.maxAttempts"])
      expect(inspect(error, { depth: 10 })).not.toMatch(/hidden|a\\nb/)
    }).pipe(Effect.provideService(HttpClient.HttpClient, none)))

  it.effect("come from the environment, and an error names the variable without its value", () =>
    Effect.gen(function*() {
      const from = (env: Readonly<Record<string, string>>) =>
        layerConfig().pipe(
          Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env))),
          Layer.build,
          Effect.scoped
        )
      yield* from({ CADENYA_API_KEY: key, CADENYA_BASE_URL: "http://localhost:1", CADENYA_WORKSPACE_ID: "development" })
      for (const env of [{}, { CADENYA_API_KEY: `${key}\n` }]) {
        const error = yield* Effect.flip(from(env))
        expect(String(error)).toContain("CADENYA_API_KEY")
        expect(inspect(error, { depth: 10 })).not.toContain(key)
      }
      const other = yield* Effect.flip(from({ CADENYA_API_KEY: key, CADENYA_BASE_URL: "ftp://hidden" }))
      expect(String(other)).toContain("CADENYA_BASE_URL")
      expect(String(other)).not.toContain("hidden")
    }).pipe(Effect.provideService(HttpClient.HttpClient, none)))

  it.effect("are passed to the layer", () =>
    Effect.gen(function*() {
      const secrets = yield* WorkspaceSecretsClient
      expect(Object.keys(secrets).sort()).toEqual(
        ["create", "delete", "get", "list", "stream", "update", "whoami", "withResponse"]
      )
    }).pipe(
      Effect.provide(layer({ apiKey: Redacted.make(key) })),
      Effect.provideService(HttpClient.HttpClient, none)
    ))
})
