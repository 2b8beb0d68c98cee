import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as WorkspaceSecretsClient from "../../src/WorkspaceSecretsClient.js"
import { json } from "./memory.js"

export type Step = Response | "ECONNRESET" | "ECONNREFUSED" | "ENOTFOUND" | "silence" | Effect.Effect<never>

/** A response with a google.rpc.Status. */
export const status = (status: number, code: number, headers: Record<string, string> = {}) =>
  json({ code, message: "words" }, { status, headers })

/** A client whose transport follows these steps, repeats the last one, and records the time of each request. */
export const scripted = (
  steps: ReadonlyArray<Step | ((request: HttpClientRequest.HttpClientRequest) => Step)>,
  options: Partial<WorkspaceSecretsClient.Options> = {}
) => {
  const sent: Array<{ readonly request: HttpClientRequest.HttpClientRequest; readonly at: number }> = []
  const http = HttpClient.make((request) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const next = steps[Math.min(sent.length, steps.length - 1)] ?? "silence"
      const step = typeof next === "function" ? next(request) : next
      sent.push({ request, at })
      return step === "silence"
        ? Effect.never
        : Effect.isEffect(step)
        ? step
        : typeof step === "string"
        ? new HttpClientError.RequestError({
          request,
          reason: "Transport",
          cause: Object.assign(new Error(step), { code: step })
        })
        : Effect.succeed(HttpClientResponse.fromWeb(request, step.clone()))
    })
  )
  return WorkspaceSecretsClient.make({ apiKey: Redacted.make("key"), ...options }).pipe(
    Effect.provideService(HttpClient.HttpClient, http),
    Effect.map((secrets) => ({ secrets, sent, times: () => sent.map(({ at }) => at) }))
  )
}

/**
 * Runs calls without real delays, and returns the delays in milliseconds. The calls must have no deadlines: they would
 * pass at once.
 */
export const withoutWaiting = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const waits: Array<number> = []
    const clock: Clock.Clock = Object.assign(Object.create(Clock.make()) as Clock.Clock, {
      sleep: (duration: Duration.Duration) =>
        Effect.sync(() => {
          waits.push(Duration.toMillis(duration))
        })
    })
    return Effect.map(Effect.withClock(effect, clock), (result) => ({ result, waits }))
  })

/** Options without deadlines. */
export const endless = { deadline: Infinity, attemptDeadline: Infinity }
