import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import * as PrefixedUlid from "../src/PrefixedUlid.js"

describe("mint", () => {
  it.effect("uses the time of Clock and random bits of Random", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_577_470_279_117)
      const mint = PrefixedUlid.mint("wsecret").pipe(Random.withSeed("a seed"))
      const id = yield* mint
      expect(id).toMatch(/^wsecret_[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
      expect(PrefixedUlid.timestamp(id)).toEqual(Option.some(1_577_470_279_117))
      expect(yield* mint).toBe(id)
      expect(yield* PrefixedUlid.mint("wsecret")).not.toBe(id)
    }))
})

describe("makeMonotonic", () => {
  it.effect("makes ids that sort as they were minted, after a clock that went back, too", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1000)
      const mint = yield* PrefixedUlid.makeMonotonic
      const ids = [yield* mint("a"), yield* mint("a")]
      yield* TestClock.setTime(10)
      ids.push(yield* mint("a"))
      expect([...ids].sort()).toEqual(ids)
      expect(new Set(ids).size).toBe(3)
    }))
})
