import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as zlib from "node:zlib"
import * as Fetch from "../src/fetch.js"
import * as Node from "../src/node.js"
import { secret } from "./support/samples.js"
import { serveTcp } from "./support/tcp.js"
import { connectOver } from "./support/transports.js"

const id = WorkspaceSecretId.make("wsec_1")
const text = JSON.stringify(secret)

type Body = string | Uint8Array

/** A response with a content-length. */
const response = (headers: ReadonlyArray<string>, body: Body, status = "200 OK"): Buffer => {
  const bytes = Buffer.from(body)
  const head = [`HTTP/1.1 ${status}`, `Content-Length: ${bytes.length}`, "Content-Type: application/json", ...headers]
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), bytes])
}

const raw = (...lines: ReadonlyArray<string>): Buffer => Buffer.from(lines.join("\r\n"))

const found = "found"
const incomplete = "ConnectionError IncompleteResponse"
const unexpected = "UnexpectedResponse"

const gzips = (times: number) => Array(times).fill("gzip").join(", ")
const gzipTimes = (times: number): Buffer => times === 0 ? Buffer.from(text) : zlib.gzipSync(gzipTimes(times - 1))

/** The outcome of a `get` for each response, the same with every transport. */
const table: ReadonlyArray<readonly [what: string, response: Buffer, outcome: string]> = [
  ["a body as it is", response([], text), found],
  ["no such secret", response([], `{"code":5,"message":"no"}`, "404 Not Found"), "WorkspaceSecretNotFound"],
  ["no body", raw("HTTP/1.1 204 No Content", "", ""), unexpected],
  ["a redirect", response(["Location: /elsewhere"], "", "307 Temporary Redirect"), unexpected],
  ["a page of a proxy", response([], "<html>", "502 Bad Gateway"), unexpected],
  ["early hints first", Buffer.concat([raw("HTTP/1.1 103 Early Hints", "", ""), response([], text)]), found],
  [
    "a body in chunks",
    raw("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", text.length.toString(16), text, "0", "", ""),
    found
  ],
  ["identity", response(["Content-Encoding: identity"], text), found],
  ["identity in other case", response(["Content-Encoding: Identity"], text), found],
  ["a coding that is empty", response(["Content-Encoding: "], text), found],
  ["identity twice", response(["Content-Encoding: identity, IDENTITY"], text), found],
  ["identity in two headers", response(["Content-Encoding: identity", "Content-Encoding: identity"], text), found],
  ["gzip", response(["Content-Encoding: gzip"], zlib.gzipSync(text)), found],
  ["GZip in other case", response(["Content-Encoding: GZip"], zlib.gzipSync(text)), found],
  ["x-gzip", response(["Content-Encoding: x-gzip"], zlib.gzipSync(text)), found],
  ["deflate", response(["Content-Encoding: deflate"], zlib.deflateSync(text)), found],
  ["deflate without a header", response(["Content-Encoding: deflate"], zlib.deflateRawSync(text)), found],
  ["br", response(["Content-Encoding: br"], zlib.brotliCompressSync(text)), found],
  [
    "gzip of br",
    response(["Content-Encoding: br, gzip"], zlib.gzipSync(zlib.brotliCompressSync(text))),
    found
  ],
  ["five codings", response([`Content-Encoding: ${gzips(5)}`], gzipTimes(5)), found],
  ["six codings", response([`Content-Encoding: ${gzips(6)}`], gzipTimes(6)), "ConnectionError"],
  ["gzip that is none", response(["Content-Encoding: gzip"], text), incomplete],
  ["an unknown coding", response(["Content-Encoding: zip"], text), incomplete],
  [
    "a known coding after an unknown one",
    response(["Content-Encoding: zip, gzip"], zlib.gzipSync(text)),
    incomplete
  ],
  [
    "an error in gzip",
    response(["Content-Encoding: gzip"], zlib.gzipSync(`{"code":5,"message":"no"}`), "404 Not Found"),
    "WorkspaceSecretNotFound"
  ],
  [
    "gzip of more than 16 MiB",
    response(["Content-Encoding: gzip"], zlib.gzipSync(Buffer.alloc(17 << 20, " "))),
    unexpected
  ],
  [
    "an error of more than 64 KiB in gzip",
    response(["Content-Encoding: gzip"], zlib.gzipSync(Buffer.alloc(100_000, " ")), "503 Service Unavailable"),
    unexpected
  ],
  ["an error of more than 64 KiB", response([], " ".repeat(100_000), "503 Service Unavailable"), unexpected],
  ["half a body", response([], text).subarray(0, -10), incomplete],
  ["bytes that are no HTTP", raw("HELLO", "", ""), "ConnectionError NoResponse"]
]

describe("a response has the same outcome", () => {
  for (const [name, transport] of [["undici", Node.layer()], ["fetch", Fetch.layer()]] as const) {
    it.scopedLive.each(table)(`over ${name}: %s`, ([, bytes, outcome]) =>
      Effect.gen(function*() {
        const { url } = yield* serveTcp(({ socket }) => socket.end(bytes))
        const secrets = yield* connectOver(transport)(url)
        const result = yield* Effect.match(secrets.get(id), {
          onFailure: (error) => error._tag === "ConnectionError" ? `ConnectionError ${error.reason}` : error._tag,
          onSuccess: () => found
        })
        expect(result).toContain(outcome)
      }))
  }
})
