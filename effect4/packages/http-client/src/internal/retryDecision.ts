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

/** Whether the server may have done what was asked although the attempt failed. */
export const mayBeDone = (error: CallError, mayBeSent: boolean): boolean =>
  error._tag === "ConnectionError" ? mayBeSent : error._tag === "CallTimeout" || error.status !== 429

type Step = (error: CallError) => Effect.Effect<number | undefined>

/** Asks a schedule how many milliseconds to wait after each error; `undefined` when it is done. */
const stepOf = (schedule: NonNullable<RetrySettings["schedule"]>, { clock }: Observation): Effect.Effect<Step> =>
  Effect.map(Schedule.toStep(schedule), (step) => (error) =>
    step(clock.currentTimeMillisUnsafe(), error).pipe(
      Effect.map(([, delay]): number | undefined => Duration.toMillis(delay)),
      Pull.catchDone(() => Effect.succeed<number | undefined>(undefined))
    ))

/** Decides what comes after each failed attempt of one call. */
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
