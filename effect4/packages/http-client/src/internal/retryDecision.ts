import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { CallError, OperationName } from "../ClientError.js"
import type { Observation } from "./callObservation.js"
import type { RetrySettings, Settings } from "./callSettings.js"
import type { Budget } from "./retryBudget.js"

const harmless: ReadonlySet<OperationName> = new Set(["list", "get", "whoami", "delete"])

/** Whether the server may have executed a failed attempt. */
export const mayBeDone = (error: CallError, mayBeSent: boolean): boolean =>
  error._tag === "ConnectionError" ? mayBeSent : error._tag === "CallTimeout" || error.status !== 429

type Step = (error: CallError) => Effect.Effect<number | undefined>

/** Returns the delay of a schedule in milliseconds, or `undefined` if it has ended. */
const stepOf = (schedule: NonNullable<RetrySettings["schedule"]>, { clock }: Observation): Effect.Effect<Step> =>
  Effect.map(Schedule.toStep(schedule), (step) => (error) =>
    step(clock.currentTimeMillisUnsafe(), error).pipe(
      Effect.map(([, delay]): number | undefined => Duration.toMillis(delay)),
      Pull.catchDone(() => Effect.succeed<number | undefined>(undefined))
    ))

/** Decides after each failed attempt of a call whether to retry. */
export class Retries {
  readonly #retry: RetrySettings | undefined
  readonly #settings: Settings
  readonly #observation: Observation
  readonly #budget: Budget | undefined
  #step: Step | undefined

  constructor(settings: Settings, observation: Observation, budget: Budget | undefined, isSafe: boolean) {
    const { retry } = settings
    this.#settings = settings
    this.#observation = observation
    this.#budget = budget
    this.#retry = isSafe || retry?.writes === true || harmless.has(observation.operation) ? retry : undefined
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
      return wait < this.#settings.deadline - this.#observation.elapsed && this.#isPaid() ? wait : undefined
    })
  }

  #isPaid(): boolean {
    return this.#budget === undefined || this.#budget.withdraw(this.#observation.clock.currentTimeNanosUnsafe())
  }

  #delay(retry: RetrySettings, error: CallError): Effect.Effect<number | undefined> {
    if (retry.schedule !== undefined) {
      const step = this.#step === undefined ? stepOf(retry.schedule, this.#observation) : Effect.succeed(this.#step)
      return Effect.flatMap(step, (step) => {
        this.#step = step
        return step(error)
      })
    }
    const { attempts } = this.#observation
    return attempts >= retry.maxAttempts
      ? Effect.succeed(undefined)
      : Effect.map(Random.next, (random) => random * Math.min(retry.maxDelay, retry.baseDelay * 2 ** (attempts - 1)))
  }
}
