/**
 * What a single call can be told, as the last parameter of each operation.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Retry from "./Retry.js"

/**
 * What a call can be told. What is left out is as the client's options have it.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallOptions {
  /**
   * How long the call may take, with all its attempts, the waits between them and the reading of the body. `CallTimeout`
   * when it takes longer. `Infinity` for no end.
   */
  readonly deadline?: Duration.Input | undefined
  /** How long one attempt may take, the reading of the body included; then the next one comes, if there is one. */
  readonly attemptDeadline?: Duration.Input | undefined
  /** When the call is sent again; `false` for never. */
  readonly retry?: Retry.Policy | false | undefined
  /**
   * Further headers of the request. Those that the client sets itself, and those that are a connection's, are refused with
   * `InvalidArgument`.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Whether the API is told which trace the call is part of (`traceparent`). */
  readonly propagateTrace?: boolean | undefined
}

/**
 * What a `create` can be told.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateOptions extends CallOptions {
  /**
   * Whether the call is sent again after an error, as one that only reads is. It needs `metadata.externalId`: when the
   * answer to an attempt was lost and the next one finds that external id taken, the secret that has it is read back. It is the
   * result if it has the same name, without case, and, if the server returns values, the same value.
   */
  readonly safeRetry?: boolean | undefined
}

/**
 * What a `stream` can be told. Deadlines and retries are those of each page.
 *
 * @since 0.1.0
 * @category models
 */
export interface StreamOptions extends CallOptions {
  /** How many pages are fetched ahead of the one in use; none where left out. */
  readonly prefetch?: number | undefined
}
