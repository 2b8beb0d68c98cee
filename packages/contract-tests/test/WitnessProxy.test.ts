import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import * as http from "node:http"
import * as https from "node:https"
import * as net from "node:net"
import * as zlib from "node:zlib"
import { authority, certificate } from "../../../tools/certificate.js"
import * as Seal from "../src/Seal.js"
import * as Witness from "../src/Witness.js"
import * as Proxy from "../src/WitnessProxy.js"

const portOf = (server: net.Server) => (server.address() as net.AddressInfo).port

const listening = <S extends net.Server>(server: S) =>
  Effect.acquireRelease(
    Effect.async<S>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))),
    () => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
  )

/** A raw server: its handler receives the bytes, and writes the response. */
const bytesServer = (answer: (socket: net.Socket, all: string) => void) =>
  Effect.gen(function*() {
    const sockets = new Set<net.Socket>()
    const server = net.createServer((socket) => {
      sockets.add(socket)
      let all = ""
      socket.on("error", () => {})
      socket.on("data", (chunk) => {
        all += chunk.toString("latin1")
        answer(socket, all)
      })
    })
    yield* listening(server)
    yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))
    return portOf(server)
  })

const started = (port: number, options: Partial<Proxy.Options> = {}) =>
  Effect.gen(function*() {
    const shown: Array<Witness.Shown> = []
    const witness = Witness.make({ seal: Seal.make(), onShown: (one) => shown.push(one) })
    const { url } = yield* Proxy.make({ target: new URL(`http://127.0.0.1:${port}`), port: 0, witness, ...options })
    return { witness, shown, port: Number(new URL(url).port) }
  })

/** Writes bytes to a port, and returns the received text when it is enough or the other side closes. */
const talk = (port: number, parts: ReadonlyArray<string>, isEnough: (all: string) => boolean = () => false) =>
  Effect.async<string>((resume) => {
    let all = ""
    const socket = net.connect(port, "127.0.0.1", () => parts.forEach((part) => socket.write(part, "latin1")))
    const done = () => {
      socket.destroy()
      resume(Effect.succeed(all))
    }
    socket.on("error", done)
    socket.on("close", done)
    socket.on("data", (chunk) => {
      all += chunk.toString("latin1")
      if (isEnough(all)) {
        done()
      }
    })
    return Effect.sync(() => socket.destroy())
  })

const withoutHop = (text: string) => text.replaceAll(/^(?:connection|keep-alive): .*\r\n/gim, "")

const until = (condition: () => boolean) =>
  Effect.repeat(Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void))), { until: condition })

describe("a proxy", () => {
  it.scopedLive("forwards requests and responses unchanged: bytes, and headers in their order and case", () =>
    Effect.gen(function*() {
      const requests: Array<string> = []
      const body = "\u00ff\u0000 {broken"
      const answer =
        "HTTP/1.1 299 Very Odd\r\nx-Odd-Case: b\r\nX-odd-case: a\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n" +
        `Content-Length: ${body.length}\r\n\r\n${body}`
      const upstream = yield* bytesServer((socket, all) => {
        if (all.endsWith("\r\n\r\nsent")) {
          requests.push(all)
          socket.write(answer, "latin1")
        }
      })
      const { port, witness } = yield* started(upstream)
      const head = "PATCH /v1/workspace_secrets/a%2Fb?x=%20&x HTTP/1.1\r\nZ-Last: 1\r\nhOsT: here\r\na-first: 2\r\n" +
        "Content-Length: 4\r\nAuthorization: Bearer  k\r\n\r\n"
      const came = yield* talk(port, [head, "sent"], (all) => all.endsWith(body))
      expect(withoutHop(came)).toBe(answer)
      expect(requests.map(withoutHop)).toEqual([`${head.replace("here", `127.0.0.1:${upstream}`)}sent`])
      expect(witness.counts).toMatchObject({ exchanges: 1, unreadable: 0 })
    }))

  it.scopedLive("forwards chunks and trailers, and reuses the connection", () =>
    Effect.gen(function*() {
      let connections = 0
      const server = http.createServer((request, response) => {
        request.resume()
        request.on("end", () => {
          response.writeHead(200, { Trailer: "x-sum" })
          response.write("one ")
          response.write(`${request.headers["transfer-encoding"]} ${request.trailers["x-ours"]}`)
          response.addTrailers({ "x-sum": "2" })
          response.end()
        })
      })
      server.on("connection", () => connections++)
      yield* listening(server)
      const { port } = yield* started(portOf(server))
      const request =
        "POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx-ours: t\r\n\r\n"
      const isTwo = (all: string) => (all.match(/x-sum: 2\r\n\r\n/g) ?? []).length === 2
      const came = yield* talk(port, [request, request], isTwo)
      expect(came.match(/chunked t/g)).toHaveLength(2)
      expect(connections).toBe(1)
    }))

  it.scopedLive("forwards the first bytes of a response before the last arrive", () =>
    Effect.gen(function*() {
      const sockets: Array<net.Socket> = []
      const upstream = yield* bytesServer((socket) => {
        sockets.push(socket)
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
      })
      const { port } = yield* started(upstream)
      // The rest never comes.
      expect(yield* talk(port, ["GET / HTTP/1.1\r\nhost: a\r\n\r\n"], (all) => all.endsWith("first"))).toContain(
        "first"
      )
    }))

  it.scopedLive("aborts the server's request when the client disconnects", () =>
    Effect.gen(function*() {
      const gone = yield* Deferred.make<void>()
      const asked = yield* Deferred.make<void>()
      const upstream = yield* bytesServer((socket) => {
        socket.on("close", () => Deferred.unsafeDone(gone, Effect.void))
        Deferred.unsafeDone(asked, Effect.void)
      })
      const { port, witness } = yield* started(upstream)
      const socket = net.connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n"))
      yield* Deferred.await(asked)
      socket.destroy()
      yield* Deferred.await(gone)
      yield* until(() => witness.counts.cutOff === 1)
    }))

  it.scopedLive("aborts a response that the server aborts, and reports the code", () =>
    Effect.gen(function*() {
      const troubles: Array<string> = []
      const upstream = yield* bytesServer((socket) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", () => socket.destroy())
      })
      const { port, witness } = yield* started(upstream, { onTrouble: (code) => troubles.push(code) })
      expect(yield* talk(port, ["GET / HTTP/1.1\r\nhost: a\r\n\r\n"])).toMatch(/half$/)
      yield* until(() => witness.counts.cutOff === 1)
      expect(troubles).toEqual(["ECONNRESET"])
    }))

  it.scopedLive("closes the connection if the server cannot be reached", () =>
    Effect.gen(function*() {
      const server = yield* Effect.scoped(listening(net.createServer()).pipe(Effect.map(portOf)))
      const troubles: Array<string> = []
      const { port } = yield* started(server, { onTrouble: (code) => troubles.push(code) })
      expect(yield* talk(port, ["GET / HTTP/1.1\r\nhost: a\r\n\r\n"])).toBe("")
      expect(troubles).toEqual(["ECONNREFUSED"])
    }))

  it.scopedLive("has backpressure from the client to the server", () =>
    Effect.gen(function*() {
      const total = 32 * 1024 * 1024
      let written = 0
      const server = http.createServer((_, response) => {
        const chunk = Buffer.alloc(64 * 1024)
        const write = () => {
          while (written < total) {
            written += chunk.length
            if (!response.write(chunk)) {
              response.once("drain", write)
              return
            }
          }
          response.end()
        }
        write()
      })
      yield* listening(server)
      const { port, witness } = yield* started(portOf(server))
      const socket = net.connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n"))
      yield* Effect.addFinalizer(() => Effect.sync(() => socket.destroy()))
      yield* Effect.async<void>((resume) => void socket.once("readable", () => resume(Effect.void)))
      // The client stops reading: only the buffers of the system and of two streams are in flight.
      let before = -1
      let turns = 0
      yield* until(() => {
        turns = before === written ? turns + 1 : 0
        before = written
        return turns > 1000
      })
      expect(written).toBeLessThan(total)
      let size = 0
      socket.on("data", (chunk) => size += chunk.length)
      yield* until(() => size > total)
      yield* until(() => witness.counts.tooLarge === 1)
    }))

  it.scopedLive("reads compressed responses", () =>
    Effect.gen(function*() {
      const page = JSON.stringify({ items: [], pagination: { nextCursor: "" } })
      const server = http.createServer((request, response) => {
        response.writeHead(200, {
          "content-type": "application/json",
          "x-request-id": "req_1",
          "content-encoding": request.url?.includes("odd") === true ? "odd" : "gzip"
        })
        response.end(zlib.gzipSync(page))
      })
      yield* listening(server)
      const { port, witness } = yield* started(portOf(server))
      const ask = (query: string) =>
        Effect.promise(() =>
          fetch(`http://127.0.0.1:${port}/v1/workspace_secrets${query}`, { headers: { authorization: "Bearer a-key" } })
            .then((response) => response.text().catch(() => ""))
        )
      expect(yield* ask("")).toBe(page)
      yield* until(() => witness.counts.exchanges === 1)
      expect(Witness.resultOf(witness.findings.get("WS-LIST-001"))).toBe("confirmed")
      yield* ask("?odd=1")
      yield* until(() => witness.counts.unreadable === 1)
    }))

  it.scopedLive("counts and forwards exchanges that are not of the API: HTML, a request without a key", () =>
    Effect.gen(function*() {
      const upstream = yield* bytesServer((socket) => {
        socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<h1>no</h")
      })
      const { port, shown, witness } = yield* started(upstream)
      const came = yield* talk(port, ["GET /v1/whoami HTTP/1.1\r\nhost: a\r\n\r\n"])
      expect(came).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n[^]*<h1>no<\/h$/)
      yield* until(() => witness.counts.exchanges === 1)
      expect(witness.counts).toMatchObject({ foreign: 1, withoutKey: 1, unreadable: 0 })
      expect(shown).toEqual([])
    }))

  it.scopedLive("reports the origin of a redirect, without its path", () =>
    Effect.gen(function*() {
      const origins: Array<string | undefined> = []
      const upstream = yield* bytesServer((socket) => {
        socket.end("HTTP/1.1 308 Moved\r\nLocation: https://other.example/a?token=b\r\nContent-Length: 0\r\n\r\n")
      })
      const { port } = yield* started(upstream, { onRedirect: (origin) => origins.push(origin) })
      yield* talk(port, ["GET / HTTP/1.1\r\nhost: a\r\n\r\n"])
      expect(origins).toEqual(["https://other.example"])
    }))

  it.scopedLive("uses TLS with the server, verifies its certificate, and reuses the connection", () =>
    Effect.gen(function*() {
      let connections = 0
      const hosts: Array<string | undefined> = []
      const server = https.createServer(certificate, (request, response) => {
        hosts.push(request.headers.host)
        response.writeHead(200, { "content-type": "application/json", "x-request-id": "0f3c" })
        response.end(JSON.stringify({ items: [], pagination: { nextCursor: "" } }))
      })
      server.on("secureConnection", () => connections++)
      yield* listening(server)
      const troubles: Array<string> = []
      const to = (host: string, ca?: string) =>
        started(0, {
          target: new URL(`https://${host}:${portOf(server)}`),
          ca,
          onTrouble: (code) => troubles.push(code)
        })
      const ask = (port: number) =>
        Effect.promise(async () => {
          const agent = new http.Agent({ keepAlive: true })
          const texts: Array<string> = []
          for (let i = 0; i < 2; i++) {
            const [response] = await once(
              http.get({
                agent,
                port,
                host: "127.0.0.1",
                path: "/v1/workspace_secrets",
                headers: { authorization: "Bearer a-key" }
              }),
              "response"
            ) as [http.IncomingMessage]
            let text = ""
            for await (const chunk of response) {
              text += String(chunk)
            }
            texts.push(text)
          }
          agent.destroy()
          return texts
        })
      for (const host of ["localhost", "127.0.0.1"]) {
        connections = 0
        const { port, witness } = yield* to(host, authority)
        const expected = JSON.stringify({ items: [], pagination: { nextCursor: "" } })
        expect(yield* ask(port)).toEqual([expected, expected])
        expect([connections, hosts.splice(0)]).toEqual([1, Array(2).fill(`${host}:${portOf(server)}`)])
        yield* until(() => witness.counts.exchanges === 2)
        expect(witness.findings.get("WS-LIST-001")).toMatchObject({ confirmed: 2 })
      }
      expect(troubles).toEqual([])
      const { port, witness } = yield* to("localhost")
      expect(yield* talk(port, ["GET / HTTP/1.1\r\nhost: a\r\n\r\n"])).toBe("")
      expect(troubles).toEqual(["UNABLE_TO_VERIFY_LEAF_SIGNATURE"])
      expect(witness.counts).toMatchObject({ exchanges: 1, cutOff: 1 })
    }))

  it.scopedLive("says why it cannot listen", () =>
    Effect.gen(function*() {
      const server = yield* listening(net.createServer())
      const witness = Witness.make({ seal: Seal.make() })
      const failed = yield* Effect.flip(
        Proxy.make({ target: new URL("http://127.0.0.1:1"), port: portOf(server), witness })
      )
      expect(failed.code).toBe("EADDRINUSE")
    }))
})
