/**
 * The clock of one tenant: what its secrets, its request ids and the `Date` of its answers are dated by.
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
 * The latest moment that a clock can show, in milliseconds since the Unix epoch: the end of the year 9999, which is the last that the
 * API writes. The earliest is the epoch itself, since ids hold no time before it.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxMillis = Date.parse("9999-12-31T23:59:59.999Z")

const isOnTheDial = (millis: number): boolean => Number.isSafeInteger(millis) && millis >= 0 && millis <= maxMillis

const moment = "a moment from 1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z, such as 2026-01-01T00:00:00.000Z"

const Moment = Timestamp.pipe(
  Schema.filter(({ epochMillis }) => isOnTheDial(epochMillis)),
  Schema.annotations(expected(moment))
)

/**
 * How a clock goes, and where it stands:
 *
 * - `real`: with the time of the process, `offsetMillis` ahead of it (0 unless given);
 * - `fixed`: not at all; it stands at `at`;
 * - `stepping`: the next request is at `at`, and each further one `stepMillis` later.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ClockSetting = struct("ClockSetting", {
  type: oneOf("real", "fixed", "stepping"),
  at: Schema.optional(Moment),
  stepMillis: Schema.optional(
    number("a whole number of milliseconds that is not negative", isOnTheDial, { type: "integer", minimum: 0 })
  ),
  offsetMillis: Schema.optional(number("a whole number of milliseconds", Number.isSafeInteger, { type: "integer" }))
}).pipe(
  Schema.filter(({ at, offsetMillis, stepMillis, type }) => [
    ...(type !== "real" && at === undefined ? [{ path: ["at"], message: `Required for a ${type} clock` }] : []),
    ...(type === "real" && at !== undefined ? [{ path: ["at"], message: "A real clock takes none" }] : []),
    ...(type === "stepping" && stepMillis === undefined
      ? [{ path: ["stepMillis"], message: "Required for a stepping clock" }]
      : []),
    ...(type !== "stepping" && stepMillis !== undefined
      ? [{ path: ["stepMillis"], message: "Only a stepping clock takes one" }]
      : []),
    ...(type !== "real" && offsetMillis !== undefined
      ? [{ path: ["offsetMillis"], message: "Only a real clock takes one" }]
      : [])
  ], { identifier: "ClockSetting" })
)

/**
 * @since 0.1.0
 * @category schemas
 */
export type ClockSetting = typeof ClockSetting.Type

/**
 * A moment as it is given in code: `"2026-01-01T00:00:00.000Z"`, a `Date`, a `DateTime`, or milliseconds since the Unix epoch.
 *
 * @since 0.1.0
 * @category models
 */
export type MomentInput = DateTime.DateTime.Input

/**
 * A `ClockSetting` as it is given in code.
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
 * What code says of a clock, checked: the problems, or the setting.
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
 * A clock. It is read without Effect, since nothing on the way of a request waits.
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

  /** The time now, in milliseconds since the Unix epoch, 0 to `maxMillis`. Reading it does not move it. */
  get now(): number {
    return this.#type === "real" ? this.#real(this.#offset) : this.#at
  }

  /** Whether it shows the time of the process. */
  get isReal(): boolean {
    return this.#type === "real" && this.#offset === 0
  }

  /** The time of a request that has come in: a stepping clock is one step on from the request before. */
  tick(): number {
    if (this.#type === "stepping") {
      if (this.#hasTicked) {
        this.#at = Math.min(this.#at + this.#stepMillis, maxMillis)
      }
      this.#hasTicked = true
    }
    return this.now
  }

  /** How it goes, and where it stands: what `set` would have to be told for it to go on from here. */
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

  /** What is wrong with a setting: it would show a moment that there is none of. */
  problemsOf({ offsetMillis, type }: ClockSetting): ReadonlyArray<string> {
    return type !== "real" || offsetMillis === undefined
        || isOnTheDial(Math.floor(this.#process.unsafeCurrentTimeMillis()) + offsetMillis)
      ? []
      : [`offsetMillis: Expected an offset that leads to ${moment}`]
  }

  /** Lets it go in another way, or sets it. */
  set({ at, offsetMillis = 0, stepMillis = 0, type }: ClockSetting): void {
    this.#type = type
    this.#at = at?.epochMillis ?? 0
    this.#stepMillis = stepMillis
    this.#offset = offsetMillis
    this.#hasTicked = false
  }

  /** Moves it on; a clock that goes goes on from there. False, and nothing moved, where that would be behind `maxMillis`. */
  advance(duration: Duration.Duration): boolean {
    const millis = Math.round(Duration.toMillis(duration))
    if (!isOnTheDial(this.now + millis)) {
      return false
    }
    if (this.#type === "real") {
      this.#offset += millis
    } else {
      this.#at += millis
    }
    return true
  }

  /** The clock of a process can be set to anything. Ids and dates hold no time outside of the dial. */
  #real(offset: number): number {
    return Math.min(Math.max(Math.floor(this.#process.unsafeCurrentTimeMillis()) + offset, 0), maxMillis)
  }

  /** A moment as the `Date` header has it (RFC 9110, 5.6.7). */
  httpDate(millis: number): string {
    const second = Math.floor(millis / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#httpDate = new Date(millis).toUTCString()
    }
    return this.#httpDate
  }
}
