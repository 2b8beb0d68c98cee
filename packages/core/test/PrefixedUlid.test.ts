import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import * as Ulid from "ulid"
import * as PrefixedUlid from "../src/PrefixedUlid.js"

const HALF = 2 ** 40
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const times = FastCheck.oneof(
  FastCheck.integer({ min: 0, max: PrefixedUlid.maxTimestamp }),
  FastCheck.constantFrom(0, 1, 31, 32, PrefixedUlid.maxTimestamp)
)
const halves = FastCheck.oneof(FastCheck.integer({ min: 0, max: HALF - 1 }), FastCheck.constantFrom(0, 1, HALF - 1))
const prefixes = FastCheck.constantFrom("wsec", "acct", "wksp", "prof", "a", "api2")

/** A Random that repeats these two halves. */
const withHalves = (high: number, low: number) => Effect.withRandom(Random.fixed([high / HALF, low / HALF]))

/** A frozen clock. Setting a TestClock takes milliseconds, too long for a property test. */
const standingAt = (now: number): Clock.Clock => ({
  [Clock.ClockTypeId]: Clock.ClockTypeId,
  unsafeCurrentTimeMillis: () => now,
  unsafeCurrentTimeNanos: () => BigInt(now) * 1_000_000n,
  currentTimeMillis: Effect.succeed(now),
  currentTimeNanos: Effect.succeed(BigInt(now) * 1_000_000n),
  sleep: () => Effect.void
})

const ulidOf = (id: string): string => Option.getOrThrow(PrefixedUlid.parse(id)).ulid
const timeOf = (id: string): number => Option.getOrThrow(PrefixedUlid.timestamp(id))

/** The 80 random bits as one number. */
const chanceOf = (id: string): bigint =>
  [...ulidOf(id).slice(10)].reduce((sum, character) => sum * 32n + BigInt(ALPHABET.indexOf(character)), 0n)

describe("encode", () => {
  it.prop("makes ULIDs that the ulid package decodes to the same time", [prefixes, times, halves, halves], (
    [prefix, time, high, low]
  ) => {
    const id = PrefixedUlid.encode(prefix, time, high, low)
    const ulid = id.slice(prefix.length + 1)
    expect(id.startsWith(`${prefix}_`)).toBe(true)
    expect(Ulid.isValid(ulid)).toBe(true)
    expect(Ulid.decodeTime(ulid)).toBe(time)
    expect(ulid.slice(0, 10)).toBe(Ulid.encodeTime(time, 10))
    expect(chanceOf(id)).toBe(BigInt(high) * BigInt(HALF) + BigInt(low))
  })

  it("reaches the smallest and the largest ULID", () => {
    expect(PrefixedUlid.maxTimestamp).toBe(Ulid.TIME_MAX)
    expect(PrefixedUlid.encode("wsec", 0, 0, 0)).toBe(`wsec_${Ulid.MIN_ULID}`)
    expect(PrefixedUlid.encode("wsec", PrefixedUlid.maxTimestamp, HALF - 1, HALF - 1)).toBe(`wsec_${Ulid.MAX_ULID}`)
  })

  it.each([-1, 0.5, NaN, Infinity, -Infinity, PrefixedUlid.maxTimestamp + 1, Number.MAX_VALUE])(
    "throws a RangeError for the time %d",
    (time) => {
      expect(() => PrefixedUlid.encode("wsec", time, 0, 0)).toThrow(RangeError)
    }
  )

  it.each([-1, 0.5, NaN, Infinity, HALF])("throws a RangeError for the random bits %d", (bits) => {
    expect(() => PrefixedUlid.encode("wsec", 0, bits, 0)).toThrow(RangeError)
    expect(() => PrefixedUlid.encode("wsec", 0, 0, bits)).toThrow(RangeError)
  })
})

describe("parse", () => {
  it.prop("returns the parts", [prefixes, times, halves, halves], ([prefix, timestamp, high, low]) => {
    const id = PrefixedUlid.encode(prefix, timestamp, high, low)
    const ulid = id.slice(prefix.length + 1)
    expect(PrefixedUlid.parse(id)).toEqual(Option.some({ prefix, ulid, timestamp }))
  })

  it.prop(
    "reads the ULIDs that the ulid package mints",
    [FastCheck.integer({ min: 1, max: Ulid.TIME_MAX })],
    ([time]) => {
      const ulid = Ulid.ulid(time)
      expect(PrefixedUlid.parse(`wsec_${ulid}`)).toEqual(Option.some({ prefix: "wsec", ulid, timestamp: time }))
    }
  )

  it("accepts lower case and returns upper case", () => {
    expect(PrefixedUlid.parse("wsec_01hxkz3y5v8qj4w6t7r9p2m1na")).toEqual(
      PrefixedUlid.parse("wsec_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")
    )
    expect(ulidOf("wsec_01hxkz3y5v8qj4w6t7r9p2m1na")).toBe("01HXKZ3Y5V8QJ4W6T7R9P2M1NA")
  })

  it("accepts every character of the alphabet, but not I, L, O, U", () => {
    for (const character of [...ALPHABET, ...ALPHABET.toLowerCase()]) {
      expect(Option.isSome(PrefixedUlid.parse(`wsec_0${character.repeat(25)}`)), character).toBe(true)
    }
    for (const character of "ILOUilou-_*é ") {
      for (const at of [0, 1, 9, 10, 25]) {
        const ulid = `${"0".repeat(at)}${character}${"0".repeat(25 - at)}`
        expect(Option.isNone(PrefixedUlid.parse(`wsec_${ulid}`)), ulid).toBe(true)
      }
    }
  })

  it("accepts a first character of 0 to 7: 8 exceeds 48 bits of time", () => {
    for (const character of ALPHABET) {
      const first = Option.isSome(PrefixedUlid.parse(`wsec_${character}${"Z".repeat(25)}`))
      expect(first, character).toBe("01234567".includes(character))
    }
  })

  it.each([
    "",
    "id",
    "wsec",
    "wsec_",
    "01HXKZ3Y5V8QJ4W6T7R9P2M1NA",
    "_01HXKZ3Y5V8QJ4W6T7R9P2M1NA",
    "wsec-01HXKZ3Y5V8QJ4W6T7R9P2M1NA",
    "wsec_01HXKZ3Y5V8QJ4W6T7R9P2M1N",
    "wsec_01HXKZ3Y5V8QJ4W6T7R9P2M1NAA",
    " wsec_01HXKZ3Y5V8QJ4W6T7R9P2M1NA",
    "wsec_01HXKZ3Y5V8QJ4W6T7R9P2M1NA\n",
    "1sec_01HXKZ3Y5V8QJ4W6T7R9P2M1NA",
    "ws ec_01HXKZ3Y5V8QJ4W6T7R9P2M1NA",
    "wsec__01HXKZ3Y5V8QJ4W6T7R9P2M1NA"
  ])("finds no prefixed ULID in %j", (id) => {
    expect(PrefixedUlid.parse(id)).toEqual(Option.none())
    expect(PrefixedUlid.timestamp(id)).toEqual(Option.none())
  })
})

describe("timestamp", () => {
  it("returns the creation time in milliseconds", () => {
    expect(PrefixedUlid.timestamp("wsec_01ARZ3NDEKTSV4RRFFQ69G5FAV")).toEqual(Option.some(1469922850259))
    expect(Ulid.decodeTime("01ARZ3NDEKTSV4RRFFQ69G5FAV")).toBe(1469922850259)
  })
})

describe("mint", () => {
  it.effect("uses the time of Clock and random bits of Random", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1469918176385)
      const id = yield* PrefixedUlid.mint("wsec").pipe(withHalves(5, 7))
      expect(id).toBe(PrefixedUlid.encode("wsec", 1469918176385, 5, 7))
    }))

  it.effect("gives the same ids for the same clock and seed, and different ids for another seed", () =>
    Effect.gen(function*() {
      const three = (seed: string) =>
        Effect.all([PrefixedUlid.mint("a"), PrefixedUlid.mint("a"), PrefixedUlid.mint("a")]).pipe(
          Effect.withRandom(Random.make(seed))
        )
      const ids = yield* three("seed")
      expect(new Set(ids).size).toBe(3)
      expect(yield* three("seed")).toEqual(ids)
      expect(yield* three("another seed")).not.toEqual(ids)
      yield* TestClock.adjust("1 millis")
      expect((yield* three("seed")).map(chanceOf)).toEqual(ids.map(chanceOf))
      expect((yield* three("seed")).map(timeOf)).toEqual([1, 1, 1])
    }))

  it.effect("fills all 80 random bits", () =>
    Effect.gen(function*() {
      const ids = yield* Effect.replicateEffect(PrefixedUlid.mint("a"), 400).pipe(
        Effect.withRandom(Random.make("seed"))
      )
      for (let at = 10; at < 26; at++) {
        const seen = new Set(ids.map((id) => ulidOf(id).charAt(at)))
        expect(seen.size, `characters seen at ${at}`).toBeGreaterThan(28)
      }
    }))
})

describe("makeMonotonic", () => {
  it.effect("starts with the time and random bits, and increments within a millisecond", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1000)
      const mint = yield* PrefixedUlid.makeMonotonic
      const ids = yield* Effect.all([mint("wsec"), mint("prof"), mint("wsec")]).pipe(withHalves(3, 8))
      expect(ids).toEqual([
        PrefixedUlid.encode("wsec", 1000, 3, 8),
        PrefixedUlid.encode("prof", 1000, 3, 9),
        PrefixedUlid.encode("wsec", 1000, 3, 10)
      ])
    }))

  const two = Effect.flatMap(PrefixedUlid.makeMonotonic, (mint) => Effect.all([mint("wsec"), mint("wsec")]))

  it.prop("increments as the ulid package does", [times, halves, halves], ([time, high, low]) => {
    FastCheck.pre(high < HALF - 1 || low < HALF - 1)
    const [first, second] = Effect.runSync(two.pipe(withHalves(high, low), Effect.withClock(standingAt(time))))
    expect(ulidOf(second)).toBe(`${ulidOf(first).slice(0, 10)}${Ulid.incrementBase32(ulidOf(first).slice(10))}`)
  })

  it.effect("dies with a RangeError after the largest ULID, in the year 10889", () =>
    Effect.gen(function*() {
      const cause = yield* Effect.sandbox(two).pipe(
        withHalves(HALF - 1, HALF - 1),
        Effect.withClock(standingAt(PrefixedUlid.maxTimestamp)),
        Effect.flip
      )
      expect(Cause.squash(cause)).toBeInstanceOf(RangeError)
    }))

  it.effect("uses new random bits when the clock advances", () =>
    Effect.gen(function*() {
      const mint = yield* PrefixedUlid.makeMonotonic
      yield* mint("wsec").pipe(withHalves(3, 8))
      yield* TestClock.adjust("1 millis")
      expect(yield* mint("wsec").pipe(withHalves(1, 2))).toBe(PrefixedUlid.encode("wsec", 1, 1, 2))
    }))

  it.effect("increments the previous id when the clock goes back", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(5000)
      const mint = yield* PrefixedUlid.makeMonotonic
      const before = yield* mint("wsec").pipe(withHalves(3, 8))
      yield* TestClock.setTime(4000)
      const behind = yield* mint("wsec").pipe(withHalves(900, 900))
      yield* TestClock.setTime(5001)
      const after = yield* mint("wsec").pipe(withHalves(0, 0))
      expect([before, behind, after]).toEqual([
        PrefixedUlid.encode("wsec", 5000, 3, 8),
        PrefixedUlid.encode("wsec", 5000, 3, 9),
        PrefixedUlid.encode("wsec", 5001, 0, 0)
      ])
    }))

  it.effect("carries from the low half to the high half, and from the high half to the time", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1000)
      const carrying = yield* PrefixedUlid.makeMonotonic
      const overflowing = yield* PrefixedUlid.makeMonotonic
      const carried = yield* Effect.all([carrying("a"), carrying("a")]).pipe(withHalves(3, HALF - 1))
      expect(carried[1]).toBe(PrefixedUlid.encode("a", 1000, 4, 0))
      const overflown = yield* Effect.all([overflowing("a"), overflowing("a"), overflowing("a")]).pipe(
        withHalves(HALF - 1, HALF - 1)
      )
      expect(overflown.slice(1)).toEqual([PrefixedUlid.encode("a", 1001, 0, 0), PrefixedUlid.encode("a", 1001, 0, 1)])
      yield* TestClock.setTime(1001)
      expect(yield* overflowing("a")).toBe(PrefixedUlid.encode("a", 1001, 0, 2))
    }))

  it.prop("sorts in creation order, whatever the clock does", [
    FastCheck.array(FastCheck.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 30 }),
    halves,
    halves
  ], ([clock, high, low]) => {
    const mint = Effect.runSync(PrefixedUlid.makeMonotonic)
    const ids = clock.map((time) =>
      Effect.runSync(mint("wsec").pipe(withHalves(high, low), Effect.withClock(standingAt(time))))
    )
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.effect("keeps generators independent", () =>
    Effect.gen(function*() {
      const one = yield* PrefixedUlid.makeMonotonic
      const other = yield* PrefixedUlid.makeMonotonic
      const ids = yield* Effect.all([one("a"), one("a"), other("a")]).pipe(withHalves(3, 8))
      expect(ids.map(chanceOf)).toEqual([ids[0], ids[1], ids[0]].map((id) => chanceOf(String(id))))
    }))
})

describe("Monotonic", () => {
  it("generates the same ids from the same state, times and random numbers, and continues from another's state", () => {
    const chances = [0.25, 0.5, 0.75, 0.125]
    const make = () => {
      let drawn = 0
      return new PrefixedUlid.Monotonic(() => chances[drawn++ % chances.length] ?? 0)
    }
    const one = make()
    const two = make()
    const nows = [1000, 1000, 999, 1001, 1001]
    const ids = nows.map((now) => one.next("wsec", now))
    expect(nows.map((now) => two.next("wsec", now))).toEqual(ids)
    expect(ids[0]).toBe(PrefixedUlid.encode("wsec", 1000, HALF / 4, HALF / 2))
    expect(ids[2]).toBe(PrefixedUlid.encode("wsec", 1000, HALF / 4, HALF / 2 + 2))
    expect([...ids].sort()).toEqual(ids)

    const three = make()
    expect(three.state.timestamp).toBe(-1)
    three.restore(one.state)
    expect(three.next("a", 5)).toBe(one.next("a", 5))
    three.restore(make().state)
    expect(three.next("wsec", 1000)).toBe(ids[0])
  })

  it("restores the time 0, and the state before its first id", () => {
    const first = new PrefixedUlid.Monotonic(() => 0)
    first.next("wsec", 0)
    const second = new PrefixedUlid.Monotonic(() => 0.5)
    second.next("wsec", 1000)
    second.restore(first.state)
    expect(second.state).toEqual({ timestamp: 0, high: 0, low: 0 })
    expect(second.next("wsec", 0)).toBe(first.next("wsec", 0))
    const fresh = new PrefixedUlid.Monotonic(() => 0).state
    second.restore(fresh)
    expect(second.state).toEqual(fresh)
    expect(second.next("wsec", 0)).toBe(PrefixedUlid.encode("wsec", 0, HALF / 2, HALF / 2))
  })

  it.each([-1, NaN, 0.5, PrefixedUlid.maxTimestamp + 1])("throws a RangeError for the first time %d", (now) => {
    expect(() => new PrefixedUlid.Monotonic(() => 0).next("wsec", now)).toThrow(RangeError)
  })
})
