/**
 * What a call can fail with: the client's own errors, and for each operation the list of all that it can fail with.
 * The errors of the API are `@workspace-secrets/core`'s.
 *
 * @since 0.1.0
 */
import type * as ApiError from "@workspace-secrets/core/ApiError"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import type { WorkspaceSecretAlreadyExists, WorkspaceSecretNotFound } from "@workspace-secrets/core/WorkspaceSecret"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

/**
 * The name of an operation, as errors carry it. The pages of a stream are `list`.
 *
 * @since 0.1.0
 * @category models
 */
export const OperationName = Schema.Literal("list", "create", "get", "update", "delete", "whoami")

/**
 * @since 0.1.0
 * @category models
 */
export type OperationName = typeof OperationName.Type

const reasons = {
  HostNotFound: "the host's name was not found",
  ConnectionRefused: "the connection was refused",
  HostUnreachable: "there is no way to the host",
  CertificateRejected: "the server's TLS certificate was not accepted",
  TlsHandshakeFailed: "the TLS handshake failed",
  RequestRefused: "the transport refused to send the request",
  TimedOut: "the transport waited too long",
  ConnectionLost: "the connection broke before a response came",
  IncompleteResponse: "the response broke off",
  NoResponse: "the transport got no response"
} as const

/**
 * Why there is no response, or not all of it. `NoResponse` where the transport does not say, as in a browser. With
 * `HostNotFound`, `ConnectionRefused`, `CertificateRejected`, `TlsHandshakeFailed` and `RequestRefused` the request cannot
 * have reached the server; the last three are not retryable.
 *
 * @since 0.1.0
 * @category models
 */
export const ConnectionErrorReason = Schema.Literal(
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
)

/**
 * @since 0.1.0
 * @category models
 */
export type ConnectionErrorReason = typeof ConnectionErrorReason.Type

/**
 * The request could not be sent, or its response could not be read to the end. Whether the server has done what was
 * asked is not known. The transport's own error is left out: it holds the request, with key and value.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConnectionError extends Schema.TaggedError<ConnectionError>()("ConnectionError", {
  /** What happened, in fixed words. */
  reason: ConnectionErrorReason,
  /** The operation that failed. */
  operation: OperationName,
  /** The HTTP status, where the response got that far. */
  status: Schema.optional(Schema.Int),
  /** The response's `x-request-id`, where it got that far. */
  requestId: Schema.optional(Schema.String),
  /** Whether the same call, sent again, may succeed: not for `CertificateRejected`, `TlsHandshakeFailed` and `RequestRefused`. */
  isRetryable: Schema.Boolean.pipe(Schema.propertySignature, Schema.withConstructorDefault(() => true)),
  /** How many times the request was sent. */
  attempts: Schema.Int
}) {
  override get message(): string {
    return `${this.operation} failed: ${reasons[this.reason]}`
  }
}

/**
 * The response breaks the API's contract: an error that is no google.rpc.Status (a proxy's HTML), or one that the
 * operation cannot have; a success that does not decode; a redirect, which is never followed; a cursor that repeats.
 * `violations` says where and what was expected. What was there instead is left out: it may be a secret.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnexpectedResponse extends Schema.TaggedError<UnexpectedResponse>()("UnexpectedResponse", {
  /** The operation that failed. */
  operation: OperationName,
  /** The HTTP status; 0 for a redirect that a browser hides. */
  status: Schema.Int,
  /** The google.rpc.Code, where the body was a google.rpc.Status. */
  code: Schema.optional(Schema.Int),
  /** The response's `content-type`. */
  contentType: Schema.optional(Schema.String),
  /** The response's `x-request-id`. */
  requestId: Schema.optional(Schema.String),
  /** Where the response is wrong and what was expected there; at most ten. */
  violations: Schema.Array(FieldViolation.FieldViolation),
  /** How long the server asked to wait. */
  retryAfter: Schema.optional(Schema.Duration),
  /** Whether the same call, sent again, may succeed: for 408, 429, 502, 503, 504, and any other 5xx but 501 of `list`, `get` and `whoami`. */
  isRetryable: Schema.Boolean,
  /** How many times the request was sent. */
  attempts: Schema.Int
}) {
  override get message(): string {
    const what = this.violations.map(FieldViolation.format).join("; ")
    return `${this.operation} got an unexpected response, HTTP status ${this.status}: ${what}`
  }
}

/**
 * The call, or one attempt of it, took longer than its deadline, and was given up: its connection is closed. Whether the
 * server has done what was asked is not known.
 *
 * @since 0.1.0
 * @category errors
 */
export class CallTimeout extends Schema.TaggedError<CallTimeout>()("CallTimeout", {
  /** The operation that failed. */
  operation: OperationName,
  /** Which deadline it was: `attemptDeadline`, or `deadline` for the whole call. */
  scope: Schema.Literal("attempt", "call"),
  /** That deadline. */
  after: Schema.Duration,
  /** Whether the same call, sent again, may succeed: always. */
  isRetryable: Schema.Literal(true).pipe(Schema.propertySignature, Schema.withConstructorDefault(() => true as const)),
  /** How many times the request was sent. */
  attempts: Schema.Int
}) {
  override get message(): string {
    const what = this.scope === "call" ? "the call" : "an attempt"
    return `${this.operation} failed: ${what} took longer than ${Duration.format(this.after)}`
  }
}

/**
 * The client of `@workspace-secrets/http-client/promise` was closed before the call, which was not sent.
 *
 * @since 0.1.0
 * @category errors
 */
export class ClientClosed extends Schema.TaggedError<ClientClosed>()("ClientClosed", {
  /** The operation that was called. */
  operation: OperationName,
  /** Whether the same call, sent again, may succeed: never. */
  isRetryable: Schema.Literal(false).pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault(() => false as const)
  ),
  /** How many times the request was sent: not once. */
  attempts: Schema.Literal(0).pipe(Schema.propertySignature, Schema.withConstructorDefault(() => 0 as const))
}) {
  override get message(): string {
    return `${this.operation} failed: the client is closed`
  }
}

/**
 * The client cannot be made from these options. `violations` names each option that is wrong and says what would be
 * right; no option's value is in it.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidClientOptions extends Schema.TaggedError<InvalidClientOptions>()("InvalidClientOptions", {
  violations: Schema.Array(FieldViolation.FieldViolation)
}) {
  override get message(): string {
    return this.violations.map(FieldViolation.format).join("; ")
  }
}

/**
 * What every operation can fail with.
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
 * What `list` and `stream` can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type ListError = CommonError | ApiError.NotFound

/**
 * What `create` can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type CreateError = CommonError | ApiError.NotFound | WorkspaceSecretAlreadyExists

/**
 * What `get` can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type GetError = CommonError | WorkspaceSecretNotFound

/**
 * What `update` can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type UpdateError = CommonError | WorkspaceSecretNotFound | WorkspaceSecretAlreadyExists

/**
 * What `delete` can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type DeleteError = CommonError | WorkspaceSecretNotFound

/**
 * What `whoami` can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type WhoamiError = CommonError | ApiError.NotFound

/**
 * What a call can fail with, whichever it is.
 *
 * @since 0.1.0
 * @category models
 */
export type CallError = ListError | CreateError | UpdateError
