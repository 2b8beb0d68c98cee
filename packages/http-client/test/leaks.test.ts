import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import type { PermissionDenied } from "@workspace-secrets/core/ApiError"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Array from "effect/Array"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"
import { leaking, levels, logged, type Print, printed, watched } from "../../../tools/leaks/sinks.js"
import { layer, layerConfig, make, WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { json } from "./support/memory.js"
import { canaries, canaryKey, canaryValue, page, profile, secret } from "./support/samples.js"
import { record } from "./support/tracer.js"

const id = WorkspaceSecretId.make("wsec_1")
const value = Redacted.make(canaryValue)
const options = { apiKey: Redacted.make(canaryKey), retry: false } as const
const withValue = { ...secret, spec: { value: canaryValue } }
const echo = `got ${canaryValue} and ${canaryKey}, in ${JSON.stringify({ value: canaryValue, key: canaryKey })}`

const expectClean = (prints: ReadonlyArray<Print>) => {
  expect(leaking(prints, ...canaries)).toEqual([])
}

const print = (thing: unknown) => printed(thing)

const connect = (http: HttpClient.HttpClient) => Effect.provideService(make(options), HttpClient.HttpClient, http)

const answering = (reply: () => Response) =>
  HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, reply())))

/** Every operation, called with the canaries. */
const calls = (secrets: WorkspaceSecretsClient.Service): ReadonlyArray<Effect.Effect<unknown, unknown>> => [
  secrets.create({ metadata: { name: "a" }, spec: { value } }),
  secrets.update(id, { spec: { value } }),
  secrets.get(id),
  secrets.list(),
  Stream.runCollect(secrets.stream()),
  secrets.delete(id),
  secrets.whoami()
]

/** Runs the calls, and prints and logs results, failures, spans and metrics. */
const expectNothingShown = (
  client: HttpClient.HttpClient | WorkspaceSecretsClient.Service,
  outcome: (exit: Exit.Exit<unknown, unknown>) => boolean,
  some: (secrets: WorkspaceSecretsClient.Service) => ReadonlyArray<Effect.Effect<unknown, unknown>> = calls
) =>
  Effect.gen(function*() {
    const { spans, tracer } = record()
    const secrets = "execute" in client ? yield* connect(client) : client
    const runs = yield* Effect.forEach(some(secrets), watched).pipe(Effect.withTracer(tracer))
    const exits = runs.map(({ exit }) => exit)
    expectClean(runs.flatMap(({ log }) => log))
    expect(exits.map(outcome)).toEqual(exits.map(() => true))
    const causes = exits.filter(Exit.isFailure).map(({ cause }) => cause)
    const things = [...exits.filter(Exit.isSuccess).map(({ value }) => value), ...causes]
    expectClean([...exits, ...things, ...causes.map(Cause.squash)].flatMap(print))
    expectClean(yield* logged(things))
    expectClean(print(spans))
    const [calls, attempts] = Array.partition(spans, ({ kind }) => kind === "client")
    expect(calls).toHaveLength(exits.length)
    for (const { attributes, name } of calls) {
      expect(name).toMatch(/^WorkspaceSecretsClient\.\w+$/)
      expect([...attributes.keys()].filter((key) => key !== "error.type")).toEqual([])
    }
    for (const { attributes, name } of attempts) {
      expect(name).toMatch(/^(GET|POST|PATCH|DELETE) \/v1\/(workspace_secrets(\/\{id\})?|whoami)$/)
      expect([...attributes.keys()].filter((key) => !attributesOfAttempts.includes(key))).toEqual([])
    }
    expect(spans.flatMap(({ events, links }) => [...events, ...links])).toEqual([])
    // Exporters make events of these.
    expectClean(spans.flatMap(({ exit }) => exit !== undefined && Exit.isFailure(exit) ? print(exit.cause) : []))
    // Only names and tags of metrics could leak; the snapshot includes those of other tests.
    const metrics = Metric.unsafeSnapshot(undefined).map(({ metricKey }) => ({
      how: "a metric",
      text: inspect(metricKey, { depth: Infinity })
    }))
    expect(metrics.some(({ text }) => /workspace_secrets\.client\.duration[^]*outcome/.test(text))).toBe(true)
    expectClean(metrics)
  })

const attributesOfAttempts = [
  "http.request.method",
  "url.template",
  "server.address",
  "server.port",
  "http.response.status_code",
  "http.request.resend_count",
  "error.type"
]

const failsWith = (tag: string) => (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) && Cause.isFailType(exit.cause) && (exit.cause.error as { readonly _tag: string })._tag === tag

describe("neither key nor value is shown", () => {
  it("by mistake: these tests find what is shown", () => {
    expect(() => expectClean(print(new Error(canaryValue)).slice(0, 1))).toThrow()
    expect(() => expectClean(print(Cause.fail({ deep: [{ value: canaryKey }] })))).toThrow()
  })

  it.effect("by mistake: these tests find what Effect logs of a fiber that fails", () =>
    Effect.gen(function*() {
      const { log } = yield* watched(Effect.flatMap(Effect.fork(Effect.die(new Error(canaryValue))), Fiber.await))
      expect(() => expectClean(log)).toThrow()
    }))

  it.effect("by a success", () =>
    Effect.gen(function*() {
      for (
        const [body, some] of [[withValue, [0, 1, 2]], [{ ...page([]), items: [withValue] }, [3, 4]], [profile, [
          6
        ]]] as const
      ) {
        yield* expectNothingShown(
          answering(() => json(body)),
          Exit.isSuccess,
          (secrets) => some.flatMap((index) => calls(secrets)[index] ?? [])
        )
      }
    }))

  it.effect.each([
    { status: 400, code: 3, tag: "InvalidArgument" },
    { status: 401, code: 16, tag: "Unauthenticated" },
    { status: 403, code: 7, tag: "PermissionDenied" },
    { status: 429, code: 8, tag: "ResourceExhausted" },
    { status: 500, code: 13, tag: "Internal" },
    { status: 409, code: 10, tag: "Aborted" },
    { status: 418, code: 99, tag: "UnexpectedResponse" }
  ])("by $tag, even when the server repeats them", ({ code, status, tag }) => {
    const details = [
      { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field: echo, description: echo }] },
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: echo,
        domain: echo,
        metadata: { [echo]: echo, required_scope: echo, granted_scopes: `${canaryValue},${canaryKey}` }
      },
      { "@type": echo, value: echo }
    ]
    const headers = { "x-request-id": canaryKey, "content-type": canaryKey }
    // Only the calls that send a value know it.
    const sent = (secrets: WorkspaceSecretsClient.Service) => calls(secrets).slice(0, 2)
    return expectNothingShown(
      answering(() => json({ code, message: echo, details }, { status, headers })),
      failsWith(tag),
      sent
    )
  })

  it.effect.each([
    { what: "is alone", name: "x-api-key", credential: "gw-secret-0123456789abcdef" },
    { what: "has a scheme", name: "x-authorization", credential: "Bearer gw-secret-0123456789abcdef" },
    { what: "is a cookie", name: "x-cookie", credential: "theme=dark; sid=gw-secret-0123456789abcdef; lang=en" },
    { what: "is the first cookie", name: "x-cookie", credential: "sid=gw-secret-0123456789abcdef;theme=dark" },
    { what: "is Basic", name: "x-authorization", credential: `Basic ${btoa("admin:gw-secret-0123456789abcdef")}` },
    {
      what: "is a parameter",
      name: "x-signature",
      credential: "Signature keyId=\"it\", signature=\"gw-secret-0123456789abcdef\""
    }
  ])(
    "by an error that quotes a credential of a header, if the credential $what",
    ({ credential, name }) =>
      Effect.gen(function*() {
        const token = "gw-secret-0123456789abcdef"
        const headers = { "x-request-id": token, "content-type": token }
        const message = `The dark token ${token} is not valid`
        for (const body of [{ code: 7, message }, token]) {
          const secrets = yield* connect(answering(() => json(body, { status: 403, headers })))
          const error = yield* Effect.flip(secrets.get(id, { headers: { [name]: credential } }))
          expect(leaking([...print(error), ...yield* logged([error])], token)).toEqual([])
          expect(error).toMatchObject({ requestId: "<redacted>" })
          if (error._tag === "PermissionDenied") {
            expect(error.message).toBe("The dark token <redacted> is not valid")
          }
        }
      })
  )

  it.effect("but words and paths in credentials of a header are shown", () =>
    Effect.gen(function*() {
      const message = "metadata.name is in use in production, at /v1/workspace_secrets/wsecret_1"
      const secrets = yield* connect(answering(() => json({ code: 7, message }, { status: 403 })))
      for (
        const credential of [
          "env=production; view=metadata; sid=gw-secret-0123456789abcdef",
          "Digest username=\"it\", uri=\"/v1/workspace_secrets/wsecret_1\", response=\"6629fae49393a05397450978507c4ef1\""
        ]
      ) {
        const error = yield* Effect.flip(secrets.get(id, { headers: { "x-authorization": credential } }))
        expect(error.message).toBe(message)
      }
    }))

  it.effect("by the scopes of an error", () =>
    Effect.gen(function*() {
      const detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SCOPE_MISSING",
        metadata: { required_scope: `${canaryKey} ${canaryValue}`, granted_scopes: `a,${canaryKey},${canaryValue}` }
      }
      const http = answering(() => json({ code: 7, message: "no scope", details: [detail] }, { status: 403 }))
      const error = yield* Effect.flip(
        Effect.flatMap(connect(http), (secrets) => secrets.update(id, { spec: { value } }))
      )
      expect(error).toMatchObject({ _tag: "PermissionDenied", grantedScopes: ["a", "<redacted>", "<redacted>"] })
      const { grantedScopes, requiredScope } = error as PermissionDenied
      expectClean(print([requiredScope, grantedScopes]))
    }))

  it.effect("at any level, by any logger", () =>
    Effect.gen(function*() {
      const secrets = yield* connect(answering(() => json(withValue)))
      const refusing = yield* connect(answering(() => json({ code: 7, message: echo }, { status: 403 })))
      const failure = yield* Effect.flip(Effect.sandbox(refusing.update(id, { spec: { value } })))
      const lines = yield* logged([yield* secrets.get(id), failure], { levels })
      expectClean(lines)
      for (const label of ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]) {
        expect(lines.some(({ text }) => text.includes(label))).toBe(true)
      }
    }))

  it.effect("by an error of any operation, even when the server repeats the key", () => {
    const body = { code: 7, message: `no access for ${canaryKey}`, details: [{ "@type": JSON.stringify(canaryKey) }] }
    return expectNothingShown(answering(() => json(body, { status: 403 })), failsWith("PermissionDenied"))
  })

  it.effect.each([
    { what: "HTML", status: 502, body: `<html>${echo}</html>` },
    { what: "half a JSON", status: 500, body: JSON.stringify({ code: 13, message: echo }).slice(0, -1) },
    { what: "JSON of another shape", status: 404, body: JSON.stringify({ error: echo }) },
    { what: "a redirect", status: 307, body: echo }
  ])("by a response that is $what", ({ body, status }) =>
    expectNothingShown(
      answering(() => json(body, { status, headers: { location: `https://example.com/${encodeURIComponent(echo)}` } })),
      failsWith("UnexpectedResponse")
    ))

  it.effect.each([
    { what: "half a JSON", body: JSON.stringify(withValue).slice(0, -1) },
    { what: "no object", body: JSON.stringify(canaryValue) },
    { what: "a value in the wrong place", body: JSON.stringify({ ...secret, spec: canaryValue }) },
    { what: "a value of the wrong kind", body: JSON.stringify({ ...secret, spec: { value: [canaryValue] } }) },
    { what: "a time that is the value", body: JSON.stringify({ ...withValue, info: { lastUsedAt: canaryValue } }) }
  ])("by a success whose body is $what", ({ body }) =>
    expectNothingShown(
      answering(() => json(body)),
      failsWith("UnexpectedResponse"),
      (secrets) => calls(secrets).slice(0, 5)
    ))

  it.effect("by a connection that fails", () =>
    Effect.gen(function*() {
      const cause = new Error(echo)
      yield* expectNothingShown(
        HttpClient.make((request) => new HttpClientError.RequestError({ request, reason: "Transport", cause })),
        failsWith("ConnectionError")
      )
      yield* expectNothingShown(
        HttpClient.make((request) =>
          Effect.succeed(HttpClientResponse.fromWeb(
            request,
            new Response(new ReadableStream({ start: (controller) => controller.error(cause) }), { status: 500 })
          ))
        ),
        failsWith("ConnectionError")
      )
    }))

  it.effect("by a deadline that passes in all attempts of a retried call", () =>
    Effect.gen(function*() {
      const secrets = yield* make({ ...options, retry: { writes: true, baseDelay: 0, maxAttempts: 2 } }).pipe(
        Effect.provideService(HttpClient.HttpClient, HttpClient.make(() => Effect.never))
      )
      const fiber = yield* Effect.fork(expectNothingShown(secrets, failsWith("CallTimeout")))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fiber)
    }))

  it.effect("by retries after responses that repeat them", () =>
    Effect.gen(function*() {
      const body = { code: 14, message: echo }
      const secrets = yield* make({ ...options, retry: { writes: true, baseDelay: 0 }, retryBudget: false }).pipe(
        Effect.provideService(HttpClient.HttpClient, answering(() => json(body, { status: 503 })))
      )
      const sent = (secrets: WorkspaceSecretsClient.Service) => calls(secrets).slice(0, 2)
      const fiber = yield* Effect.fork(expectNothingShown(secrets, failsWith("Unavailable"), sent))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fiber)
    }))

  it.effect("by a call that is interrupted", () =>
    expectNothingShown(
      HttpClient.make(() => Effect.interrupt),
      (exit) => Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause)
    ))

  it.effect("by withResponse, even if the headers repeat the key", () =>
    expectNothingShown(
      answering(() => json(withValue, { headers: { "x-echo": canaryKey, "set-cookie": `key=${canaryKey}` } })),
      Exit.isSuccess,
      (secrets) => [secrets.withResponse.get(id), secrets.withResponse.delete(id)]
    ))

  it.effect("by options that are refused", () =>
    expectNothingShown(
      answering(() => json(secret)),
      failsWith("InvalidArgument"),
      (secrets) => [
        secrets.get(id, { headers: { [canaryKey]: "a", "x-a": canaryValue, authorization: canaryKey } }),
        secrets.get(id, { deadline: canaryValue } as never),
        secrets.get(id, canaryValue as never),
        secrets.create({ metadata: { name: "a" }, spec: { value } }, { safeRetry: true, retry: canaryKey } as never)
      ]
    ))

  const dies = (exit: Exit.Exit<unknown, unknown>) => Exit.isFailure(exit) && Cause.isDieType(exit.cause)

  it.effect("by a transport's defect", () =>
    expectNothingShown(HttpClient.make(() => Effect.die(new Error(`a bug of the transport: ${echo}`))), dies))

  it.effect.each([
    { what: "read", size: 1, outcome: dies },
    { what: "too large to be read", size: 2 ** 25, outcome: failsWith("UnexpectedResponse") }
  ])("by a defect of a body that is $what", ({ outcome, size }) =>
    expectNothingShown(
      HttpClient.make((request) => {
        const headers = { "content-length": String(size) }
        const response = HttpClientResponse.fromWeb(request, json(secret, { headers }))
        Object.defineProperty(response, "arrayBuffer", { value: Effect.die(new Error(echo)) })
        return Effect.succeed(response)
      }),
      outcome
    ))

  it.effect("by a request that is refused", () =>
    expectNothingShown(
      answering(() => json(secret)),
      failsWith("InvalidArgument"),
      (secrets) => [
        secrets.create({ metadata: { name: "a" }, spec: { value: canaryValue } } as never),
        secrets.create({ metadata: canaryValue, spec: canaryValue } as never),
        secrets.create(canaryValue as never),
        secrets.create({ metadata: { name: "a", labels: { env: canaryValue } }, spec: {} }),
        secrets.update(id, { updateMask: [canaryValue] } as never),
        secrets.update({ id: canaryValue } as never, { spec: canaryValue } as never),
        secrets.list({ limit: canaryValue, labels: canaryValue, sortOrder: canaryKey } as never)
      ]
    ))

  it.effect("by the client, its options, its layers, or a call that has not been run", () =>
    Effect.gen(function*() {
      const http = answering(() => json(withValue))
      const secrets = yield* connect(http)
      const context = yield* Layer.build(Layer.provide(layer(options), Layer.succeed(HttpClient.HttpClient, http)))
        .pipe(
          Effect.scoped
        )
      const things = [
        options,
        secrets,
        context,
        Context.get(context, WorkspaceSecretsClient),
        WorkspaceSecretsClient,
        make(options),
        layer(options),
        layerConfig(),
        secrets.stream(),
        ...calls(secrets)
      ]
      expectClean(things.flatMap(print))
      expectClean(yield* logged(things))
    }))

  it.effect.each([
    { what: "the key is wrong", env: { CADENYA_API_KEY: `${canaryKey} ` } },
    { what: "all is wrong", env: { CADENYA_API_KEY: `${canaryKey}\n`, CADENYA_BASE_URL: `ftp://${canaryKey}` } },
    {
      what: "the key is in the URL",
      env: { CADENYA_API_KEY: canaryKey, CADENYA_BASE_URL: "https://canary-key-91bc:canary-value-7f3a@example.com" }
    }
  ])("by a configuration in which $what", ({ env }) =>
    Effect.gen(function*() {
      const exit = yield* Layer.build(layerConfig()).pipe(
        Effect.scoped,
        Effect.provideService(HttpClient.HttpClient, answering(() => json(secret))),
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))),
        Effect.exit
      )
      expect(Exit.isFailure(exit)).toBe(true)
      const cause = Exit.isFailure(exit) ? exit.cause : Cause.empty
      expectClean([exit, cause, Cause.squash(cause)].flatMap(print))
      expectClean(yield* logged([cause]))
    }))
})
