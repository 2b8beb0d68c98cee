import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as zlib from "node:zlib"
import type { Dispatcher } from "undici"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import type { Coding } from "../../../src/internal/transport/contentCoding.js"
import { type TransportFailure } from "../../../src/internal/transport/failure.js"
import { decode } from "../../../src/internal/transport/nodeDecode.js"
import { ExchangeHandler } from "../../../src/internal/transport/nodeExchange.js"

const prototype = Object.getPrototypeOf(zlib.createGunzip()) as zlib.Gunzip

/** The streams that a decoder has made for gzip. */
let made: ReadonlyArray<zlib.Gunzip>

beforeEach(() => {
  made = vi.spyOn(prototype, "end").mock.contexts as ReadonlyArray<zlib.Gunzip>
})
afterEach(() => {
  vi.restoreAllMocks()
})

const decoded = (body: Uint8Array, codings: ReadonlyArray<Coding>, limit: number) =>
  new Promise<Uint8Array | TransportFailure>((resolve) => decode(body, codings, limit, resolve))

it.each([["one chunk", 10], ["many chunks", 1_000_000], ["nothing", 0]])("decodes a body of %s", async (_, size) => {
  const body = Buffer.alloc(size, "ab")
  for (
    const [encoded, codings] of [
      [zlib.gzipSync(zlib.brotliCompressSync(body)), ["br", "gzip"]],
      [zlib.deflateRawSync(body), ["deflate"]]
    ] as const
  ) {
    const result = await decoded(encoded, codings, size + 100)
    // An assertion on a large buffer takes seconds.
    expect(result instanceof Uint8Array && body.equals(result)).toBe(true)
  }
})

it.each([
  ["too large", zlib.gzipSync(Buffer.alloc(1_000_000)), "ERR_BODY_TOO_LARGE"],
  ["one byte too large", zlib.gzipSync(Buffer.alloc(100_001)), "ERR_BODY_TOO_LARGE"],
  ["cut off", zlib.gzipSync(Buffer.alloc(1000)).subarray(0, -1), "ERR_CONTENT_ENCODING"],
  ["of another coding", Buffer.from("text"), "ERR_CONTENT_ENCODING"]
])("fails once for a body that is %s, and destroys its stream", async (_, body, code) => {
  const results: Array<unknown> = []
  await new Promise<void>((resolve) => {
    decode(body, ["gzip"], 100_000, (result) => {
      results.push(result)
      made.at(-1)?.once("close", resolve)
    })
  })
  expect(results).toMatchObject([{ code }])
  expect(made.at(-1)?.destroyed).toBe(true)
})

it("stops when the request is aborted", async () => {
  const body = zlib.gzipSync(zlib.gzipSync(Buffer.alloc(8 << 20), { level: 0 }), { level: 0 })
  const results: Array<unknown> = []
  const handler = new ExchangeHandler(HttpClientRequest.get("/"), (result) => results.push(result))
  const controller = { abort: () => {} } as unknown as Dispatcher.DispatchController
  handler.onRequestStart(controller)
  handler.onResponseStart(controller, 200, { "content-encoding": "gzip, gzip" })
  handler.onResponseData(controller, body)
  handler.onResponseEnd()
  const [outer] = made
  await new Promise((resolve) => outer?.once("data", resolve))
  handler.abort()
  await new Promise((resolve) => outer?.once("close", resolve))
  // The stream of the inner coding was never made.
  expect(made.map(({ destroyed }) => destroyed)).toEqual([true])
  expect(outer?.bytesWritten).toBeLessThan(body.length)
  expect(results).toEqual([])
})
