import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import type { ServerResponse } from "node:http"
import { vi } from "vitest"
import { make } from "../src/WorkspaceSecretsClient.js"
import { json } from "./support/memory.js"
import { secret } from "./support/samples.js"
import { scripted, status } from "./support/script.js"
import { startOver, transports } from "./support/transports.js"

const id = WorkspaceSecretId.make("wsec_1")

const after = (millis: number) => TestClock.adjust(Duration.millis(millis))

describe("the deadline of an attempt", () => {
  it.effect("is 10 seconds, then the call is retried", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted(["silence", json(secret)])
      const fiber = yield* Effect.fork(secrets.withResponse.get(id))
      yield* after(9_999)
      expect(sent).toHaveLength(1)
      yield* after(1)
      yield* after(100)
      expect((yield* Fiber.join(fiber)).response.attempts).toBe(2)
    }))

  it.effect("fails with CallTimeout without a further attempt", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted(["silence"])
      const payload = { metadata: { name: "a" }, spec: {} }
      const fiber = yield* Effect.fork(Effect.flip(secrets.create(payload, { attemptDeadline: "3 seconds" })))
      yield* after(2_999)
      expect(fiber.unsafePoll()).toBeNull()
      yield* after(1)
      const error = yield* Fiber.join(fiber)
      expect(error).toMatchObject({
        _tag: "CallTimeout",
        operation: "create",
        scope: "attempt",
        after: Duration.seconds(3),
        attempts: 1,
        isRetryable: true,
        message: "create failed: an attempt took longer than 3s"
      })
      expect(sent).toHaveLength(1)
    }))
})

describe("the deadline of a call", () => {
  it.effect("is 30 seconds, including all attempts and delays", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted(["silence"], { retry: { baseDelay: 0, maxAttempts: 10 } })
      const fiber = yield* Effect.fork(Effect.flip(secrets.get(id, { attemptDeadline: "20 seconds" })))
      yield* after(29_999)
      expect(fiber.unsafePoll()).toBeNull()
      yield* after(1)
      expect(yield* Fiber.join(fiber)).toMatchObject({
        _tag: "CallTimeout",
        scope: "call",
        after: Duration.seconds(30),
        attempts: 2,
        message: "get failed: the call took longer than 30s"
      })
      yield* after(60_000)
      expect(sent).toHaveLength(2)
    }))

  it.effect("is the call's option, else the client's", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted(["silence"], { deadline: "2 seconds" })
      const fibers = [
        yield* Effect.fork(Effect.flip(secrets.get(id))),
        yield* Effect.fork(Effect.flip(secrets.get(id, { deadline: "4 seconds" })))
      ]
      yield* after(2_000)
      expect(fibers.map((fiber) => fiber.unsafePoll() !== null)).toEqual([true, false])
      yield* after(2_000)
      expect(fibers.map((fiber) => fiber.unsafePoll() !== null)).toEqual([true, true])
    }))

  it.effect("can be infinite", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted(["silence"])
      const fiber = yield* Effect.fork(secrets.get(id, { deadline: Infinity, attemptDeadline: Infinity }))
      yield* TestClock.adjust("30 days")
      expect(fiber.unsafePoll()).toBeNull()
      yield* Fiber.interrupt(fiber)
    }))

  it.effect("works in an uninterruptible region, and with a transport that ignores interruption", () =>
    Effect.gen(function*() {
      const http = HttpClient.make(() => Effect.uninterruptible(Effect.never))
      const secrets = yield* make({ apiKey: Redacted.make("key"), deadline: "5 seconds" }).pipe(
        Effect.provideService(HttpClient.HttpClient, http)
      )
      const fiber = yield* Effect.fork(Effect.uninterruptible(Effect.flip(secrets.get(id))))
      yield* after(5_000)
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "CallTimeout", scope: "call" })
    }))

  it.effect.each([0, -1, "soon", {}, NaN])("cannot be %j", (deadline) =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([json(secret)])
      expect(yield* Effect.flip(secrets.get(id, { deadline } as never))).toMatchObject({
        _tag: "InvalidArgument",
        attempts: 0,
        fieldViolations: [{ field: "options.deadline" }]
      })
      expect(sent).toHaveLength(0)
      expect(yield* Effect.flip(scripted([], { deadline } as never))).toMatchObject({
        _tag: "InvalidClientOptions",
        violations: [{ field: "deadline" }]
      })
    }))

  it.live("leaves no timer behind, however the call ends", () =>
    Effect.gen(function*() {
      const set = vi.spyOn(globalThis, "setTimeout")
      const clear = vi.spyOn(globalThis, "clearTimeout")
      const { secrets, sent } = yield* scripted([json(secret), status(404, 5), "silence"])
      const deadline = "12345 millis"
      yield* secrets.get(id, { deadline, attemptDeadline: deadline })
      yield* Effect.flip(secrets.get(id, { deadline, attemptDeadline: deadline }))
      const fiber = yield* Effect.fork(secrets.get(id, { attemptDeadline: 12_345 }))
      while (sent.length < 3) {
        yield* Effect.yieldNow()
      }
      yield* Fiber.interrupt(fiber)
      const ours = set.mock.calls.flatMap(([, millis], index) =>
        millis !== undefined && millis > 12_000 && millis <= 12_345 ? [set.mock.results[index]?.value as unknown] : []
      )
      const cleared = clear.mock.calls.map(([timer]) => timer as unknown)
      set.mockRestore()
      clear.mockRestore()
      expect(ours).toHaveLength(3)
      expect(ours.filter((timer) => !cleared.includes(timer))).toEqual([])
    }))
})

describe.each(transports)("over %s", (_, transport) => {
  it.scopedLive.each(["headers", "body"])(
    "interruption before the end of the %s closes the connection",
    (until) =>
      Effect.gen(function*() {
        const begun = yield* Deferred.make<ServerResponse>()
        const closed = yield* Deferred.make<void>()
        const { secrets } = yield* startOver(transport)(() => (response) => {
          response.once("close", () => Deferred.unsafeDone(closed, Effect.void))
          if (until === "body") {
            response.writeHead(200, { "content-type": "application/json" }).write("{\"metadata\":")
          }
          Deferred.unsafeDone(begun, Effect.succeed(response))
        })
        const fiber = yield* Effect.fork(secrets.get(id))
        const response = yield* Deferred.await(begun)
        yield* Fiber.interrupt(fiber)
        yield* Deferred.await(closed)
        expect(response.writableFinished).toBe(false)
      })
  )

  it.scopedLive.each(["headers", "body"])(
    "a deadline covers the %s, and closes the connection",
    (until) =>
      Effect.gen(function*() {
        const closed = yield* Deferred.make<ServerResponse>()
        const { secrets } = yield* startOver(transport)(() => (response) => {
          response.once("close", () => Deferred.unsafeDone(closed, Effect.succeed(response)))
          if (until === "body") {
            response.writeHead(200, { "content-type": "application/json" }).write("{\"metadata\":")
          }
        })
        const error = yield* Effect.flip(secrets.get(id, { attemptDeadline: "300 millis" }))
        expect(error).toMatchObject({ _tag: "CallTimeout", scope: "attempt", attempts: 1 })
        expect((yield* Deferred.await(closed)).writableFinished).toBe(false)
      })
  )

  it.scopedLive("retries after a server stalled once", () =>
    Effect.gen(function*() {
      let requests = 0
      const { secrets } = yield* startOver(transport)(() =>
        requests++ === 0
          ? (response) => {
            response.writeHead(200).write("{")
          }
          : { body: secret }
      )
      const options = { attemptDeadline: "300 millis", retry: { baseDelay: 1 } } as const
      expect((yield* secrets.withResponse.get(id, options)).response.attempts).toBe(2)
    }))
})
