import type * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type { CallOptions } from "../../CallOptions.js"
import type { CallError } from "../../ClientError.js"
import * as Retry from "../../Retry.js"
import { checkHeaders } from "./callHeaders.js"

/** A complete policy. Times are in milliseconds. */
export interface RetrySettings {
  readonly maxAttempts: number
  readonly baseDelay: number
  readonly maxDelay: number
  readonly maxRetryAfter: number
  readonly writes: boolean
  readonly schedule: Schedule.Schedule<unknown, CallError> | undefined
}

/** The merged options of client and call. Times are in milliseconds. */
export interface Settings {
  readonly deadline: number
  readonly attemptDeadline: number
  readonly retry: RetrySettings | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly propagateTrace: boolean
}

/** A complete budget. */
export interface BudgetSettings {
  readonly ratio: number
  readonly perSecond: number
  readonly capacity: number
}

const millis = (input: Duration.DurationInput) => Duration.toMillis(Duration.decode(input))

const defaultRetry: RetrySettings = {
  maxAttempts: Retry.defaultPolicy.maxAttempts,
  baseDelay: millis(Retry.defaultPolicy.baseDelay),
  maxDelay: millis(Retry.defaultPolicy.maxDelay),
  maxRetryAfter: millis(Retry.defaultPolicy.maxRetryAfter),
  writes: Retry.defaultPolicy.writes,
  schedule: undefined
}

export const DEFAULT_DEADLINE = "30 seconds"
export const DEFAULT_ATTEMPT_DEADLINE = "10 seconds"

const defaults: Settings = {
  deadline: millis(DEFAULT_DEADLINE),
  attemptDeadline: millis(DEFAULT_ATTEMPT_DEADLINE),
  retry: defaultRetry,
  headers: undefined,
  propagateTrace: false
}

type Violations = ReadonlyArray<FieldViolation.FieldViolation>

/** Whether an input is a negative duration or NaN, for which Effect decodes zero. */
const isNegative = (input: unknown): boolean =>
  Array.isArray(input)
    ? input.some(isNegative)
    : typeof input === "string"
    ? input.startsWith("-")
    : (typeof input === "number" || typeof input === "bigint") && !(input >= 0)

/** Validates options at run time, and collects the violations. */
export class Reader {
  readonly violations: Array<FieldViolation.FieldViolation> = []

  refuse<A>(field: string, description: string, otherwise: A): A {
    this.violations.push({ field, description: `Expected ${description}` })
    return otherwise
  }

  duration(field: string, input: unknown, otherwise: number, least: number): number {
    if (input === undefined) {
      return otherwise
    }
    const read = Duration.decodeUnknown(input)
    return !isNegative(input) && Option.isSome(read) && Duration.toMillis(read.value) >= least
      ? Duration.toMillis(read.value)
      : this.refuse(field, `a duration${least > 0 ? " of at least 1 ms" : ""}, such as "10 seconds"`, otherwise)
  }

  number(field: string, input: unknown, otherwise: number, least: number, whole = false): number {
    return input === undefined
      ? otherwise
      : typeof input === "number" && input >= least && (!whole || Number.isSafeInteger(input) || input === Infinity)
      ? input
      : this.refuse(field, `a${whole ? " whole" : ""} number from ${least}`, otherwise)
  }

  boolean(field: string, input: unknown, otherwise: boolean): boolean {
    return input === undefined
      ? otherwise
      : typeof input === "boolean"
      ? input
      : this.refuse(field, "true or false", otherwise)
  }

  retry(input: Retry.Policy | false | undefined, otherwise: RetrySettings | undefined): RetrySettings | undefined {
    if (input === undefined || input === false) {
      return input === false ? undefined : otherwise
    }
    const base = otherwise ?? defaultRetry
    if (typeof input !== "object" || input === null) {
      return this.refuse("retry", "a retry policy, or false for no retries", base)
    }
    const { schedule = base.schedule } = input
    return {
      maxAttempts: this.number("retry.maxAttempts", input.maxAttempts, base.maxAttempts, 1, true),
      baseDelay: this.duration("retry.baseDelay", input.baseDelay, base.baseDelay, 0),
      maxDelay: this.duration("retry.maxDelay", input.maxDelay, base.maxDelay, 0),
      maxRetryAfter: this.duration("retry.maxRetryAfter", input.maxRetryAfter, base.maxRetryAfter, 0),
      writes: this.boolean("retry.writes", input.writes, base.writes),
      schedule: schedule === undefined || Schedule.isSchedule(schedule)
        ? schedule
        : this.refuse("retry.schedule", "a Schedule", undefined)
    }
  }

  headers(input: CallOptions["headers"], otherwise: Settings["headers"]): Settings["headers"] {
    if (input === undefined) {
      return otherwise
    }
    const checked = checkHeaders(input)
    if (Either.isLeft(checked)) {
      this.violations.push(...checked.left)
      return otherwise
    }
    return checked.right
  }
}

/** Merges options into settings. Fails with violations that contain no values. */
const over = (base: Settings, options: CallOptions): Either.Either<Settings, Violations> => {
  const reader = new Reader()
  const settings: Settings = {
    deadline: reader.duration("deadline", options.deadline, base.deadline, 1),
    attemptDeadline: reader.duration("attemptDeadline", options.attemptDeadline, base.attemptDeadline, 1),
    retry: reader.retry(options.retry, base.retry),
    headers: reader.headers(options.headers, base.headers),
    propagateTrace: reader.boolean("propagateTrace", options.propagateTrace, base.propagateTrace)
  }
  return reader.violations.length === 0 ? Either.right(settings) : Either.left(reader.violations)
}

/** The settings of a client. */
export const ofClient = (options: Omit<CallOptions, "headers">): Either.Either<Settings, Violations> =>
  over(defaults, { ...options, headers: undefined })

/** The settings of a call. */
export const ofCall = (client: Settings, options: CallOptions | undefined): Either.Either<Settings, Violations> =>
  options === undefined
    ? Either.right(client)
    : typeof options === "object" && options !== null
    ? over(client, options)
    : Either.left([{ field: "options", description: "Expected an object" }])

/** The budget of a client; `undefined` for `false`. */
export const ofBudget = (
  input: Retry.Budget | false | undefined
): Either.Either<BudgetSettings | undefined, Violations> => {
  if (input === false) {
    return Either.right(undefined)
  }
  const { capacity, perSecond, ratio } = Retry.defaultBudget
  const reader = new Reader()
  const settings = {
    ratio: reader.number("retryBudget.ratio", input?.ratio, ratio, 0),
    perSecond: reader.number("retryBudget.perSecond", input?.perSecond, perSecond, 0),
    capacity: reader.number("retryBudget.capacity", input?.capacity, capacity, 0)
  }
  return reader.violations.length === 0 ? Either.right(settings) : Either.left(reader.violations)
}
