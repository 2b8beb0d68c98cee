import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import { secret } from "./support/samples.js"
import type { Reply } from "./support/server.js"
import { brokenOff, connectOver, startOver, transports } from "./support/transports.js"

const id = WorkspaceSecretId.make("wsec_1")
const retry = { baseDelay: 1 }

/** Network failures; each happens once, before a response. */
const troubles: ReadonlyArray<readonly [what: string, reply: () => Reply]> = [
  ["resets the connection", () => (response) => response.socket?.resetAndDestroy()],
  ["closes the connection", () => (response) => response.destroy()],
  ["sends half a body", () => brokenOff(200)],
  ["sends half a body of an error", () => brokenOff(503)],
  ["is a proxy with a page of HTML", () => ({ status: 502, headers: { "content-type": "text/html" }, body: "<html>" })]
]

describe.each(transports)("over %s, after a server", (_, transport) => {
  it.scopedLive.each(troubles)("%s once, the call is retried", ([_, trouble]) =>
    Effect.gen(function*() {
      let requests = 0
      const { secrets } = yield* startOver(transport)(
        () => requests++ === 0 ? trouble() : { body: secret },
        { retry }
      )
      const { response, value } = yield* secrets.withResponse.get(id)
      expect(value.metadata.name).toBe("name")
      expect(response.attempts).toBe(2)
    }))

  it.scopedLive("closes an idle connection at its reuse, the call is retried on a new one", () =>
    Effect.gen(function*() {
      // Answers the first request of a connection, and closes it at the second one.
      const body = JSON.stringify(secret)
      const answer =
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
      let connections = 0
      const server = yield* Effect.acquireRelease(
        Effect.async<Net.Server>((resume) => {
          const server: Net.Server = Net.createServer((socket) => {
            let requests = 0
            connections++
            socket.on("error", () => {})
            socket.on("data", () => requests++ === 0 ? socket.write(answer) : socket.destroy())
          }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const { port } = server.address() as Net.AddressInfo
      const secrets = yield* connectOver(transport)(`http://127.0.0.1:${port}`, { retry })
      expect((yield* secrets.withResponse.get(id)).response.attempts).toBe(1)
      // fetch may release a connection one tick late.
      yield* Effect.sleep("50 millis")
      expect((yield* secrets.withResponse.get(id)).response.attempts).toBe(2)
      expect(connections).toBe(2)
    }))

  it.scopedLive("answers 503 with a long body, the retries use the same connection", () =>
    Effect.gen(function*() {
      let connections = 0
      const { secrets, server } = yield* startOver(transport)(() => ({ status: 503, body: "x".repeat(256_000) }), {
        retry: { baseDelay: 1, maxAttempts: 6 },
        retryBudget: false
      })
      server.on("connection", () => connections++)
      const error = yield* Effect.flip(secrets.get(id))
      expect(error).toMatchObject({ _tag: "UnexpectedResponse", status: 503, attempts: 6 })
      // fetch may release a connection one tick late.
      expect(connections).toBeLessThanOrEqual(2)
    }))

  it.scopedLive("announces more than 16 MiB, the body is not read and the connection is closed", () =>
    Effect.gen(function*() {
      const closed = yield* Deferred.make<void>()
      const { received, secrets } = yield* startOver(transport)(() => (response) => {
        response.on("close", () => Deferred.unsafeDone(closed, Effect.void))
        response.writeHead(200, { "content-length": String(16 * 1024 * 1024 + 1) }).write("{")
      }, { retry })
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
        _tag: "UnexpectedResponse",
        status: 200,
        isRetryable: false,
        violations: [{ description: "Expected a body of at most 16 MiB" }]
      })
      expect(received).toHaveLength(1)
      yield* Deferred.await(closed)
    }))

  it.scopedLive("sends more than 16 MiB without announcing it, the call fails", () =>
    Effect.gen(function*() {
      const { secrets } = yield* startOver(transport)(() => (response) => {
        response.writeHead(200)
        response.end("x".repeat(16 * 1024 * 1024 + 1))
      }, { retry })
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ _tag: "UnexpectedResponse", attempts: 1 })
    }))
})

describe("a server that limits the rate", () => {
  const limits: ReadonlyArray<() => string> = [() => "1", () => new Date(Date.now() + 1000).toUTCString()]

  it.scopedLive("for a second, or until a date, gets the retry then, over any transport", () =>
    Effect.forEach(
      transports.flatMap(([name, transport]) => limits.map((limit) => ({ name, transport, limit }))),
      ({ limit, name, transport }) =>
        Effect.gen(function*() {
          let until = ""
          const times: Array<number> = []
          const { secrets } = yield* startOver(transport)(() => {
            times.push(Date.now())
            until ||= limit()
            return times.length === 1
              ? { status: 429, headers: { "retry-after": until }, body: { code: 8, message: "slow down" } }
              : { body: secret }
          }, { retry })
          const { response } = yield* secrets.withResponse.get(id)
          expect([name, response.attempts]).toEqual([name, 2])
          const [first = NaN, second = NaN] = times
          // A timer may fire one tick early.
          expect(second).toBeGreaterThanOrEqual((until === "1" ? first + 1000 : Date.parse(until)) - 5)
        }),
      { concurrency: "unbounded", discard: true }
    ))
})
