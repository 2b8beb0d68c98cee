/**
 * Errors on their way over the wire: a typed error as an HTTP status and google.rpc.Status, and back.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as ErrorTable from "./ErrorTable.js"
import type { Status, StatusDetail } from "./Status.js"
import { isRetryInfo } from "./Status.js"

/**
 * What the errors of the API have in common.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireError {
  readonly _tag: ErrorTable.Tag
  readonly message: string
  readonly status: number
  readonly code: number
  readonly details: ReadonlyArray<StatusDetail>
  readonly retryAfter?: Duration.Duration | undefined
}

/**
 * What a constructor of such an error takes.
 *
 * @since 0.1.0
 * @category models
 */
export interface ErrorProps {
  readonly message: string
  readonly status: number
  readonly code: number
  readonly details: ReadonlyArray<StatusDetail>
  readonly isRetryable: boolean
  readonly retryAfter?: Duration.Duration | undefined
  readonly requestId?: string | undefined
  readonly operation?: string | undefined
  readonly attempts?: number | undefined
}

/**
 * The class of such an error.
 *
 * @since 0.1.0
 * @category models
 */
export interface ErrorClass<E extends { readonly _tag: ErrorTable.Tag }> {
  new(props: ErrorProps): E
}

const retryAfterHeader = (retryAfter: Duration.Duration | undefined): Readonly<Record<string, string>> => {
  const seconds = retryAfter === undefined ? Infinity : Math.ceil(Duration.toSeconds(retryAfter))
  return Number.isSafeInteger(seconds) ? { "retry-after": String(seconds) } : {}
}

/**
 * An error as an answer: HTTP status, headers and body (WIRE.md, Errors). `Retry-After` is in whole seconds, rounded up;
 * there is none for a delay without end.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toResponse = (
  error: WireError
): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Status } => ({
  status: error.status,
  headers: retryAfterHeader(error.retryAfter),
  body: { code: error.code, message: error.message, details: error.details }
})

/**
 * An answer as an error: the one of the classes that the operation can fail with whose row fits (`ErrorTable.find`).
 * `undefined` where none does: the answer then breaks the contract. `retryAfter` comes from the `Retry-After` header where
 * the caller has read one, else from google.rpc.RetryInfo. `isRetryable` is the row's, unless the caller says `false`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromResponse = <E extends { readonly _tag: ErrorTable.Tag }>(
  classes: { readonly [Tag in E["_tag"]]: ErrorClass<Extract<E, { readonly _tag: Tag }>> },
  response: {
    readonly status: number
    readonly body: Status
    readonly retryAfter?: Duration.Duration | undefined
    readonly requestId?: string | undefined
    readonly operation?: string | undefined
    readonly attempts?: number | undefined
    readonly isRetryable?: boolean | undefined
  }
): E | undefined => {
  const { body, ...context } = response
  const tags = Object.keys(classes) as Array<E["_tag"]>
  const row = ErrorTable.find(tags, { status: response.status, code: body.code })
  return row === undefined ? undefined : new classes[row.tag]({
    ...context,
    message: body.message,
    code: body.code,
    details: body.details,
    isRetryable: row.isRetryable && context.isRetryable !== false,
    retryAfter: context.retryAfter ?? body.details.find(isRetryInfo)?.retryDelay
  })
}
