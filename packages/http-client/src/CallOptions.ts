/**
 * The options of a single call: the last parameter of each operation.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Retry from "./Retry.js"

/**
 * The options of a call. Each defaults to the client's option.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallOptions {
  /**
   * The deadline of the whole call: all attempts, the delays between them, and reading the body. After it, the call
   * fails with `CallTimeout`. `Infinity` means no deadline.
   */
  readonly deadline?: Duration.DurationInput | undefined
  /** The deadline of one attempt, including reading the body. After it, the call is retried if the policy allows. */
  readonly attemptDeadline?: Duration.DurationInput | undefined
  /** The retry policy; `false` means no retries. */
  readonly retry?: Retry.Policy | false | undefined
  /**
   * Additional request headers. The call fails with `InvalidArgument` for headers that the client sets itself and for
   * connection headers.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Whether the request has a `traceparent` header. */
  readonly propagateTrace?: boolean | undefined
}

/**
 * The options of `create`.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateOptions extends CallOptions {
  /**
   * Whether the call is retried like a read. Needs `metadata.externalId`. If a response was lost and the retry fails
   * because the external id is taken, the client reads the secret with that external id. It returns the secret if the
   * name is equal (ignoring case) and, if the server returns values, the value is equal.
   */
  readonly safeRetry?: boolean | undefined
}

/**
 * The options of `stream`. Deadlines and retries apply to each page.
 *
 * @since 0.1.0
 * @category models
 */
export interface StreamOptions extends CallOptions {
  /** How many pages are fetched in advance. Default: 0. */
  readonly prefetch?: number | undefined
}
