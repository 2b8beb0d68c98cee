import { RequestError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { codeOf, failureOf } from "./connectionReason.js"

/** The error codes of our transports. */
export const BODY_TOO_LARGE = "ERR_BODY_TOO_LARGE"
export const CONTENT_ENCODING = "ERR_CONTENT_ENCODING"
export const STREAM_BODY = "ERR_STREAM_BODY"
export const NO_FETCH = "ERR_NO_FETCH"
export const CLOSED = "ERR_TRANSPORT_CLOSED"

/**
 * The cause of a transport's error. It has only a code: undici's errors contain addresses and bytes of the response.
 */
export class TransportFailure extends Error {
  override readonly name = "TransportFailure"
  constructor(readonly code: string, /** Whether nothing was sent. */ readonly isUnsent: boolean = false) {
    super(`The transport failed: ${code}`)
  }
}

/** Reduces an error to its code. `isUnsent`: whether the transport knows that it sent nothing. */
export const failure = (error: unknown, isUnsent = false): TransportFailure =>
  new TransportFailure(codeOf(error) ?? "ERR_TRANSPORT", isUnsent || !failureOf(error).mayBeSent)

// Drops headers, query and body: printing the error would print them.
export const bare = (request: HttpClientRequest.HttpClientRequest) =>
  HttpClientRequest.make(request.method)(request.url.replace(/[?#].*$/s, ""))

export const requestError = (
  request: HttpClientRequest.HttpClientRequest,
  reason: RequestError["reason"],
  cause: TransportFailure | undefined
): RequestError => new RequestError({ request: bare(request), reason, cause })
