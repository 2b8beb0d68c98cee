import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { leaking, printed } from "../../../tools/leaks/sinks.js"
import * as Behaviour from "../src/Behaviour.js"
import { ExpectationFailed } from "../src/internal/expect.js"
import * as Target from "../src/Target.js"

class Refused extends Data.TaggedError("Refused")<{ readonly message: string }> {}

const noHttp = Layer.succeed(HttpClient.HttpClient, HttpClient.make(() => Effect.die("no HTTP here")))

const options: Target.Options = {
  baseUrl: "http://localhost/",
  apiKey: Redacted.make("canary-key"),
  workspaceId: "wksp_1",
  otherTenant: { apiKey: Redacted.make("canary-other"), workspaceId: "wksp_2" }
}

const target = Target.layer(options).pipe(Layer.provide(noHttp))

const behaviour = (run: Effect.Effect<void, unknown, Target.Target | Scope.Scope>): Behaviour.Behaviour => ({
  id: "WS-TEST-001",
  operation: "get",
  provenance: "D",
  contested: [],
  statement: "a test",
  via: "wire",
  needs: [],
  layouts: [],
  rows: [],
  strain: undefined,
  run
})

const messageOf = (run: Behaviour.Behaviour["run"]) =>
  Behaviour.check(behaviour(run)).pipe(
    Effect.flip,
    Effect.map((error) => {
      expect(error).toMatchObject({ _tag: "BehaviourFailed", id: "WS-TEST-001" })
      return error.message
    }),
    Effect.provide(target)
  )

describe("check", () => {
  it.effect("succeeds if the behaviour does, and closes its scope", () =>
    Effect.gen(function*() {
      let closed = false
      yield* Behaviour.check(behaviour(Effect.addFinalizer(() =>
        Effect.sync(() => {
          closed = true
        })
      )))
      expect(closed).toBe(true)
    }).pipe(Effect.provide(target)))

  it.effect("fails with what was expected", () =>
    Effect.gen(function*() {
      expect(yield* messageOf(new ExpectationFailed({ message: "expected a, got b" }))).toBe("expected a, got b")
    }))

  it.effect("puts the name of another error before its message", () =>
    Effect.gen(function*() {
      expect(yield* messageOf(Effect.fail(new Refused({ message: "no" })))).toBe("Refused: no")
      const error: unknown = new TypeError("no")
      expect(yield* messageOf(Effect.fail(error))).toBe("TypeError: no")
    }))

  it.effect("fails for a defect, with its frames", () =>
    Effect.gen(function*() {
      const message = yield* messageOf(Effect.die(new RangeError("canary-key is no number")))
      expect(message).toMatch(/^RangeError: <a key> is no number\n\s+at .*Behaviour\.test/)
    }))

  it.effect("has no key and no value in its message", () =>
    Effect.gen(function*() {
      const message = "Bearer canary-key and canary-other, contract-tests-value[canary]"
      for (
        const run of [
          new Refused({ message }),
          Effect.die(new Error(message)),
          Effect.fail(message),
          Effect.die(message)
        ]
      ) {
        expect(yield* messageOf(run)).not.toContain("canary")
      }
    }))

  it.effect("prints only its id and message", () =>
    Effect.gen(function*() {
      const error = yield* Behaviour.check(behaviour(new Refused({ message: "canary-key" }))).pipe(Effect.flip)
      expect(leaking(printed(error), "canary")).toEqual([])
      expect(error.cause).toBeUndefined()
    }).pipe(Effect.provide(target)))

  it.effect("stays interrupted", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Behaviour.check(behaviour(Effect.interrupt)))
      expect(Exit.isInterrupted(exit)).toBe(true)
    }).pipe(Effect.provide(target)))
})

describe("whyNot", () => {
  it.effect("is what the target lacks", () =>
    Effect.gen(function*() {
      const service = yield* Target.Target
      const needy = { ...behaviour(Effect.void), needs: ["otherTenant", "workspaceAlias"] as const }
      expect(Behaviour.whyNot(needy, service)).toBe("the target has no workspaceAlias")
      expect(Behaviour.whyNot(behaviour(Effect.void), service)).toBeUndefined()
      const ofBoth = { ...behaviour(Effect.void), layouts: ["unscoped", "scoped"] as const }
      expect(Behaviour.whyNot(ofBoth, service)).toBeUndefined()
      expect(Behaviour.whyNot(ofBoth, { ...service, layouts: ["scoped"] })).toBe("the target has no unscoped paths")
    }).pipe(Effect.provide(target)))

  it.effect("is the load of the behaviour, if the suite is gentle", () =>
    Effect.gen(function*() {
      const service = yield* Target.Target
      const hard = { ...behaviour(Effect.void), strain: "makes 201 secrets" }
      expect(Behaviour.whyNot(hard, service)).toBeUndefined()
      expect(Behaviour.whyNot(hard, service, { gentle: true })).toBe("it makes 201 secrets")
      expect(Behaviour.whyNot(behaviour(Effect.void), service, { gentle: true })).toBeUndefined()
    }).pipe(Effect.provide(target)))
})
