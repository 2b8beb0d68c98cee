/**
 * The client's own errors, and the error type of each operation. The errors of the API are in
 * `@workspace-secrets/core`.
 *
 * @since 0.1.0
 */
import type * as ApiError from "@workspace-secrets/core/ApiError"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import type { WorkspaceSecretAlreadyExists, WorkspaceSecretNotFound } from "@workspace-secrets/core/WorkspaceSecret"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * The name of an operation in errors. The pages of a stream are `list`.
 *
 * @since 0.1.0
 * @category models
 */
export const OperationName = Schema.Literals(["list", "create", "get", "update", "delete", "whoami"])

/**
 * @since 0.1.0
 * @category models
 */
export type OperationName = typeof OperationName.Type

const reasons = {
  HostNotFound: "host name not found",
  ConnectionRefused: "connection refused",
  HostUnreachable: "host unreachable",
  CertificateRejected: "TLS certificate rejected",
  TlsHandshakeFailed: "TLS handshake failed",
  RequestRefused: "the transport refused the request",
  TimedOut: "the transport timed out",
  ConnectionLost: "connection lost before the response",
  IncompleteResponse: "incomplete response",
  NoResponse: "no response"
} as const

/**
 * Why there is no complete response. `NoResponse` means that the transport gives no reason, as in browsers. With
 * `HostNotFound`, `ConnectionRefused`, `CertificateRejected`, `TlsHandshakeFailed` and `RequestRefused`, the request
 * cannot have reached the server; the last three are not retryable.
 *
 * @since 0.1.0
 * @category models
 */
export const ConnectionErrorReason = Schema.Literals([
  "HostNotFound",
  "ConnectionRefused",
  "HostUnreachable",
  "CertificateRejected",
  "TlsHandshakeFailed",
  "RequestRefused",
  "TimedOut",
  "ConnectionLost",
  "IncompleteResponse",
  "NoResponse"
])

/**
 * @since 0.1.0
 * @category models
 */
export type ConnectionErrorReason = typeof ConnectionErrorReason.Type

/**
 * The request could not be sent, or the response could not be read completely. The server may have executed the
 * request. The transport's error is not included: it contains the request with the API key and the secret's value.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConnectionError extends Schema.TaggedError<ConnectionError>()("ConnectionError", {
  /** Why the request failed. */
  reason: ConnectionErrorReason,
  /** The operation that failed. */
  operation: OperationName,
  /** The HTTP status, if response headers arrived. */
  status: Schema.optional(Schema.Number),
  /** The response's `x-request-id`, if response headers arrived. */
  requestId: Schema.optional(Schema.String),
  /** Whether a retry may succeed: `false` for `CertificateRejected`, `TlsHandshakeFailed` and `RequestRefused`. */
  isRetryable: Schema.Boolean.pipe(Schema.withConstructorDefault(Effect.succeed(true))),
  /** How many times the request was sent. */
  attempts: Schema.Number
}) {
  override get message() {
    return `${this.operation} failed: ${reasons[this.reason]}`
  }
}

/**
 * The response breaks the API's contract: an error body that is not a google.rpc.Status (such as a proxy's HTML), an
 * error that the operation cannot have, a success that does not decode, a redirect (never followed), or a repeated
 * cursor. `violations` has the paths and what was expected, never the actual values: they may be secrets.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnexpectedResponse extends Schema.TaggedError<UnexpectedResponse>()("UnexpectedResponse", {
  /** The operation that failed. */
  operation: OperationName,
  /** The HTTP status; 0 if a browser hides a redirect. */
  status: Schema.Number,
  /** The google.rpc.Code, if the body was a google.rpc.Status. */
  code: Schema.optional(Schema.Number),
  /** The response's `content-type`. */
  contentType: Schema.optional(Schema.String),
  /** The response's `x-request-id`. */
  requestId: Schema.optional(Schema.String),
  /** The invalid fields and what was expected; at most ten. */
  violations: Schema.Array(FieldViolation.FieldViolation),
  /** The delay that the server asked for. */
  retryAfter: Schema.optional(Schema.Duration),
  /** Whether a retry may succeed: `true` for 408, 429, 502, 503 and 504; for `list`, `get` and `whoami` also for other 5xx except 501. */
  isRetryable: Schema.Boolean,
  /** How many times the request was sent. */
  attempts: Schema.Number
}) {
  override get message() {
    const what = this.violations.map(FieldViolation.format).join("; ")
    return `${this.operation} got an unexpected response, HTTP status ${this.status}: ${what}`
  }
}

/**
 * The call or one attempt exceeded its deadline. Its connection is closed. The server may have executed the request.
 *
 * @since 0.1.0
 * @category errors
 */
export class CallTimeout extends Schema.TaggedError<CallTimeout>()("CallTimeout", {
  /** The operation that failed. */
  operation: OperationName,
  /** Which deadline passed: `attempt` for `attemptDeadline`, `call` for `deadline`. */
  scope: Schema.Literals(["attempt", "call"]),
  /** The deadline. */
  after: Schema.Duration,
  /** Whether a retry may succeed: always `true`. */
  isRetryable: Schema.Literal(true).pipe(Schema.withConstructorDefault(Effect.succeed(true))),
  /** How many times the request was sent. */
  attempts: Schema.Number
}) {
  override get message() {
    const what = this.scope === "call" ? "the call" : "an attempt"
    return `${this.operation} failed: ${what} took longer than ${Duration.format(this.after)}`
  }
}

/**
 * The options of the client are invalid. `violations` lists each invalid option and what was expected, without values.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidClientOptions extends Schema.TaggedError<InvalidClientOptions>()("InvalidClientOptions", {
  violations: Schema.Array(FieldViolation.FieldViolation)
}) {
  override get message() {
    return this.violations.map(FieldViolation.format).join("; ")
  }
}

/**
 * The errors of every operation.
 *
 * @since 0.1.0
 * @category models
 */
export type CommonError =
  | ApiError.InvalidArgument
  | ApiError.FailedPrecondition
  | ApiError.Unauthenticated
  | ApiError.PermissionDenied
  | ApiError.Unimplemented
  | ApiError.Aborted
  | ApiError.ResourceExhausted
  | ApiError.Cancelled
  | ApiError.Internal
  | ApiError.Unavailable
  | ApiError.DeadlineExceeded
  | ConnectionError
  | CallTimeout
  | UnexpectedResponse

/**
 * The errors of `list` and `stream`.
 *
 * @since 0.1.0
 * @category models
 */
export type ListError = CommonError | ApiError.NotFound

/**
 * The errors of `create`.
 *
 * @since 0.1.0
 * @category models
 */
export type CreateError = CommonError | ApiError.NotFound | WorkspaceSecretAlreadyExists

/**
 * The errors of `get`.
 *
 * @since 0.1.0
 * @category models
 */
export type GetError = CommonError | WorkspaceSecretNotFound

/**
 * The errors of `update`.
 *
 * @since 0.1.0
 * @category models
 */
export type UpdateError = CommonError | WorkspaceSecretNotFound | WorkspaceSecretAlreadyExists

/**
 * The errors of `delete`.
 *
 * @since 0.1.0
 * @category models
 */
export type DeleteError = CommonError | WorkspaceSecretNotFound

/**
 * The errors of `whoami`.
 *
 * @since 0.1.0
 * @category models
 */
export type WhoamiError = CommonError | ApiError.NotFound

/**
 * The errors of all operations.
 *
 * @since 0.1.0
 * @category models
 */
export type CallError = ListError | CreateError | UpdateError
