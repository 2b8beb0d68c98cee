/**
 * Prefixed ULIDs, the ids of this API: `wsecret_01HXK…`, a prefix, `_`, and 26 Crockford base-32 characters
 * that hold 48 bits of time and 80 of chance. A reader of ids takes any non-empty string; these are what a
 * writer mints (WIRE.md, Models).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const HALF = 2 ** 40
const PATTERN = /^([a-z][a-z0-9]*)_([0-7][0-9A-HJKMNP-TV-Z]{25})$/i

/**
 * The parts of a prefixed ULID.
 *
 * @since 0.1.0
 * @category models
 */
export interface PrefixedUlid {
  /** What kind of thing it is the id of, `wsecret`. */
  readonly prefix: string
  /** The 26 characters behind the underscore, in upper case. */
  readonly ulid: string
  /** When it was minted: milliseconds since the Unix epoch, 0 to 2^48 - 1. */
  readonly timestamp: number
}

/**
 * The largest time that a ULID can hold, in milliseconds since the Unix epoch.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxTimestamp = 2 ** 48 - 1

const isTime = (timestamp: number): boolean =>
  Number.isSafeInteger(timestamp) && timestamp >= 0 && timestamp <= maxTimestamp

const outOfTime = () => new RangeError(`A ULID's time is a whole number of milliseconds from 0 to ${maxTimestamp}`)

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
 * Writes a prefixed ULID from its parts: the time in milliseconds (0 to `maxTimestamp`) and 80 bits of chance
 * as two integers of 40 bits each. Throws a `RangeError` for anything else; `mint` never does.
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
      throw new RangeError("A ULID's chance is two whole numbers of 40 bits")
    }
  }
  return `${prefix}_${base32(timestamp, 10)}${base32(high, 8)}${base32(low, 8)}`
}

const chance = Effect.map(Random.next, (n) => Math.floor(n * HALF))

/**
 * Mints an id for the current time of `Clock`, with chance from `Random`: a `TestClock` and a seeded `Random`
 * give the same ids each time.
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
 * Where a minter whose ids sort stands: the time and the chance of the id that it minted last. `timestamp` is -1 before the first.
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
 * A minter whose ids sort in the order in which they were minted, those of one millisecond and those after a clock that went
 * back included: it then counts on from the id before. It runs without Effect: time and chance, a number from 0 up to 1, are given to it. The
 * same state, times and chance make the same ids.
 *
 * @since 0.1.0
 * @category constructors
 */
export class Monotonic {
  #timestamp = -1
  #high = 0
  #low = 0
  /** What the ids of this millisecond have in common, which costs most of an id to write. */
  #head = ""
  readonly #chance: () => number

  constructor(chance: () => number) {
    this.#chance = chance
  }

  /** The next id, for a time in milliseconds since the Unix epoch, 0 to `maxTimestamp`. */
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

  /** Where it stands; `restore` takes it back there. */
  get state(): MonotonicState {
    return { timestamp: this.#timestamp, high: this.#high, low: this.#low }
  }

  /** Goes on from where a minter stood. */
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
 * Makes a minter whose ids sort in the order in which they were minted, as `Monotonic` does, for the current time of `Clock` and with
 * chance from `Random`.
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
 * Reads the parts of an id. None when it is not a prefixed ULID, which a reader has to expect: the API's own
 * documentation has an id that is `id`.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (id: string): Option.Option<PrefixedUlid> => {
  const match = PATTERN.exec(id)
  const prefix = match?.[1]
  const ulid = match?.[2]?.toUpperCase()
  if (prefix === undefined || ulid === undefined) {
    return Option.none()
  }
  let timestamp = 0
  for (const character of ulid.slice(0, 10)) {
    timestamp = timestamp * 32 + ALPHABET.indexOf(character)
  }
  return Option.some({ prefix, ulid, timestamp })
}

/**
 * When an id was minted, in milliseconds since the Unix epoch. None when it is not a prefixed ULID.
 *
 * @since 0.1.0
 * @category parsing
 */
export const timestamp = (id: string): Option.Option<number> => Option.map(parse(id), (parts) => parts.timestamp)
