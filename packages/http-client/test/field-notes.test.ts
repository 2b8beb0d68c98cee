import { describe, expect, it } from "@effect/vitest"
import { Cursor } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"
import { leaking, leakingAnywhere, printed } from "../../../tools/leaks/sinks.js"
import * as Node from "../src/node.js"
import { client, json } from "./support/memory.js"
import { canaries, canaryKey, canaryValue, page, profile, secret } from "./support/samples.js"
import { endless, scripted, status, withoutWaiting } from "./support/script.js"
import { serve } from "./support/server.js"
import { record } from "./support/tracer.js"
import { startOver, transports } from "./support/transports.js"

const id = WorkspaceSecretId.make("wsec_1")
const payload = { metadata: { name: "a" }, spec: { value: Redacted.make(canaryValue) } }
const key = { apiKey: Redacted.make(canaryKey), retry: false } as const
const start = startOver(Node.layer())

// Known pitfalls of Effect's default HTTP clients.
describe("pitfalls", () => {
  it.effect("1: an error that is logged or printed shows neither key nor body", () =>
    Effect.gen(function*() {
      for (const step of ["ECONNRESET", new Response("<html>", { status: 502 }), status(403, 7)] as const) {
        const { secrets } = yield* scripted([step], key)
        const error = yield* Effect.flip(secrets.create(payload))
        expect(yield* leakingAnywhere([error], ...canaries)).toEqual([])
      }
    }))

  it.effect("2: a value of the wrong type and a body that is no JSON are not quoted", () =>
    Effect.gen(function*() {
      const wrong = { ...secret, spec: { value: [canaryValue] } }
      for (const body of [wrong, `{"spec":{"value":"${canaryValue}`, canaryValue]) {
        const { secrets } = yield* scripted([json(body)], key)
        expect(leaking(printed(yield* Effect.flip(secrets.get(id))), ...canaries)).toEqual([])
      }
    }))

  it.scoped("3: a path parameter stays one segment", () =>
    Effect.gen(function*() {
      const { received, secrets } = yield* start(() => ({ body: secret }))
      yield* secrets.get("../admin?x=1" as WorkspaceSecretId)
      expect(received[0]?.path).toBe("/v1/workspace_secrets/..%2Fadmin%3Fx%3D1")
    }))

  it.scoped("4: no redirect sends the key to another origin", () =>
    Effect.gen(function*() {
      const elsewhere = yield* serve(() => ({ body: secret }))
      for (const [, transport] of transports) {
        const { secrets } = yield* startOver(transport)(() => ({ status: 307, headers: { location: elsewhere.url } }))
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ _tag: "UnexpectedResponse", status: 307 })
      }
      expect(elsewhere.received).toEqual([])
    }))

  it.effect("5: a create is not retried by default, and Retry-After is respected", () =>
    Effect.gen(function*() {
      const { secrets, times } = yield* scripted([status(503, 14, { "retry-after": "2" }), json(secret)])
      yield* Effect.flip(secrets.create(payload))
      expect(times()).toEqual([0])
      const limited = yield* scripted([status(429, 8, { "retry-after": "2" }), json(secret)])
      const fiber = yield* Effect.fork(limited.secrets.get(id, { retry: {} }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(limited.times()).toEqual([0, 2000])
    }))

  it.scopedLive("6: a retry leaves no socket behind", () =>
    Effect.gen(function*() {
      let connections = 0
      const { secrets, server } = yield* start(() => ({ status: 503, body: "x".repeat(256_000) }), {
        retry: { maxAttempts: 21, baseDelay: 0 },
        retryBudget: false
      })
      server.on("connection", () => connections++)
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ attempts: 21 })
      expect(connections).toBe(1)
    }))

  it.scopedLive("7: connections are kept alive", () =>
    Effect.gen(function*() {
      let connections = 0
      const { secrets, server } = yield* start(() => ({ body: secret }))
      server.on("connection", () => connections++)
      yield* Effect.forEach(Array.from({ length: 200 }), () => secrets.get(id), { concurrency: 10 })
      // A pool may open a few more connections than are in use, while it waits for released ones.
      expect(connections).toBeLessThanOrEqual(50)
    }), 20_000)

  it.scoped("8: spans carry no URL, query or header, and no trace header goes to the API", () =>
    Effect.gen(function*() {
      const { spans, tracer } = record()
      const { received, secrets } = yield* start(() => ({ body: page([]) }))
      yield* secrets.list({ prefix: "canary" }).pipe(Effect.withSpan("caller"), Effect.withTracer(tracer))
      expect(spans).toHaveLength(3)
      expect(inspect(spans, { depth: 9 })).not.toMatch(/Bearer|url\.full|url\.query|header/)
      expect(leaking(printed(spans), "canary")).toEqual([])
      expect(Object.keys(received[0]?.headers ?? {})).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(traceparent|b3)$/) as string])
      )
    }))

  it.effect("9: an undeclared status and a proxy's HTML fail with UnexpectedResponse", () =>
    Effect.gen(function*() {
      const teapot = yield* scripted([status(418, 99)], key)
      expect(yield* Effect.flip(teapot.secrets.get(id))).toMatchObject({ _tag: "UnexpectedResponse", status: 418 })
      const proxy = yield* scripted([new Response("<html>", { status: 401 })], key)
      expect(yield* Effect.flip(proxy.secrets.get(id))).toMatchObject({
        _tag: "UnexpectedResponse",
        status: 401,
        violations: [{ description: "Expected a google.rpc.Status in JSON" }]
      })
    }))

  it.scopedLive("10: a deadline covers a body that stalls", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(() => (response) => {
        response.writeHead(200).write("{")
      })
      expect(yield* Effect.flip(secrets.get(id, { deadline: "50 millis" }))).toMatchObject({ _tag: "CallTimeout" })
    }))

  it.effect("11: jitter is full; unknown fields and enum values are no errors", () =>
    Effect.gen(function*() {
      const waits: Array<number> = []
      for (let seed = 0; seed < 50; seed++) {
        const { secrets } = yield* scripted(["ECONNRESET", json(secret)], endless)
        const call = Effect.withRandom(secrets.get(id), Random.make(`seed-${seed}`))
        waits.push(...(yield* withoutWaiting(call)).waits)
      }
      expect(waits).toHaveLength(50)
      expect(Math.min(...waits)).toBeLessThan(20)
      expect(Math.max(...waits)).toBeGreaterThan(80)
      const robot = { ...profile, spec: { type: "PROFILE_TYPE_ROBOT", model: "new" } }
      const { secrets } = yield* scripted([json(robot)])
      expect((yield* secrets.whoami()).spec.type).toBe("PROFILE_TYPE_ROBOT")
    }))

  it.effect("12: a refused request fails with the API's error, including google.rpc.BadRequest", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([json(secret)])
      expect(yield* Effect.flip(secrets.create({ metadata: {}, spec: {} } as never))).toMatchObject({
        _tag: "InvalidArgument",
        status: 400,
        code: 3,
        details: [{
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field: "metadata.name" }]
        }]
      })
      expect(sent).toHaveLength(0)
    }))

  it.effect("13: a stream fetches pages on demand, and fails if a cursor repeats", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(() => json(page(["a", "b", "c"], "again")))
      expect(yield* Stream.runCount(Stream.take(service.stream(), 3))).toBe(3)
      expect(sent).toHaveLength(1)
      const stream = service.stream({ cursor: Cursor.make("first") })
      expect(yield* Effect.flip(Stream.runDrain(stream))).toMatchObject({
        _tag: "UnexpectedResponse",
        violations: [{ field: "pagination.nextCursor" }]
      })
      expect(sent).toHaveLength(3)
    }))
})
