import type { Mask } from "@workspace-secrets/core/Redaction"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { ConnectionError, type OperationName, type UnexpectedResponse } from "../ClientError.js"
import { limitOf, read, textOf, TOO_LARGE } from "./body.js"
import { failureOf } from "./connectionReason.js"
import * as Response from "./response.js"

/** An `HttpClient` with `filterStatusOk` fails for error statuses, but its error has the response. */
const responseOf = (error: HttpClientError) =>
  error.reason._tag === "StatusCodeError" ? Effect.succeed(error.reason.response) : Effect.fail(error)

const tooLarge = (status: number) => {
  const kibibytes = limitOf(status) / 1024
  const size = kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`
  return [{ field: "", description: `Expected a body of at most ${size}` }]
}

export interface Sending {
  readonly request: HttpClientRequest
  /** Redacts the secrets of the call. */
  readonly redact: Mask
  readonly operation: { readonly name: OperationName; readonly needsBody: boolean }
  readonly attempts: number
  /** Whether the request may have reached the server; set when the attempt fails. */
  mayBeSent?: boolean
}

/** Sends a request once and reads the response. The connection of an unread rest is closed. */
export const send = (
  http: HttpClient.HttpClient,
  sending: Sending
): Effect.Effect<Response.Answer, ConnectionError | UnexpectedResponse> =>
  HttpClient.withScope(http).execute(sending.request).pipe(
    Effect.catch(responseOf),
    Effect.matchEffect({
      onFailure: (error) => lost(sending, error),
      onSuccess: (response) => receive(sending, response)
    }),
    Effect.scoped
  )

const lost = (sending: Sending, error: HttpClientError) =>
  Effect.suspend(() => {
    const { attempts, operation } = sending
    const { isRetryable, mayBeSent, reason } = failureOf(error)
    sending.mayBeSent = mayBeSent
    return Effect.fail(new ConnectionError({ reason, operation: operation.name, isRetryable, attempts }))
  })

const receive = (
  { attempts, operation: { name: operation, needsBody }, redact }: Sending,
  response: HttpClientResponse
): Effect.Effect<Response.Answer, ConnectionError | UnexpectedResponse> => {
  const { headers, status } = response
  return Effect.matchEffect(read(response), {
    onSuccess: (body) => Effect.succeed({ status, headers, body: textOf(body) }),
    onFailure: (error): Effect.Effect<Response.Answer, ConnectionError | UnexpectedResponse> => {
      if (error === TOO_LARGE) {
        return Effect.flatMap(
          Clock.currentTimeMillis,
          (now) =>
            Effect.fail(
              Response.unexpected(operation, { headers, status }, { now, attempts, redact }, tooLarge(status))
            )
        )
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
