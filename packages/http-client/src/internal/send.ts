import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ConnectionError, type ConnectionErrorReason, type OperationName } from "../ClientError.js"
import { redact } from "./redact.js"
import type { Call } from "./request.js"
import * as Response from "./response.js"

const reasons = new Map<unknown, ConnectionErrorReason>([
  ["ENOTFOUND", "HostNotFound"],
  ["EAI_AGAIN", "HostNotFound"],
  ["ECONNREFUSED", "ConnectionRefused"],
  ["ECONNRESET", "ConnectionLost"],
  ["EPIPE", "ConnectionLost"],
  ["UND_ERR_SOCKET", "ConnectionLost"],
  ["ETIMEDOUT", "TimedOut"],
  ["UND_ERR_CONNECT_TIMEOUT", "TimedOut"],
  ["UND_ERR_HEADERS_TIMEOUT", "TimedOut"],
  ["CERT_HAS_EXPIRED", "CertificateRejected"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "CertificateRejected"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "CertificateRejected"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CertificateRejected"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "CertificateRejected"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "CertificateRejected"]
])

/** A transport's error in fixed words, by the code that it or one of its causes has. Nothing else of it is looked at. */
export const reasonOf = (error: unknown): ConnectionErrorReason => {
  let cause = error
  for (let depth = 0; depth < 5 && typeof cause === "object" && cause !== null; depth++) {
    const reason = "code" in cause ? reasons.get(cause.code) : undefined
    if (reason !== undefined) {
      return reason
    }
    cause = "cause" in cause ? cause.cause : undefined
  }
  return "NoResponse"
}

/**
 * The transport as this API needs it. Its own spans carry URL, query and headers, and its trace headers would go to the
 * API; a followed redirect takes the request's body along to wherever it leads.
 */
export const prepare = (http: HttpClient.HttpClient, requestInit: RequestInit): HttpClient.HttpClient =>
  http.pipe(
    HttpClient.withTracerDisabledWhen(() => true),
    HttpClient.withTracerPropagation(false),
    HttpClient.transformResponse(
      Effect.mapInputContext((context: Context.Context<never>) =>
        Context.add(context, FetchHttpClient.RequestInit, {
          ...requestInit,
          ...Option.getOrUndefined(Context.getOption(context, FetchHttpClient.RequestInit)),
          redirect: "manual"
        })
      )
    )
  )

/** A transport that was told to fail for a status has the response all the same. */
const responseOf = (error: HttpClientError) =>
  error._tag === "ResponseError" && error.reason === "StatusCode" ? Effect.succeed(error.response) : Effect.fail(error)

/** Sends a request once and reads the response to its end, which also frees the connection for the next one. */
export const send = (
  http: HttpClient.HttpClient,
  call: Call,
  { name: operation, needsBody }: { readonly name: OperationName; readonly needsBody: boolean },
  attempts: number
): Effect.Effect<Response.Answer, ConnectionError> =>
  http.execute(call.request).pipe(
    Effect.catchAll(responseOf),
    Effect.mapError((error) => new ConnectionError({ reason: reasonOf(error), operation, attempts })),
    Effect.flatMap((response) => {
      const { headers, status } = response
      return response.text.pipe(
        Effect.map((body) => ({ status, headers, body })),
        Effect.catchAll((error) => {
          if (!needsBody && Response.isOk(status)) {
            return Effect.succeed({ status, headers, body: "" })
          }
          const reason = reasonOf(error) === "TimedOut" ? "TimedOut" : "IncompleteResponse"
          const requestId = Response.requestId({ headers }, redact(call.secrets))
          return Effect.fail(new ConnectionError({ reason, operation, status, requestId, attempts }))
        })
      )
    })
  )
