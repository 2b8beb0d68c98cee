import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { failuresOf, indiscretions, leaks } from "./indiscreet.js"

it.effect(
  "a behaviour that fails shows no key and no value in any sink, of a server that tells them in every way and spelling by turns",
  () =>
    Effect.gen(function*() {
      const failures = yield* failuresOf(Object.keys(indiscretions))
      expect(yield* leaks(failures)).toEqual([])
      expect(failures.length).toBeGreaterThan(100)
    }),
  20_000
)
