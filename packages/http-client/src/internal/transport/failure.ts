import { RequestError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"

/** The codes of what a transport refuses by itself. */
export const BODY_TOO_LARGE = "ERR_BODY_TOO_LARGE"
export const CONTENT_ENCODING = "ERR_CONTENT_ENCODING"
export const STREAM_BODY = "ERR_STREAM_BODY"
export const CLOSED = "ERR_TRANSPORT_CLOSED"

/**
 * The cause of a transport's error: a code and nothing else. The errors of undici hold addresses, and bytes of the
 * response.
 */
export class TransportFailure extends Error {
  override readonly name = "TransportFailure"
  constructor(readonly code: string) {
    super(`The transport failed: ${code}`)
  }
}

/** The code that an error or one of its causes has. */
const codeOf = (error: unknown): string => {
  let cause = error
  for (let depth = 0; depth < 5 && typeof cause === "object" && cause !== null; depth++) {
    if ("code" in cause && typeof cause.code === "string" && /^\w{1,64}$/.test(cause.code)) {
      return cause.code
    }
    cause = "cause" in cause ? cause.cause : undefined
  }
  return "ERR_TRANSPORT"
}

export const failure = (error: unknown): TransportFailure => new TransportFailure(codeOf(error))

// Headers, query and body stay behind: whoever prints an error would print them.
export const bare = (request: HttpClientRequest.HttpClientRequest) =>
  HttpClientRequest.make(request.method)(request.url.replace(/[?#].*$/s, ""))

export const requestError = (
  request: HttpClientRequest.HttpClientRequest,
  reason: RequestError["reason"],
  cause: TransportFailure | undefined
): RequestError => new RequestError({ request: bare(request), reason, cause })
