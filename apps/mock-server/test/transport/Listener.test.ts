import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "@effect/vitest"
import { Status } from "@workspace-secrets/core/Status"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Http from "node:http"
import type * as Dispatcher from "../../src/api/Dispatcher.js"
import * as MockServer from "../../src/MockServer.js"
import * as Listener from "../../src/transport/Listener.js"
import { head, isAnswered, type RawAnswer, RawConnection } from "../RawConnection.js"

const secrets = "/v1/workspace_secrets"

const decodeStatus = Schema.decodeUnknownSync(Schema.parseJson(Status))

/** Asserts that a response is a valid error of the API, and returns its message. */
const messageOf = (answer: RawAnswer, status: number, code: number): string => {
  expect([answer.status, answer.reason]).toEqual([status, Http.STATUS_CODES[status]])
  expect(answer.headers["content-type"]).toBe("application/json")
  expect(answer.headers["x-request-id"]).toMatch(/^req_[0-9A-Z]{26}$/)
  const decoded = decodeStatus(answer.body)
  expect(decoded.code).toBe(code)
  return decoded.message
}

const create = JSON.stringify({ metadata: { name: "name" }, spec: { value: "value" } })

describe("a server on a socket", () => {
  let server: MockServer.RunningServer
  const opened: Array<RawConnection> = []
  const connect = async () => {
    const connection = await RawConnection.open(server.url)
    opened.push(connection)
    return connection
  }

  beforeAll(async () => {
    server = await MockServer.start()
  })
  afterEach(() => {
    opened.splice(0).forEach((connection) => connection.destroy())
  })
  afterAll(() => server.stop())

  /** Asserts that the server still answers on a new connection. */
  const expectAlive = async () => {
    const connection = await connect()
    expect((await connection.send(head("GET", "/v1/whoami")).next()).status).toBe(200)
  }

  it("answers many requests on one connection", async () => {
    const connection = await connect()
    for (let i = 0; i < 3; i++) {
      const answer = await connection.send(head("GET", "/v1/whoami")).next()
      expect(answer.status).toBe(200)
      expect(answer.headers).toMatchObject({ "connection": "keep-alive", "content-type": "application/json" })
    }
  })

  it("answers pipelined requests in order", async () => {
    const connection = await connect()
    const body = (name: string) => JSON.stringify({ metadata: { name }, spec: {} })
    const post = (name: string) => head("POST", secrets, { "Content-Length": String(body(name).length) }) + body(name)
    connection.send(post("one") + head("GET", "/nothing") + post("two") + head("GET", `${secrets}/none`))
    const answers = [await connection.next(), await connection.next(), await connection.next(), await connection.next()]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 404])
    expect(answers[0]?.body).toContain(`"name":"one"`)
    expect(answers[2]?.body).toContain(`"name":"two"`)
  })

  it("accepts a request that comes byte by byte", async () => {
    const connection = await connect()
    const text = head("POST", secrets, { "Content-Length": String(create.length) }) + create
    connection.send(...text)
    expect((await connection.next()).status).toBe(200)
  })

  it.each([
    ["a method that there is none of", "FROBNICATE /v1/whoami HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["a line that is no request line", "GET\r\n\r\n"],
    ["another protocol", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["a TLS handshake", Uint8Array.from([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03])],
    ["a header without a colon", "GET /v1/whoami HTTP/1.1\r\nHost localhost\r\n\r\n"],
    ["a space before the colon", "GET /v1/whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization : Bearer x\r\n\r\n"],
    ["two lengths", head("POST", secrets, { "Content-Length": "2\r\nContent-Length: 3" })],
    ["a length and chunks", head("POST", secrets, { "Content-Length": "2", "Transfer-Encoding": "chunked" })],
    ["a length that is no number", head("POST", secrets, { "Content-Length": "two" })],
    ["a chunk without a size", head("POST", secrets, { "Transfer-Encoding": "chunked" }) + "zz\r\n{}\r\n0\r\n\r\n"],
    ["a path that is not ASCII", head("GET", "/v1/workspace_secrets/\u00e9")],
    ["another version", "GET /v1/whoami HTTP/9.9\r\nHost: localhost\r\n\r\n"]
  ])("answers %s with a Status of 400, and closes", async (_, bytes) => {
    const connection = (await connect()).send(bytes)
    const answer = await connection.next()
    expect(messageOf(answer, 400, 3)).toBe("the request is not valid HTTP/1.1")
    expect(answer.headers["connection"]).toBe("close")
    connection.destroy()
    await expectAlive()
  })

  it("answers the request before an invalid one, then the invalid one", async () => {
    const connection = (await connect()).send(`${head("GET", "/v1/whoami")}NONSENSE\r\n\r\n`)
    expect((await connection.next()).status).toBe(200)
    messageOf(await connection.next(), 400, 3)
    expect(await connection.rest()).toBe("")
  })

  it.each([
    ["header", head("GET", "/v1/whoami", { "X-Long": "a".repeat(20_000) })],
    ["name of a header", head("GET", "/v1/whoami", { ["X".repeat(20_000)]: "a" })],
    ["path", head("GET", `/v1/${"a".repeat(20_000)}`)],
    [
      "hundred headers",
      head("GET", "/v1/whoami", {
        ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`X-${i}`, "a".repeat(200)]))
      })
    ]
  ])("answers a %s of 20,000 characters with a Status of 400", async (_, bytes) => {
    const answer = await (await connect()).send(bytes).next()
    expect(messageOf(answer, 400, 3)).toBe("the request's headers are larger than 16 KiB (16384 characters)")
  })

  const large = Buffer.alloc(2 * 1024 * 1024, "a")
  const chunk = Buffer.concat([Buffer.from(`${large.length.toString(16)}\r\n`), large, Buffer.from("\r\n")])
  const lasts = Buffer.from("0\r\n\r\n")

  it.each([
    ["that says so", [head("POST", secrets, { "Content-Length": String(large.length) }), large]],
    ["in chunks", [head("POST", secrets, { "Transfer-Encoding": "chunked" }), chunk, lasts]],
    ["that nobody asked for", [head("GET", "/v1/nothing", { "Content-Length": String(large.length) }), large]],
    ["of one who has no key", [
      head("POST", secrets, { "Authorization": "Bearer x", "Content-Length": String(large.length) }),
      large
    ]]
  ])("keeps the connection usable after a body of 2 MiB %s", async (what, parts) => {
    const connection = (await connect()).send(...parts)
    const answer = await connection.next()
    if (what === "that nobody asked for") {
      messageOf(answer, 404, 5)
    } else if (what === "of one who has no key") {
      messageOf(answer, 401, 16)
    } else {
      expect(messageOf(answer, 413, 3)).toBe("the body is larger than 1 MiB (1048576 bytes)")
    }
    expect(answer.headers["connection"]).toBe("keep-alive")
    const next = await connection.send(head("GET", "/v1/whoami")).next()
    expect([next.status, next.body.includes("PROFILE_TYPE_API_KEY")]).toEqual([200, true])
  })

  it("rejects a body with a content-length that is too large before it arrives", async () => {
    const connection = (await connect()).send(head("POST", secrets, { "Content-Length": "1048577" }))
    messageOf(await connection.next(), 413, 3)
  })

  it("accepts a body of exactly 1 MiB, and not one byte more, in chunks or not", async () => {
    const frame = JSON.stringify({ metadata: { name: "name" }, spec: { value: "" } })
    for (const [size, status] of [[1_048_576, 200], [1_048_577, 413]] as const) {
      const body = frame.replace(`""`, `"${"a".repeat(size - frame.length)}"`)
      const connection = await connect()
      connection.send(head("POST", secrets, { "Content-Length": String(size) }), body)
      expect((await connection.next()).status).toBe(status)
      const chunks = body.match(/.{1,65536}/gs) ?? []
      connection.send(
        head("POST", secrets, { "Transfer-Encoding": "chunked" }),
        ...chunks.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`),
        "0\r\n\r\n"
      )
      expect((await connection.next()).status).toBe(status)
    }
  })

  it.each([
    ["is too large", 413, 3, head("POST", secrets, { "Transfer-Encoding": "chunked" })],
    ["says that it is too large", 413, 3, head("POST", secrets, { "Content-Length": "10000000000" })],
    ["nobody asked for", 404, 5, head("GET", "/v1/nothing", { "Content-Length": "10000000000" })],
    [
      "comes without a valid key",
      401,
      16,
      head("POST", secrets, { "Authorization": "Bearer x", "Transfer-Encoding": "chunked" })
    ]
  ])("disconnects a client that sends more than 64 MiB of a body that %s", async (_, status, code, first) => {
    const connection = (await connect()).send(first)
    messageOf(await connection.send(chunk).next(), status, code)
    for (let i = 0; i < 40; i++) {
      connection.send(chunk)
    }
    expect(await connection.rest()).toBe("")
    await expectAlive()
  })

  it.each([
    ["a body with a length", head("POST", secrets, { "Content-Length": "100" }) + "{\"meta"],
    ["a body in chunks", head("POST", secrets, { "Transfer-Encoding": "chunked" }) + "10\r\n{\"meta"],
    [
      "a body that is not read",
      head("POST", secrets, { "Authorization": undefined, "Content-Length": "100" }) + "{\"meta"
    ],
    ["a head", "POST /v1/workspace_secrets HTTP/1.1\r\nHost: loc"],
    ["nothing", ""]
  ])("survives a connection that closes after %s", async (_, bytes) => {
    const connection = (await connect()).send(bytes)
    connection.destroy()
    await connection.rest()
    await expectAlive()
  })

  it("sends 100 Continue to a client that waits for it", async () => {
    const connection = (await connect()).send(head("POST", secrets, {
      "Expect": "100-continue",
      "Content-Length": String(create.length)
    }))
    expect((await connection.next()).status).toBe(100)
    expect((await connection.send(create).next()).status).toBe(200)
  })

  it("ignores an unknown expectation", async () => {
    const connection = (await connect()).send(head("GET", "/v1/whoami", { Expect: "miracles" }))
    const answer = await connection.next()
    expect([answer.status, answer.headers["x-request-id"]?.slice(0, 4)]).toEqual([200, "req_"])
  })

  it.each([
    secrets,
    `${secrets}/id`,
    `${secrets}/none`,
    "/v1/whoami",
    "/openapi.json",
    "/docs",
    "/_mock/health",
    "/none"
  ])(
    "answers HEAD of %s like GET, without the body, and keeps the connection usable",
    async (path) => {
      const connection = (await connect()).send(head("HEAD", path))
      const answer = await connection.next({ toHead: true })
      const got = await connection.send(head("GET", path)).next()
      const { date: _, "x-request-id": __, ...headers } = answer.headers
      expect([answer.status, headers]).toEqual([
        got.status,
        Object.fromEntries(Object.keys(headers).map((name) => [name, got.headers[name]]))
      ])
      expect(Number(answer.headers["content-length"])).toBeGreaterThan(0)
      expect((await connection.send(head("GET", "/v1/whoami")).next()).status).toBe(200)
    }
  )

  it.each(["OPTIONS", "PUT", "PROPFIND", "TRACE", "M-SEARCH"])(
    "answers %s with 405 and the allowed methods",
    async (method) => {
      const connection = await connect()
      for (
        const [path, allow] of [
          [secrets, "GET, HEAD, POST"],
          [`${secrets}/id`, "GET, HEAD, PATCH, DELETE"],
          ["/v1/whoami", "GET, HEAD"]
        ]
      ) {
        const answer = await connection.send(head(method, path ?? "")).next()
        expect([messageOf(answer, 405, 12), answer.headers["allow"]]).toEqual([`this path takes ${allow}`, allow])
      }
    }
  )

  it("accepts an absolute URL as target, which clients send to proxies", async () => {
    const connection = await connect()
    for (const origin of ["http://localhost", "HTTP://app.localhost:8080", "https://[::1]:1"]) {
      expect((await connection.send(head("GET", `${origin}/v1/whoami`)).next()).status).toBe(200)
      const page = await connection.send(head("GET", `${origin}${secrets}?limit=x`)).next()
      expect(messageOf(page, 400, 3)).toContain("limit")
    }
    messageOf(await connection.send(head("GET", "http://localhost")).next(), 404, 5)
    messageOf(await connection.send(head("GET", "http://localhost?a=/v1/whoami")).next(), 404, 5)
    messageOf(await connection.send(head("GET", "ftp://localhost/v1/whoami")).next(), 404, 5)
    messageOf(await connection.send(head("OPTIONS", "*")).next(), 404, 5)
  })

  it("is no proxy: it closes CONNECT requests", async () => {
    const connection = (await connect()).send(head("CONNECT", "localhost:443"))
    expect(await connection.rest()).toBe("")
    await expectAlive()
  })

  it("ignores an upgrade", async () => {
    const connection = (await connect()).send(
      head("GET", "/v1/whoami", { Connection: "Upgrade", Upgrade: "websocket" })
    )
    expect((await connection.next()).status).toBe(200)
  })

  it("answers HTTP/1.0 and closes", async () => {
    const connection = (await connect()).send("GET /v1/whoami HTTP/1.0\r\n\r\n")
    messageOf(await connection.next(), 401, 16)
    expect(await connection.rest()).toBe("")
  })

  it("matches the path as sent", async () => {
    const connection = await connect()
    const ask = async (path: string) => (await connection.send(head("GET", path)).next()).body
    expect(await ask(`${secrets}/..`)).toContain("no such secret")
    expect(await ask(`${secrets}/%2e%2e`)).toContain("no such secret")
    expect(await ask(`${secrets}/..%2F..`)).toContain("no such secret")
    expect(await ask(`${secrets}/%00`)).toContain("no such secret")
    expect(await ask(`${secrets}/../whoami`)).toContain("no such route")
    expect(await ask(`${secrets}/`)).toContain("no such route")
    expect(await ask(`/${secrets}`)).toContain("no such route")
    expect(await ask(`${secrets}/%zz`)).toContain("not percent-encoded")
  })

  it("gives each response its own request id, including requests that it never dispatched", async () => {
    const ids: Array<string | undefined> = []
    for (
      const bytes of [
        head("GET", "/v1/whoami"),
        "NONSENSE\r\n\r\n",
        head("GET", "/", { Host: undefined }),
        "NONSENSE\r\n\r\n"
      ]
    ) {
      ids.push((await (await connect()).send(bytes).next()).headers["x-request-id"])
    }
    expect(new Set(ids).size).toBe(4)
    expect(ids).not.toContain(undefined)
  })

  it("does not change prototypes for a header called __proto__", async () => {
    const connection = await connect()
    const answer = await connection.send(head("GET", "/v1/whoami", { ["__proto__"]: "polluted", "constructor": "x" }))
      .next()
    expect(answer.status).toBe(200)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

/** A listener whose requests start when they arrive and end when the test says so, in a scope that the test closes. */
const slow = Effect.gen(function*() {
  const scope = yield* Scope.make()
  const begun = yield* Deferred.make<void>()
  const end = yield* Deferred.make<void>()
  const interrupted = yield* Deferred.make<void>()
  const dispatch = ({ target }: Dispatcher.Incoming): Effect.Effect<Dispatcher.Outgoing> =>
    (target === "/slow" ? Deferred.succeed(begun, void 0).pipe(Effect.zipRight(Deferred.await(end))) : Effect.void)
      .pipe(
        Effect.as({ status: 200, headers: {}, body: target }),
        Effect.onInterrupt(() => Deferred.succeed(interrupted, void 0))
      )
  const address = yield* Scope.extend(Listener.listen(dispatch, { host: "127.0.0.1", port: 0 }), scope)
  return {
    url: `http://127.0.0.1:${address.port}`,
    begun: Deferred.await(begun),
    end: Deferred.succeed(end, void 0),
    interrupted: Deferred.await(interrupted),
    stop: Scope.close(scope, Exit.void)
  }
})

const run = Effect.runPromise

describe("a server that stops", () => {
  beforeAll(() => {
    // The grace period never passes by itself, so a stop that ends has not waited for it.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  })
  afterAll(() => {
    vi.useRealTimers()
  })

  it("closes idle connections at once: before the first request, between requests, and after an invalid one", async () => {
    const server = await run(slow)
    const fresh = await RawConnection.open(server.url)
    const used = await RawConnection.open(server.url)
    expect((await used.send(head("GET", "/")).next()).body).toBe("/")
    const broken = await RawConnection.open(server.url)
    expect((await broken.send("NONSENSE\r\n\r\n").next()).status).toBe(400)
    await run(server.stop)
    expect(await Promise.all([fresh.rest(), used.rest(), broken.rest()])).toEqual(["", "", ""])
    expect(await isAnswered(server.url)).toBe(false)
  })

  it("lets a request in flight finish, with connection: close", async () => {
    const server = await run(slow)
    const connection = (await RawConnection.open(server.url)).send(head("GET", "/slow"))
    await run(server.begun)
    const stopped = run(server.stop)
    expect(await isAnswered(server.url)).toBe(false)
    await run(server.end)
    const answer = await connection.next()
    expect([answer.status, answer.body, answer.headers["connection"]]).toEqual([200, "/slow", "close"])
    await stopped
    expect(await connection.rest()).toBe("")
  })

  it("interrupts a request that has not finished after 0.9 s", async () => {
    const server = await run(slow)
    const connection = (await RawConnection.open(server.url)).send(head("GET", "/slow"))
    await run(server.begun)
    let isStopped = false
    const stopped = run(server.stop).then(() => {
      isStopped = true
    })
    await vi.advanceTimersByTimeAsync(899)
    expect(isStopped).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await stopped
    expect(await connection.rest()).toBe("")
    await run(server.interrupted)
  })
})

describe("a client that closes its connection", () => {
  it("interrupts the handler of its request", async () => {
    const server = await run(slow)
    const connection = (await RawConnection.open(server.url)).send(head("GET", "/slow"))
    await run(server.begun)
    connection.destroy()
    await run(server.interrupted)
    await run(server.stop)
  })
})

describe("ListenError", () => {
  it("says that the port is in use", async () => {
    const server = await run(slow)
    const port = Number(new URL(server.url).port)
    const error = await run(
      Effect.flip(Effect.scoped(Listener.listen(() => Effect.never, { host: "127.0.0.1", port })))
    )
    expect(error).toMatchObject({ _tag: "ListenError", host: "127.0.0.1", port, code: "EADDRINUSE" })
    expect(error.message).toBe(
      `cannot listen on 127.0.0.1:${port}: the port is in use; choose another, or 0 for a free one`
    )
    await run(server.stop)
    // The port is free again as soon as the scope is closed.
    await run(Effect.scoped(Listener.listen(() => Effect.never, { host: "127.0.0.1", port })))
  })

  it.each([
    ["EACCES", "the process may not listen on this port; choose one above 1023, or 0 for a free one"],
    ["EADDRNOTAVAIL", "this machine has no such address"],
    ["ENOTFOUND", "there is no such host"],
    ["EWHATEVER", "EWHATEVER"]
  ])("says what %s means", (code, why) => {
    expect(new Listener.ListenError({ host: "host", port: 80, code }).message).toBe(`cannot listen on host:80: ${why}`)
  })
})
