/**
 * Retry policies.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Schedule from "effect/Schedule"
import type { CallError } from "./ClientError.js"

/**
 * When a call is retried. Each option defaults to the client's, then to `defaultPolicy`.
 *
 * Only idempotent calls are retried: `list`, `get`, `whoami` and `delete`. With `writes`, `create` and `update` are
 * retried, too; with `safeRetry`, `create`. A call is retried only after a retryable error (`isRetryable`): connection
 * errors, `attemptDeadline`, HTTP 408, 429, 502, 503 and 504, and, for reads, other 5xx except 501.
 *
 * @since 0.1.0
 * @category models
 */
export interface Policy {
  /** The maximum number of attempts, including the first. */
  readonly maxAttempts?: number | undefined
  /**
   * The delay before the second attempt is random between 0 and this (full jitter). It doubles for each further
   * attempt.
   */
  readonly baseDelay?: Duration.DurationInput | undefined
  /** The upper limit of the doubled delay. */
  readonly maxDelay?: Duration.DurationInput | undefined
  /**
   * The longest delay that the server may request with `Retry-After` or google.rpc.RetryInfo. The client never retries
   * earlier than requested. If the server requests more than this, the call fails and its error has `retryAfter`.
   */
  readonly maxRetryAfter?: Duration.DurationInput | undefined
  /** Whether `create` and `update` are retried, although the server may have executed the first attempt. */
  readonly writes?: boolean | undefined
  /**
   * A schedule that replaces `maxAttempts`, `baseDelay` and `maxDelay`. Its input is the error; it returns the delay,
   * or ends. The rules for operations, errors, `Retry-After`, deadlines and the budget still apply.
   */
  readonly schedule?: Schedule.Schedule<unknown, CallError> | undefined
}

/**
 * The retry budget of a client, shared by all its calls. It is a token bucket, and each retry takes one token. It keeps
 * retries from multiplying the load during an outage.
 *
 * @since 0.1.0
 * @category models
 */
export interface Budget {
  /** The tokens that each call adds: 0.1 allows one retry per ten calls. */
  readonly ratio?: number | undefined
  /** The tokens that each second adds, for clients with few calls. */
  readonly perSecond?: number | undefined
  /** The maximum and the initial number of tokens. */
  readonly capacity?: number | undefined
}

/**
 * The default policy.
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
 * The default budget.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultBudget = { ratio: 0.1, perSecond: 1, capacity: 10 } as const satisfies Budget
