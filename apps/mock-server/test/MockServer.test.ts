import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { networkInterfaces } from "node:os"
import { inspect } from "node:util"
import { leaking, leakingAnywhere, printed } from "../../../tools/leaks/sinks.js"
import * as MockServer from "../src/MockServer.js"
import * as Seed from "../src/world/Seed.js"
import { isAnswered } from "./RawConnection.js"
import { type Answer, expectError, send, sendJson, type Server, type WirePage, type WireSecret } from "./wire.js"

const secrets = "/v1/workspace_secrets"

/** A running server, called on its socket. */
const over = (server: MockServer.RunningServer): Server => ({
  url: server.url,
  apiKey: Redacted.make(server.apiKey),
  fetch: globalThis.fetch
})

const seedText = (value: string) =>
  JSON.stringify({
    accountId: "acct",
    workspaceId: "wksp",
    workspaceAlias: "alias",
    workspaceSecrets: [{
      metadata: {
        id: "id",
        accountId: "acct",
        createdAt: "2019-12-27T18:11:19.117Z",
        name: "name",
        profileId: "prof",
        workspaceId: "wksp",
        externalId: "external"
      },
      spec: { value }
    }]
  })

const seed = (value: string): Seed.Seed => Either.getOrThrow(Seed.parse(seedText(value)))

describe("a number out of range", () => {
  it.each([-1, 65_536, 0.5, NaN, Infinity, 2 ** 53])("is rejected as port: %j", async (port) => {
    await expect(MockServer.start({ port })).rejects.toMatchObject({
      _tag: "ListenError",
      message: `cannot listen on 127.0.0.1:${port}: expected a port, 0 to 65535`
    })
  })

  it.each([-Infinity, -1, 0, NaN])("is rejected as maxConnections: %j", async (maxConnections) => {
    await expect(MockServer.start({ maxConnections })).rejects.toMatchObject({
      _tag: "TenantError",
      problems: ["maxConnections: Expected a number of at least 1"]
    })
  })

  it.each([1, 2 ** 53, Infinity])(
    "is accepted as maxConnections: %j",
    async (maxConnections) => {
      await using server = await MockServer.start({ maxConnections })
      expect((await fetch(`${server.url}/openapi.json`, { headers: { connection: "close" } })).status).toBe(200)
    }
  )
})

describe("an address in another spelling", () => {
  it.each(["[::1]", "::1", "127.1", "0x7f.1"])("has a URL that a client connects to: %j", async (host) => {
    await using server = await MockServer.start({ host })
    expect(new URL(server.url).hostname).toMatch(/^(127\.0\.0\.1|\[::1\])$/)
    expect((await fetch(`${server.url}/openapi.json`)).status).toBe(200)
  })

  it.each(["::1%lo", "fe80::1%eth0", "fe80::1%25eth0"])("is refused where no URL could name it: %j", async (host) => {
    await expect(MockServer.start({ host })).rejects.toMatchObject({
      _tag: "ListenError",
      message: expect.stringContaining("no URL has an address with a zone") as string
    })
  })
})

describe("a server that listens on every address", () => {
  it.each(["0.0.0.0", "::", "0", ""])("has a URL that clients can connect to: %j", async (host) => {
    await using server = await MockServer.start({ host })
    expect(new URL(server.url).hostname).toMatch(/^(127\.0\.0\.1|\[::1\])$/)
    const response = await fetch(`${server.url}/openapi.json`)
    expect(response.status).toBe(200)
    expect((await response.json() as { readonly servers: ReadonlyArray<unknown> }).servers[0]).toMatchObject({
      url: server.url
    })
  })
})

const portOf = (url: string) => Number(new URL(url).port)

describe("start", () => {
  it("listens on a free port of loopback, and returns it", async () => {
    await using one = await MockServer.start()
    await using two = await MockServer.start()
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
    expect(two.url).not.toBe(one.url)
    expect(one.apiKey).toBe("mock-api-key")
    expect((await send(over(one), "/v1/whoami")).status).toBe(200)
  })

  it("starts with the data of its seed, isolated from other servers", async () => {
    await using one = await MockServer.start({ seed: seed("value"), apiKey: Redacted.make("key") })
    await using two = await MockServer.start({ seed: seed("value"), apiKey: Redacted.make("key") })
    expect([one.workspaceId, one.apiKey]).toEqual(["wksp", "key"])
    expect((await sendJson(over(one), "DELETE", `${secrets}/id`)).status).toBe(200)
    expect((await sendJson(over(one), "GET", `${secrets}/id`)).status).toBe(404)
    expect((await sendJson<WireSecret>(over(two), "GET", `${secrets}/id`)).body.spec).toEqual({ value: "value" })
  })

  it("leaves values out of every response with writeOnlyValues", async () => {
    await using server = await MockServer.start({ seed: seed("canary"), writeOnlyValues: true })
    const target = over(server)
    const answers = [
      await sendJson(target, "GET", `${secrets}/id`),
      await sendJson(target, "GET", `${secrets}?includeInfo=true`),
      await sendJson(target, "POST", secrets, { metadata: { name: "name" }, spec: { value: "canary" } }),
      await sendJson(target, "PATCH", `${secrets}/id`, { spec: { value: "canary 2" } })
    ]
    for (const { status, text } of answers) {
      expect([status, text.includes("canary"), text.includes(`"spec":{}`)]).toEqual([200, false, true])
    }
  })

  it("has stopped listening after stop or the end of its block, and can be stopped twice", async () => {
    const server = await MockServer.start()
    expect(await isAnswered(server.url)).toBe(true)
    await Promise.all([server.stop(), server.stop()])
    await server.stop()
    expect(await isAnswered(server.url)).toBe(false)
    const end = async () => {
      await using second = await MockServer.start()
      expect(await isAnswered(second.url)).toBe(true)
      return second.url
    }
    expect(await isAnswered(await end())).toBe(false)
  })

  it("rejects with a ListenError when the port is in use, and with a SeedError when the seed contradicts itself", async () => {
    await using server = await MockServer.start()
    const port = portOf(server.url)
    await expect(MockServer.start({ port })).rejects.toMatchObject({ _tag: "ListenError", code: "EADDRINUSE", port })
    const twice = {
      ...seed("value"),
      workspaceSecrets: [...seed("value").workspaceSecrets ?? [], ...seed("value").workspaceSecrets ?? []]
    }
    await expect(MockServer.start({ seed: twice })).rejects.toMatchObject({
      _tag: "SeedError",
      problems: [
        "workspaceSecrets[1].metadata.id: is a duplicate",
        "workspaceSecrets[1].metadata.externalId: is a duplicate"
      ]
    })
  })

  it("writes an IPv6 address in the form of URLs, or says that this machine has none", async () => {
    const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ address }) => address === "::1")
    )
    const started = await Effect.runPromise(Effect.either(Effect.tryPromise({
      try: () => MockServer.start({ host: "::1" }),
      catch: (error) => error
    })))
    if (Either.isRight(started)) {
      await using server = started.right
      expect(server.url).toMatch(/^http:\/\/\[::1\]:[1-9]\d+$/)
      expect((await send(over(server), "/v1/whoami")).status).toBe(200)
    } else {
      expect([hasIPv6, String(started.left)]).toEqual([false, expect.stringContaining("cannot listen on ::1:0")])
    }
  })
})

describe("layer", () => {
  it.scoped("listens until the layer is released", () =>
    Effect.gen(function*() {
      const url = yield* MockServer.MockServer.pipe(
        Effect.tap(({ url }) => Effect.promise(async () => expect(await isAnswered(url)).toBe(true))),
        Effect.map(({ url }) => url),
        Effect.provide(MockServer.layer())
      )
      expect(yield* Effect.promise(() => isAnswered(url))).toBe(false)
    }))

  it.effect("has the same data on its socket and in its fetch", () =>
    Effect.gen(function*() {
      const server = yield* MockServer.MockServer
      const created = yield* Effect.promise(() =>
        sendJson<WireSecret>(server, "POST", secrets, { metadata: { name: "name" }, spec: {} })
      )
      const path = `${secrets}/${created.body.metadata.id}`
      const read = yield* Effect.promise(() => sendJson({ ...server, fetch: globalThis.fetch }, "GET", path))
      expect([read.status, read.body]).toEqual([200, created.body])
    }).pipe(Effect.provide(MockServer.layer())))

  it.effect("makes a new server each time that it is built", () =>
    Effect.gen(function*() {
      const layer = MockServer.layer()
      const one = yield* Effect.provide(MockServer.MockServer, layer)
      const two = yield* Effect.provide(MockServer.MockServer, layer)
      expect(two.workspaceId).not.toBe(one.workspaceId)
    }))

  it.effect("fails with ListenError if the port is in use", () =>
    Effect.gen(function*() {
      const { url } = yield* MockServer.MockServer
      const build = (layer: typeof MockServer.layer) =>
        Effect.flip(Effect.provide(MockServer.MockServer, layer({ port: portOf(url) })))
      expect(yield* build(MockServer.layer)).toMatchObject({ _tag: "ListenError", code: "EADDRINUSE" })
    }).pipe(Effect.provide(MockServer.layer())))
})

const transports = {
  "a socket": MockServer.layer(),
  "no socket": MockServer.layerInProcess()
}

for (const [what, layer] of Object.entries(transports)) {
  describe(`addTenant on a server with ${what}`, () => {
    const tenants = Effect.gen(function*() {
      const server = yield* MockServer.MockServer
      const fetch = what === "a socket" ? globalThis.fetch : server.fetch
      const added = yield* server.addTenant({ apiKey: Redacted.make("other-key"), seed: seed("of the other") })
      const one: Server = { url: server.url, fetch, apiKey: server.apiKey }
      const two: Server = { url: server.url, fetch, apiKey: added.apiKey }
      return { server, added, one, two }
    })
    const ask = <A = WireSecret>(
      server: Server,
      method: string,
      path: string,
      body?: unknown
    ): Effect.Effect<Answer<A>> => Effect.promise(() => sendJson<A>(server, method, path, body))

    it.effect("creates tenants that are isolated", () =>
      Effect.gen(function*() {
        const { added, one, server, two } = yield* tenants
        expect(added.workspaceId).toBe("wksp")
        const mine =
          (yield* ask(one, "POST", secrets, { metadata: { name: "mine", externalId: "external" }, spec: {} })).body
        const names = (server: Server, query = "") =>
          Effect.map(ask<WirePage>(server, "GET", `${secrets}${query}`), ({ body }) =>
            body.items.map(({ metadata }) => metadata.name))
        expect(yield* names(one)).toEqual(["mine"])
        expect(yield* names(two)).toEqual(["name"])
        expect(yield* names(one, "?query=external&limit=200")).toEqual(["mine"])
        for (const [asking, path] of [[two, `${secrets}/${mine.metadata.id}`], [one, `${secrets}/id`]] as const) {
          expectError(yield* ask(asking, "GET", path), 404, 5)
          expectError(yield* ask(asking, "PATCH", path, { metadata: { name: "theirs" } }), 404, 5)
          expectError(yield* ask(asking, "DELETE", path), 404, 5)
        }
        const theirs = yield* ask(two, "GET", `${secrets}/external_id:external`)
        expect(theirs.body.metadata).toMatchObject({ id: "id", name: "name", workspaceId: "wksp" })
        expect((yield* ask(one, "GET", `${secrets}/external_id:external`)).body).toEqual(mine)
        for (
          const [asking, workspace] of [[one, "wksp"], [one, "alias"], [two, server.workspaceId], [
            two,
            "development"
          ]] as const
        ) {
          expectError(yield* ask(asking, "GET", `/v1/workspaces/${workspace}/workspace_secrets`), 403, 7)
        }
        expect((yield* ask(two, "GET", "/v1/workspaces/alias/workspace_secrets/id")).status).toBe(200)
        expect((yield* ask(one, "GET", "/v1/whoami")).text).not.toBe((yield* ask(two, "GET", "/v1/whoami")).text)
      }).pipe(Effect.provide(layer)))

    it.effect("gives missing, deleted and foreign secrets the same response, except for the request id", () =>
      Effect.gen(function*() {
        const { one } = yield* tenants
        const { metadata: { id } } = (yield* ask(one, "POST", secrets, { metadata: { name: "name" }, spec: {} })).body
        yield* ask(one, "DELETE", `${secrets}/${id}`)
        const missing = "wsec_01JD9Z0000000000000000000A"
        const seen = (answer: Answer) => {
          expectError(answer, 404, 5)
          const headers = Object.fromEntries(answer.headers)
          return { ...headers, "date": "", "x-request-id": headers["x-request-id"]?.length, text: answer.text }
        }
        for (const [method, body] of [["GET"], ["DELETE"], ["PATCH", { metadata: { name: "name" } }]] as const) {
          const answers: Array<unknown> = []
          for (const ref of [missing, id, "id", "external_id:external"]) {
            answers.push(seen(yield* ask(one, method, `${secrets}/${ref}`, body)))
          }
          expect(answers).toEqual(answers.map(() => answers[0]))
        }
      }).pipe(Effect.provide(layer)))

    it.effect("replaces the tenant of an existing key, and rejects a seed that contradicts itself", () =>
      Effect.gen(function*() {
        const { one, server, two } = yield* tenants
        yield* server.addTenant({ apiKey: two.apiKey })
        expect((yield* ask<WirePage>(two, "GET", secrets)).body.items).toEqual([])
        const { workspaceId } = yield* server.addTenant()
        expect(workspaceId).not.toBe(server.workspaceId)
        expect((yield* ask(one, "GET", `/v1/workspaces/${workspaceId}/workspace_secrets`)).status).toBe(200)
        const { accountId: _, ...misfit } = seed("canary")
        const error = yield* Effect.flip(server.addTenant({ apiKey: two.apiKey, seed: misfit }))
        expect(error._tag).toBe("SeedError")
        expect((yield* ask<WirePage>(two, "GET", secrets)).status).toBe(200)
      }).pipe(Effect.provide(layer)))
  })
}

describe("printed text", () => {
  it("never contains the key or a value: a running server, and errors at the start", async () => {
    await using server = await MockServer.start({ apiKey: Redacted.make("canary-key"), seed: seed("canary-value") })
    const options = { apiKey: Redacted.make("canary-key"), seed: seed("canary-value") }
    const listenError: unknown = await MockServer.start({ ...options, port: portOf(server.url) }).catch((
      error: unknown
    ) => error)
    const { accountId: _, ...misfit } = seed("canary-value")
    const seedError: unknown = await MockServer.start({ ...options, seed: misfit }).catch((error: unknown) => error)
    const parseError = Either.flip(
      Seed.parse(seedText("canary-value").replace("\"id\":\"id\"", "\"id\":[\"canary-value\"]"))
    )
    for (
      const value of [
        server,
        { server },
        listenError,
        seedError,
        parseError,
        new Error("outer", { cause: listenError })
      ]
    ) {
      expect(leaking(printed(value, { properties: false }), "canary")).toEqual([])
    }
    expect(await Effect.runPromise(leakingAnywhere([listenError, seedError, parseError], "canary"))).toEqual([])
    expect(inspect(server)).toContain(server.url)
    expect(JSON.parse(JSON.stringify(server))).toMatchObject({ url: server.url, workspaceId: "wksp" })
    expect(server.apiKey).toBe("canary-key")
  })

  it.effect("never contains the key or a value: the service, its tenants, its seed and the causes of failures", () =>
    Effect.gen(function*() {
      const server = yield* MockServer.MockServer
      const tenant = yield* server.addTenant({ apiKey: Redacted.make("canary-key-2"), seed: seed("canary-value") })
      const { accountId: _, ...misfit } = seed("canary-value")
      const exit = yield* Effect.exit(server.addTenant({ apiKey: Redacted.make("canary-key-2"), seed: misfit }))
      expect(Exit.isFailure(exit)).toBe(true)
      const cause = Exit.isFailure(exit) ? exit.cause : Cause.empty
      for (const value of [server, tenant, seed("canary-value"), exit, cause]) {
        expect(leaking(printed(value, { properties: false }), "canary")).toEqual([])
      }
      expect(yield* leakingAnywhere([exit, cause], "canary")).toEqual([])
      expect(JSON.stringify(server)).toContain("<redacted>")
    }).pipe(Effect.provide(MockServer.layerInProcess({
      apiKey: Redacted.make("canary-key"),
      seed: seed("canary-value")
    }))))
})

describe("a tenant, for code without Effect", () => {
  for (
    const [what, start] of Object.entries({ "a socket": MockServer.start, "no socket": MockServer.startInProcess })
  ) {
    it(`is isolated on a server with ${what}, and gone after remove`, async () => {
      await using server = await start()
      const fetch = what === "a socket" ? globalThis.fetch : server.fetch
      const target = ({ apiKey, url }: { readonly apiKey: string; readonly url: string }): Server => ({
        url,
        apiKey: Redacted.make(apiKey),
        fetch
      })
      const use = async () => {
        await using tenant = await server.tenant({ seed: seed("canary"), faults: [{ operation: "list", close: true }] })
        const key = tenant.apiKey
        expect([tenant.workspaceId, tenant.url, tenant.id]).toEqual([
          "wksp",
          server.url,
          expect.stringMatching(/^tnt_/)
        ])
        expect(leaking(printed(tenant, { properties: false }), key)).toEqual([])
        expect((await sendJson<WireSecret>(target(tenant), "DELETE", `${secrets}/id`)).status).toBe(200)
        expect((await sendJson<WirePage>(target(server), "GET", secrets)).body.items).toEqual([])
        await expect(tenant.control.faults.assertAllHit()).rejects.toMatchObject({ _tag: "FaultsNotHit" })
        await expect(tenant.control.faults.put([{}])).rejects.toMatchObject({ _tag: "TenantError" })
        await expect(tenant.control.journal.expect({ operation: "get" })).rejects.toMatchObject({
          _tag: "JournalMismatch"
        })
        expect(await tenant.control.journal.waitFor({ operation: "delete" })).toHaveLength(1)
        await tenant.control.clock.set({ type: "fixed", at: 0 })
        await tenant.control.clock.advance("1 second")
        expect((await send(target(tenant), "/v1/whoami")).headers.get("date")).toBe("Thu, 01 Jan 1970 00:00:01 GMT")
        await tenant.control.reset()
        expect((await tenant.control.clock.get()).type).toBe("real")
        const snapshot = await tenant.control.snapshot()
        expect(leaking(printed(snapshot), "canary")).toEqual([])
        await tenant.control.seed({})
        expect((await sendJson(target(tenant), "GET", `${secrets}/id`)).status).toBe(404)
        await tenant.control.restore(snapshot)
        expect((await sendJson(target(tenant), "GET", `${secrets}/id`)).status).toBe(200)
        await expect(server.tenant({ apiKey: Redacted.make(key) })).rejects.toMatchObject({ _tag: "TenantExists" })
        return key
      }
      const key = await use()
      const gone = target({ apiKey: key, url: server.url })
      expect((await send(gone, "/v1/whoami")).status).toBe(401)
      const unused = await server.tenant({ faults: [{ close: true }], assertFaultsHit: true })
      await expect(unused.remove()).rejects.toMatchObject({ _tag: "FaultsNotHit" })
      expect(await server.control.journal.count({ operation: "list" })).toBe(1)
    })
  }

  it("is created for each unknown key with acceptAnyKey", async () => {
    await using server = await MockServer.startInProcess({ acceptAnyKey: true })
    const [one, two] = ["one", "two"].map((key): Server => ({
      ...server,
      fetch: server.fetch,
      url: server.url,
      apiKey: Redacted.make(key)
    }))
    if (one !== undefined && two !== undefined) {
      await sendJson(one, "POST", secrets, { metadata: { name: "a" }, spec: {} })
      expect((await sendJson<WirePage>(one, "GET", secrets)).body.items).toHaveLength(1)
      expect((await sendJson<WirePage>(two, "GET", secrets)).body.items).toHaveLength(0)
    }
    expect((await server.fetch(`${server.url}/v1/whoami`)).status).toBe(401)
  })
})
