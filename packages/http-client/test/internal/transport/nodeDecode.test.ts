import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as zlib from "node:zlib"
import type { Dispatcher } from "undici"
import { expect, it, vi } from "vitest"
import type { Coding } from "../../../src/internal/transport/contentCoding.js"
import { type TransportFailure } from "../../../src/internal/transport/failure.js"
import { decode } from "../../../src/internal/transport/nodeDecode.js"
import { ExchangeHandler } from "../../../src/internal/transport/nodeExchange.js"

const made: Array<zlib.Gunzip> = []

vi.mock("node:zlib", async (original) => {
  const module = await original<typeof zlib>()
  return {
    ...module,
    createGunzip: () => {
      const gunzip = module.createGunzip()
      made.push(gunzip)
      return gunzip
    }
  }
})

const decoded = (body: Uint8Array, codings: ReadonlyArray<Coding>, limit: number) =>
  new Promise<Uint8Array | TransportFailure>((resolve) => decode(body, codings, limit, resolve))

it.each([["one chunk", 10], ["many chunks", 1_000_000], ["nothing", 0]])("decodes a body of %s", async (_, size) => {
  const body = Buffer.alloc(size, "ab")
  expect(await decoded(zlib.gzipSync(zlib.brotliCompressSync(body)), ["br", "gzip"], size + 100)).toEqual(body)
  expect(await decoded(zlib.deflateRawSync(body), ["deflate"], size)).toEqual(body)
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
  const before = made.length
  handler.onRequestStart(controller)
  handler.onResponseStart(controller, 200, { "content-encoding": "gzip, gzip" })
  handler.onResponseData(controller, body)
  handler.onResponseEnd()
  const [outer] = made.slice(before)
  await new Promise((resolve) => outer?.once("data", resolve))
  handler.abort()
  await new Promise((resolve) => outer?.once("close", resolve))
  // The stream of the inner coding was never made.
  expect(made.slice(before).map(({ destroyed }) => destroyed)).toEqual([true])
  expect(outer?.bytesWritten).toBeLessThan(body.length)
  expect(results).toEqual([])
})
