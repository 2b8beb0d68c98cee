import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Node from "../src/node.js"
import { make } from "../src/WorkspaceSecretsClient.js"
import { secret } from "./support/samples.js"
import { serve } from "./support/server.js"

const id = WorkspaceSecretId.make("wsec_1")

const until = (condition: () => boolean) =>
  Effect.repeat(Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void))), { until: condition })

/** A client with one connection, which a request holds that is answered when `release` is called. */
const blocked = Effect.gen(function*() {
  const held: Array<() => void> = []
  const { received, url } = yield* serve(({ path }) =>
    path?.endsWith("/held") === true
      ? (response) => void held.push(() => response.end(JSON.stringify(secret)))
      : { status: 404, body: { code: 5, message: "no such secret", details: [] } }
  )
  const secrets = yield* make({
    apiKey: Redacted.make("key"),
    baseUrl: url,
    attemptDeadline: "1 second",
    retry: { maxAttempts: 2, baseDelay: 0 }
  }).pipe(Effect.provideServiceEffect(HttpClient.HttpClient, Node.make({ connections: 1 })))
  const hold = secrets.get(WorkspaceSecretId.make("held"), { deadline: Infinity, attemptDeadline: Infinity })
  return { secrets, hold, received, release: () => held.forEach((answer) => answer()) }
})

describe("an attempt that ends at its deadline", () => {
  it.scoped("while it waits for a connection was not sent: a delete that finds nothing next has deleted nothing", () =>
    Effect.gen(function*() {
      const { hold, received, release, secrets } = yield* blocked
      const holding = yield* Effect.fork(hold)
      yield* until(() => received.length === 1)
      const deleting = yield* Effect.fork(Effect.flip(secrets.delete(id)))
      yield* Effect.yieldNow()
      yield* TestClock.adjust("1 second")
      release()
      yield* TestClock.adjust("500 millis")
      expect(yield* Fiber.join(deleting)).toMatchObject({ _tag: "WorkspaceSecretNotFound", attempts: 2 })
      expect(received.map(({ method }) => method)).toEqual(["GET", "DELETE"])
      yield* Fiber.join(holding)
    }))

  it.scoped("after it was sent may have done its work: a delete that finds nothing next has succeeded", () =>
    Effect.gen(function*() {
      let requests = 0
      const { received, url } = yield* serve(() =>
        requests++ === 0 ? () => {} : { status: 404, body: { code: 5, message: "no such secret", details: [] } }
      )
      const secrets = yield* make({
        apiKey: Redacted.make("key"),
        baseUrl: url,
        attemptDeadline: "1 second",
        retry: { maxAttempts: 2, baseDelay: 0 }
      }).pipe(Effect.provideServiceEffect(HttpClient.HttpClient, Node.make()))
      const deleting = yield* Effect.fork(secrets.delete(id))
      yield* until(() => received.length === 1)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(deleting)
      expect(received).toHaveLength(2)
    }))
})

describe("a clock that steps back", () => {
  it.effect("does not make a call longer than its deadline", () =>
    Effect.gen(function*() {
      let requests = 0
      const http = HttpClient.make((request) =>
        requests++ === 0
          ? Effect.zipRight(
            TestClock.setTime(0),
            new RequestError({ request, reason: "Transport", cause: { code: "ECONNREFUSED" } })
          )
          : Effect.never
      )
      const secrets = yield* make({
        apiKey: Redacted.make("key"),
        deadline: "10 seconds",
        attemptDeadline: Infinity,
        retry: { maxAttempts: 2, baseDelay: 0 }
      }).pipe(Effect.provideService(HttpClient.HttpClient, http))
      yield* TestClock.adjust("1 hour")
      const fiber = yield* Effect.fork(Effect.flip(secrets.get(id)))
      yield* Effect.repeat(Effect.yieldNow(), { until: () => requests === 2 })
      yield* TestClock.adjust("10 seconds")
      expect(yield* Fiber.poll(fiber)).toMatchObject({
        value: { _tag: "Success", value: { _tag: "CallTimeout", scope: "call" } }
      })
    }))
})
