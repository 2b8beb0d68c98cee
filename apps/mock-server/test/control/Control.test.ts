import * as OpenApi from "@effect/platform/OpenApi"
import { describe, expect, it } from "@effect/vitest"
import { AccountId } from "@workspace-secrets/core/AccountId"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { leaking, leakingAnywhere, printed } from "../../../../tools/leaks/sinks.js"
import * as Control from "../../src/control/Control.js"
import { ControlApi, StreamGroup } from "../../src/control/ControlApi.js"
import * as ControlClient from "../../src/control/ControlClient.js"
import * as MockServer from "../../src/MockServer.js"
import * as Tenant from "../../src/world/Tenant.js"
import { secret } from "../secrets.js"
import { expectError, send, sendJson, type Server, type WirePage, type WireSecret } from "../wire.js"

const transports = {
  "a socket": MockServer.layer,
  "no socket": MockServer.layerInProcess
}

const secrets = "/v1/workspace_secrets"

const headers = { "content-type": "application/json" }

const seed = {
  accountId: AccountId.make("acct"),
  workspaceId: WorkspaceId.make("wksp"),
  workspaceSecrets: [secret({ id: "a", externalId: "x", value: "canary-value" })]
}

for (const [what, layer] of Object.entries(transports)) {
  describe(`the control API of a server with ${what}`, () => {
    const server = (token?: Redacted.Redacted) =>
      Effect.map(MockServer.MockServer, (server) => {
        const fetch = what === "a socket" ? globalThis.fetch : server.fetch
        const raw = (path: string, init: RequestInit = {}) =>
          Effect.promise(() => send({ ...server, fetch, apiKey: token ?? Redacted.make("none") }, path, init))
        const json = <A = WireSecret>(apiKey: Redacted.Redacted, method: string, path: string, body?: unknown) =>
          Effect.promise(() => sendJson<A>({ url: server.url, fetch, apiKey }, method, path, body))
        return { server, raw, json, client: ControlClient.make({ url: server.url, fetch, token }) }
      })

    it.effect("does the same as control in code", () =>
      Effect.gen(function*() {
        const { client, json, server: { url } } = yield* server()
        yield* client.health
        const options = { randomSeed: 1, clock: { type: "fixed", at: 0 } } as const
        const { apiKey, id, workspaceId } = yield* client.create({
          ...options,
          seed,
          id: "ci",
          apiKey: Redacted.make("canary-key")
        })
        expect([id, workspaceId, Redacted.value(apiKey)]).toEqual(["ci", "wksp", "canary-key"])
        const tenant = client.tenant("ci")
        const create = (name: string) =>
          Effect.map(
            json(apiKey, "POST", secrets, { metadata: { name }, spec: { value: name } }),
            ({ headers, text }) => [headers.get("date"), headers.get("x-request-id"), text]
          )
        const size = Effect.map(json<WirePage>(apiKey, "GET", secrets), ({ body }) => body.items.length)

        const first = yield* create("one")
        expect(first[0]).toBe("Thu, 01 Jan 1970 00:00:00 GMT")
        const snapshot = yield* tenant.snapshot
        expect(snapshot.workspaceSecrets.map(({ metadata }) => metadata.name)).toEqual(["name", "one"])
        expect(leaking(printed(snapshot), "canary")).toEqual([])
        yield* tenant.clock.advance("1 minute")
        const second = yield* create("two")
        expect(second[0]).toBe("Thu, 01 Jan 1970 00:01:00 GMT")
        expect(yield* size).toBe(3)
        yield* tenant.restore(snapshot)
        expect(yield* size).toBe(2)
        yield* tenant.reset
        expect([yield* size, (yield* tenant.journal.list()).entries.length]).toEqual([1, 1])
        yield* tenant.reset
        expect(yield* create("one")).toEqual(first)
        yield* tenant.seed({})
        expect(yield* size).toBe(0)

        yield* tenant.faults.put([{
          name: "slow",
          operation: "list",
          nth: 2,
          error: { code: "UNAVAILABLE", status: 503 }
        }])
        expect([(yield* json(apiKey, "GET", secrets)).status, (yield* json(apiKey, "GET", secrets)).status]).toEqual([
          200,
          503
        ])
        expect((yield* tenant.faults.list).map(({ calls, hits, name }) => [name, calls, hits])).toEqual([[
          "slow",
          2,
          1
        ]])
        yield* tenant.faults.assertAllHit
        yield* tenant.faults.clear
        expect(yield* tenant.faults.list).toEqual([])

        expect(yield* tenant.journal.count({ fault: "slow" })).toBe(1)
        expect((yield* tenant.journal.expect({ operation: "create" }))[0]?.request.body).toEqual({
          metadata: { name: "one" },
          spec: { value: "<redacted>" }
        })
        const waiting = client.tenant("ci").journal.waitFor({ operation: "whoami" })
        const [entries] = yield* Effect.all([waiting, json(apiKey, "GET", "/v1/whoami")], { concurrency: 2 })
        expect(entries.map(({ operation }) => operation)).toEqual(["whoami"])
        yield* tenant.journal.clear
        expect(yield* tenant.journal.count()).toBe(0)

        yield* tenant.clock.set({ type: "stepping", at: 1000, stepMillis: 5 })
        expect((yield* tenant.clock.get).type).toBe("stepping")

        expect((yield* client.list).map(({ id, secrets }) => [id, secrets])).toEqual([["default", 0], ["ci", 0]])
        const minted = yield* client.create()
        expect([minted.id, Redacted.value(minted.apiKey)]).toEqual([
          expect.stringMatching(/^tnt_/),
          expect.stringMatching(/^key_/)
        ])
        yield* client.remove("ci")
        expect((yield* json(apiKey, "GET", secrets)).status).toBe(401)
        expect((yield* client.strangers).entries.map(({ target }) => target)).toEqual([secrets])
        expect(url).toMatch(/^http/)
      }).pipe(Effect.provide(layer())))

    it.effect("reports errors as google.rpc.Status, without quoting input", () =>
      Effect.gen(function*() {
        const { client, raw } = yield* server()
        const put = (method: string, path: string, body: string, type = "application/json") =>
          raw(`/_mock${path}`, { method, body, headers: { "content-type": type } })
        const canary = JSON.stringify({ another: "canary-value" })
        const refused = [
          [yield* put("POST", "/tenants", JSON.stringify({ apiKey: 1, seed: { workspaceId: 1 }, canery: 1 })), 400, 3],
          [yield* put("POST", "/tenants", JSON.stringify({ id: "canary/value" })), 400, 3],
          [yield* put("POST", "/tenants", JSON.stringify({ apiKey: "canary value " })), 400, 3],
          [yield* put("POST", "/tenants", JSON.stringify({ id: "default" })), 409, 6],
          [yield* put("PUT", "/tenants/default/seed", JSON.stringify({ workspaceSecrets: ["canary-value"] })), 400, 3],
          [yield* put("PUT", "/tenants/default/snapshot", canary), 400, 3],
          [yield* put("PUT", "/tenants/default/snapshot", "{\"canary-value"), 400, 3],
          [
            yield* put("PUT", "/tenants/default/faults", JSON.stringify({ faults: [{ operation: "canary-value" }] })),
            400,
            3
          ],
          [
            yield* put(
              "PUT",
              "/tenants/default/faults",
              JSON.stringify({ faults: [{ operation: "list", id: "canary-value", close: true }] })
            ),
            400,
            3
          ],
          [yield* put("PUT", "/tenants/default/clock", JSON.stringify({ type: "fixed" })), 400, 3],
          [yield* put("PUT", "/tenants/default/clock", canary, "text/plain"), 415, 3],
          [yield* put("POST", "/tenants/default/clock/advance", JSON.stringify({ millis: 1e15 })), 400, 3],
          [
            yield* put("POST", "/tenants/default/journal/expect", JSON.stringify({ match: { operation: "get" } })),
            400,
            9
          ],
          [
            yield* put(
              "POST",
              "/tenants/default/journal/wait",
              JSON.stringify({ match: { operation: "get" }, timeoutMillis: 0 })
            ),
            504,
            4
          ],
          [
            yield* put("POST", "/tenants/default/journal/wait", JSON.stringify({ match: {}, timeoutMillis: 600_001 })),
            400,
            3
          ],
          [yield* raw("/_mock/tenants/canary-value"), 404, 5],
          [yield* raw("/_mock/tenants/%zz"), 400, 3],
          [yield* raw("/_mock/nothing"), 404, 5],
          [yield* raw("/_mock/tenants", { method: "PATCH" }), 405, 12]
        ] as const
        for (const [answer, status, code] of refused) {
          expectError(answer, status, code)
          expect(answer.text).not.toContain("canary")
        }
        const messages = refused.map(([{ body }]) => (body as { readonly message: string }).message)
        expect(messages[0]).toBe(
          "canery: Unexpected; apiKey: Expected a non-empty string; seed.workspaceId: Expected a non-empty string"
        )
        expect(messages[2]).toBe(
          "apiKey: Expected visible ASCII characters, at most 8192, and spaces only between them"
        )
        expect(messages[8]).toBe(
          "faults[0].id: Can never match: only get, update and delete have an id in their path, list has none"
        )
        expect(messages[9]).toBe("at: Required for a fixed clock")
        expect(messages[12]).toContain(
          "expected at least 1 request with {\"operation\":\"get\"}, found 0; there were no requests"
        )
        expect(refused[17][0].headers.get("x-mock-missing-route")).toBe("true")

        // For more than 1,000 items, only the first problem is reported, otherwise the first 20.
        for (const [items, problems] of [[1000, 21], [1001, 1]] as const) {
          const workspaceSecrets = Array.from({ length: items }, () => ({}))
          const { text } = yield* put("PUT", "/tenants/default/seed", JSON.stringify({ workspaceSecrets }))
          expect((JSON.parse(text) as { readonly message: string }).message.split("; ")).toHaveLength(problems)
        }

        expect(yield* Effect.flip(client.tenant("none").reset)).toMatchObject({ _tag: "NotFound", status: 404 })
        expect(yield* Effect.flip(client.create({ id: "default" }))).toMatchObject({ _tag: "TenantExists" })
        expect(yield* Effect.flip(client.tenant("default").faults.put([{}]))).toMatchObject({ _tag: "TenantError" })
        expect(yield* Effect.flip(client.tenant("default").journal.expect({ id: "x" }))).toMatchObject({
          _tag: "FailedPrecondition"
        })
        const elsewhere = ControlClient.make({
          url: "http://mock.invalid",
          token: Redacted.make("canary-token"),
          fetch: () => Promise.reject(new Error("canary-token"))
        })
        const unreachable = yield* Effect.flip(elsewhere.health)
        expect(inspect(unreachable, { depth: null })).toContain("cannot reach a mock server at http://mock.invalid")
        expect(yield* leakingAnywhere([unreachable, elsewhere, client], "canary")).toEqual([])
        const html = ControlClient.make({
          url: "http://mock.invalid",
          fetch: () => Promise.resolve(new Response("<html>", { status: 502 }))
        })
        expect(yield* Effect.flip(html.list)).toMatchObject({
          _tag: "ControlUnreachable",
          message: "the response with status 502 is not from the control API of a mock server"
        })
      }).pipe(Effect.provide(layer())))

    it.effect("requires its token, if it has one, except for health and document", () => {
      const token = Redacted.make("canary-token")
      return Effect.gen(function*() {
        const { client, json, raw, server: { apiKey } } = yield* server(token)
        expect((yield* client.list).length).toBe(1)
        for (const key of ["canary-toke", "canary-token2", Redacted.value(apiKey)]) {
          const answer = yield* json(Redacted.make(key), "GET", "/_mock/tenants")
          expectError(answer, 401, 16)
          expect([answer.headers.get("www-authenticate"), answer.text.includes("canary")]).toEqual(["Bearer", false])
        }
        expectError(yield* raw("/_mock/nothing", { headers: { authorization: "" } }), 401, 16)
        expect((yield* json(apiKey, "GET", "/v1/whoami")).status).toBe(200)
        expect((yield* json(token, "GET", "/v1/whoami")).status).toBe(401)
        for (const path of ["/_mock/health", "/_mock/openapi.json"]) {
          expect((yield* raw(path, { headers: { authorization: "" } })).status).toBe(200)
        }
      }).pipe(Effect.provide(layer({ controlToken: token })))
    })

    it.effect("rejects pages in browsers without a token", () =>
      Effect.gen(function*() {
        const { raw } = yield* server()
        expectError(yield* raw("/_mock/tenants", { headers: { origin: "https://evil.example" } }), 403, 7)
        expectError(yield* raw("/_mock/tenants/default/reset", { method: "POST", headers: { origin: "null" } }), 403, 7)
      }).pipe(Effect.provide(layer())))

    it.effect("has its own OpenAPI document", () =>
      Effect.gen(function*() {
        const { raw } = yield* server()
        const document = (yield* raw("/_mock/openapi.json")).body as OpenApi.OpenAPISpec
        expect(document.openapi).toBe("3.1.0")
        expect(Object.keys(document.paths)).toEqual(Object.keys(OpenApi.fromApi(ControlApi.add(StreamGroup)).paths))
        expect(JSON.stringify(document)).not.toContain("HttpApiDecodeError")
        expect(
          Object.values(document.paths).flatMap((path) => Object.values(path)).every(({ summary }) =>
            summary !== undefined
          )
        ).toBe(true)
      }).pipe(Effect.provide(layer())))

    it.effect("rejects a clock beyond the range of time, and works at its very end", () =>
      Effect.gen(function*() {
        const { json, raw, server: { apiKey } } = yield* server()
        const put = (path: string, body: unknown) =>
          raw(`/_mock/tenants/default/${path}`, { method: "PUT", headers, body: JSON.stringify(body) })
        const create = json(apiKey, "POST", secrets, { metadata: { name: "name" }, spec: {} })
        for (const offsetMillis of [Date.now() * 1000, -Date.now() * 1000, Number.MAX_SAFE_INTEGER]) {
          expectError(yield* put("clock", { type: "real", offsetMillis }), 400, 3)
        }
        const snapshot = (yield* raw("/_mock/tenants/default/snapshot")).body as {
          readonly clock: unknown
          readonly ids: { readonly requests: object; readonly resources: object }
        }
        const ids = (timestamp: number) => {
          const minter = { timestamp, high: 2 ** 40 - 1, low: 2 ** 40 - 1 }
          return { ...snapshot.ids, requests: minter, resources: minter }
        }
        expectError(yield* put("snapshot", { ...snapshot, clock: { type: "real", offsetMillis: 1e15 } }), 400, 3)
        expectError(yield* put("snapshot", { ...snapshot, ids: ids(2 ** 48 - 1) }), 400, 3)
        const clock = { type: "stepping", at: "9999-12-31T23:59:59.999Z", stepMillis: 1000 }
        expect((yield* put("snapshot", { ...snapshot, clock, ids: ids(Date.parse(clock.at)) })).status).toBe(200)
        for (let i = 0; i < 3; i++) {
          expect((yield* create).status).toBe(200)
        }
        expect((yield* raw("/_mock/tenants/default/journal/list", { method: "POST", headers, body: "{}" })).status)
          .toBe(200)
      }).pipe(Effect.provide(layer())))

    it.effect("rejects a wait for a body that is nested too deeply, and keeps serving", () =>
      Effect.gen(function*() {
        const { json, raw, server: { apiKey } } = yield* server()
        const nested = "{\"a\":".repeat(6000) + "1" + "}".repeat(6000)
        const wait = yield* raw("/_mock/tenants/default/journal/wait", {
          method: "POST",
          headers,
          body: `{"match":{"body":${nested}}}`
        })
        expectError(wait, 400, 3)
        const body = { metadata: { name: "name", a: JSON.parse(nested) as unknown }, spec: {} }
        expectError(yield* json(apiKey, "POST", secrets, body), 400, 3)
        expect((yield* json(apiKey, "GET", secrets)).status).toBe(200)
      }).pipe(Effect.provide(layer())))

    it.effect("rejects negative durations, in code and over HTTP", () =>
      Effect.gen(function*() {
        const { client, server: { control } } = yield* server()
        for (const { clock, journal } of [control, client.tenant("default")]) {
          for (const duration of ["-1 minute", -1, -1n, [-1, 0], [0, -1]] as const) {
            expect((yield* Effect.flip<unknown, Error, never>(clock.advance(duration))).message).toContain(
              "not negative"
            )
            expect((yield* Effect.flip<unknown, Error, never>(journal.waitFor({}, { timeout: duration }))).message)
              .toContain("not negative")
          }
          yield* clock.advance("0 millis")
        }
      }).pipe(Effect.provide(layer())))

    it.effect("rejects a filter for requests with more than 256 fields", () =>
      Effect.gen(function*() {
        const { raw } = yield* server()
        const ask = (operation: string, fields: number) =>
          raw(`/_mock/tenants/default/journal/${operation}`, {
            method: "POST",
            headers,
            // The body and the list in it are two fields.
            body: JSON.stringify({ match: { body: { a: Array.from({ length: fields - 2 }, () => 1) } } })
          })
        for (const operation of ["list", "count", "expect", "wait"]) {
          const answer = yield* ask(operation, 257)
          expectError(answer, 400, 3)
          expect((answer.body as { readonly message: string }).message)
            .toBe("match: Expected at most 256 fields, nested ones included")
        }
        expect((yield* ask("count", 256)).text).toBe("{\"count\":0}")
      }).pipe(Effect.provide(layer())))

    it.effect("accepts seeds and snapshots of more than 1 MiB", () =>
      Effect.gen(function*() {
        const { client } = yield* server()
        const many = Array.from({ length: 8 }, (_, i) => secret({ id: `s${i}`, value: "v".repeat(200_000) }))
        const tenant = client.tenant("default")
        yield* tenant.seed({ ...seed, workspaceSecrets: many })
        yield* tenant.restore(yield* tenant.snapshot)
        expect((yield* client.list).map(({ secrets }) => secrets)).toEqual([8])
      }).pipe(Effect.provide(layer())))
  })
}

describe("control of tenants in the process of the server", () => {
  it.effect("creates, finds and removes tenants", () =>
    Effect.gen(function*() {
      const control = Control.make(new Tenant.Tenants(yield* Tenant.surroundings))
      const made = yield* control.create({ id: "mine" })
      expect((yield* control.list).map(({ id }) => id)).toEqual(["mine"])
      yield* control.of(yield* control.find("mine")).clock.set({ type: "fixed", at: 0 })
      expect(made.tenant.clock.now).toBe(0)
      yield* control.remove(made)
      expect((yield* Effect.flip(control.find("mine")))._tag).toBe("NoSuchElementException")
    }))
})

describe("the control API of a server that other machines can reach", () => {
  it("is closed without a token, and open with one", async () => {
    const target = (server: MockServer.RunningServer, key: string): Server => ({
      url: server.url.replace("0.0.0.0", "127.0.0.1"),
      apiKey: Redacted.make(key),
      fetch: globalThis.fetch
    })
    {
      await using server = await MockServer.start({ host: "0.0.0.0" })
      expectError(await send(target(server, "any"), "/_mock/tenants"), 403, 7)
      expect((await send(target(server, "any"), "/_mock/health")).status).toBe(200)
    }
    await using server = await MockServer.start({ host: "0.0.0.0", controlToken: Redacted.make("token") })
    expectError(await send(target(server, "other"), "/_mock/tenants"), 401, 16)
    const client = ControlClient.makePromise({ url: target(server, "").url, token: Redacted.make("token") })
    expect((await client.list()).map(({ id }) => id)).toEqual(["default"])
    const { apiKey, id } = await client.create()
    expect(await client.tenant(id).journal.count()).toBe(0)
    expect((await send(target(server, Redacted.value(apiKey)), "/v1/whoami")).status).toBe(200)
    await expect(client.tenant("none").reset()).rejects.toMatchObject({ _tag: "NotFound" })
    await client.remove(id)
    await client.health()
    expect((await client.strangers()).entries).toEqual([])
  })

  it("does not start with a token that cannot be sent", async () => {
    await expect(MockServer.start({ controlToken: Redacted.make(" token") })).rejects.toMatchObject({
      _tag: "TenantError",
      problems: ["controlToken: Expected visible ASCII characters, at most 8192, and spaces only between them"]
    })
  })

  it("does not mistake the name of another machine for its own", async () => {
    await using server = await MockServer.start()
    const { request } = await import("node:http")
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${server.url}/_mock/tenants`, { headers: { host: "evil.example" } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on("error", reject).end()
    })
    expect(status).toBe(403)
  })
})
