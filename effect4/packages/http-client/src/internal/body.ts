import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"

const MAX_BODY = 16 * 1024 * 1024
const MAX_ERROR_BODY = 64 * 1024

/** The maximum body size for a status, in bytes. */
export const limitOf = (status: number): number => status >= 200 && status < 300 ? MAX_BODY : MAX_ERROR_BODY

export const TOO_LARGE = "TooLarge" as const

/** Reads a body up to its limit. */
export const read = (response: HttpClientResponse) => {
  const limit = limitOf(response.status)
  const length = Number(response.headers["content-length"])
  if (length > limit) {
    return Effect.fail(TOO_LARGE)
  }
  // For a compressed body, the length is the compressed one.
  if (length <= limit && response.headers["content-encoding"] === undefined) {
    return Effect.map(response.arrayBuffer, (body) => new Uint8Array(body))
  }
  const chunks: Array<Uint8Array> = []
  let size = 0
  return response.stream.pipe(
    // A response that cannot have a body has no stream.
    Stream.catch((error) => error.reason._tag === "EmptyBodyError" ? Stream.empty : Stream.fail(error)),
    Stream.runForEach((chunk) => {
      size += chunk.byteLength
      chunks.push(chunk)
      return size > limit ? Effect.fail(TOO_LARGE) : Effect.void
    }),
    Effect.map(() => concat(chunks, size))
  )
}

const concat = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}

const decoder = new TextDecoder("utf-8", { fatal: true })
const lossy = new TextDecoder()

/** The length of the valid UTF-8 prefix in bytes, without an incomplete character at its end. */
const validBytes = (bytes: Uint8Array): number => {
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      low = middle
    } catch {
      high = middle - 1
    }
  }
  return low
}

/**
 * Decodes a body. Invalid UTF-8 becomes a lone surrogate, which no valid text contains: schemas refuse it and report
 * the field.
 */
export const textOf = (body: Uint8Array): string => {
  try {
    return decoder.decode(body)
  } catch {
    const valid = validBytes(body)
    return `${lossy.decode(body.subarray(0, valid))}\ud800${lossy.decode(body.subarray(valid))}`
  }
}
