import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { once } from "node:events"
import type { ServerResponse } from "node:http"
import { createGzip } from "node:zlib"
import { leaking, printed, watched } from "../../../tools/leaks/sinks.js"
import * as Bounded from "../src/bounded.js"
import { json, transport } from "./support/memory.js"
import { serve } from "./support/server.js"
import { connectOver } from "./support/transports.js"

const MIB = 1024 * 1024

const others = [
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici],
  ["node:http", NodeHttpClient.layer]
] as const

const boundedOf = (transport: Layer.Layer<HttpClient.HttpClient>) => Layer.provide(Bounded.layer, transport)

/** Writes bytes until the client closes, and returns their number. */
const pour = async (response: ServerResponse, to: NodeJS.WritableStream, size: number): Promise<number> => {
  const closed = new AbortController()
  response.once("close", () => closed.abort())
  let written = 0
  const piece = Buffer.alloc(64 * 1024, " ")
  while (written < size && !closed.signal.aborted) {
    if (!to.write(piece)) {
      await once(to, "drain", { signal: closed.signal }).catch(() => {})
    }
    written += piece.length
  }
  to.end()
  return written
}

describe.each(others)("a response over %s", (name, transport) => {
  /** The error of a call, and the bytes that the server had written by then. */
  const asked = (status: number, size: number) =>
    Effect.gen(function*() {
      const written = yield* Deferred.make<number>()
      const { url } = yield* serve(() => (response) => {
        response.writeHead(status)
        void pour(response, response, size).then((bytes) => Deferred.unsafeDone(written, Effect.succeed(bytes)))
      })
      const secrets = yield* connectOver(boundedOf(transport))(url)
      const error = yield* Effect.flip(secrets.whoami())
      return { error, written: yield* Deferred.await(written) }
    })

  it.scoped.each([[200, "16 MiB"], [503, "64 KiB"]] as const)(
    "with status %i is read as far as to 16 MiB, and its connection closed",
    ([status, text]) =>
      Effect.gen(function*() {
        // Buffers in flight hold less than that.
        const size = 32 * MIB
        const { error, written } = yield* asked(status, size)
        expect(error).toMatchObject({
          _tag: "UnexpectedResponse",
          status,
          violations: [{ field: "", description: `Expected a body of at most ${text}` }]
        })
        expect(written).toBeLessThan(size)
      }),
    30_000
  )

  it.scoped("that is compressed is read up to its limit, decompressed", () =>
    Effect.gen(function*() {
      const written = yield* Deferred.make<number>()
      const { url } = yield* serve(() => (response) => {
        response.writeHead(200, { "content-encoding": "gzip" })
        const gzip = createGzip()
        gzip.pipe(response)
        void pour(response, gzip, 256 * MIB).then((bytes) => Deferred.unsafeDone(written, Effect.succeed(bytes)))
      })
      const secrets = yield* connectOver(boundedOf(transport))(url)
      const error = yield* Effect.flip(secrets.whoami())
      expect(error._tag).toBe("UnexpectedResponse")
      // The others do not decompress, so the body is not JSON.
      if (name === "fetch") {
        expect(error).toMatchObject({ violations: [{ description: "Expected a body of at most 16 MiB" }] })
        expect(yield* Deferred.await(written)).toBeLessThan(256 * MIB)
      }
    }), 30_000)
})

describe("a response", () => {
  const key = "key-that-nobody-sees-0123456789"
  const get = (reply: () => Response) =>
    Bounded.make(transport(reply).http).execute(
      HttpClientRequest.bearerToken(HttpClientRequest.get("https://api.example/a"), key)
    )

  it.effect("without a body has an empty one", () =>
    Effect.gen(function*() {
      const response = yield* get(() => new Response(null, { status: 204 }))
      expect([response.status, yield* response.text]).toEqual([204, ""])
    }))

  it.effect("has its status, its headers and its whole body, as bytes, text, JSON and a stream", () =>
    Effect.gen(function*() {
      const response = yield* get(() => json({ a: "ü" }, { status: 418 }))
      expect([response.status, response.headers["x-request-id"]]).toEqual([418, "req-1"])
      expect([yield* response.text, yield* response.json]).toEqual(["{\"a\":\"ü\"}", { a: "ü" }])
      expect(Chunk.toReadonlyArray(yield* Stream.runCollect(response.stream)).map((bytes) => bytes.length)).toEqual([
        10
      ])
      expect((yield* response.arrayBuffer).byteLength).toBe(10)
    }))

  it.effect("of a transport that fails for error statuses is limited, too", () =>
    Effect.gen(function*() {
      const failing = (body: string) =>
        Effect.flip(
          Bounded.make(HttpClient.filterStatusOk(transport(() => new Response(body, { status: 404 })).http))
            .get("https://api.example/a")
        )
      for (
        const [body, isRead] of [["short", true], ["x".repeat(64 * 1024), true], [
          "x".repeat(64 * 1024 + 1),
          false
        ]] as const
      ) {
        const error = yield* failing(body)
        expect(error).toMatchObject({ _tag: "ResponseError", reason: "StatusCode" })
        const read = error._tag === "ResponseError" ? yield* Effect.either(error.response.text) : undefined
        expect(read?._tag).toBe(isRead ? "Right" : "Left")
      }
    }))

  it.effect("that is too large fails with a code, without its body and the key", () =>
    Effect.gen(function*() {
      const response = yield* get(() => new Response(`${key}${"x".repeat(16 * MIB)}`))
      const error = yield* Effect.flip(response.text)
      expect(error).toMatchObject({ _tag: "ResponseError", cause: { code: "ERR_BODY_TOO_LARGE" } })
      expect(leaking([response, error].flatMap((value) => printed(value)), key)).toEqual([])
    }))

  it.effect("whose body dies is not logged by Effect", () =>
    Effect.gen(function*() {
      const http = HttpClient.make((request) => {
        const response = HttpClientResponse.fromWeb(request, new Response("a"))
        Object.defineProperty(response, "stream", { value: Stream.die(new Error(key)) })
        return Effect.succeed(response)
      })
      const { exit, log } = yield* watched(Bounded.make(http).get("https://api.example/a"))
      expect(exit._tag).toBe("Failure")
      expect(leaking(log, key)).toEqual([])
    }))
})
