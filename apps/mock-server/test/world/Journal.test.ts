import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { leaking, printed } from "../../../../tools/leaks/sinks.js"
import * as MockServer from "../../src/MockServer.js"
import { JournalEntry } from "../../src/world/Journal.js"
import { send, sendJson, type Server, type WireSecret } from "../wire.js"

const transports = {
  "a socket": MockServer.layer(),
  "no socket": MockServer.layerInProcess()
}

const secrets = "/v1/workspace_secrets"

for (const [what, layer] of Object.entries(transports)) {
  describe(`the journal of a server with ${what}`, () => {
    const world = (options: MockServer.TenantOptions = {}) =>
      Effect.gen(function*() {
        const server = yield* MockServer.MockServer
        const tenant = yield* server.tenant(options)
        const asked: Server = { ...tenant, fetch: what === "a socket" ? globalThis.fetch : server.fetch }
        const json = <A = WireSecret>(method: string, path: string, body?: unknown) =>
          Effect.promise(() => sendJson<A>(asked, method, path, body))
        return { ...tenant, asked, json, journal: tenant.control.journal, server }
      })
    const test = (name: string, body: Effect.Effect<void, unknown, MockServer.MockServer>) =>
      it.effect(name, () => body.pipe(Effect.provide(layer)), 20_000)

    test(
      "has each request with its response, in order, by the tenant's clock",
      Effect.scoped(Effect.gen(function*() {
        const { journal, json } = yield* world({
          clock: { type: "stepping", at: "2026-01-01T00:00:00.000Z", stepMillis: 1000 },
          faults: [{ name: "busy", operation: "delete", error: { code: "UNAVAILABLE", retryAfter: 1 } }]
        })
        const created = yield* json("POST", secrets, {
          metadata: { name: "a", labels: { env: "test" } },
          spec: { value: "canary" },
          ignored: 1
        })
        const { id } = created.body.metadata
        yield* json("PATCH", `${secrets}/${id}`, { metadata: { name: "b" }, updateMask: "metadata.name" })
        yield* json("GET", `${secrets}?prefix=b&limit=1&other=canary`)
        yield* json("GET", `${secrets}/external_id:x%20y`)
        yield* json("DELETE", `${secrets}/${id}`)
        yield* json("POST", secrets, { metadata: {}, spec: "canary" })
        yield* json("GET", "/nothing/canary")
        const { dropped, entries, overflowed } = yield* journal.list()
        expect([dropped, overflowed]).toEqual([0, false])
        expect(entries.map(({ externalId, fault, id, method, operation, receivedAt, sequence, target, ...entry }) => ({
          sequence,
          receivedAt,
          request: `${method} ${target}`,
          leadsTo: [operation, id, externalId],
          body: entry.request.body,
          status: entry.response?.status,
          fault
        }))).toEqual([
          {
            sequence: 1,
            receivedAt: "2026-01-01T00:00:00.000Z",
            request: `POST ${secrets}`,
            leadsTo: ["create", undefined, undefined],
            body: { metadata: { name: "a", labels: { env: "test" } }, spec: { value: "<redacted>" } },
            status: 200
          },
          {
            sequence: 2,
            receivedAt: "2026-01-01T00:00:01.000Z",
            request: `PATCH ${secrets}/${id}`,
            leadsTo: ["update", id, undefined],
            body: { metadata: { name: "b" }, updateMask: "metadata.name" },
            status: 200
          },
          {
            sequence: 3,
            receivedAt: "2026-01-01T00:00:02.000Z",
            request: `GET ${secrets}?prefix=b&limit=1&other=<redacted>`,
            leadsTo: ["list", undefined, undefined],
            status: 200
          },
          {
            sequence: 4,
            receivedAt: "2026-01-01T00:00:03.000Z",
            request: `GET ${secrets}/external_id:x%20y`,
            leadsTo: ["get", undefined, "x y"],
            status: 404
          },
          {
            sequence: 5,
            receivedAt: "2026-01-01T00:00:04.000Z",
            request: `DELETE ${secrets}/${id}`,
            leadsTo: ["delete", id, undefined],
            status: 503,
            fault: "busy"
          },
          {
            sequence: 6,
            receivedAt: "2026-01-01T00:00:05.000Z",
            request: `POST ${secrets}`,
            leadsTo: ["create", undefined, undefined],
            status: 400
          },
          {
            sequence: 7,
            receivedAt: "2026-01-01T00:00:06.000Z",
            request: "GET /nothing/canary",
            leadsTo: [undefined, undefined, undefined],
            status: 404
          }
        ])
        const [first, , list] = entries
        expect(first?.response?.body).toEqual({ ...created.body, spec: { value: "<redacted>" } })
        expect(first?.requestId).toBe(created.headers.get("x-request-id"))
        expect(list?.response?.body).toMatchObject({
          items: [{ metadata: { id, name: "b" }, spec: { value: "<redacted>" } }]
        })
        expect(entries[4]?.response).toMatchObject({
          headers: { "retry-after": "1" },
          body: { code: 14, message: "a fault that a test injected" }
        })
        expect(first?.durationMillis).toBeGreaterThan(0)
      }))
    )

    test(
      "contains no value and no key, whatever was sent and however it is printed",
      Effect.scoped(Effect.gen(function*() {
        const { asked, journal, json, server } = yield* world({ apiKey: Redacted.make("canary/key") })
        const value = "canary-value"
        const { metadata: { id } } = (yield* json("POST", secrets, { metadata: { name: "a" }, spec: { value } })).body
        yield* json("PATCH", `${secrets}/${id}`, { spec: { value }, updateMask: "spec.value" })
        yield* json("GET", `${secrets}/${id}`)
        yield* json("GET", secrets)
        const bodies = [
          `"${value}`,
          `{"spec":"${value}"}`,
          `{"value":"${value}"}`,
          `{"metadata":{"name":"a","value":"${value}"},"spec":{}}`
        ]
        yield* Effect.forEach(
          bodies,
          (body) =>
            Effect.promise(() =>
              send(asked, secrets, { method: "POST", body, headers: { "content-type": "application/json" } })
            )
        )
        const headers = {
          cookie: "canary-cookie",
          "x-api-key": "canary-x",
          "x-auth-token": "canary-token",
          "x-anything": "canary/key",
          "idempotency-key": "shown"
        }
        yield* Effect.promise(() =>
          send(asked, `${secrets}?api_key=canary/key&query=canary%2Fkey&canary/key=1`, { headers })
        )
        yield* Effect.promise(() => send(asked, `/canary/key/canary%2Fkey`))
        yield* json("POST", secrets, { metadata: { name: "with canary/key in it" }, spec: {} })
        yield* Effect.promise(() => send(asked, "/v1/whoami", { headers: { authorization: "Bearer canary-unknown" } }))
        yield* Effect.promise(() => send(asked, "/v1/whoami", { headers: { authorization: "canary-malformed" } }))

        const page = yield* journal.list()
        const strangers = yield* server.strangers.list()
        expect(page.entries.length).toBe(11)
        expect(strangers.entries.map(({ response }) => response?.status)).toEqual([401, 401])
        const failures = yield* Effect.forEach(
          [
            journal.expect({ operation: "delete" }),
            journal.expect({ headers: { authorization: "Bearer canary/key" } }, { times: 99 }),
            journal.expect({ body: { spec: { value } } }, { times: 99 })
          ],
          (expectation) => Effect.exit(expectation)
        )
        for (const thing of [page, strangers, journal, server.strangers, server, ...failures]) {
          expect(leaking(printed(thing), "canary")).toEqual([])
        }
        expect(JSON.stringify(page)).toContain("shown")
        expect(Schema.is(Schema.Array(JournalEntry))(page.entries)).toBe(true)
        expect(yield* journal.count({ headers: { authorization: "any" } })).toBe(11)
        expect(yield* journal.count({ body: { spec: { value: "any" } } })).toBe(2)
      }))
    )

    test(
      "filters by every field of a request",
      Effect.scoped(Effect.gen(function*() {
        const { journal, json } = yield* world({
          faults: [{ name: "third", operation: "list", nth: 3, error: { code: "ABORTED" } }]
        })
        const { metadata: { id } } = (yield* json("POST", secrets, {
          metadata: { name: "a", externalId: "x", labels: { a: "1", b: "2" } },
          spec: {}
        })).body
        yield* json("GET", `${secrets}/${id}`)
        yield* json("GET", `${secrets}/external_id:x`)
        yield* Effect.forEach(
          ["?limit=1&prefix=a%20b", "?limit=1", "?limit=2"],
          (query) => json("GET", `${secrets}${query}`)
        )
        const [, second] = (yield* journal.list()).entries
        const counts = yield* Effect.forEach(
          [
            {},
            { operation: "list" },
            { method: "GET" },
            { path: secrets },
            { query: { limit: "1" } },
            { query: { limit: "1", prefix: "a b" } },
            { headers: { "content-type": "application/json" } },
            { id },
            { externalId: "x" },
            { body: { metadata: { labels: { a: "1" } } } },
            { body: { metadata: { labels: { a: "2" } } } },
            { status: 409 },
            { fault: "third" },
            { requestId: second?.requestId ?? "" },
            { after: 4 },
            { after: 4, status: 200 }
          ] as const,
          (match) => journal.count(match)
        )
        expect(counts).toEqual([6, 3, 5, 4, 2, 1, 1, 1, 1, 1, 0, 1, 1, 1, 2, 1])
      }))
    )

    test(
      "reports the closest request and its differences if an expectation is not met",
      Effect.scoped(Effect.gen(function*() {
        const { journal, json } = yield* world({ randomSeed: 1, clock: { type: "fixed", at: 0 } })
        expect(yield* Effect.flip(journal.expect({ operation: "get" }))).toMatchObject({
          _tag: "JournalMismatch",
          message: "expected at least 1 request with {\"operation\":\"get\"}, found 0; there were no requests"
        })
        yield* json("GET", `${secrets}?limit=1`)
        const last = yield* json("POST", secrets, { metadata: { name: "a" }, spec: {} })
        const match = {
          operation: "create",
          status: 200,
          body: { metadata: { name: "b" }, spec: { value: "v" } }
        } as const
        const error = yield* Effect.flip(journal.expect(match))
        expect(error).toMatchObject({
          found: 0,
          nearest: { operation: "create", requestId: last.headers.get("x-request-id") },
          differences: [
            "body.metadata.name: expected \"b\", was \"a\"",
            "body.spec.value: expected \"<redacted>\", was nothing"
          ]
        })
        expect(error.message).toContain("found 0; the closest is POST /v1/workspace_secrets (req_")
        expect(error.message).toContain("\n  body.metadata.name: expected \"b\", was \"a\"\n")
        expect((yield* journal.expect({ operation: "list" }))[0]?.query).toEqual({ limit: "1" })
        expect((yield* Effect.flip(journal.expect({ method: "GET" }, { times: 2 }))).message).toContain(
          "expected 2 requests with {\"method\":\"GET\"}, found 1; the closest is POST"
        )
        expect(yield* journal.expect({ operation: "delete" }, { times: 0 })).toEqual([])
      }))
    )

    test(
      "waits for a request without polling, and with a timeout",
      Effect.scoped(Effect.gen(function*() {
        const { journal, json } = yield* world()
        const waiting = yield* Effect.fork(journal.waitFor({ operation: "list" }, { times: 2, timeout: "1 hour" }))
        const late = yield* Effect.fork(Effect.flip(journal.waitFor({ operation: "delete" }, { timeout: "1 minute" })))
        yield* json("GET", secrets)
        yield* json("GET", "/v1/whoami")
        yield* json("GET", secrets)
        expect((yield* Fiber.join(waiting)).map(({ sequence }) => sequence)).toEqual([1, 3])
        expect(yield* journal.waitFor({ operation: "whoami" })).toHaveLength(1)
        yield* TestClock.adjust("1 minute")
        expect(yield* Fiber.join(late)).toMatchObject({ _tag: "JournalMismatch", found: 0 })
      }))
    )

    test(
      "is bounded, and fails after it has dropped requests",
      Effect.scoped(Effect.gen(function*() {
        const { control, journal, json } = yield* world({ journalSize: 3 })
        const sequences = Effect.map(
          journal.list(),
          ({ dropped, entries, overflowed }) => [entries.map(({ sequence }) => sequence), dropped, overflowed]
        )
        const ask = (times: number) =>
          Effect.forEach(Array.from({ length: times }), () => json("GET", secrets), { discard: true })
        yield* ask(3)
        expect(yield* sequences).toEqual([[1, 2, 3], 0, false])
        yield* ask(2)
        expect(yield* sequences).toEqual([[3, 4, 5], 2, true])
        for (const refused of [Effect.asVoid(journal.count()), journal.expect({}), journal.expect({}, { times: 5 })]) {
          expect(yield* Effect.flip<unknown, unknown, never>(refused)).toMatchObject({
            _tag: "JournalOverflow",
            dropped: 2,
            message:
              "the journal has dropped 2 requests and cannot tell how many matched: it keeps 3 requests; set a larger journalSize, or clear the journal in between"
          })
        }
        yield* journal.clear
        yield* ask(1)
        expect(yield* sequences).toEqual([[6], 0, false])
        expect(yield* journal.count()).toBe(1)
        yield* control.reset
        yield* ask(4)
        expect(yield* sequences).toEqual([[2, 3, 4], 1, true])

        const off = yield* world({ journalSize: 0 })
        yield* off.json("GET", secrets)
        expect(yield* off.journal.list()).toEqual({ entries: [], dropped: 1, overflowed: true })
        expect(yield* Effect.flip(off.journal.count())).toMatchObject({ _tag: "JournalOverflow" })
      }))
    )

    test(
      "keeps neither large bodies nor replaced values",
      Effect.scoped(Effect.gen(function*() {
        const { journal, json } = yield* world()
        const { metadata: { id } } =
          (yield* json("POST", secrets, { metadata: { name: "a" }, spec: { value: "x".repeat(70_000) } })).body
        yield* json("GET", `${secrets}/${id}`)
        yield* json("GET", `${secrets}?prefix=${"a".repeat(5000)}`)
        const [create, get, list] = (yield* journal.list()).entries
        for (const entry of [create, get]) {
          expect(entry).toMatchObject({ bodiesOmitted: true })
          expect([entry?.request.body, entry?.response?.body, entry?.response?.status]).toEqual([
            undefined,
            undefined,
            200
          ])
        }
        expect(list?.query["prefix"]).toHaveLength(2049)
      }))
    )
  })
}
