import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as MockServer from "../src/MockServer.js"
import { sendJson, type Server, type WirePage, type WireSecret } from "./wire.js"

const secrets = "/v1/workspace_secrets"

const transports = {
  "a socket": MockServer.layer(),
  "no socket": MockServer.layerInProcess()
}

const rows = [
  { code: "UNAVAILABLE", status: 503 },
  { code: "RESOURCE_EXHAUSTED", status: 429 },
  { code: "ABORTED", status: 409 },
  { code: "INTERNAL", status: 500 }
] as const

/** A test with its own tenant. Its actions and its expectations depend on its number. */
const test = (server: MockServer.Service, fetch: typeof globalThis.fetch, i: number) =>
  Effect.scoped(Effect.gen(function*() {
    const { code, status } = rows[i % rows.length] ?? rows[0]
    const nth = 1 + i % 3
    const { control, ...tenant } = yield* server.tenant({
      randomSeed: i,
      clock: { type: "fixed", at: i * 1000 },
      faults: [{ name: `fault ${i}`, operation: "get", nth, error: { code, status } }]
    })
    const asked: Server = { ...tenant, fetch }
    const json = <A = WireSecret>(method: string, path: string, body?: unknown) =>
      Effect.promise(() => sendJson<A>(asked, method, path, body))

    const created = yield* json("POST", secrets, {
      // The same in all tenants.
      metadata: { name: `secret ${i}`, externalId: "the-same" },
      spec: { value: String(i) }
    })
    expect([created.status, created.headers.get("date")]).toEqual([200, new Date(i * 1000).toUTCString()])
    const gets = yield* Effect.replicateEffect(json("GET", `${secrets}/external_id:the-same`), 3)
    expect(gets.map((answer) => answer.status)).toEqual([1, 2, 3].map((n) => n === nth ? status : 200))
    const { body } = yield* json<WirePage>("GET", secrets)
    expect(body.items.map(({ metadata, spec }) => [metadata.name, spec.value])).toEqual([[`secret ${i}`, String(i)]])

    expect(yield* control.journal.count()).toBe(5)
    expect(yield* control.journal.expect({ fault: `fault ${i}` }, { times: 1 })).toMatchObject([{
      response: { status }
    }])
    expect((yield* control.faults.list).map(({ calls, hits }) => [calls, hits])).toEqual([[3, 1]])
    yield* control.reset
    expect((yield* control.snapshot).workspaceSecrets).toEqual([])
    return created.body.metadata.workspaceId
  }))

for (const [what, layer] of Object.entries(transports)) {
  describe(`200 concurrent tests on one server with ${what}`, () => {
    it.effect("are isolated: secrets, faults, clocks, journals, resets", () =>
      Effect.gen(function*() {
        const server = yield* MockServer.MockServer
        const fetch = what === "a socket" ? globalThis.fetch : server.fetch
        const workspaces = yield* Effect.forEach(
          Array.from({ length: 200 }, (_, i) => i),
          (i) => test(server, fetch, i),
          { concurrency: "unbounded" }
        )
        expect(new Set(workspaces).size).toBe(200)
        expect(yield* server.control.journal.count()).toBe(0)
        expect(yield* server.strangers.count()).toBe(0)
      }).pipe(Effect.provide(layer)), 60_000)
  })
}
