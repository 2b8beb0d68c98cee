/**
 * Prefixed ULIDs, the ids of this API: a prefix, `_`, and 26 Crockford base-32 characters with 48 bits of time and 80
 * random bits (`wsecret_01HXK…`). Servers generate these ids; readers accept any non-empty string (WIRE.md, Models).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const HALF = 2 ** 40
const PATTERN = /^[a-z][a-z0-9]*_[0-7][0-9A-HJKMNP-TV-Z]{25}$/i

/**
 * The parts of a prefixed ULID.
 *
 * @since 0.1.0
 * @category models
 */
export interface PrefixedUlid {
  /** The kind of resource, such as `wsecret`. */
  readonly prefix: string
  /** The 26 characters after the underscore, in upper case. */
  readonly ulid: string
  /** When it was generated: milliseconds since the Unix epoch, 0 to 2^48 - 1. */
  readonly timestamp: number
}

/**
 * The latest time of a ULID, in milliseconds since the Unix epoch.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxTimestamp = 2 ** 48 - 1

const isTime = (timestamp: number): boolean =>
  Number.isSafeInteger(timestamp) && timestamp >= 0 && timestamp <= maxTimestamp

const outOfTime = () => new RangeError(`The time of a ULID is an integer of milliseconds from 0 to ${maxTimestamp}`)

const base32 = (value: number, length: number): string => {
  let rest = value
  let out = ""
  for (let i = 0; i < length; i++) {
    out = ALPHABET.charAt(rest % 32) + out
    rest = Math.floor(rest / 32)
  }
  return out
}

/**
 * Makes a prefixed ULID from its parts: the time in milliseconds (0 to `maxTimestamp`) and 80 random bits as two
 * integers of 40 bits each. Throws a `RangeError` for other numbers.
 *
 * @since 0.1.0
 * @category constructors
 */
export const encode = (prefix: string, timestamp: number, high: number, low: number): string => {
  if (!isTime(timestamp)) {
    throw outOfTime()
  }
  for (const bits of [high, low]) {
    if (!Number.isSafeInteger(bits) || bits < 0 || bits >= HALF) {
      throw new RangeError("The random part of a ULID is two integers of 40 bits")
    }
  }
  return `${prefix}_${base32(timestamp, 10)}${base32(high, 8)}${base32(low, 8)}`
}

const chance = Effect.map(Random.next, (n) => Math.floor(n * HALF))

/**
 * Generates an id for the current time of `Clock`, with random bits from `Random`. With a `TestClock` and a seeded
 * `Random`, the ids are repeatable.
 *
 * @since 0.1.0
 * @category constructors
 */
export const mint = (prefix: string): Effect.Effect<string> =>
  Effect.zipWith(
    Clock.currentTimeMillis,
    Effect.zip(chance, chance),
    (timestamp, [high, low]) => encode(prefix, timestamp, high, low)
  )

/**
 * The state of a `Monotonic` generator: time and random bits of its last id. `timestamp` is -1 before the first id.
 *
 * @since 0.1.0
 * @category models
 */
export interface MonotonicState {
  readonly timestamp: number
  readonly high: number
  readonly low: number
}

/**
 * Generates ids that sort in the order of their creation. Within one millisecond, or after the clock went back, it
 * increments the previous id. It runs without Effect: the caller passes the time, and a function that returns random
 * numbers from 0 (inclusive) to 1 (exclusive). The same state, times and random numbers give the same ids.
 *
 * @since 0.1.0
 * @category constructors
 */
export class Monotonic {
  #timestamp = -1
  #high = 0
  #low = 0
  /** The common start of this millisecond's ids, kept because it is the costly part of an id. */
  #head = ""
  readonly #chance: () => number

  constructor(chance: () => number) {
    this.#chance = chance
  }

  /** Returns the next id. `now` is in milliseconds since the Unix epoch, 0 to `maxTimestamp`. */
  next(prefix: string, now: number): string {
    if (now > this.#timestamp || this.#timestamp < 0) {
      this.#move(now, Math.floor(this.#chance() * HALF), Math.floor(this.#chance() * HALF))
    } else if (this.#low < HALF - 1) {
      this.#low++
    } else if (this.#high < HALF - 1) {
      this.#move(this.#timestamp, this.#high + 1, 0)
    } else {
      this.#move(this.#timestamp + 1, 0, 0)
    }
    return `${prefix}_${this.#head}${base32(this.#low, 8)}`
  }

  /** The current state, for `restore`. */
  get state(): MonotonicState {
    return { timestamp: this.#timestamp, high: this.#high, low: this.#low }
  }

  /** Continues from a state. */
  restore({ high, low, timestamp }: MonotonicState): void {
    if (timestamp < 0) {
      this.#timestamp = -1
      this.#high = this.#low = 0
    } else {
      this.#move(timestamp, high, low)
    }
  }

  #move(timestamp: number, high: number, low: number): void {
    if (!isTime(timestamp)) {
      throw outOfTime()
    }
    this.#timestamp = timestamp
    this.#high = high
    this.#low = low
    this.#head = base32(timestamp, 10) + base32(high, 8)
  }
}

/**
 * Makes a generator of ids that sort in the order of their creation, as `Monotonic` does, with the time of `Clock` and
 * random numbers from `Random`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeMonotonic: Effect.Effect<(prefix: string) => Effect.Effect<string>> = Effect.sync(() => {
  let chances: ReadonlyArray<number> = []
  let drawn = 0
  const minter = new Monotonic(() => chances[drawn++] ?? 0)
  return (prefix) =>
    Effect.zipWith(Clock.currentTimeMillis, Effect.all([Random.next, Random.next]), (now, both) => {
      chances = both
      drawn = 0
      return minter.next(prefix, now)
    })
})

/**
 * Parses an id. Returns `None` if it is not a prefixed ULID. Readers must expect that: the API's documentation has the
 * id `id`.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (id: string): Option.Option<PrefixedUlid> => {
  if (!PATTERN.test(id)) {
    return Option.none()
  }
  const end = id.lastIndexOf("_")
  const prefix = id.slice(0, end)
  const ulid = id.slice(end + 1).toUpperCase()
  let timestamp = 0
  for (const character of ulid.slice(0, 10)) {
    timestamp = timestamp * 32 + ALPHABET.indexOf(character)
  }
  return Option.some({ prefix, ulid, timestamp })
}

/**
 * Returns when an id was generated, in milliseconds since the Unix epoch, or `None` if it is not a prefixed ULID.
 *
 * @since 0.1.0
 * @category parsing
 */
export const timestamp = (id: string): Option.Option<number> => Option.map(parse(id), (parts) => parts.timestamp)
