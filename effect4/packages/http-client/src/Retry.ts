/**
 * When a call is sent again, and when it is not.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Schedule from "effect/Schedule"
import type { CallError } from "./ClientError.js"

/**
 * When a call is sent again. What is left out is as the client has it, and as `defaultPolicy` has it where the client
 * does not say.
 *
 * Only a call that does no harm twice is sent again: `list`, `get`, `whoami` and `delete`; with `writes`, and for a
 * `create` with `safeRetry`, the others as well. Only after an error that may pass (its `isRetryable`): one of the
 * connection, a deadline of one attempt, HTTP 408, 429, 502, 503 or 504, and any other 5xx but 501 for what only reads.
 *
 * @since 0.1.0
 * @category models
 */
export interface Policy {
  /** How many times a call is sent at most, the first time included. */
  readonly maxAttempts?: number | undefined
  /**
   * The wait before the second attempt is random between 0 and this (full jitter); for each further one, this doubles.
   */
  readonly baseDelay?: Duration.Input | undefined
  /** What that doubling ends at. */
  readonly maxDelay?: Duration.Input | undefined
  /**
   * The longest wait that a server can ask for with `Retry-After` or google.rpc.RetryInfo. The wait is never shorter than
   * what it asks for; where it asks for more than this, the call fails, and its error says how long (`retryAfter`).
   */
  readonly maxRetryAfter?: Duration.Input | undefined
  /** Whether `create` and `update` are sent again too, although the first one may have been done. */
  readonly writes?: boolean | undefined
  /**
   * A schedule in place of `maxAttempts`, `baseDelay` and `maxDelay`: it is given each error and says how long to wait, or
   * that it is enough. What is said of methods, errors, `Retry-After`, deadline and budget holds all the same.
   */
  readonly schedule?: Schedule.Schedule<unknown, CallError> | undefined
}

/**
 * How many retries all calls of a client may make together, so that an outage is not multiplied: a bucket of tokens, from
 * which each retry takes one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Budget {
  /** What each call puts into the bucket: 0.1 is a retry for every ten calls. */
  readonly ratio?: number | undefined
  /** What each second puts into the bucket, for a client that calls seldom. */
  readonly perSecond?: number | undefined
  /** How many tokens the bucket holds at most, and at the start. */
  readonly capacity?: number | undefined
}

/**
 * The policy of a client that is not told otherwise.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultPolicy = {
  maxAttempts: 3,
  baseDelay: "100 millis",
  maxDelay: "5 seconds",
  maxRetryAfter: "30 seconds",
  writes: false
} as const satisfies Policy

/**
 * The budget of a client that is not told otherwise.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultBudget = { ratio: 0.1, perSecond: 1, capacity: 10 } as const satisfies Budget
