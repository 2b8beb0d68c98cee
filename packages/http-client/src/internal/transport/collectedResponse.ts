import * as Cookies from "@effect/platform/Cookies"
import * as Headers from "@effect/platform/Headers"
import { ResponseError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { bare, TransportFailure } from "./failure.js"

/** The maximum size of a response body in bytes, decompressed. */
export const MAX_BODY = 16 * 1024 * 1024

/** The maximum size of an error body in bytes. The rest is received and discarded. */
export const MAX_ERROR_BODY = 64 * 1024

/** The maximum body size for a status, in bytes. */
export const limitOf = (status: number): number => status >= 200 && status < 300 ? MAX_BODY : MAX_ERROR_BODY

/** Joins the chunks of a body. `size` is their total size in bytes. */
export const concat = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
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

/**
 * A response with its complete or truncated body. Printing it shows the status, but neither body nor request.
 */
export class CollectedResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly #request: HttpClientRequest.HttpClientRequest
  readonly #headers: Headers.Input
  readonly #body: Uint8Array | TransportFailure

  constructor(
    request: HttpClientRequest.HttpClientRequest,
    readonly status: number,
    headers: Headers.Input,
    body: Uint8Array | TransportFailure
  ) {
    super()
    this.#request = request
    this.#headers = headers
    this.#body = body
  }

  get [HttpIncomingMessage.TypeId](): HttpIncomingMessage.TypeId {
    return HttpIncomingMessage.TypeId
  }

  get [HttpClientResponse.TypeId](): HttpClientResponse.TypeId {
    return HttpClientResponse.TypeId
  }

  get request(): HttpClientRequest.HttpClientRequest {
    return this.#request
  }

  get headers(): Headers.Headers {
    return Headers.fromInput(this.#headers)
  }

  get cookies(): Cookies.Cookies {
    const cookies = Symbol.iterator in this.#headers
      ? [...this.#headers].flatMap(([name, value]) => name === "set-cookie" ? [value] : [])
      : this.#headers["set-cookie"] ?? []
    return Cookies.fromSetCookie(cookies)
  }

  get remoteAddress(): Option.Option<string> {
    return Option.none()
  }

  /** The decoded body, if it is complete. */
  get body(): string | undefined {
    return this.#body instanceof TransportFailure ? undefined : textOf(this.#body)
  }

  get text(): Effect.Effect<string, ResponseError> {
    return this.#read((body) => decoder.decode(body))
  }

  get json(): Effect.Effect<unknown, ResponseError> {
    return this.#read((body) => {
      const text = decoder.decode(body)
      return text === "" ? null : JSON.parse(text) as unknown
    })
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, ResponseError> {
    return this.#read(toArrayBuffer)
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, ResponseError> {
    return this.#read((body) => UrlParams.fromInput(new URLSearchParams(decoder.decode(body))))
  }

  get formData(): Effect.Effect<FormData, ResponseError> {
    return Effect.flatMap(this.arrayBuffer, (body) =>
      Effect.tryPromise({
        try: () => new Response(body, { headers: { "content-type": this.headers["content-type"] ?? "" } }).formData(),
        catch: () => this.#error(undefined)
      }))
  }

  get stream(): Stream.Stream<Uint8Array, ResponseError> {
    // Not Stream.unwrap: it would add a tenth to the client's bundle.
    return Stream.fromEffect(this.#read((body) => body))
  }

  toJSON(): unknown {
    return { _id: "@effect/platform/HttpClientResponse", status: this.status }
  }

  #error(cause: TransportFailure | undefined): ResponseError {
    const response = new CollectedResponse(bare(this.#request), this.status, {}, new Uint8Array())
    return new ResponseError({ request: response.request, response, reason: "Decode", cause })
  }

  #read<A>(f: (body: Uint8Array) => A): Effect.Effect<A, ResponseError> {
    if (this.#body instanceof TransportFailure) {
      return Effect.fail(this.#error(this.#body))
    }
    try {
      return Effect.succeed(f(this.#body))
    } catch {
      // The cause is dropped: a JSON syntax error quotes the text.
      return Effect.fail(this.#error(undefined))
    }
  }
}

const toArrayBuffer = (body: Uint8Array): ArrayBuffer => {
  const copy = new ArrayBuffer(body.byteLength)
  new Uint8Array(copy).set(body)
  return copy
}
