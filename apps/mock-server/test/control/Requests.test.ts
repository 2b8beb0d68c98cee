import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { maxStreams } from "../../src/control/RequestStream.js"
import * as MockServer from "../../src/MockServer.js"
import type { RequestPage } from "../../src/world/Journal.js"
import { RawConnection } from "../RawConnection.js"
import { expectError, send } from "../wire.js"

const secrets = "/v1/workspace_secrets"
const value = "canary-value"

const target = (server: MockServer.RunningServer, apiKey = server.apiKey) => ({
  url: server.url,
  apiKey: Redacted.make(apiKey),
  fetch: globalThis.fetch
})

const ask = (server: MockServer.RunningServer, path: string, init: RequestInit = {}, apiKey?: string) =>
  send(target(server, apiKey), path, { headers: { "content-type": "application/json" }, ...init })

const create = (server: MockServer.RunningServer, name: string, apiKey?: string) =>
  ask(server, secrets, { method: "POST", body: JSON.stringify({ metadata: { name }, spec: { value } }) }, apiKey)

const read = async <A>(response: Promise<{ readonly text: string }>): Promise<A> =>
  JSON.parse((await response).text) as A

const page = (server: MockServer.RunningServer, query = "") => read<RequestPage>(ask(server, `/_mock/requests${query}`))

/** Reads the pages of a stream. */
async function* pagesOf(response: Response): AsyncGenerator<RequestPage, undefined> {
  let text = ""
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    const events = text.split("\n\n")
    text = events.pop() ?? ""
    for (const event of events) {
      yield JSON.parse(event.replace(/^data: /, "")) as RequestPage
    }
  }
}

/** The next page that has requests: a stream sends an empty one every two seconds. */
const nextRequests = async (pages: AsyncGenerator<RequestPage, undefined>) => {
  for (;;) {
    const { done, value } = await pages.next()
    if (done === true || value.requests.length > 0) {
      return value?.requests
    }
  }
}

describe("the requests of a server", () => {
  it("are listed in the order in which they ended, for all tenants", async () => {
    await using server = await MockServer.start()
    await using other = await server.tenant()
    await create(server, "one")
    await create(server, "two", other.apiKey)
    await ask(server, "/v1/whoami", {}, "unknown")
    const { dropped, next, requests } = await page(server)
    expect(requests.map(({ number, operation, status, tenant }) => [number, tenant, operation, status])).toEqual([
      [1, "default", "create", 200],
      [2, other.id, "create", 200],
      [3, undefined, "whoami", 401]
    ])
    expect([next, dropped]).toEqual([3, 0])
    expect((await page(server, "?after=2")).requests.map(({ number }) => number)).toEqual([3])
    expect((await page(server, `?tenant=${other.id}`)).requests.map(({ number }) => number)).toEqual([2])
    expect((await page(server, "?after=99")).requests).toHaveLength(3)
    expectError(await ask(server, "/_mock/requests?after=-1"), 400, 3)
    expectError(await ask(server, "/_mock/requests?until=1"), 400, 3)
  })

  it("can be read by number, with keys and values masked", async () => {
    await using server = await MockServer.start({
      apiKey: Redacted.make("canary-key"),
      controlToken: Redacted.make("t")
    })
    await create(server, "one")
    const entry = await ask(server, "/_mock/requests/1", {}, "t")
    expect(entry.body).toMatchObject({
      operation: "create",
      request: { body: { metadata: { name: "one" }, spec: { value: "<redacted>" } } },
      response: { status: 200 }
    })
    const list = await ask(server, "/_mock/requests", {}, "t")
    expect(entry.text + list.text).not.toContain("canary")
    expectError(await ask(server, "/_mock/requests/2", {}, "t"), 404, 5)
    expectError(await ask(server, "/_mock/requests/x", {}, "t"), 400, 3)
  })

  it("are counted after the journals have dropped them", async () => {
    await using server = await MockServer.start({ journalSize: 2 })
    for (let i = 0; i < 5; i++) {
      await ask(server, "/v1/whoami")
    }
    const { dropped, requests } = await page(server)
    expect([dropped, requests.map(({ number }) => number)]).toEqual([3, [4, 5]])
    expectError(await ask(server, "/_mock/requests/3"), 404, 5)
  })

  it("come as server-sent events when they end", async () => {
    await using server = await MockServer.start()
    await ask(server, "/v1/whoami")
    const over = new AbortController()
    const response = await fetch(`${server.url}/_mock/requests/stream`, { signal: over.signal })
    expect(response.headers.get("content-type")).toBe("text/event-stream")
    const pages = pagesOf(response)
    const first = await pages.next()
    expect((first.value as RequestPage).requests.map(({ number }) => number)).toEqual([1])
    await create(server, "two")
    expect((await nextRequests(pages))?.map(({ number, operation }) => [number, operation])).toEqual([
      [2, "create"]
    ])
    over.abort()
  })

  it("come as server-sent events without a socket, too", async () => {
    await using server = await MockServer.startInProcess()
    const response = await server.fetch(`${server.url}/_mock/requests/stream`)
    const pages = pagesOf(response)
    expect((await pages.next()).value).toEqual({ requests: [], next: 0, dropped: 0 })
    await server.fetch(`${server.url}/v1/whoami`, { headers: { authorization: `Bearer ${server.apiKey}` } })
    expect(await nextRequests(pages)).toHaveLength(1)
    await pages.return(undefined)
  })

  it("are streamed until the server stops, which does not wait for streams", async () => {
    const server = await MockServer.start()
    const response = await fetch(`${server.url}/_mock/requests/stream`)
    const pages = pagesOf(response)
    await pages.next()
    const started = performance.now()
    await server.stop()
    expect(performance.now() - started).toBeLessThan(800)
    expect((await pages.next()).done).toBe(true)
  })

  it("come without a socket until the caller aborts, or the server stops", async () => {
    const server = await MockServer.startInProcess()
    const read = async (signal?: AbortSignal) =>
      pagesOf(await server.fetch(`${server.url}/_mock/requests/stream`, signal === undefined ? {} : { signal }))
    for (let i = 0; i <= maxStreams; i++) {
      const over = new AbortController()
      const pages = await read(over.signal)
      await pages.next()
      over.abort()
      await expect(pages.next()).rejects.toMatchObject({ name: "AbortError" })
    }
    const last = await read()
    await last.next()
    await server.stop()
    expect((await last.next()).done).toBe(true)
  })

  it("can be read after a request with a query of any characters", async () => {
    await using server = await MockServer.start()
    const over = new AbortController()
    const pages = pagesOf(await fetch(`${server.url}/_mock/requests/stream`, { signal: over.signal }))
    await pages.next()
    await fetch(`${server.url}/v1/whoami?${"a".repeat(2047)}%F0%9F%98%80x`)
    expect(await nextRequests(pages)).toHaveLength(1)
    expect((await page(server)).requests).toHaveLength(1)
    over.abort()
  })

  it("are not streamed to a client that has left while its stream was behind another response", async () => {
    await using server = await MockServer.start({ faults: [{ operation: "whoami", delayMillis: 60_000 }] })
    const lines = (target: string) =>
      [`GET ${target} HTTP/1.1`, "Host: localhost", `Authorization: Bearer ${server.apiKey}`, "", ""].join("\r\n")
    for (let i = 0; i < maxStreams; i++) {
      const connection = await RawConnection.open(server.url)
      connection.send(lines("/v1/whoami"), lines("/_mock/requests/stream"))
      await expect.poll(async () => (await server.control.faults.list())[0]?.calls).toBe(i + 1)
      connection.destroy()
    }
    const over = new AbortController()
    await expect.poll(async () => {
      const { status } = await fetch(`${server.url}/_mock/requests/stream`, { signal: over.signal })
      return status
    }).toBe(200)
    over.abort()
  })

  it("are not streamed behind another response while the server stops", async () => {
    const faults = [{ operation: "whoami" as const, delayMillis: 60_000 }, {
      operation: "list" as const,
      delayMillis: 300
    }]
    const server = await MockServer.start({ faults })
    const lines = (target: string) =>
      [`GET ${target} HTTP/1.1`, "Host: localhost", `Authorization: Bearer ${server.apiKey}`, "", ""].join("\r\n")
    const [first, other] = [await RawConnection.open(server.url), await RawConnection.open(server.url)]
    first.send(lines("/v1/whoami"), lines("/_mock/requests/stream"))
    other.send(lines(secrets))
    await expect.poll(async () => (await server.control.faults.list()).map(({ calls }) => calls)).toEqual([1, 1])
    // The list ends while the server stops.
    await server.stop()
    expect((await other.next()).status).toBe(200)
    expect(await first.rest()).toBe("")
  })

  it("have a maximum number of streams; closing one makes room", async () => {
    await using server = await MockServer.start()
    const open = async () => {
      const over = new AbortController()
      const response = await fetch(`${server.url}/_mock/requests/stream`, { signal: over.signal })
      return { over, response }
    }
    const streams = await Promise.all(Array.from({ length: maxStreams }, open))
    expect(streams.every(({ response }) => response.status === 200)).toBe(true)
    const refused = await open()
    expect(refused.response.status).toBe(429)
    streams[0]?.over.abort()
    await expect.poll(async () => (await open()).response.status).toBe(200)
    streams.forEach(({ over }) => over.abort())
  })

  it("reject a stream with an invalid query", async () => {
    await using server = await MockServer.start()
    expectError(await ask(server, "/_mock/requests/stream?after=x"), 400, 3)
    const head = await fetch(`${server.url}/_mock/requests/stream`, { method: "HEAD" })
    expect([head.status, await head.text()]).toEqual([200, ""])
  })
})

describe("reading secrets through the control API", () => {
  it("has no side effects, and returns a value only for a single secret", async () => {
    await using server = await MockServer.start({ clock: { type: "stepping", at: 0, stepMillis: 1000 } })
    const { body } = await create(server, "one")
    const id = (body as { readonly metadata: { readonly id: string } }).metadata.id
    await server.control.faults.put([{ operation: ["list", "get"], error: { code: "UNAVAILABLE" } }])
    const clock = await server.control.clock.get()

    const list = await ask(server, "/_mock/tenants/default/secrets?query=on&limit=1")
    expect(list.status).toBe(200)
    expect(list.body).toMatchObject({ items: [{ metadata: { id, name: "one" }, spec: { value: "<redacted>" } }] })
    expect(list.text).not.toContain("canary")
    const one = await ask(server, `/_mock/tenants/default/secrets/${id}`)
    expect(one.body).toMatchObject({ metadata: { id }, spec: { value } })
    expect(one.headers.get("cache-control")).toBe("no-store")

    expect(await server.control.clock.get()).toEqual(clock)
    expect((await server.control.journal.list()).entries).toHaveLength(1)
    expect((await server.control.faults.list())[0]?.calls).toBe(0)
    expectError(await ask(server, "/_mock/tenants/default/secrets/none"), 404, 5)
    expectError(await ask(server, "/_mock/tenants/none/secrets"), 404, 5)
    expectError(await ask(server, "/_mock/tenants/default/secrets?limit=x"), 400, 3)
  })

  it("distinguishes a secret without a value from one with a value", async () => {
    await using server = await MockServer.start()
    await ask(server, secrets, { method: "POST", body: JSON.stringify({ metadata: { name: "none" }, spec: {} }) })
    const { text } = await ask(server, "/_mock/tenants/default/secrets")
    expect((JSON.parse(text) as { items: ReadonlyArray<{ spec: object }> }).items[0]?.spec).toEqual({})
  })

  it("returns the API key of a tenant to callers of the control API", async () => {
    await using server = await MockServer.start()
    await using other = await server.tenant()
    const { body } = await ask(server, `/_mock/tenants/${other.id}/api_key`)
    expect(body).toEqual({ apiKey: other.apiKey })
  })
})

describe("a fault rule", () => {
  it("can be added and removed while the counts of the others stay", async () => {
    await using server = await MockServer.start()
    const { faults } = server.control
    await faults.put([{ name: "first", operation: "whoami", times: 1, error: { code: "UNAVAILABLE" } }])
    expect((await ask(server, "/v1/whoami")).status).toBe(503)
    await faults.add([{ operation: "whoami", times: 1, error: { code: "INTERNAL" } }])
    expect((await ask(server, "/v1/whoami")).status).toBe(500)
    expect((await faults.list()).map(({ calls, hits, name }) => [name, calls, hits])).toEqual([
      ["first", 2, 1],
      ["faults[1]", 1, 1]
    ])
    await faults.remove("first")
    expect((await faults.list()).map(({ hits, name }) => [name, hits])).toEqual([["faults[1]", 1]])
    await faults.add([{ body: "empty", times: 1 }])
    expect((await faults.list()).map(({ name }) => name)).toEqual(["faults[1]", "faults[2]"])
    await expect(faults.remove("first")).rejects.toMatchObject({ _tag: "NoSuchElementException" })
    await faults.put([{ close: true }])
    await expect(faults.add([{ body: "empty" }])).rejects.toMatchObject({
      _tag: "TenantError",
      problems: ["faults[1]: Can never be applied: faults[0] is applied to every request that it matches"]
    })
    await expect(faults.add([{}])).rejects.toMatchObject({ _tag: "TenantError" })
  })

  it("can be added and removed from another process", async () => {
    await using server = await MockServer.start()
    const { makePromise } = await import("../../src/control/ControlClient.js")
    const { faults } = makePromise({ url: server.url }).tenant("default")
    await faults.add([{ name: "a b/c", close: true, times: 1 }])
    expect((await faults.list()).map(({ name }) => name)).toEqual(["a b/c"])
    await faults.remove("a b/c")
    expect(await faults.list()).toEqual([])
    await expect(faults.remove("a b/c")).rejects.toMatchObject({ _tag: "NotFound" })
  })
})
