/**
 * The errors of the API as a whole. Those of one resource stand beside the resource
 * (`WorkspaceSecretNotFound` in `WorkspaceSecret`, `ProfileNotFound` in `Profile`).
 *
 * Every error carries `message`, HTTP `status`, google.rpc `code`, `details`, `isRetryable` and, where known,
 * `retryAfter`, `requestId`, `operation` and `attempts`.
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

/** Whoever has more fields that are wrong has made one mistake many times. An error that named them all could be larger than what it refuses. */
const MAX_VIOLATIONS = 20

/**
 * The request is wrong: bad JSON, field, query, cursor or mask (400); a body over 1 MiB (413) or of a content type
 * that is not JSON (415).
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
   * An INVALID_ARGUMENT that names these fields, in its message and as google.rpc.BadRequest: the first 20 of them, and in the message how
   * many more there are.
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
   * The fields that are wrong, from the BadRequest details.
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
 * No key, a malformed one, one that is not known, or one that is disabled (401).
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
 * The reason of google.rpc.ErrorInfo for a key that lacks a scope (WIRE.md, Who may).
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
 * The key may not do this (403): it has no access to the workspace, the workspace is archived, or the key lacks a scope
 * (WIRE.md, Who may).
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
   * The error of a key that lacks a scope, with google.rpc.ErrorInfo.
   */
  static missingScope(required: string, granted: ReadonlyArray<string>): PermissionDenied {
    return new PermissionDenied({
      message: `this key lacks the scope ${required}`,
      details: [errorInfo(SCOPE_MISSING, { metadata: { required_scope: required, granted_scopes: granted.join(",") } })]
    })
  }

  /**
   * The scope that the operation requires, from the ErrorInfo details; `undefined` where the server does not say.
   */
  get requiredScope(): string | undefined {
    return metadataOf(this.details, "required_scope")
  }

  /**
   * The scopes that the key has, from the ErrorInfo details; `undefined` where the server does not say.
   */
  get grantedScopes(): ReadonlyArray<string> | undefined {
    return metadataOf(this.details, "granted_scopes")?.split(/[\s,]+/).filter((scope) => scope !== "")
  }
}

/**
 * Something that is not a resource of its own kind was not found: a route, in the first place (404).
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
 * The operation is not served (501), or the route is there and the method is not (405).
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
 * Another change came in between (409). Read again, then decide.
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
 * The rate limit is reached (429); `retryAfter` says for how long.
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
 * The server cannot answer now (503); `retryAfter`, where given, says for how long.
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
 * The server ran out of time (504).
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
 * What any operation may fail with.
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
