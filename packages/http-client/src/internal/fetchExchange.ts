import type { HttpBody } from "@effect/platform/HttpBody"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import {
  BODY_TOO_LARGE,
  CollectedResponse,
  failure,
  MAX_BODY,
  requestError,
  STREAM_BODY,
  TransportFailure
} from "./transport.js"

const settings = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const

/**
 * The settings that the runtime takes. Some edge runtimes have neither cookies nor referrers nor a cache, and throw at
 * the very mention of them.
 */
export const inits = (): RequestInit =>
  Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => {
      try {
        new Request("https://localhost", { [name]: value })
        return true
      } catch {
        return false
      }
    })
  )

/** A request's body as fetch takes it. Streams, which most browsers do not send, would take along what runs them. */
const bodyOf = (body: HttpBody): Either.Either<RequestInit["body"], TransportFailure> => {
  switch (body._tag) {
    case "Empty":
      return Either.right(null)
    case "Uint8Array":
    case "Raw":
      return Either.right(body.body as Uint8Array<ArrayBuffer>)
    case "FormData":
      return Either.right(body.formData)
    case "Stream":
      return Either.left(new TransportFailure(STREAM_BODY))
  }
}

/** The whole of a body; the request is aborted when that is too large. */
const collect = async (response: Response, controller: AbortController): Promise<Uint8Array | TransportFailure> => {
  const refuse = () => {
    controller.abort()
    return new TransportFailure(BODY_TOO_LARGE)
  }
  if (response.body === null) {
    return new Uint8Array()
  }
  // Of a compressed body, this is the length before it was decompressed.
  if (Number(response.headers.get("content-length")) > MAX_BODY) {
    return refuse()
  }
  const chunks: Array<Uint8Array> = []
  let size = 0
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength
    if (size > MAX_BODY) {
      return refuse()
    }
    chunks.push(chunk.value)
  }
  return concat(chunks, size)
}

const concat = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  if (chunks.length === 1 && chunks[0] !== undefined) {
    return chunks[0]
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}

/** Sends a request with `fetch` and collects the response. */
export const send = (
  fetch: typeof globalThis.fetch,
  init: RequestInit,
  request: HttpClientRequest
): Effect.Effect<CollectedResponse, HttpClientError> =>
  Effect.async((resume) => {
    const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
    if (Either.isLeft(url)) {
      return resume(Effect.fail(requestError(request, "InvalidUrl", undefined)))
    }
    const sent = bodyOf(request.body)
    if (Either.isLeft(sent)) {
      return resume(Effect.fail(requestError(request, "Encode", sent.left)))
    }
    const controller = new AbortController()
    // fetch sets it by itself.
    const { "content-length": _, ...headers } = request.headers
    const exchange = async (): Promise<Effect.Effect<CollectedResponse, HttpClientError>> => {
      let response: Response
      try {
        response = await fetch(url.right, {
          ...init,
          redirect: "manual",
          method: request.method,
          headers,
          body: sent.right ?? null,
          signal: controller.signal
        })
      } catch (error) {
        return Effect.fail(requestError(request, "Transport", failure(error)))
      }
      const body = await collect(response, controller).catch(failure)
      return Effect.succeed(new CollectedResponse(request, response.status, response.headers, body))
    }
    void exchange().then(resume)
    return Effect.sync(() => controller.abort())
  })
