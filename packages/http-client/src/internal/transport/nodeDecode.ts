import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib"
import type { Coding } from "./contentCoding.js"
import { BODY_TOO_LARGE, CONTENT_ENCODING, TransportFailure } from "./failure.js"

/** Some servers send `deflate` without the zlib header that RFC 9110 requires. The first byte shows it. */
const hasZlibHeader = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0x0f) === 8

// Not the functions for whole bodies, such as `gunzip`: those cannot be cancelled.
const decoderOf = (coding: Coding, body: Uint8Array) => {
  switch (coding) {
    case "br":
      return createBrotliDecompress()
    case "gzip":
      return createGunzip()
    case "deflate":
      return hasZlibHeader(body) ? createInflate() : createInflateRaw()
  }
}

/**
 * Decodes the codings of a body, the last one first. The result has at most `limit` bytes. Returns a function that
 * cancels it: `done` is then not called.
 */
export const decode = (
  body: Uint8Array,
  codings: ReadonlyArray<Coding>,
  limit: number,
  done: (result: Uint8Array | TransportFailure) => void
): () => void => {
  let cancel = () => {}
  const step = (input: Uint8Array, left: number): void => {
    const coding = codings[left - 1]
    if (coding === undefined) {
      return done(input)
    }
    const decoder = decoderOf(coding, input)
    const chunks: Array<Buffer> = []
    let size = 0
    cancel = () => void decoder.destroy()
    decoder.on("data", (chunk: Buffer) => {
      // A destroyed stream may still emit what it has buffered.
      if (decoder.destroyed) {
        return
      }
      size += chunk.length
      chunks.push(chunk)
      if (size > limit) {
        decoder.destroy()
        done(new TransportFailure(BODY_TOO_LARGE))
      }
    })
    decoder.on("error", () => done(new TransportFailure(CONTENT_ENCODING)))
    decoder.on("end", () => step(Buffer.concat(chunks, size), left - 1))
    decoder.end(input)
  }
  step(body, codings.length)
  return () => cancel()
}
