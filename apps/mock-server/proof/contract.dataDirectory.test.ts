import { contract } from "@workspace-secrets/contract-tests/Contract"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import * as MockServer from "../src/MockServer.js"
import type { Fetch } from "../test/target.js"
import { target, whole } from "../test/target.js"

const directory = mkdtempSync(join(tmpdir(), "mock-server-contract-"))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** The number of requests after which a server is replaced by the next. */
const TURN = 20

let restarts = 0

/**
 * A server with a data directory that is restarted repeatedly. Requests wait for the next server, and a stop waits for requests in flight.
 */
const restarting = Layer.scoped(
  MockServer.MockServer,
  Effect.gen(function*() {
    const start = Effect.gen(function*() {
      const scope = yield* Scope.make()
      const layer = MockServer.layerInProcess({ ...whole, dataDir: join(directory, "restarting") })
      const context = yield* Layer.buildWithScope(layer, scope)
      return { service: Context.get(context, MockServer.MockServer), stop: Scope.close(scope, Exit.void) }
    })
    const first = yield* start
    let current = Promise.resolve(first)
    yield* Effect.addFinalizer(() => Effect.flatMap(Effect.promise(() => current), ({ stop }) => stop))
    let asked = 0
    const underWay = new Set<Promise<unknown>>()
    const fetch: Fetch = async (input, init) => {
      if (++asked % TURN === 0) {
        restarts++
        current = current.then(async ({ stop }) => {
          await Promise.allSettled(underWay)
          return await Effect.runPromise(Effect.zipRight(stop, start))
        })
      }
      const { service } = await current
      const response = service.fetch(input, init)
      underWay.add(response)
      return await response.finally(() => underWay.delete(response))
    }
    return { ...first.service, fetch }
  })
)

contract(
  "the mock server, with a data directory",
  Layer.provide(target(), MockServer.layer({ ...whole, dataDir: join(directory, "kept") }))
)

contract("the mock server, with a data directory, restarted in between", Layer.provide(target(), restarting))

it("was restarted many times", () => {
  expect(restarts).toBeGreaterThan(20)
})
