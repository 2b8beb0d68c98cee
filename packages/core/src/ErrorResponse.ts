/**
 * Converts typed errors to HTTP responses with google.rpc.Status, and back.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as ErrorTable from "./ErrorTable.js"
import type { Status, StatusDetail } from "./Status.js"
import { isRetryInfo } from "./Status.js"

/**
 * The fields of every API error that a response contains.
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
 * The constructor arguments of an API error.
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
 * The class of an API error.
 *
 * @since 0.1.0
 * @category models
 */
export interface ErrorClass<E extends { readonly _tag: ErrorTable.Tag }> {
  readonly _tag: E["_tag"]
  new(props: ErrorProps): E
}

const retryAfterHeader = (retryAfter: Duration.Duration | undefined): Readonly<Record<string, string>> => {
  const seconds = retryAfter === undefined ? Infinity : Math.ceil(Duration.toSeconds(retryAfter))
  return Number.isSafeInteger(seconds) ? { "retry-after": String(seconds) } : {}
}

/**
 * Converts an error to a response: HTTP status, headers and body (WIRE.md, Errors). `Retry-After` is in whole seconds,
 * rounded up; an infinite delay has no header.
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
 * Converts a response to one of the errors that the operation can fail with, by the row of its status and code
 * (`ErrorTable.find`). Returns `undefined` if no row matches: the response then breaks the contract. `retryAfter`
 * defaults to the delay of google.rpc.RetryInfo. `isRetryable` is the row's, unless the caller passes `false`.
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
