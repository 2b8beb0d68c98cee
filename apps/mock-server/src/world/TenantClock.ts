/**
 * The clock of a tenant. It sets the times of secrets, the time in ids, and the `Date` header of responses.
 *
 * @since 0.1.0
 */
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { Timestamp } from "@workspace-secrets/core/Timestamp"
import type * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { expected, number, oneOf, struct } from "../input/StrictSchema.js"

/**
 * The latest time of a clock, in milliseconds since the Unix epoch: the end of the year 9999, because RFC 3339 has four digits for a year.
 * The earliest is the Unix epoch, because ids cannot hold an earlier time.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxMillis = Date.parse("9999-12-31T23:59:59.999Z")

const isInRange = (millis: number): boolean => Number.isSafeInteger(millis) && millis >= 0 && millis <= maxMillis

const moment = "a moment from 1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z, such as 2026-01-01T00:00:00.000Z"

const Moment = Timestamp.pipe(
  Schema.filter(({ epochMillis }) => isInRange(epochMillis)),
  Schema.annotations(expected(moment))
)

/**
 * The type of a clock, and its time:
 *
 * - `real`: the time of the process plus `offsetMillis` (default: 0);
 * - `fixed`: frozen at `at`;
 * - `stepping`: the next request has the time `at`, and every further request is `stepMillis` later.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ClockSetting = struct("ClockSetting", {
  type: oneOf("real", "fixed", "stepping"),
  at: Schema.optional(Moment),
  stepMillis: Schema.optional(
    number("a whole number of milliseconds that is not negative", isInRange, { type: "integer", minimum: 0 })
  ),
  offsetMillis: Schema.optional(number("a whole number of milliseconds", Number.isSafeInteger, { type: "integer" }))
}).pipe(
  Schema.filter(({ at, offsetMillis, stepMillis, type }) => [
    ...(type !== "real" && at === undefined ? [{ path: ["at"], message: `Required for a ${type} clock` }] : []),
    ...(type === "real" && at !== undefined ? [{ path: ["at"], message: "Not allowed for a real clock" }] : []),
    ...(type === "stepping" && stepMillis === undefined
      ? [{ path: ["stepMillis"], message: "Required for a stepping clock" }]
      : []),
    ...(type !== "stepping" && stepMillis !== undefined
      ? [{ path: ["stepMillis"], message: "Only allowed for a stepping clock" }]
      : []),
    ...(type !== "real" && offsetMillis !== undefined
      ? [{ path: ["offsetMillis"], message: "Only allowed for a real clock" }]
      : [])
  ], { identifier: "ClockSetting" })
)

/**
 * @since 0.1.0
 * @category schemas
 */
export type ClockSetting = typeof ClockSetting.Type

/**
 * A time in code: `"2026-01-01T00:00:00.000Z"`, a `Date`, a `DateTime`, or milliseconds since the Unix epoch.
 *
 * @since 0.1.0
 * @category models
 */
export type MomentInput = DateTime.DateTime.Input

/**
 * A `ClockSetting` in code: times can have any format of `MomentInput`.
 *
 * @since 0.1.0
 * @category models
 */
export type ClockOptions =
  | { readonly type: "real"; readonly offsetMillis?: number | undefined }
  | { readonly type: "fixed"; readonly at: MomentInput }
  | { readonly type: "stepping"; readonly at: MomentInput; readonly stepMillis: number }

const problemsOf = (error: ParseResult.ParseError): ReadonlyArray<string> =>
  FieldViolation.fromParseError(error).map(FieldViolation.format)

const check = Schema.validateEither(ClockSetting, { errors: "all", onExcessProperty: "error" })

/**
 * Checks options from code. Fails with a line for each problem.
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromOptions = (options: ClockOptions): Either.Either<ClockSetting, ReadonlyArray<string>> => {
  const { at, ...rest } = { at: undefined, ...options }
  const when = at === undefined ? Option.none() : Option.map(DateTime.make(at), DateTime.toUtc)
  return at !== undefined && Option.isNone(when)
    ? Either.left([`at: Expected ${moment}`])
    : Either.mapLeft(check({ ...rest, ...(Option.isSome(when) ? { at: when.value } : {}) }), problemsOf)
}

/**
 * A clock. Reading it is synchronous, because the fast path of a request runs without Effect.
 *
 * @since 0.1.0
 * @category models
 */
export class TenantClock {
  readonly #process: Clock.Clock
  #type: ClockSetting["type"] = "real"
  #at = 0
  #stepMillis = 0
  #offset = 0
  #hasTicked = false
  #second = -1
  #httpDate = ""

  constructor(process: Clock.Clock, setting: ClockSetting = { type: "real" }) {
    this.#process = process
    this.set(setting)
  }

  /** The current time in milliseconds since the Unix epoch, 0 to `maxMillis`. Reading it does not advance a stepping clock. */
  get now(): number {
    return this.#type === "real" ? this.#real(this.#offset) : this.#at
  }

  /** Whether it is `real` without an offset. */
  get isReal(): boolean {
    return this.#type === "real" && this.#offset === 0
  }

  /** Returns the time of a new request. A stepping clock advances by one step, except for its first request. */
  tick(): number {
    if (this.#type === "stepping") {
      if (this.#hasTicked) {
        this.#at = Math.min(this.#at + this.#stepMillis, maxMillis)
      }
      this.#hasTicked = true
    }
    return this.now
  }

  /** The setting that continues from the current time: passed to `set`, it changes nothing. */
  get setting(): ClockSetting {
    switch (this.#type) {
      case "real":
        return this.#offset === 0 ? { type: "real" } : { type: "real", offsetMillis: this.#offset }
      case "fixed":
        return { type: "fixed", at: DateTime.unsafeMake(this.#at) }
      case "stepping": {
        const next = this.#hasTicked ? Math.min(this.#at + this.#stepMillis, maxMillis) : this.#at
        return { type: "stepping", at: DateTime.unsafeMake(next), stepMillis: this.#stepMillis }
      }
    }
  }

  /** The problems of a setting: an offset that leads out of the range of times. */
  problemsOf({ offsetMillis, type }: ClockSetting): ReadonlyArray<string> {
    return type !== "real" || offsetMillis === undefined
        || isInRange(Math.floor(this.#process.unsafeCurrentTimeMillis()) + offsetMillis)
      ? []
      : [`offsetMillis: Expected an offset so that the clock shows ${moment}`]
  }

  /** Sets type and time. */
  set({ at, offsetMillis = 0, stepMillis = 0, type }: ClockSetting): void {
    this.#type = type
    this.#at = at?.epochMillis ?? 0
    this.#stepMillis = stepMillis
    this.#offset = offsetMillis
    this.#hasTicked = false
  }

  /** Moves the clock forward. False, without a change, if it would pass `maxMillis`. */
  advance(duration: Duration.Duration): boolean {
    const millis = Math.round(Duration.toMillis(duration))
    if (!isInRange(this.now + millis)) {
      return false
    }
    if (this.#type === "real") {
      this.#offset += millis
    } else {
      this.#at += millis
    }
    return true
  }

  /** Clamped, because the clock of the process may show a time that ids and dates cannot hold. */
  #real(offset: number): number {
    return Math.min(Math.max(Math.floor(this.#process.unsafeCurrentTimeMillis()) + offset, 0), maxMillis)
  }

  /** A time in the format of the `Date` header (RFC 9110, 5.6.7). */
  httpDate(millis: number): string {
    const second = Math.floor(millis / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#httpDate = new Date(millis).toUTCString()
    }
    return this.#httpDate
  }
}
