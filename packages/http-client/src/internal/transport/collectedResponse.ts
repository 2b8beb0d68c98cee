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

/** The most bytes that a response's body may have, after it was decompressed. */
export const MAX_BODY = 16 * 1024 * 1024

/** The most bytes of an error's body: what is over that is received and not kept. */
export const MAX_ERROR_BODY = 64 * 1024

/** The most bytes of a body that comes with this status. */
export const limitOf = (status: number): number => status >= 200 && status < 300 ? MAX_BODY : MAX_ERROR_BODY

const decoder = new TextDecoder("utf-8", { fatal: true })
const lossy = new TextDecoder()

/** How many bytes are UTF-8 from the first on, without a character that is not whole. */
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
 * The text of a body. Where it is not UTF-8, there is a lone surrogate, which no text in UTF-8 has: schemas refuse it, and so
 * say in which field it is.
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
 * A response whose body has come, to its end or until it broke off. Printing it shows its status, and neither its body
 * nor the request.
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

  /** The body as `textOf` reads it, if it has come to its end. */
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
    // Not Stream.unwrap, which takes along what runs streams: a tenth of the whole client in a browser.
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
      // A JSON syntax error quotes what it could not read.
      return Effect.fail(this.#error(undefined))
    }
  }
}

const toArrayBuffer = (body: Uint8Array): ArrayBuffer => {
  const copy = new ArrayBuffer(body.byteLength)
  new Uint8Array(copy).set(body)
  return copy
}
