import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import { layer as nodeLayer } from "@workspace-secrets/http-client/node"
import { layer, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Supervisor from "effect/Supervisor"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { secret } from "../samples.js"

/*
 * Makes many calls to a server that misbehaves for a fifth of them, and reports leaks as JSON. Run with --expose-gc and
 * the number of calls.
 */

const CALLS = Number(process.argv[2])
const IN_FLIGHT = 200

// No deadlines: a busy machine may exceed them, and they are not tested here.
const patient = { deadline: "5 minutes", attemptDeadline: "5 minutes" } as const

const json = { "content-type": "application/json" }
const body = JSON.stringify(secret)

/** Released by the server when the call should stop waiting. */
const stalled = new Map<string, () => void>()

const misbehaviours: ReadonlyArray<(response: ServerResponse, id: string) => void> = [
  (response) => response.socket?.resetAndDestroy(),
  (response) => response.writeHead(200, { ...json, "content-length": "1000" }).write("{", () => response.destroy()),
  (response) => response.writeHead(503, json).end("x".repeat(100_000)),
  (response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>"),
  // Stalls until the caller disconnects.
  (response, id) => {
    response.writeHead(200, { ...json, "content-length": "1000" }).write("{", () => stalled.get(id)?.())
  }
]

let received = 0
let underWay = 0
const server = createServer(({ url = "" }, response) => {
  const nth = received++
  underWay++
  response.once("close", () => underWay--)
  const misbehave = nth % 5 === 4 ? misbehaviours[(nth - 4) / 5 % misbehaviours.length] : undefined
  if (misbehave === undefined) {
    response.writeHead(200, json).end(body)
  } else {
    misbehave(response, url.slice(url.lastIndexOf("/") + 1))
  }
})

const connections = Effect.async<number>((resume) => {
  server.getConnections((_, count) => resume(Effect.succeed(count)))
})

const loop = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** The requests still open at the server after the calls, after some turns of the event loop. */
const abandoned = Effect.gen(function*() {
  for (let turn = 0; turn < 1_000 && underWay > 0; turn++) {
    yield* loop
  }
  return underWay
})

/** The state of the process after it became idle. */
const remains = Effect.gen(function*() {
  // Closing and garbage collection need turns of the event loop, not time.
  for (let turn = 0; turn < 50; turn++) {
    yield* loop
  }
  global.gc?.()
  yield* loop
  global.gc?.()
  const resources = process.getActiveResourcesInfo()
  return {
    connections: yield* connections,
    sockets: resources.filter((name) => /TCPSocket|TCPClient|TLS/.test(name)).length,
    timers: resources.filter((name) => name === "Timeout" || name === "Immediate").length,
    heapMiB: process.memoryUsage().heapUsed / 1024 / 1024
  }
})

const run = (calls: number, outcomes: Map<string, number>) =>
  Effect.gen(function*() {
    const secrets = yield* WorkspaceSecretsClient
    let nth = 0
    const given = (id: string) =>
      Effect.async<never, "GivenUp">((resume) => {
        stalled.set(id, () => resume(Effect.fail("GivenUp")))
        return Effect.sync(() => stalled.delete(id))
      })
    const call = Effect.suspend(() => {
      const id = `call-${nth++}`
      return Effect.raceFirst(secrets.get(WorkspaceSecretId.make(id)), given(id))
    }).pipe(
      Effect.exit,
      Effect.map((exit) => {
        const outcome = Exit.match(exit, {
          onSuccess: () => "success",
          onFailure: (cause) =>
            cause._tag !== "Fail" ? cause._tag : cause.error === "GivenUp" ? cause.error : cause.error._tag
        })
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      })
    )
    yield* Effect.replicateEffect(call, calls, { concurrency: IN_FLIGHT, discard: true })
  })

const program = Effect.gen(function*() {
  const warnings: Array<string> = []
  process.on("warning", ({ name }) => warnings.push(name))
  const { port } = server.address() as AddressInfo
  const live = layer({ apiKey: Redacted.make("key"), baseUrl: `http://127.0.0.1:${port}`, retry: false, ...patient })
    .pipe(
      Layer.provide(nodeLayer({ connections: IN_FLIGHT }))
    )
  const supervisor = yield* Supervisor.track
  // Warms up: code and caches are no leak.
  yield* Effect.provide(run(1_000, new Map()), live)
  const before = yield* remains
  const outcomes = new Map<string, number>()
  // Measured before the layer closes: closing it would hide leaked connections.
  const left = yield* Effect.supervised(
    Effect.provide(Effect.zipRight(run(CALLS, outcomes), abandoned), live),
    supervisor
  )
  const after = yield* remains
  const fibers = yield* supervisor.value
  const listeners = ["exit", "uncaughtException", "beforeExit", "SIGINT"].map((name) => process.listenerCount(name))
  return { before, after, left, outcomes: Object.fromEntries(outcomes), fibers: fibers.length, warnings, listeners }
})

server.listen(0, "127.0.0.1", () => {
  void Effect.runPromise(program).then((findings) => {
    console.log(JSON.stringify(findings))
    // With the server closed, the process must exit by itself.
    server.close()
  })
})
