import type { HttpBody } from "@effect/platform/HttpBody"
import type { RequestError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Either from "effect/Either"
import { CollectedResponse, concat, limitOf, MAX_BODY } from "./collectedResponse.js"
import { codingsOf } from "./contentCoding.js"
import type { Exchange } from "./exchange.js"
import {
  BODY_TOO_LARGE,
  CONTENT_ENCODING,
  failure,
  NO_FETCH,
  requestError,
  STREAM_BODY,
  TransportFailure
} from "./failure.js"

const settings = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const

/**
 * The settings that the runtime supports. Some edge runtimes throw for unknown settings.
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

/** Converts a request body for fetch. No streams: most browsers cannot send them, and they would enlarge the bundle. */
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

/**
 * Whether fetch accepts signals of the global AbortController. A test DOM may replace AbortController, and the
 * runtime's fetch then refuses its signals.
 */
const takesSignals = (): boolean => {
  if (typeof AbortController === "undefined") {
    return false
  }
  if (typeof Request === "undefined") {
    return true
  }
  try {
    new Request("https://localhost", { signal: new AbortController().signal })
    return true
  } catch {
    return false
  }
}

/** Cancels a request: by a signal if fetch accepts one, and by cancelling the response body. */
class Attempt {
  private readonly controller: AbortController | undefined
  private cancel: (() => void) | undefined
  private isGivenUp = false

  constructor(hasSignal: boolean) {
    this.controller = hasSignal ? new AbortController() : undefined
  }

  get signal(): AbortSignal | null {
    return this.controller === undefined ? null : this.controller.signal
  }

  giveUp(): void {
    this.isGivenUp = true
    this.controller?.abort()
    this.cancel?.()
  }

  /** Called when the body is read; `cancel` closes its connection. */
  reads(cancel: () => Promise<unknown>): void {
    this.cancel = this.controller === undefined ? () => void cancel().catch(() => undefined) : undefined
    if (this.isGivenUp) {
      this.cancel?.()
    }
  }
}

/** Reads a whole body. Cancels the request if it is too large. */
const collect = async (response: Response, attempt: Attempt): Promise<Uint8Array | TransportFailure> => {
  const refuse = (code: string) => {
    attempt.giveUp()
    return new TransportFailure(code)
  }
  if (response.body === null) {
    return new Uint8Array()
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
  attempt.reads(() => reader.cancel())
  // fetch has already decoded the known codings.
  if (codingsOf(response.headers.get("content-encoding")) === undefined) {
    return refuse(CONTENT_ENCODING)
  }
  // For a compressed body, this is the compressed length.
  if (Number(response.headers.get("content-length")) > MAX_BODY) {
    return refuse(BODY_TOO_LARGE)
  }
  const limit = limitOf(response.status)
  const chunks: Array<Uint8Array> = []
  let size = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength
    if (size > MAX_BODY) {
      return refuse(BODY_TOO_LARGE)
    }
    if (size <= limit) {
      chunks.push(chunk.value)
    } else {
      // The rest is received, so that the connection can be reused.
      chunks.length = 0
    }
  }
  return size > limit ? new TransportFailure(BODY_TOO_LARGE) : concat(chunks, size)
}

/** Sends requests with `fetch`, looked up for each request. */
export const exchange = (lookUp: () => typeof globalThis.fetch): Exchange => {
  const init = inits()
  const hasSignals = takesSignals()
  const send = async (
    request: HttpClientRequest,
    url: URL,
    body: RequestInit["body"],
    attempt: Attempt
  ): Promise<CollectedResponse | RequestError> => {
    // fetch sets this header itself.
    const { "content-length": _, ...headers } = request.headers
    const fetch: typeof globalThis.fetch | undefined = lookUp()
    if (typeof fetch !== "function") {
      return requestError(request, "Transport", new TransportFailure(NO_FETCH, true))
    }
    let response: Response
    try {
      response = await fetch(url, {
        ...init,
        redirect: "manual",
        method: request.method,
        headers,
        body: body ?? null,
        signal: attempt.signal
      })
    } catch (error) {
      return requestError(request, "Transport", failure(error))
    }
    const collected = await collect(response, attempt).catch(failure)
    return new CollectedResponse(request, response.status, response.headers, collected)
  }
  return (request, done) => {
    const attempt = new Attempt(hasSignals)
    const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
    const body = bodyOf(request.body)
    if (Either.isLeft(url)) {
      done(requestError(request, "InvalidUrl", undefined))
    } else if (Either.isLeft(body)) {
      done(requestError(request, "Encode", body.left))
    } else {
      void send(request, url.right, body.right, attempt).then(done)
    }
    return () => attempt.giveUp()
  }
}
