import * as HttpClient from "@effect/platform/HttpClient"
import { afterEach, beforeEach, describe, expect, it, vi } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { sleep } from "../../../src/internal/call/deadline.js"
import { make } from "../../../src/WorkspaceSecretsClient.js"

const days = (count: number) => Duration.toMillis(Duration.days(count))

// Timers that overflow as those of a runtime do: what is longer than they can wait is over at once.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
afterEach(() => void vi.useRealTimers())

/** Whether a promise is over by now. */
const watch = (promise: Promise<unknown>) => {
  const state = { isOver: false }
  void promise.then(() => {
    state.isOver = true
  })
  return state
}

describe("with the clock of a program", () => {
  it("a sleep is as long as it is to be, though longer than a timer can wait", async () => {
    const sleeping = watch(Effect.runPromise(sleep(days(60))))
    await vi.advanceTimersByTimeAsync(days(59))
    expect(sleeping.isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(days(2))
    expect(sleeping.isOver).toBe(true)
  })

  it("a deadline ends a call when it has passed, though longer than a timer can wait", async () => {
    const secrets = Effect.runSync(
      make({ apiKey: Redacted.make("key"), deadline: "90 days", attemptDeadline: "60 days", retry: false }).pipe(
        Effect.provideService(HttpClient.HttpClient, HttpClient.make(() => Effect.never))
      )
    )
    const error = Effect.runPromise(Effect.flip(secrets.get(WorkspaceSecretId.make("wsec_1"))))
    const calling = watch(error)
    await vi.advanceTimersByTimeAsync(days(59))
    expect(calling.isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(days(2))
    expect(await error).toMatchObject({ _tag: "CallTimeout", scope: "attempt" })
  })
})
