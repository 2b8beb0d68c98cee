import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import type { Mask } from "@workspace-secrets/core/Redaction"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { ConnectionError, type OperationName, type UnexpectedResponse } from "../../ClientError.js"
import { type CollectedResponse, limitOf, textOf } from "../transport/collectedResponse.js"
import { failureOf, hasCode } from "../transport/connectionReason.js"
import { type Exchange, isRequestError } from "../transport/exchange.js"
import { BODY_TOO_LARGE } from "../transport/failure.js"
import type { Call } from "../wire/request.js"
import * as Response from "../wire/response.js"

/** An `HttpClient` with `filterStatusOk` fails for error statuses, but its error has the response. */
const responseOf = (error: HttpClientError) =>
  error._tag === "ResponseError" && error.reason === "StatusCode" ? Effect.succeed(error.response) : Effect.fail(error)

/**
 * Closes the connection of a response without reading it: an interrupted read does that. Using its stream would add a
 * tenth to the client's bundle.
 */
const abandon = (response: HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(
    // Effect would log the cause of a fiber that fails, which may contain the request.
    Effect.withUnhandledErrorLogLevel(Effect.fork(response.arrayBuffer), Option.none()),
    (reading) => Effect.zipRight(Effect.yieldNow(), Fiber.interruptFork(reading))
  )

const tooLarge = (status: number) => {
  const kibibytes = limitOf(status) / 1024
  const size = kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`
  return [{ field: "", description: `Expected a body of at most ${size}` }]
}

type Sent = Effect.Effect<Response.Answer, ConnectionError | UnexpectedResponse>

export interface Sending {
  readonly call: Pick<Call, "request">
  /** Redacts the secrets of the call. */
  readonly redact: Mask
  readonly operation: { readonly name: OperationName; readonly needsBody: boolean }
  readonly attempts: number
  /** Whether the request may have reached the server; set when the attempt fails. */
  mayBeSent?: boolean
}

/** Sends a request once and reads the response to its end, which also frees the connection. */
export const send = (
  http: HttpClient.HttpClient,
  sending: Sending
): Sent =>
  Effect.matchEffect(Effect.catchAll(http.execute(sending.call.request), responseOf), {
    onFailure: (error) => lost(sending, error),
    onSuccess: (response) => receive(sending, response)
  })

const lost = (sending: Sending, error: HttpClientError): Sent =>
  Effect.suspend(() => {
    const { attempts, operation } = sending
    const { isRetryable, mayBeSent, reason } = failureOf(error)
    sending.mayBeSent = mayBeSent
    return Effect.fail(new ConnectionError({ reason, operation: operation.name, isRetryable, attempts }))
  })

const receive = (
  { attempts, operation: { name: operation, needsBody }, redact }: Sending,
  response: HttpClientResponse
): Sent => {
  const { headers, status } = response
  const refuse = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const context = { now, attempts, redact }
    return Effect.fail(Response.unexpected(operation, { headers, status }, context, tooLarge(status)))
  })
  if (Number(headers["content-length"]) > limitOf(status)) {
    return Effect.zipRight(abandon(response), refuse)
  }
  return Effect.matchEffect(response.arrayBuffer, {
    onSuccess: (body) =>
      body.byteLength > limitOf(status)
        ? refuse
        : Effect.succeed({ status, headers, body: textOf(new Uint8Array(body)) }),
    onFailure: (error): Sent => {
      if (hasCode(error, BODY_TOO_LARGE)) {
        return refuse
      }
      if (!needsBody && Response.isOk(status)) {
        return Effect.succeed({ status, headers, body: "" })
      }
      const reason = failureOf(error).reason === "TimedOut" ? "TimedOut" : "IncompleteResponse"
      const requestId = Response.requestId({ headers }, redact)
      return Effect.fail(new ConnectionError({ reason, operation, status, requestId, attempts }))
    }
  })
}

/** A response with lazily read headers. */
class CollectedAnswer implements Response.Answer {
  readonly #response: CollectedResponse

  constructor(response: CollectedResponse, readonly body: string) {
    this.#response = response
  }

  get status(): number {
    return this.#response.status
  }

  get headers(): Response.Answer["headers"] {
    return this.#response.headers
  }
}

/**
 * The same for our own transports, without the overhead of an `HttpClient`, which takes longer than the transport.
 * Calls `done` with the result, and returns a function that cancels the request.
 */
export const exchange = (
  transport: Exchange,
  sending: Sending
): (done: (sent: Sent) => void) => () => void =>
(done) => {
  const giveUp = transport(sending.call.request, (result) => {
    if (isRequestError(result)) {
      return done(lost(sending, result))
    }
    const { body } = result
    // The transport has already checked the size of a complete body.
    done(body === undefined ? receive(sending, result) : Effect.succeed(new CollectedAnswer(result, body)))
  })
  return () => {
    sending.mayBeSent = giveUp() !== "unsent"
  }
}
