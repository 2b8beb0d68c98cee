/**
 * The table of typed errors, HTTP statuses and google.rpc codes (WIRE.md, Errors).
 *
 * @since 0.1.0
 */
import { RpcCode } from "./RpcCode.js"

/**
 * One row: the tag of an error, its HTTP status and code in a response, and whether a retry of the same call may
 * succeed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Row {
  readonly tag: string
  readonly status: number
  readonly code: RpcCode
  readonly isRetryable: boolean
}

/**
 * All rows. A tag with several rows uses the first one by default. If a status and code have several tags, the
 * operation decides which tags are possible.
 *
 * @since 0.1.0
 * @category constants
 */
export const rows = [
  { tag: "InvalidArgument", status: 400, code: RpcCode.INVALID_ARGUMENT, isRetryable: false },
  { tag: "InvalidArgument", status: 413, code: RpcCode.INVALID_ARGUMENT, isRetryable: false },
  { tag: "InvalidArgument", status: 415, code: RpcCode.INVALID_ARGUMENT, isRetryable: false },
  { tag: "FailedPrecondition", status: 400, code: RpcCode.FAILED_PRECONDITION, isRetryable: false },
  { tag: "Unauthenticated", status: 401, code: RpcCode.UNAUTHENTICATED, isRetryable: false },
  { tag: "PermissionDenied", status: 403, code: RpcCode.PERMISSION_DENIED, isRetryable: false },
  { tag: "WorkspaceSecretNotFound", status: 404, code: RpcCode.NOT_FOUND, isRetryable: false },
  { tag: "ProfileNotFound", status: 404, code: RpcCode.NOT_FOUND, isRetryable: false },
  { tag: "NotFound", status: 404, code: RpcCode.NOT_FOUND, isRetryable: false },
  { tag: "Unimplemented", status: 501, code: RpcCode.UNIMPLEMENTED, isRetryable: false },
  { tag: "Unimplemented", status: 405, code: RpcCode.UNIMPLEMENTED, isRetryable: false },
  { tag: "WorkspaceSecretAlreadyExists", status: 409, code: RpcCode.ALREADY_EXISTS, isRetryable: false },
  { tag: "ProfileAlreadyExists", status: 409, code: RpcCode.ALREADY_EXISTS, isRetryable: false },
  { tag: "Aborted", status: 409, code: RpcCode.ABORTED, isRetryable: false },
  { tag: "ResourceExhausted", status: 429, code: RpcCode.RESOURCE_EXHAUSTED, isRetryable: true },
  { tag: "Cancelled", status: 499, code: RpcCode.CANCELLED, isRetryable: false },
  { tag: "Internal", status: 500, code: RpcCode.INTERNAL, isRetryable: true },
  { tag: "Internal", status: 500, code: RpcCode.UNKNOWN, isRetryable: true },
  { tag: "Internal", status: 500, code: RpcCode.DATA_LOSS, isRetryable: false },
  { tag: "Unavailable", status: 503, code: RpcCode.UNAVAILABLE, isRetryable: true },
  { tag: "DeadlineExceeded", status: 504, code: RpcCode.DEADLINE_EXCEEDED, isRetryable: true }
] as const satisfies ReadonlyArray<Row>

/**
 * The tag of an error that has a row.
 *
 * @since 0.1.0
 * @category models
 */
export type Tag = (typeof rows)[number]["tag"]

/**
 * Returns the default row of an error.
 *
 * @since 0.1.0
 * @category mapping
 */
export const rowOf = (tag: Tag): Row => rows.find((row) => row.tag === tag) as Row

/**
 * Finds the row of a response, among the tags that an operation can fail with. It matches status and code first, then
 * the code alone (a proxy may change the status), then the status alone if the code has no row. Returns `undefined` if
 * nothing matches.
 *
 * @since 0.1.0
 * @category mapping
 */
export const find = <T extends Tag>(
  tags: ReadonlyArray<T>,
  answer: { readonly status: number; readonly code: number }
): (Row & { readonly tag: T }) | undefined => {
  const candidates = rows.filter((row): row is Extract<(typeof rows)[number], { tag: T }> =>
    (tags as ReadonlyArray<string>).includes(row.tag)
  )
  return candidates.find((row) => row.status === answer.status && row.code === answer.code)
    ?? candidates.find((row) => row.code === answer.code)
    ?? (rows.some((row) => row.code === answer.code)
      ? undefined
      : candidates.find((row) => row.status === answer.status))
}
