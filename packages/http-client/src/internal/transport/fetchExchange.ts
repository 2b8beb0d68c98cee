import type { HttpBody } from "@effect/platform/HttpBody"
import type { RequestError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Either from "effect/Either"
import { CollectedResponse, limitOf, MAX_BODY } from "./collectedResponse.js"
import { codingsOf } from "./contentCoding.js"
import type { Exchange } from "./exchange.js"
import { BODY_TOO_LARGE, CONTENT_ENCODING, failure, requestError, STREAM_BODY, TransportFailure } from "./failure.js"

const settings = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const

/**
 * The settings that the runtime takes. Some edge runtimes have neither cookies nor referrers nor a cache, and throw at
 * the very mention of them.
 */
const inits = (): RequestInit =>
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
  const refuse = (code: string) => {
    controller.abort()
    return new TransportFailure(code)
  }
  if (response.body === null) {
    return new Uint8Array()
  }
  // What is known, fetch has taken off.
  if (codingsOf(response.headers.get("content-encoding")) === undefined) {
    return refuse(CONTENT_ENCODING)
  }
  // Of a compressed body, this is the length before it was decompressed.
  if (Number(response.headers.get("content-length")) > MAX_BODY) {
    return refuse(BODY_TOO_LARGE)
  }
  const limit = limitOf(response.status)
  const chunks: Array<Uint8Array> = []
  let size = 0
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength
    if (size > MAX_BODY) {
      return refuse(BODY_TOO_LARGE)
    }
    if (size <= limit) {
      chunks.push(chunk.value)
    } else {
      // It is received to its end, so that the connection can be used again.
      chunks.length = 0
    }
  }
  return size > limit ? new TransportFailure(BODY_TOO_LARGE) : concat(chunks, size)
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

/** Sends requests with `fetch`, which is looked up for each. */
export const exchange = (lookUp: () => typeof globalThis.fetch): Exchange => {
  const init = inits()
  const send = async (
    request: HttpClientRequest,
    url: URL,
    body: RequestInit["body"],
    controller: AbortController
  ): Promise<CollectedResponse | RequestError> => {
    // fetch sets it by itself.
    const { "content-length": _, ...headers } = request.headers
    let response: Response
    try {
      response = await lookUp()(url, {
        ...init,
        redirect: "manual",
        method: request.method,
        headers,
        body: body ?? null,
        signal: controller.signal
      })
    } catch (error) {
      return requestError(request, "Transport", failure(error))
    }
    const collected = await collect(response, controller).catch(failure)
    return new CollectedResponse(request, response.status, response.headers, collected)
  }
  return (request, done) => {
    const controller = new AbortController()
    const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
    const body = bodyOf(request.body)
    if (Either.isLeft(url)) {
      done(requestError(request, "InvalidUrl", undefined))
    } else if (Either.isLeft(body)) {
      done(requestError(request, "Encode", body.left))
    } else {
      void send(request, url.right, body.right, controller).then(done)
    }
    return () => controller.abort()
  }
}
