import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Agent, type IncomingMessage } from "node:http"
import { connect, type Socket } from "node:net"
import { type Dispatcher, EnvHttpProxyAgent } from "undici"
import { leaking, printed } from "../../../tools/leaks/sinks.js"
import * as Node from "../src/node.js"
import { serve } from "./support/server.js"
import { answer, type Connection, serveTcp, start } from "./support/tcp.js"

const LIMIT = 16 * 1024 * 1024

const text = (http: HttpClient.HttpClient, url: string) => Effect.flatMap(http.get(url), ({ text }) => text)

const codeOf = ({ cause }: HttpClientError) => (cause as { readonly code: string }).code

/** A server that answers on demand, with its waiting requests. */
const holding = Effect.gen(function*() {
  const waiting: Array<Connection> = []
  const arrived = yield* Deferred.make<Connection>()
  const server = yield* serveTcp((connection) => {
    waiting.push(connection)
    Deferred.unsafeDone(arrived, Effect.succeed(connection))
  })
  return { ...server, waiting, arrived: Deferred.await(arrived) }
})

describe("a response", () => {
  it.scoped("has a status, headers with lower-case names, and a body in each form", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }) =>
        socket.write(answer(`{"é":1}`, ["X-Request-ID: req-1", "Set-Cookie: a=1", "Set-Cookie: b=2"], "404 Not Found"))
      )
      const http = yield* Node.make()
      const response = yield* http.get(`${url}/a?b=c`)
      expect(response.status).toBe(404)
      expect(response.headers).toMatchObject({ "x-request-id": "req-1", "set-cookie": "a=1, b=2" })
      expect(Object.keys(response.cookies.cookies)).toEqual(["a", "b"])
      expect(response.remoteAddress._tag).toBe("None")
      expect(response.request.url).toBe(`${url}/a?b=c`)
      expect(yield* response.text).toBe(`{"é":1}`)
      expect(yield* response.json).toEqual({ é: 1 })
      expect(new TextDecoder().decode(yield* response.arrayBuffer)).toBe(`{"é":1}`)
      expect(Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.decodeText(response.stream)))).toEqual([`{"é":1}`])
    }))

  it.scoped("may be a form", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(() => ({
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "a=1&b=%C3%A9"
      }))
      const response = yield* Effect.flatMap(Node.make(), (http) => http.get(url))
      expect(yield* response.urlParamsBody).toEqual([["a", "1"], ["b", "é"]])
      expect((yield* response.formData).get("b")).toBe("é")
    }))

  it.scoped("can have chunks that split a character, a byte order mark, or no body", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }, request) => {
        if (request.startsWith("GET /none")) {
          socket.write("HTTP/1.1 204 No Content\r\n\r\n")
          return
        }
        const bytes = Buffer.from("\uFEFFaéb")
        socket.write(start(["transfer-encoding: chunked"]))
        for (const byte of bytes) {
          socket.write(Buffer.concat([Buffer.from("1\r\n"), Buffer.from([byte]), Buffer.from("\r\n")]))
        }
        socket.write("0\r\n\r\n")
      })
      const http = yield* Node.make()
      expect(yield* text(http, url)).toBe("aéb")
      expect(yield* text(http, `${url}/none`)).toBe("")
      expect(yield* Effect.flatMap(http.get(`${url}/none`), ({ json }) => json)).toBeNull()
    }))

  it.scoped("can follow informational responses", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }) =>
        socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${answer("body")}`)
      )
      expect(yield* Effect.flatMap(Node.make(), (http) => text(http, url))).toBe("body")
    }))

  it.scoped("that is a redirect is not followed", () =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(() => ({ status: 302, headers: { location: "/elsewhere" } }))
      const response = yield* Effect.flatMap(Node.make(), (http) => http.get(url))
      expect([response.status, response.headers["location"], received.length]).toEqual([302, "/elsewhere", 1])
    }))

  it.scoped("can be HTML", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(() => ({ headers: { "content-type": "text/html" }, body: "<h1>502" }))
      const response = yield* Effect.flatMap(Node.make(), (http) => http.get(url))
      expect(yield* response.text).toBe("<h1>502")
      const error = yield* Effect.flip(response.json)
      expect(error).toMatchObject({ _tag: "ResponseError", reason: "Decode" })
      expect(leaking(printed(error), "<h1>502")).toEqual([])
    }))

  it.scoped("with a wrong content-encoding is refused", () =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(() => ({ headers: { "content-encoding": "gzip" }, body: "\u001f" }))
      const response = yield* Effect.flatMap(Node.make(), (http) => http.get(url))
      expect(received[0]?.headers["accept-encoding"]).toBe("identity")
      expect(codeOf(yield* Effect.flip(response.text))).toBe("ERR_CONTENT_ENCODING")
    }))

  it.scoped("prints as its status", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(() => ({ body: "canary", headers: { "x-canary": "canary" } }))
      const http = yield* Node.make()
      const response = yield* http.get(url, { headers: { authorization: "canary" } })
      expect(yield* response.text).toBe("canary")
      expect(leaking(printed(response), "canary")).toEqual([])
      expect(JSON.stringify(response)).toContain("200")
    }))
})

describe("a body over 16 MiB", () => {
  it.scoped("is refused by its content-length, and the connection closed", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* serveTcp(({ socket }) =>
        socket.write(start([`content-length: ${LIMIT + 1}`]))
      )
      const response = yield* Effect.flatMap(Node.make(), (http) => http.get(url))
      expect(codeOf(yield* Effect.flip(response.text))).toBe("ERR_BODY_TOO_LARGE")
      yield* connections[0]?.closed ?? Effect.die("no connection")
    }))

  it.scoped(
    "is refused while it comes in, and the connection closed; one of 16 MiB is not",
    () =>
      Effect.gen(function*() {
        const { connections, url } = yield* serveTcp(({ socket }, request) => {
          socket.write(start(["transfer-encoding: chunked"]))
          socket.write(`${LIMIT.toString(16)}\r\n`)
          socket.write(Buffer.alloc(LIMIT, "x"))
          socket.write(request.startsWith("GET /more") ? "\r\n1\r\nx\r\n" : "\r\n0\r\n\r\n")
        })
        const http = yield* Node.make()
        const fits = yield* http.get(url)
        expect((yield* fits.arrayBuffer).byteLength).toBe(LIMIT)
        const response = yield* http.get(`${url}/more`)
        expect(codeOf(yield* Effect.flip(response.text))).toBe("ERR_BODY_TOO_LARGE")
        yield* Effect.firstSuccessOf(connections.map(({ closed }) => closed))
      }),
    30_000
  )

  it.scoped("is not limited for a HEAD request", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }) =>
        socket.write(start([`content-length: ${LIMIT + 1}`, "content-encoding: gzip"]))
      )
      const response = yield* Effect.flatMap(Node.make(), (http) => http.head(url))
      expect([response.status, yield* response.text]).toEqual([200, ""])
    }))
})

describe("a request", () => {
  const bodies: ReadonlyArray<readonly [kind: string, body: HttpBody.HttpBody, expected: RegExp]> = [
    ["text", HttpBody.text("é", "text/plain"), /^é$/],
    ["bytes", HttpBody.uint8Array(new Uint8Array([97])), /^a$/],
    ["a raw string", HttpBody.raw("a"), /^a$/],
    ["a stream", HttpBody.stream(Stream.make(new Uint8Array([97]), new Uint8Array([98]))), /^ab$/],
    ["a form", HttpBody.formDataRecord({ a: "é" }), /name="a"\r\n\r\né\r\n/],
    ["nothing", HttpBody.empty, /^$/]
  ]

  it.scoped.each(bodies)("sends a body that is %s", ([, body, expected]) =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(() => ({ body: "ok" }))
      const http = yield* Node.make()
      const request = HttpClientRequest.post(`${url}/a/é`, { body, urlParams: { q: "a&b" }, hash: "top" })
      expect(yield* Effect.flatMap(http.execute(request), ({ text }) => text)).toBe("ok")
      expect(received).toMatchObject([{ method: "POST", path: "/a/%C3%A9?q=a%26b" }])
      expect(received[0]?.body).toMatch(expected)
    }))

  it.scoped("fails for an invalid URL, header or body, without a connection", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* serveTcp(() => {})
      const http = yield* Node.make()
      expect(yield* Effect.flip(http.get("http://"))).toMatchObject({ _tag: "RequestError", reason: "InvalidUrl" })
      for (const wrong of [{ headers: { a: "b\r\nc: d" } }, { body: HttpBody.raw({}) }]) {
        const error = yield* Effect.flip(http.post(url, wrong))
        expect([error._tag, error.reason, codeOf(error)]).toEqual(["RequestError", "Transport", "UND_ERR_INVALID_ARG"])
      }
      expect(connections.length).toBe(0)
    }))

  it.scoped("makes no span and sends no trace headers", () =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(() => ({ body: "ok" }))
      const http = yield* Node.make()
      yield* Effect.withSpan(text(http, url), "caller")
      expect(Object.keys(received[0]?.headers ?? {}).sort()).toEqual(["accept-encoding", "connection", "host"])
    }))
})

describe("connections", () => {
  it.scoped("are kept open and reused", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* serveTcp(({ socket }) => socket.write(answer("ok")))
      const http = yield* Node.make()
      yield* Effect.replicateEffect(text(http, url), 50, { discard: true })
      // undici may open another connection for a request right after a response.
      expect(connections.length).toBeLessThanOrEqual(2)
      yield* Effect.replicateEffect(text(http, url), 200, { concurrency: 10, discard: true })
      expect(connections.length).toBeLessThanOrEqual(20)
    }))

  it.scoped("do not exceed the limit, each with one request at a time", () =>
    Effect.gen(function*() {
      const busy = new Set<Connection>()
      let pipelined = 0
      const server = yield* serveTcp((connection) => {
        pipelined += busy.has(connection) ? 1 : 0
        busy.add(connection)
        setImmediate(() => {
          busy.delete(connection)
          connection.socket.write(answer("ok"))
        })
      })
      const http = yield* Node.make({ connections: 3 })
      yield* Effect.replicateEffect(text(http, server.url), 60, { concurrency: "unbounded", discard: true })
      expect([server.mostOpen(), server.connections.length, pipelined]).toEqual([3, 3, 0])
      const byDefault = yield* Node.make()
      yield* Effect.replicateEffect(text(byDefault, server.url), 150, { concurrency: "unbounded", discard: true })
      expect([server.connections.length, pipelined]).toEqual([3 + 50, 0])
    }))

  it.scoped("that close while idle are replaced", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* serveTcp(({ socket }) => socket.end(answer("ok")))
      const http = yield* Node.make()
      for (let i = 0; i < 3; i++) {
        expect(yield* text(http, url)).toBe("ok")
        yield* connections[i]?.closed ?? Effect.die("no connection")
      }
      expect(connections.length).toBe(3)
    }))

  it.scoped.each(["GET", "POST"] as const)(
    "that close at the moment of their reuse fail a %s, which is sent once",
    (method) =>
      Effect.gen(function*() {
        const { connections, url } = yield* serveTcp(({ requests, socket }) => {
          if (requests.length === 1) {
            socket.write(answer("ok"))
          } else {
            socket.destroy()
          }
        })
        const http = yield* Node.make({ connections: 1 })
        expect(yield* text(http, url)).toBe("ok")
        const error = yield* Effect.flip(http.execute(HttpClientRequest.make(method)(url)))
        expect([error._tag, codeOf(error)]).toEqual(["RequestError", "UND_ERR_SOCKET"])
        expect(yield* text(http, url)).toBe("ok")
        expect(connections.map(({ requests }) => requests.length)).toEqual([2, 1])
      })
  )

  it.scoped("that are refused fail the request with their code", () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.scoped(serveTcp(() => {}))
      const error = yield* Effect.flatMap(Node.make(), (http) => Effect.flip(http.get(url)))
      expect(codeOf(error)).toBe("ECONNREFUSED")
    }))

  it.scoped("that break before a response fail the request", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }) => socket.resetAndDestroy())
      const error = yield* Effect.flatMap(Node.make(), (http) => Effect.flip(http.get(url)))
      expect([error._tag, codeOf(error)]).toEqual(["RequestError", "ECONNRESET"])
    }))

  it.scoped("that break during a body fail its reading, with the status", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }) => {
        socket.write(`${start(["content-length: 100"], "503 Service Unavailable")}half`, () => socket.end())
      })
      const response = yield* Effect.flatMap(Node.make(), (http) => http.get(url))
      expect(response.status).toBe(503)
      for (const read of [response.text, response.json, response.arrayBuffer, Stream.runDrain(response.stream)]) {
        const error: HttpClientError = yield* Effect.flip(Effect.asVoid<unknown, HttpClientError, never>(read))
        expect([error._tag, codeOf(error)]).toEqual(["ResponseError", "UND_ERR_SOCKET"])
      }
    }))

  it.scoped("with another protocol fail the request, without quoting the server", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }) => socket.write("canary\r\n\r\n"))
      const error = yield* Effect.flatMap(Node.make(), (http) => Effect.flip(http.get(url)))
      expect(codeOf(error)).toMatch(/^(HPE_|ERR_TRANSPORT)/)
      expect(leaking(printed(error), "canary")).toEqual([])
    }))
})

describe("the timeouts of undici", () => {
  it.scoped("limit connecting, headers and the pauses of a body", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }, request) => {
        if (request.startsWith("GET /body")) {
          socket.write(`${start(["content-length: 100"])}half`)
        }
      })
      const timeouts = { connectTimeout: 1, headersTimeout: 1, bodyTimeout: 1 }
      const http = yield* Node.make(timeouts)
      const codes = yield* Effect.all([
        // The server accepts the connection, but never sends a TLS hello.
        Effect.map(Effect.flip(http.get(url.replace("http:", "https:"))), codeOf),
        Effect.map(Effect.flip(http.get(`${url}/headers`)), codeOf),
        Effect.map(Effect.flip(text(http, `${url}/body`)), codeOf)
      ], { concurrency: "unbounded" })
      expect(codes).toEqual(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"])
    }), 10_000)
})

describe("interruption", () => {
  it.scoped.each(["headers", "body"])(
    "closes the connection of a request that waits for its %s",
    (before) =>
      Effect.gen(function*() {
        const { arrived, url } = yield* holding
        const http = yield* Node.make()
        const fiber = yield* Effect.fork(http.get(url))
        const connection = yield* arrived
        if (before === "body") {
          yield* Effect.async<void>((resume) => {
            connection.socket.write(`${start(["content-length: 100"])}half`, () => resume(Effect.void))
          })
        }
        yield* Fiber.interrupt(fiber)
        yield* connection.closed
      })
  )

  it.scoped("of a request that waits for a connection never sends it, and closes no other connection", () =>
    Effect.gen(function*() {
      const { arrived, connections, url, waiting } = yield* holding
      const http = yield* Node.make({ connections: 1 })
      const first = yield* Effect.fork(text(http, `${url}/first`))
      const connection = yield* arrived
      const second = yield* Effect.fork(text(http, `${url}/second`))
      const third = yield* Effect.fork(text(http, `${url}/third`))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(second)
      connection.socket.on("data", () => connection.socket.write(answer("third")))
      connection.socket.write(answer("first"))
      expect(yield* Fiber.join(first)).toBe("first")
      expect(yield* Fiber.join(third)).toBe("third")
      expect(waiting.length).toBe(2)
      expect(connections.map(({ requests }) => requests.map((request) => request.split(" ")[1]))).toEqual([
        ["/first", "/third"]
      ])
    }))

  it.scoped("after a response was returned keeps its connection open", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* serveTcp(({ socket }) => socket.write(answer("ok")))
      const http = yield* Node.make({ connections: 1 })
      const got = yield* Deferred.make<void>()
      const fiber = yield* http.get(url).pipe(
        Effect.andThen(Deferred.succeed(got, undefined)),
        Effect.andThen(Effect.never),
        Effect.fork
      )
      yield* Deferred.await(got)
      yield* Fiber.interrupt(fiber)
      expect(yield* text(http, url)).toBe("ok")
      expect(connections.map(({ requests }) => requests.length)).toEqual([2])
    }))
})

describe("the end of the scope", () => {
  const scoped = (options?: Node.Options) =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const http = yield* Scope.extend(Node.make(options), scope)
      return { http, close: Scope.close(scope, Exit.void) }
    })

  it.scoped("closes the connections, and no request is sent after it", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* serveTcp(({ socket }) => socket.write(answer("ok")))
      const { close, http } = yield* scoped()
      yield* Effect.replicateEffect(text(http, url), 10, { concurrency: 5, discard: true })
      yield* close
      yield* Effect.forEach(connections, ({ closed }) => closed)
      const before = connections.length
      for (const target of [url, "http://127.0.0.1:1"]) {
        expect(codeOf(yield* Effect.flip(http.get(target)))).toBe("ERR_TRANSPORT_CLOSED")
      }
      expect(connections.length).toBe(before)
    }))

  it.scoped("waits for requests in flight", () =>
    Effect.gen(function*() {
      const { arrived, url } = yield* holding
      const { close, http } = yield* scoped()
      const fiber = yield* Effect.fork(text(http, url))
      const connection = yield* arrived
      const closing = yield* Effect.fork(close)
      yield* Effect.yieldNow()
      connection.socket.write(answer("late"))
      expect(yield* Fiber.join(fiber)).toBe("late")
      yield* Fiber.join(closing)
      yield* connection.closed
    }))

  it.scoped("waits no longer than closeTimeout, also under a TestClock", () =>
    Effect.gen(function*() {
      const { arrived, url } = yield* holding
      const { close, http } = yield* scoped({ connections: 1, closeTimeout: 1 })
      const fibers = yield* Effect.forEach([1, 2], () => Effect.fork(Effect.flip(http.get(url))))
      const connection = yield* arrived
      yield* close
      yield* connection.closed
      expect((yield* Effect.forEach(fibers, Fiber.join)).map(codeOf)).toEqual([
        "UND_ERR_DESTROYED",
        "UND_ERR_DESTROYED"
      ])
    }))

  it.effect("is that of the layer", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* serveTcp(({ socket }) => socket.write(answer("ok")))
      yield* Effect.provide(Effect.flatMap(HttpClient.HttpClient, (http) => text(http, url)), Node.layer())
      yield* connections[0]?.closed ?? Effect.die("no connection")
    }).pipe(Effect.scoped))
})

describe("a custom dispatcher", () => {
  it.scoped("sends the requests, and is left open", () =>
    Effect.gen(function*() {
      const sent: Array<Dispatcher.DispatchOptions> = []
      const dispatch: Dispatcher["dispatch"] = (options, handler) => {
        sent.push(options)
        const controller = {
          abort: () => {},
          pause: () => {},
          resume: () => {},
          aborted: false,
          paused: false,
          reason: null
        }
        handler.onRequestStart?.(controller, {})
        handler.onResponseStart?.(controller, 200, {})
        handler.onResponseData?.(controller, Buffer.from("mine"))
        handler.onResponseEnd?.(controller, {})
        return true
      }
      const http = yield* Node.make({ dispatcher: { dispatch }, headersTimeout: "1 second", bodyTimeout: Infinity })
      expect(yield* text(http, "https://api.example/a")).toBe("mine")
      // undici's defaults are five minutes; here, only the client's deadlines apply.
      expect(yield* text(yield* Node.make({ dispatcher: { dispatch } }), "https://api.example/b")).toBe("mine")
      expect(sent).toMatchObject([
        { origin: "https://api.example", path: "/a", headersTimeout: 1000, bodyTimeout: 0 },
        { origin: "https://api.example", path: "/b", headersTimeout: 0, bodyTimeout: 0 }
      ])
    }))

  it.scoped("may throw", () =>
    Effect.gen(function*() {
      const dispatcher = {
        dispatch: (): boolean => {
          throw Object.assign(new Error("canary"), { code: "ENOTFOUND" })
        }
      }
      const error = yield* Effect.flatMap(Node.make({ dispatcher }), (http) => Effect.flip(http.get("http://a")))
      expect(codeOf(error)).toBe("ENOTFOUND")
      expect(leaking(printed(error), "canary")).toEqual([])
    }))
})

it.scopedLive("sends through a proxy with undici's EnvHttpProxyAgent as its dispatcher", () =>
  Effect.gen(function*() {
    const { url } = yield* serve(() => ({ body: "ok" }))
    const proxied: Array<string | undefined> = []
    const proxy = yield* serve(() => ({ body: "absolute form" }))
    proxy.server.on("connect", (request: IncomingMessage, socket: Socket) => {
      proxied.push(request.url)
      const { hostname, port } = new URL(`http://${request.url}`)
      const target = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
        target.pipe(socket).pipe(target)
      })
    })
    const dispatcher = yield* Effect.acquireRelease(
      Effect.sync(() => new EnvHttpProxyAgent({ httpProxy: proxy.url, noProxy: "", proxyTunnel: true })),
      (agent) => Effect.promise(() => agent.destroy())
    )
    const http = yield* Node.make({ dispatcher })
    expect(yield* text(http, url)).toBe("ok")
    expect(proxied).toEqual([new URL(url).host])
  }))

it.effect.each([
  ["nothing to dispatch with", {}],
  ["an agent of node:http", new Agent()],
  ["an agent of undici 6", { interceptors: {}, on: () => {}, dispatch: () => true }]
])("refuses %s as a dispatcher, and says what it expects", ([_, dispatcher]) =>
  Effect.gen(function*() {
    const error = yield* Effect.flip(Effect.scoped(Node.make({ dispatcher: dispatcher as never })))
    expect(error).toMatchObject({ _tag: "InvalidClientOptions", violations: [{ field: "dispatcher" }] })
    expect(error.message).toContain("a dispatcher of undici 7 or later")
  }))

it.effect("does not start with invalid options", () =>
  Effect.gen(function*() {
    const exit = yield* Effect.exit(Effect.scoped(Layer.build(Node.layer({ connections: -1 }))))
    expect(Exit.isFailure(exit)).toBe(true)
  }))

it.scoped("shows nothing of the request in its errors", () =>
  Effect.gen(function*() {
    const { url } = yield* serveTcp(({ socket }, request) =>
      request.includes("/half")
        ? socket.end(`${start(["content-length: 100", "x-canary: canary"])}canary`)
        : socket.destroy()
    )
    const http = yield* Node.make()
    const send = (path: string) =>
      http.post(`${url}${path}?canary=1`, {
        headers: { authorization: "Bearer canary" },
        urlParams: { a: "canary" },
        body: HttpBody.text("canary")
      }).pipe(Effect.flatMap(({ text }) => text), Effect.flip)
    for (const error of yield* Effect.all([send("/"), send("/half")])) {
      expect(leaking(printed(error), "canary")).toEqual([])
      expect(error.request.url).toContain(url)
    }
  }))
