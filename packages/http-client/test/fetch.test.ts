import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { gzipSync } from "node:zlib"
import { vi } from "vitest"
import { leaking, printed } from "../../../tools/leaks/sinks.js"
import * as Fetch from "../src/fetch.js"
import { serve } from "./support/server.js"
import { answer, type Connection, serveTcp, start } from "./support/tcp.js"

const LIMIT = 16 * 1024 * 1024

const http = Fetch.make()

const text = (url: string) => Effect.flatMap(http.get(url), ({ text }) => text)

const codeOf = ({ cause }: HttpClientError) => (cause as { readonly code: string }).code

/** The arguments of fetch. */
const called = (make: () => HttpClient.HttpClient, requestOf = HttpClientRequest.get("https://api.example/a")) =>
  Effect.gen(function*() {
    const inits: Array<RequestInit> = []
    const stub = vi.spyOn(globalThis, "fetch").mockImplementation((_, init = {}) => {
      inits.push(init)
      return Promise.resolve(new Response("ok"))
    })
    const response = yield* Effect.ensuring(
      make().execute(requestOf),
      Effect.sync(() => stub.mockRestore())
    )
    expect(yield* response.text).toBe("ok")
    expect(inits.length).toBe(1)
    return inits[0]
  })

describe("a request", () => {
  it.effect("uses no cache, cookies and referrer", () =>
    Effect.gen(function*() {
      expect(yield* called(() => Fetch.make())).toMatchObject({
        method: "GET",
        redirect: "manual",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        cache: "no-store"
      })
    }))

  it.effect("omits the settings for which the runtime throws", () =>
    Effect.gen(function*() {
      class EdgeRequest extends Request {
        constructor(url: string, init: RequestInit & { readonly cache?: string } = {}) {
          if (init.credentials !== undefined || init.cache !== undefined) {
            throw new Error("The field is not implemented")
          }
          super(url, init)
        }
      }
      vi.stubGlobal("Request", EdgeRequest)
      const init = yield* Effect.ensuring(called(() => Fetch.make()), Effect.sync(() => vi.unstubAllGlobals()))
      expect(init).not.toHaveProperty("credentials")
      expect(init).not.toHaveProperty("cache")
      expect(init).toMatchObject({ redirect: "manual", referrerPolicy: "no-referrer" })
    }))

  it.effect("goes through the fetch of the options", () =>
    Effect.gen(function*() {
      const fetch = () => Promise.resolve(new Response("mine"))
      const response = yield* Effect.flatMap(HttpClient.HttpClient, (client) => client.get("https://api.example")).pipe(
        Effect.provide(Fetch.layer({ fetch }))
      )
      expect(yield* response.text).toBe("mine")
    }))

  const bodies: ReadonlyArray<readonly [kind: string, body: HttpBody.HttpBody, expected: RegExp]> = [
    ["text", HttpBody.text("é", "text/plain"), /^é$/],
    ["bytes", HttpBody.uint8Array(new Uint8Array([97])), /^a$/],
    ["a raw string", HttpBody.raw("a"), /^a$/],
    ["a form", HttpBody.formDataRecord({ a: "é" }), /name="a"\r\n\r\né\r\n/],
    ["nothing", HttpBody.empty, /^$/]
  ]

  it.scoped.each(bodies)("sends a body that is %s", ([, body, expected]) =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(() => ({ body: "ok" }))
      const request = HttpClientRequest.post(`${url}/a/é`, { body, urlParams: { q: "a&b" }, hash: "top" })
      expect(yield* Effect.flatMap(http.execute(request), ({ text }) => text)).toBe("ok")
      expect(received).toMatchObject([{ method: "POST", path: "/a/%C3%A9?q=a%26b" }])
      expect(received[0]?.body).toMatch(expected)
    }))

  it.effect("fails for an invalid URL, and for a stream as body", () =>
    Effect.gen(function*() {
      const body = HttpBody.stream(Stream.make(new Uint8Array([97])))
      const error = yield* Effect.flip(http.post("https://api.example", { body }))
      expect([error.reason, codeOf(error)]).toEqual(["Encode", "ERR_STREAM_BODY"])
      expect(yield* Effect.flip(http.get("http://"))).toMatchObject({ _tag: "RequestError", reason: "InvalidUrl" })
    }))

  it.scoped("makes no span and sends no trace headers", () =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(() => ({ body: "ok" }))
      yield* Effect.withSpan(text(url), "caller")
      expect(Object.keys(received[0]?.headers ?? {}).filter((name) => /trace|b3/.test(name))).toEqual([])
    }))
})

describe("a response", () => {
  it.scoped("has its status, its headers and its body", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }) =>
        socket.write(answer(`{"é":1}`, ["X-Request-ID: req-1", "Set-Cookie: a=1", "Set-Cookie: b=2"], "404 Not Found"))
      )
      const response = yield* http.get(url)
      expect([response.status, response.headers["x-request-id"]]).toEqual([404, "req-1"])
      expect(Object.keys(response.cookies.cookies)).toEqual(["a", "b"])
      expect(yield* response.json).toEqual({ é: 1 })
    }))

  it.scoped("can have chunks that split a character, or no body", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }, request) => {
        if (request.startsWith("GET /none")) {
          socket.write("HTTP/1.1 204 No Content\r\n\r\n")
          return
        }
        socket.setNoDelay(true)
        socket.write(start(["transfer-encoding: chunked"]))
        for (const byte of Buffer.from("aéb")) {
          socket.write(Buffer.concat([Buffer.from("1\r\n"), Buffer.from([byte]), Buffer.from("\r\n")]))
        }
        socket.write("0\r\n\r\n")
      })
      expect(yield* text(url)).toBe("aéb")
      expect(yield* text(`${url}/none`)).toBe("")
    }))

  it.scoped("that is a redirect is not followed", () =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(() => ({ status: 307, headers: { location: "/elsewhere" } }))
      expect([(yield* http.get(url)).status, received.length]).toEqual([307, 1])
    }))

  it.scoped("that is compressed is decompressed by fetch", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(() => (response) => {
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("plain"))
      })
      expect(yield* text(url)).toBe("plain")
    }))

  it.scoped("that is truncated fails when read, with its status", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTcp(({ socket }) => {
        socket.write(`${start(["content-length: 100"], "503 Service Unavailable")}half`, () => socket.end())
      })
      const response = yield* http.get(url)
      expect(response.status).toBe(503)
      const error = yield* Effect.flip(response.text)
      expect([error._tag, codeOf(error)]).toEqual(["ResponseError", "UND_ERR_SOCKET"])
    }))
})

describe("a body over 16 MiB", () => {
  it.scoped("is refused by its content-length, and the connection closed", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* serveTcp(({ socket }) =>
        socket.write(start([`content-length: ${LIMIT + 1}`]))
      )
      expect(codeOf(yield* Effect.flip(text(url)))).toBe("ERR_BODY_TOO_LARGE")
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
        expect((yield* text(url)).length).toBe(LIMIT)
        expect(codeOf(yield* Effect.flip(text(`${url}/more`)))).toBe("ERR_BODY_TOO_LARGE")
        yield* Effect.firstSuccessOf(connections.map(({ closed }) => closed))
      }),
    30_000
  )

  it.scoped("is refused if it exceeds the limit only after decompression", () =>
    Effect.gen(function*() {
      const bomb = gzipSync(Buffer.alloc(LIMIT + 1))
      const { url } = yield* serve(() => (response) => {
        response.writeHead(200, { "content-encoding": "gzip", "content-length": bomb.length }).end(bomb)
      })
      expect(bomb.length).toBeLessThan(LIMIT / 100)
      expect(codeOf(yield* Effect.flip(text(url)))).toBe("ERR_BODY_TOO_LARGE")
    }), 30_000)
})

describe("a connection", () => {
  it.scoped("that is refused fails the request with its code", () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.scoped(serveTcp(() => {}))
      expect(codeOf(yield* Effect.flip(http.get(url)))).toBe("ECONNREFUSED")
    }))

  it.scoped.each(["headers", "body"])(
    "is closed by the interruption of a request that waits for its %s",
    (before) =>
      Effect.gen(function*() {
        const arrived = yield* Deferred.make<Connection>()
        const { url } = yield* serveTcp((connection) => Deferred.unsafeDone(arrived, Effect.succeed(connection)))
        const fiber = yield* Effect.fork(http.get(url))
        const connection = yield* Deferred.await(arrived)
        if (before === "body") {
          yield* Effect.async<void>((resume) => {
            connection.socket.write(`${start(["content-length: 100"])}half`, () => resume(Effect.void))
          })
        }
        yield* Fiber.interrupt(fiber)
        yield* connection.closed
      })
  )
})

it.effect("has a default code for errors without one, as in browsers", () =>
  Effect.gen(function*() {
    const failing = Fetch.make({ fetch: () => Promise.reject(new TypeError("canary")) })
    const error = yield* Effect.flip(failing.get("https://api.example"))
    expect(codeOf(error)).toBe("ERR_TRANSPORT")
    expect(leaking(printed(error), "canary")).toEqual([])
  }))

it.scoped("shows nothing of the request in its errors", () =>
  Effect.gen(function*() {
    const { url } = yield* serveTcp(({ socket }, request) =>
      request.includes("/half")
        ? socket.end(`${start(["content-length: 100", "x-canary: canary"])}canary`)
        : socket.destroy()
    )
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
