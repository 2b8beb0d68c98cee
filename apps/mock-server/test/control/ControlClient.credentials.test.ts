import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { leakingAnywhere } from "../../../../tools/leaks/sinks.js"
import * as ControlClient from "../../src/control/ControlClient.js"

it.effect("a control client that reaches no server does not print the password of its URL", () =>
  Effect.gen(function*() {
    const fetch: typeof globalThis.fetch = () => Promise.reject(new TypeError("refused"))
    for (
      const url of ["http://me:canary@localhost:1", "http://canary@localhost:1/x", "http://a:b@canary@localhost:1"]
    ) {
      const error = yield* Effect.flip(ControlClient.make({ url, fetch }).health)
      expect(error.message).toContain("//<redacted>@localhost:1")
      expect(yield* leakingAnywhere([error], "canary")).toEqual([])
    }
  }))
