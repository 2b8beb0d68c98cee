import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { ServerResponse } from "node:http"
import { serve } from "./support/server.js"
import { brokenOff, connectOver, startOver, transports } from "./support/transports.js"

const id = WorkspaceSecretId.make("wsec_1")

describe.each(transports)("over %s", (_, transport) => {
  const connect = connectOver(transport)
  const start = startOver(transport)

  it.scoped("fails with ConnectionError when the connection is refused", () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.scoped(serve(() => ({})))
      const error = yield* Effect.flatMap(connect(url), (secrets) => Effect.flip(secrets.get(id)))
      expect(error).toMatchObject({
        _tag: "ConnectionError",
        reason: "ConnectionRefused",
        operation: "get",
        isRetryable: true,
        attempts: 1,
        message: "get failed: connection refused"
      })
    }))

  it.scoped("fails with ConnectionError when the connection breaks before a response", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(() => (response) => response.destroy())
      expect(yield* Effect.flip(secrets.whoami())).toMatchObject({
        _tag: "ConnectionError",
        reason: "ConnectionLost",
        operation: "whoami"
      })
    }))

  it.scoped.each([200, 401, 500])(
    "fails with ConnectionError when a response with status %i breaks off",
    (status) =>
      Effect.gen(function*() {
        const { secrets } = yield* start(() => brokenOff(status))
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
          _tag: "ConnectionError",
          reason: "IncompleteResponse",
          status,
          requestId: "req-2",
          message: "get failed: incomplete response"
        })
      })
  )

  it.scoped.each(["headers", "body"])(
    "gives up the connection when a call is interrupted before its %s",
    (before) =>
      Effect.gen(function*() {
        const arrived = yield* Deferred.make<ServerResponse>()
        const { secrets } = yield* start(() => (response) => {
          if (before === "body") {
            response.writeHead(200).write("{")
          }
          Deferred.unsafeDone(arrived, Effect.succeed(response))
        })
        const fiber = yield* Effect.fork(secrets.get(id))
        const response = yield* Deferred.await(arrived)
        const closed = yield* Effect.fork(Effect.async<void>((resume) => {
          response.once("close", () => resume(Effect.void))
        }))
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(fiber)
        yield* Fiber.join(closed)
        expect(response.writableFinished).toBe(false)
      })
  )

  it.scoped("releases its connection after each call, whatever the result", () =>
    Effect.gen(function*() {
      let connections = 0
      const { secrets, server } = yield* start(({ method }) => ({
        status: method === "DELETE" ? 200 : 500,
        body: "x".repeat(100_000)
      }))
      server.on("connection", () => connections++)
      for (let i = 0; i < 10; i++) {
        yield* secrets.delete(id)
        yield* Effect.flip(secrets.get(id))
      }
      // fetch may release a connection one tick late.
      expect(connections).toBeLessThanOrEqual(2)
    }))
})
