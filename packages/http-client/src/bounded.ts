/**
 * Limits the size of responses of any transport.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import { type HttpClientError, ResponseError } from "@effect/platform/HttpClientError"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { CollectedResponse, concat, limitOf, MAX_BODY } from "./internal/transport/collectedResponse.js"
import { BODY_TOO_LARGE, failure, TransportFailure } from "./internal/transport/failure.js"

/** Closes the connection of a response without reading it: an interrupted read does that. */
const abandon = ({ stream }: HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.fork(Stream.runDrain(stream)),
    (reading) => Effect.zipRight(Effect.yieldNow(), Fiber.interruptFork(reading))
  )

/**
 * Reads a body to its end, so that the connection can be reused, and keeps it if it is within its limit. At 16 MiB,
 * ending the stream closes the connection.
 */
const read = ({ status, stream }: HttpClientResponse): Effect.Effect<Uint8Array | TransportFailure> =>
  Effect.suspend(() => {
    const limit = limitOf(status)
    const chunks: Array<Uint8Array> = []
    return stream.pipe(
      Stream.runFoldWhile(0, (size) => size <= MAX_BODY, (size, chunk) => {
        if (size + chunk.byteLength <= limit) {
          chunks.push(chunk)
        }
        return size + chunk.byteLength
      }),
      Effect.match({
        onSuccess: (size) => size > limit ? new TransportFailure(BODY_TOO_LARGE) : concat(chunks, size),
        onFailure: (error) => error.reason === "EmptyBody" ? new Uint8Array() : failure(error)
      })
    )
  })

const collect = (response: HttpClientResponse): Effect.Effect<CollectedResponse> =>
  Effect.map(
    Number(response.headers["content-length"]) > MAX_BODY
      ? Effect.as(abandon(response), new TransportFailure(BODY_TOO_LARGE))
      : read(response),
    (body) => new CollectedResponse(response.request, response.status, response.headers, body)
  ).pipe(
    // Streams are read in fibers of their own. Effect would log the cause if one fails, which may contain the request.
    Effect.withUnhandledErrorLogLevel(Option.none())
  )

/** A transport with `filterStatusOk` still fails for error statuses, with a limited response. */
const collectRefused = (error: HttpClientError): Effect.Effect<never, HttpClientError> =>
  error._tag === "ResponseError" && error.reason === "StatusCode"
    ? Effect.flatMap(
      collect(error.response),
      (response) => Effect.fail(new ResponseError({ request: error.request, response, reason: error.reason }))
    )
    : Effect.fail(error)

/**
 * Makes a transport that sends requests with another one, and limits the bodies of responses to 16 MiB (decompressed),
 * or 64 KiB if the status is not 2xx. Reading a larger body fails; at 16 MiB, the connection is closed. The response is
 * returned when its body is complete.
 *
 * The transports of this package have these limits already. Other transports read a body to its end, so a small
 * compressed body may exhaust the memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transformResponse(client, Effect.matchEffect({ onSuccess: collect, onFailure: collectRefused }))

/**
 * A layer that wraps the transport of another layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, make)
)
