import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { failuresOf, indiscretions, leaks } from "../test/indiscreet.js"

describe("a behaviour that fails", () => {
  it.effect.each(Object.keys(indiscretions))(
    "shows no key and no value in any sink, of a server that tells them %s",
    (way) =>
      Effect.gen(function*() {
        const failures = yield* failuresOf([way])
        expect(yield* leaks(failures)).toEqual([])
        expect(failures.length).toBeGreaterThan(100)
      })
  )
})
