import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { indiscretions, leaks, messagesOf } from "./indiscreet.js"

it.effect(
  "a behaviour that fails shows no key and no value, of a server that tells them in every way by turns",
  () =>
    Effect.gen(function*() {
      const messages = yield* messagesOf(Object.keys(indiscretions))
      expect(leaks(messages)).toEqual([])
      expect(messages.length).toBeGreaterThan(100)
    }),
  20_000
)
