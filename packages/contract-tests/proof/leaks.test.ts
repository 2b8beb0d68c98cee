import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { indiscretions, leaks, messagesOf } from "../test/indiscreet.js"

describe("a behaviour that fails", () => {
  it.effect.each(Object.keys(indiscretions))(
    "shows no key and no value, of a server that tells them %s",
    (way) =>
      Effect.gen(function*() {
        const messages = yield* messagesOf([way])
        expect(leaks(messages)).toEqual([])
        expect(messages.length).toBeGreaterThan(100)
      })
  )
})
