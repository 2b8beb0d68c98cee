import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib"
import type { Coding } from "./contentCoding.js"
import { BODY_TOO_LARGE, CONTENT_ENCODING, TransportFailure } from "./failure.js"

/** Some servers send `deflate` without the zlib header that RFC 9110 requires. The first byte shows it. */
const hasZlibHeader = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0x0f) === 8

/** Decodes the codings of a body, the last one first. The result has at most `limit` bytes. */
export const decode = (
  body: Uint8Array,
  codings: ReadonlyArray<Coding>,
  limit: number,
  done: (result: Uint8Array | TransportFailure) => void
): void => {
  const coding = codings.at(-1)
  if (coding === undefined) {
    return done(body)
  }
  const step = (error: (Error & { readonly code?: unknown }) | null, decoded: Uint8Array) =>
    error === null
      ? decode(decoded, codings.slice(0, -1), limit, done)
      : done(new TransportFailure(error.code === "ERR_BUFFER_TOO_LARGE" ? BODY_TOO_LARGE : CONTENT_ENCODING))
  const options = { maxOutputLength: limit }
  switch (coding) {
    case "br":
      return brotliDecompress(body, options, step)
    case "gzip":
      return gunzip(body, options, step)
    case "deflate":
      return hasZlibHeader(body) ? inflate(body, options, step) : inflateRaw(body, options, step)
  }
}
