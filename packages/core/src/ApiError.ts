/**
 * The errors that every operation can fail with. The errors of one resource are in its module
 * (`WorkspaceSecretNotFound` in `WorkspaceSecret`, `ProfileNotFound` in `Profile`).
 *
 * Every error has `message`, HTTP `status`, google.rpc `code`, `details`, `isRetryable` and, if known, `retryAfter`,
 * `requestId`, `operation` and `attempts`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { FieldViolation } from "./FieldViolation.js"
import { format } from "./FieldViolation.js"
import { errorFields } from "./internal/errorFields.js"
import { errorAnnotations, expected } from "./internal/schema.js"
import type { StatusDetail } from "./Status.js"
import { badRequest, errorInfo, isBadRequest, isErrorInfo } from "./Status.js"

/** Bounds the error: without a limit it could be larger than the request. */
const MAX_VIOLATIONS = 20

/**
 * The request is invalid: bad JSON, field, query, cursor or mask (400), a body over 1 MiB (413), or a content type that
 * is not JSON (415).
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidArgument extends Schema.TaggedError<InvalidArgument>()(
  "InvalidArgument",
  errorFields("InvalidArgument"),
  errorAnnotations("InvalidArgument")
) {
  /**
   * Returns an error with these violations, in its message and as google.rpc.BadRequest. It lists the first 20; the
   * message says how many more there are.
   */
  static fromViolations(
    violations: ReadonlyArray<FieldViolation>,
    context: { readonly operation?: string | undefined; readonly attempts?: number | undefined } = {}
  ): InvalidArgument {
    const named = violations.slice(0, MAX_VIOLATIONS)
    const more = violations.length - named.length
    return new InvalidArgument({
      ...context,
      message: [...named.map(format), ...(more === 0 ? [] : [`and ${more} more`])].join("; "),
      details: [badRequest(named)]
    }, true)
  }

  /**
   * The invalid fields, from the BadRequest details.
   */
  get fieldViolations(): ReadonlyArray<FieldViolation> {
    return this.details.flatMap((detail) => isBadRequest(detail) ? detail.fieldViolations : [])
  }
}

/**
 * The state of the resource forbids the call (400).
 *
 * @since 0.1.0
 * @category errors
 */
export class FailedPrecondition extends Schema.TaggedError<FailedPrecondition>()(
  "FailedPrecondition",
  errorFields("FailedPrecondition"),
  errorAnnotations("FailedPrecondition")
) {}

/**
 * The API key is missing, malformed, unknown or disabled (401).
 *
 * @since 0.1.0
 * @category errors
 */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()(
  "Unauthenticated",
  errorFields("Unauthenticated"),
  errorAnnotations("Unauthenticated")
) {}

/**
 * The google.rpc.ErrorInfo reason for a key that lacks a scope (WIRE.md, Who may).
 *
 * @since 0.1.0
 * @category constants
 */
export const SCOPE_MISSING = "SCOPE_MISSING"

const metadataOf = (details: ReadonlyArray<StatusDetail>, key: string): string | undefined => {
  for (const detail of details) {
    if (isErrorInfo(detail) && detail.metadata !== undefined && Object.hasOwn(detail.metadata, key)) {
      return detail.metadata[key]
    }
  }
  return undefined
}

/**
 * The API key has no access to the workspace, the workspace is archived, or the key lacks a scope (403) (WIRE.md, Who
 * may).
 *
 * @since 0.1.0
 * @category errors
 */
export class PermissionDenied extends Schema.TaggedError<PermissionDenied>()(
  "PermissionDenied",
  errorFields("PermissionDenied"),
  errorAnnotations("PermissionDenied")
) {
  /**
   * Returns the error for a key that lacks a scope, with google.rpc.ErrorInfo.
   */
  static missingScope(required: string, granted: ReadonlyArray<string>): PermissionDenied {
    return new PermissionDenied({
      message: `this key lacks the scope ${required}`,
      details: [errorInfo(SCOPE_MISSING, { metadata: { required_scope: required, granted_scopes: granted.join(",") } })]
    })
  }

  /**
   * The scope that the operation requires, from the ErrorInfo details; `undefined` if the server does not say.
   */
  get requiredScope(): string | undefined {
    return metadataOf(this.details, "required_scope")
  }

  /**
   * The scopes of the key, from the ErrorInfo details; `undefined` if the server does not say.
   */
  get grantedScopes(): ReadonlyArray<string> | undefined {
    return metadataOf(this.details, "granted_scopes")?.split(/[\s,]+/).filter((scope) => scope !== "")
  }
}

/**
 * The route was not found (404). A missing resource has an error of its own, such as `WorkspaceSecretNotFound`.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotFound extends Schema.TaggedError<NotFound>()(
  "NotFound",
  errorFields("NotFound"),
  errorAnnotations("NotFound")
) {}

/**
 * The server does not implement the operation (501), or the route does not have the method (405).
 *
 * @since 0.1.0
 * @category errors
 */
export class Unimplemented extends Schema.TaggedError<Unimplemented>()(
  "Unimplemented",
  errorFields("Unimplemented"),
  errorAnnotations("Unimplemented")
) {}

/**
 * A concurrent change won (409). Read the resource again before you retry.
 *
 * @since 0.1.0
 * @category errors
 */
export class Aborted extends Schema.TaggedError<Aborted>()(
  "Aborted",
  errorFields("Aborted"),
  errorAnnotations("Aborted")
) {}

/**
 * The rate limit is reached (429). `retryAfter` is the time to wait, if the server says it.
 *
 * @since 0.1.0
 * @category errors
 */
export class ResourceExhausted extends Schema.TaggedError<ResourceExhausted>()(
  "ResourceExhausted",
  errorFields("ResourceExhausted"),
  errorAnnotations("ResourceExhausted")
) {}

/**
 * The call was cancelled (499).
 *
 * @since 0.1.0
 * @category errors
 */
export class Cancelled extends Schema.TaggedError<Cancelled>()(
  "Cancelled",
  errorFields("Cancelled"),
  errorAnnotations("Cancelled")
) {}

/**
 * The server failed (500): INTERNAL, UNKNOWN or DATA_LOSS.
 *
 * @since 0.1.0
 * @category errors
 */
export class Internal extends Schema.TaggedError<Internal>()(
  "Internal",
  errorFields("Internal"),
  errorAnnotations("Internal")
) {}

/**
 * The server is unavailable (503). `retryAfter` is the time to wait, if the server says it.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unavailable extends Schema.TaggedError<Unavailable>()(
  "Unavailable",
  errorFields("Unavailable"),
  errorAnnotations("Unavailable")
) {}

/**
 * The server's deadline passed (504).
 *
 * @since 0.1.0
 * @category errors
 */
export class DeadlineExceeded extends Schema.TaggedError<DeadlineExceeded>()(
  "DeadlineExceeded",
  errorFields("DeadlineExceeded"),
  errorAnnotations("DeadlineExceeded")
) {}

/**
 * Every error that any operation can fail with.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ApiError = Schema.Union(
  InvalidArgument,
  FailedPrecondition,
  Unauthenticated,
  PermissionDenied,
  NotFound,
  Unimplemented,
  Aborted,
  ResourceExhausted,
  Cancelled,
  Internal,
  Unavailable,
  DeadlineExceeded
).annotations(expected("an error of the API"))

/**
 * @since 0.1.0
 * @category schemas
 */
export type ApiError = typeof ApiError.Type
