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

/** Whether the server may have done what was asked although the attempt failed; `mayBeSent`: whether it may have the request. */
export const mayBeDone = (error: CallError, mayBeSent: boolean): boolean =>
  error._tag === "ConnectionError" || error._tag === "CallTimeout" ? mayBeSent : error.status !== 429

/** Decides what comes after each failed attempt of one call. */
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

  /** How many milliseconds to wait before the next attempt; `undefined` when there is none. */
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
      // To wait for what can only be a timeout helps nobody: the error that is known says more.
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

/** A delay doubled so many times. The exponent ends where numbers do: zero times infinity is not a number. */
const doubled = (delay: number, times: number): number => delay * 2 ** Math.min(times, 1023)

/** A part of a delay; all of one without end. */
const jitter = (random: number, delay: number): number => delay === Infinity ? Infinity : random * delay
