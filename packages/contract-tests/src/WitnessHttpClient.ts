/**
 * A layer around any `HttpClient` that lets a witness observe it, like the proxy but without a socket. Requests and
 * responses are not changed; a body is observed while the program reads it.
 *
 * @since 0.1.0
 */
import type * as Cookies from "@effect/platform/Cookies"
import type * as PlatformHeaders from "@effect/platform/Headers"
import type { HttpBody } from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import { type HttpClientError, ResponseError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { headersOf, Held, MAX_ANSWER, MAX_REQUEST, textOf } from "./internal/witness/bodies.js"
import type { Observation, Witness } from "./Witness.js"

/**
 * The options of an observed client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly witness: Witness
  /** The API's base URL, such as `https://api.cadenya.com`. Other requests are not observed. */
  readonly target: URL
}

const encoder = new TextEncoder()

/** The text of a request body; `undefined` if it cannot be read without consuming it. */
const sentOf = ({ body, headers }: HttpClientRequest): string | undefined => {
  const content = contentOf(body)
  return content === undefined || (headers["content-encoding"] !== undefined && content.length > 0)
    ? undefined
    : typeof content === "string"
    ? content
    : textOf(content)
}

const contentOf = (body: HttpBody): string | Uint8Array | undefined => {
  switch (body._tag) {
    case "Empty":
      return ""
    case "Uint8Array":
      return body.body
    case "Raw":
      return typeof body.body === "string" || body.body instanceof Uint8Array ? body.body : undefined
    default:
      return undefined
  }
}

/** Whether a text is JSON or empty. */
const isJson = (text: string): boolean => {
  try {
    return text === "" || JSON.parse(text) !== undefined
  } catch {
    return false
  }
}

/** The observation of a response. */
class Exchange {
  readonly #observation: Observation
  readonly #request: HttpClientRequest
  readonly #response: HttpClientResponse.HttpClientResponse
  readonly #held: Held

  constructor(
    observation: Observation,
    request: HttpClientRequest,
    response: HttpClientResponse.HttpClientResponse,
    held: Held
  ) {
    this.#observation = observation
    this.#request = request
    this.#response = response
    this.#held = held
  }

  /** The body is complete. */
  end(body: string): void {
    const { headers, status } = this.#response
    const sent = sentOf(this.#request)
    const requestBytes = sent === undefined ? 0 : encoder.encode(sent).length
    if (body.length > MAX_ANSWER) {
      this.#observation.giveUp("tooLarge")
    } else if (sent === undefined || (headers["content-encoding"] !== undefined && !isJson(body))) {
      // Some transports decompress but keep the header, others keep both.
      this.#observation.giveUp("unreadable")
    } else {
      this.#observation.end({
        requestBody: requestBytes > MAX_REQUEST ? "" : sent,
        requestBytes,
        status,
        headers: headersOf(Object.entries(headers)),
        body
      })
    }
  }

  giveUp(why: Parameters<Observation["giveUp"]>[0]): void {
    this.#observation.giveUp(why)
  }

  /** Observes a read of the whole body, which ends the observation. */
  reads<A, E, R>(effect: Effect.Effect<A, E, R>, body: (read: A) => string | undefined): Effect.Effect<A, E, R> {
    return Effect.onExit(effect, (exit) =>
      Effect.sync(() => {
        const text = Exit.isSuccess(exit) ? body(exit.value) : undefined
        if (text !== undefined) {
          this.end(text)
        } else {
          this.giveUp(Exit.isSuccess(exit) ? "unreadable" : "cutOff")
        }
      }))
  }

  /** Observes a read in chunks. */
  readsParts<E, R>(stream: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E, R> {
    const kept = this.#held.keep(MAX_ANSWER)
    return stream.pipe(
      Stream.mapChunks((chunk) => {
        Chunk.forEach(chunk, kept.add)
        return chunk
      }),
      Stream.onEnd(Effect.sync(() => {
        const body = kept.take()
        if (body === undefined) {
          this.giveUp("tooLarge")
        } else {
          this.end(textOf(body))
        }
      })),
      Stream.ensuring(Effect.sync(() => {
        kept.take()
        this.giveUp("cutOff")
      }))
    )
  }
}

/** Unread responses. They end as cut off when they are garbage collected. */
const unread = new FinalizationRegistry<Exchange>((exchange) => exchange.giveUp("cutOff"))

/** A response that is observed while it is read. */
class WatchedResponse implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly #original: HttpClientResponse.HttpClientResponse
  readonly #exchange: Exchange

  constructor(original: HttpClientResponse.HttpClientResponse, exchange: Exchange) {
    this.#original = original
    this.#exchange = exchange
    if (original.request.method === "HEAD" || original.status === 204 || original.status === 304) {
      exchange.end("")
    } else {
      unread.register(this, exchange, this)
    }
  }

  get request(): HttpClientRequest {
    return this.#original.request
  }

  get status(): number {
    return this.#original.status
  }

  get headers(): PlatformHeaders.Headers {
    return this.#original.headers
  }

  get cookies(): Cookies.Cookies {
    return this.#original.cookies
  }

  get remoteAddress(): Option.Option<string> {
    return this.#original.remoteAddress
  }

  get text(): Effect.Effect<string, ResponseError> {
    return this.#reading(() => this.#original.text, (text) => text)
  }

  // Transports derive both from the cached text.
  get json(): Effect.Effect<unknown, ResponseError> {
    return Effect.zipRight(this.text, Effect.suspend(() => this.#original.json))
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, ResponseError> {
    return Effect.zipRight(this.text, Effect.suspend(() => this.#original.urlParamsBody))
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, ResponseError> {
    return this.#reading(() => this.#original.arrayBuffer, (body) => textOf(new Uint8Array(body)))
  }

  get formData(): Effect.Effect<FormData, ResponseError> {
    return this.#reading(() => this.#original.formData, () => undefined)
  }

  get stream(): Stream.Stream<Uint8Array, ResponseError> {
    return Stream.suspend(() => {
      unread.unregister(this)
      return this.#exchange.readsParts(this.#original.stream)
    })
  }

  // Prints like the original.
  toJSON(): unknown {
    return this.#original.toJSON()
  }

  toString(): string {
    return this.#original.toString()
  }

  [Inspectable.NodeInspectSymbol](): unknown {
    return this.#original
  }

  #reading<A>(
    read: () => Effect.Effect<A, ResponseError>,
    body: (read: A) => string | undefined
  ): Effect.Effect<A, ResponseError> {
    return Effect.suspend(() => {
      unread.unregister(this)
      return this.#exchange.reads(read(), body)
    })
  }
}

/** The path and the query of a request to the API, without the path of the base URL; `undefined` for other requests. */
const targetOf = ({ hash, url, urlParams }: HttpClientRequest, { origin, pathname }: URL): string | undefined => {
  const made = UrlParams.makeUrl(url, urlParams, hash)
  const prefix = pathname.replace(/\/+$/, "")
  return Either.isRight(made) && made.right.origin === origin && made.right.pathname.startsWith(`${prefix}/`)
    ? `${made.right.pathname.slice(prefix.length)}${made.right.search}`
    : undefined
}

const hasResponse = (error: HttpClientError): error is ResponseError =>
  error._tag === "ResponseError" && error.reason === "StatusCode"

const withResponse = (
  { cause, description, reason, request, response }: ResponseError,
  watch: (response: HttpClientResponse.HttpClientResponse) => HttpClientResponse.HttpClientResponse
): ResponseError =>
  new ResponseError({
    request,
    response: watch(response),
    reason,
    ...(cause === undefined ? {} : { cause }),
    ...(description === undefined ? {} : { description })
  })

/**
 * Makes an `HttpClient` that a witness observes. It sees changes that this client makes to a request, such as with
 * `HttpClient.mapRequest`, but not later ones. A response that the program does not read completely counts as cut off.
 * A response read as form data, and a request with a stream or a form as body, count as unreadable.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (http: HttpClient.HttpClient, { target, witness }: Options): HttpClient.HttpClient => {
  const held = new Held()
  return HttpClient.transform(http, (effect, request) => {
    const path = targetOf(request, target)
    return path === undefined ? effect : Effect.suspend(() => {
      const observation = witness.begin({
        method: request.method,
        target: path,
        headers: headersOf(Object.entries(request.headers))
      })
      let hasCome = false
      const watch = (response: HttpClientResponse.HttpClientResponse) => {
        hasCome = true
        return new WatchedResponse(response, new Exchange(observation, request, response, held))
      }
      return effect.pipe(
        // The error of a client that fails for error statuses has the response.
        Effect.mapBoth({
          onSuccess: watch,
          onFailure: (error) => hasResponse(error) ? withResponse(error, watch) : error
        }),
        Effect.onExit(() =>
          Effect.sync(() => {
            if (!hasCome) {
              observation.giveUp("cutOff")
            }
          })
        )
      )
    })
  })
}

/**
 * A layer that wraps the `HttpClient` of a program.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient> =>
  Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, (http) => make(http, options)))
