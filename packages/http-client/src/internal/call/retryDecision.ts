import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as ScheduleIntervals from "effect/ScheduleIntervals"
import type { CallError, OperationName } from "../../ClientError.js"
import type { RetrySettings, Settings } from "../options/callSettings.js"
import type { Observation } from "../telemetry/callObservation.js"
import type { Budget } from "./retryBudget.js"

const harmless: ReadonlySet<OperationName> = new Set(["list", "get", "whoami", "delete"])

/** Whether the server may have executed a failed attempt. `mayBeSent`: whether the request may have reached it. */
export const mayBeDone = (error: CallError, mayBeSent: boolean): boolean =>
  error._tag === "ConnectionError" || error._tag === "CallTimeout" ? mayBeSent : error.status !== 429

/** Decides after each failed attempt of a call whether to retry. */
export class Retries {
  readonly #retry: RetrySettings | undefined
  #schedule: unknown

  constructor(
    private readonly settings: Settings,
    private readonly observation: Observation,
    private readonly budget: Budget | undefined,
    isSafe: boolean
  ) {
    const { retry } = settings
    this.#retry = isSafe || retry?.writes === true || harmless.has(observation.operation) ? retry : undefined
    this.#schedule = retry?.schedule?.initial
  }

  /** Returns the delay before the next attempt in milliseconds, or `undefined` for no retry. */
  after(error: CallError): Effect.Effect<number | undefined> {
    const retry = this.#retry
    if (retry === undefined || !error.isRetryable || (error._tag === "CallTimeout" && error.scope === "call")) {
      return Effect.succeed(undefined)
    }
    return Effect.map(this.#delay(retry, error), (delay) => {
      const asked = "retryAfter" in error && error.retryAfter !== undefined ? Duration.toMillis(error.retryAfter) : 0
      if (delay === undefined || asked > retry.maxRetryAfter) {
        return undefined
      }
      const wait = Math.max(delay, asked)
      // If the delay would exceed the deadline, the last error says more than a timeout.
      return wait < this.settings.deadline - this.observation.elapsed && this.#isPaid() ? wait : undefined
    })
  }

  #isPaid(): boolean {
    return this.budget === undefined || this.budget.withdraw(this.observation.clock.unsafeCurrentTimeNanos())
  }

  #delay(retry: RetrySettings, error: CallError): Effect.Effect<number | undefined> {
    if (retry.schedule !== undefined) {
      const now = this.observation.clock.unsafeCurrentTimeMillis()
      return Effect.map(retry.schedule.step(now, error, this.#schedule), ([state, , decision]) => {
        this.#schedule = state
        return ScheduleDecision.isDone(decision)
          ? undefined
          : Math.max(0, ScheduleIntervals.start(decision.intervals) - now)
      })
    }
    const { attempts } = this.observation
    return attempts >= retry.maxAttempts
      ? Effect.succeed(undefined)
      : Effect.map(
        Random.next,
        (random) => jitter(random, Math.min(retry.maxDelay, doubled(retry.baseDelay, attempts - 1)))
      )
  }
}

/** Doubles a delay. The exponent is bounded because 0 * Infinity is NaN. */
const doubled = (delay: number, times: number): number => delay * 2 ** Math.min(times, 1023)

/** Full jitter; an infinite delay stays infinite (0 * Infinity is NaN). */
const jitter = (random: number, delay: number): number => delay === Infinity ? Infinity : random * delay
