import { describe, expect, it } from "@effect/vitest"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import type { WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { json } from "./support/memory.js"
import { page, profile, secret } from "./support/samples.js"
import { endless, scripted, status, type Step, withoutWaiting } from "./support/script.js"

const id = WorkspaceSecretId.make("wsec_1")
const payload = { metadata: { name: "name" }, spec: {} }
const addressed = { metadata: { name: "name", externalId: ExternalId.make("a/b") }, spec: {} }
const html = (status: number) => new Response("<html>", { status, headers: { "content-type": "text/html" } })

/** Runs a call to its end, advancing the test clock. */
const settle = <A, E>(call: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(Effect.either(call))
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

const calls = (secrets: WorkspaceSecretsClient.Service): Record<string, Effect.Effect<unknown, unknown>> => ({
  list: secrets.list(),
  get: secrets.get(id),
  whoami: secrets.whoami(),
  delete: secrets.delete(id),
  create: secrets.create(payload),
  update: secrets.update(id, payload)
})

const answers: Record<string, Step> = {
  list: json(page(["a"])),
  get: json(secret),
  whoami: json(profile),
  delete: json({}),
  create: json(secret),
  update: json(secret)
}

const failures: ReadonlyArray<readonly [what: string, step: Step, retried: string]> = [
  ["a lost connection", "ECONNRESET", "list get whoami delete"],
  ["a refused connection", "ECONNREFUSED", "list get whoami delete"],
  ["408", html(408), "list get whoami delete"],
  ["429", status(429, 8), "list get whoami delete"],
  ["502 from a proxy", html(502), "list get whoami delete"],
  ["503", status(503, 14), "list get whoami delete"],
  ["504", status(504, 4), "list get whoami delete"],
  ["504 from a proxy", html(504), "list get whoami delete"],
  ["500", status(500, 13), "list get whoami"],
  ["500 from a proxy", html(500), "list get whoami"],
  ["501", status(501, 12), ""],
  ["501 from a proxy", html(501), ""],
  ["data loss", status(500, 15), ""],
  ["400", status(400, 3), ""],
  ["401", status(401, 16), ""],
  ["403", status(403, 7), ""],
  ["409", status(409, 10), ""],
  ["a body that does not decode", html(200), ""]
]

describe("retries", () => {
  it.effect.each(failures)("after %s: %s", ([_, step, retried]) =>
    Effect.gen(function*() {
      for (const name of Object.keys(answers)) {
        // A 2xx response to delete is a success with any body.
        if (name === "delete" && step instanceof Response && step.ok) {
          continue
        }
        const { secrets, sent } = yield* scripted([step, answers[name] ?? "silence"], endless)
        const { result } = yield* withoutWaiting(Effect.either(calls(secrets)[name] ?? Effect.void))
        const again = retried.split(" ").includes(name)
        expect([name, result._tag, sent.length]).toEqual([name, again ? "Right" : "Left", again ? 2 : 1])
      }
    }))

  it.effect("also writes with the option writes, but not after a 500", () =>
    Effect.gen(function*() {
      for (const [step, attempts] of [[status(503, 14), 2], ["ECONNRESET", 2], [status(500, 13), 1]] as const) {
        const { secrets, sent } = yield* scripted([step, json(secret)])
        yield* settle(secrets.create(payload, { retry: { writes: true } }))
        expect(sent).toHaveLength(attempts)
        yield* settle(secrets.update(id, payload, { retry: { writes: true } }))
        expect(sent).toHaveLength(attempts + 1)
      }
    }))

  it.effect("nothing with retry: false of client or call", () =>
    Effect.gen(function*() {
      const client = yield* scripted(["ECONNRESET"], { retry: false })
      expect(yield* settle(client.secrets.get(id))).toMatchObject({ left: { attempts: 1 } })
      expect(yield* settle(client.secrets.get(id, { retry: { maxAttempts: 2 } }))).toMatchObject({
        left: { attempts: 2 }
      })
      const call = yield* scripted(["ECONNRESET"])
      expect(yield* settle(call.secrets.get(id, { retry: false }))).toMatchObject({ left: { attempts: 1 } })
      expect(yield* settle(call.secrets.get(id))).toMatchObject({ left: { attempts: 3 } })
    }))

  it.effect("with the same request, and the error has the number of attempts", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([status(503, 14)])
      expect(yield* settle(secrets.get(id, { retry: { maxAttempts: 5 } }))).toMatchObject({
        left: { _tag: "Unavailable", operation: "get", attempts: 5, isRetryable: true }
      })
      expect(new Set(sent.map(({ request }) => JSON.stringify([request.method, request.url, request.headers]))).size)
        .toBe(1)
    }))
})

describe("the delay", () => {
  const waits = (seed: string) =>
    Effect.gen(function*() {
      const retry = { maxAttempts: 8, baseDelay: "100 millis", maxDelay: "1 second" } as const
      const { secrets } = yield* scripted(["ECONNRESET"], { ...endless, retry, retryBudget: false })
      const call = Effect.withRandom(Effect.flip(secrets.get(id)), Random.make(seed))
      return (yield* withoutWaiting(call)).waits
    })

  it.effect("is random between 0 and a bound that doubles up to a maximum", () =>
    Effect.gen(function*() {
      const all = yield* Effect.forEach(Array.from({ length: 100 }, (_, index) => `seed-${index}`), waits)
      for (const [index, bound] of [100, 200, 400, 800, 1000, 1000, 1000].entries()) {
        const these = all.map((waits) => waits[index] ?? NaN)
        expect(Math.max(...these)).toBeLessThanOrEqual(bound)
        // Full jitter: from the lowest to the highest tenth.
        expect(Math.min(...these)).toBeLessThan(bound / 10)
        expect(Math.max(...these)).toBeGreaterThan(bound * 0.9)
      }
    }))

  it.effect("uses Effect's Random, so that a seed makes it repeatable", () =>
    Effect.gen(function*() {
      expect(yield* waits("a")).toEqual(yield* waits("a"))
      expect(yield* waits("a")).not.toEqual(yield* waits("b"))
    }))

  it.effect.each([
    { header: "7", at: 7000 },
    { header: "Sun, 22 Nov 2026 10:00:09 GMT", at: 9000 }
  ])("is as long as Retry-After asks for: $header", ({ at, header }) =>
    Effect.gen(function*() {
      const start = Date.parse("2026-11-22T10:00:00Z")
      yield* TestClock.setTime(start)
      const { secrets, times } = yield* scripted([status(429, 8, { "retry-after": header }), json(secret)])
      const result = yield* settle(secrets.get(id))
      expect(result._tag).toBe("Right")
      expect(times()).toEqual([start, start + at])
    }))

  it.effect("is at least that of RetryInfo, and of Retry-After without a google.rpc.Status", () =>
    Effect.gen(function*() {
      const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "6.5s" }]
      const { secrets, times } = yield* scripted([
        json({ code: 14, details }, { status: 503 }),
        new Response("<html>", { status: 503, headers: { "retry-after": "3" } }),
        json(secret)
      ])
      expect((yield* settle(secrets.get(id)))._tag).toBe("Right")
      expect(times()).toEqual([0, 6500, 9500])
    }))

  it.effect("does not start if Retry-After exceeds the maximum: the error has retryAfter", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([status(429, 8, { "retry-after": "31" })])
      const result = yield* Effect.either(secrets.get(id, { deadline: Infinity }))
      expect(result).toMatchObject({ left: { attempts: 1, retryAfter: Duration.seconds(31), isRetryable: true } })
      expect(sent).toHaveLength(1)
      yield* Effect.flip(secrets.get(id, { retry: { maxRetryAfter: "1 minute" }, deadline: "20 seconds" }))
      expect(sent).toHaveLength(2)
      yield* settle(secrets.get(id, { retry: { maxRetryAfter: "1 minute" }, deadline: Infinity }))
      expect(sent).toHaveLength(5)
    }))

  it.effect("does not start if it would exceed the deadline", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([status(429, 8, { "retry-after": "10" })])
      expect(yield* Effect.flip(secrets.get(id, { deadline: "9 seconds" }))).toMatchObject({
        _tag: "ResourceExhausted",
        attempts: 1
      })
      expect(sent).toHaveLength(1)
    }))

  it.effect("ends when the call is interrupted", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([status(429, 8, { "retry-after": "10" })])
      const fiber = yield* Effect.fork(secrets.get(id))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      expect(sent).toHaveLength(1)
    }))
})

describe("a schedule", () => {
  it.effect("replaces only the number of attempts and the delays", () =>
    Effect.gen(function*() {
      const schedule = Schedule.intersect(Schedule.spaced("2 seconds"), Schedule.recurs(4))
      const { secrets, times } = yield* scripted([
        status(503, 14),
        status(503, 14, { "retry-after": "5" }),
        "ECONNRESET"
      ])
      const retry = { schedule, maxAttempts: 1 }
      expect(yield* settle(secrets.get(id, { retry }))).toMatchObject({ left: { attempts: 5 } })
      expect(times()).toEqual([0, 2000, 7000, 9000, 11000])
      expect(yield* settle(secrets.create(payload, { retry }))).toMatchObject({ left: { attempts: 1 } })
      const refused = yield* scripted([status(400, 3)])
      expect(yield* settle(refused.secrets.get(id, { retry }))).toMatchObject({ left: { attempts: 1 } })
    }))

  it.effect("receives the error", () =>
    Effect.gen(function*() {
      const schedule = Schedule.recurWhile<{ readonly _tag: string }>((error) => error._tag === "Unavailable")
      const { secrets, sent } = yield* scripted([status(503, 14), status(503, 14), status(429, 8)])
      expect(yield* settle(secrets.get(id, { retry: { schedule } }))).toMatchObject({
        left: { _tag: "ResourceExhausted" }
      })
      expect(sent).toHaveLength(3)
    }))
})

describe("the budget", () => {
  const outage = (retryBudget?: Parameters<typeof scripted>[1]) =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted(["ECONNREFUSED"], { ...endless, ...retryBudget })
      yield* withoutWaiting(Effect.repeatN(Effect.ignore(secrets.get(id)), 199))
      return sent.length
    })

  it.effect("limits retries during an outage", () =>
    Effect.gen(function*() {
      // 200 calls, 20 retries from the ratio, and 10 initial tokens.
      expect(yield* outage({ retryBudget: { perSecond: 0 } })).toBeLessThanOrEqual(230)
      expect(yield* outage({ retryBudget: { perSecond: 0 } })).toBeGreaterThanOrEqual(228)
      expect(yield* outage({ retryBudget: false })).toBe(600)
      expect(yield* outage({ retryBudget: { capacity: 0 } })).toBe(200)
    }))

  it.effect("refills with time", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted(["ECONNREFUSED"], { retryBudget: { ratio: 0, capacity: 2, perSecond: 0.1 } })
      const attempts = Effect.map(settle(secrets.get(id)), (result) => "left" in result ? result.left.attempts : 0)
      expect(yield* attempts).toBe(3)
      // `settle` advances the clock by an hour, which refills the bucket.
      expect(yield* attempts).toBe(3)
    }))
})

describe("a retried delete", () => {
  it.effect.each(["ECONNRESET", html(502), status(503, 14)] as const)(
    "is a success when it finds nothing, for the first one may have been done",
    (step) =>
      Effect.gen(function*() {
        const { secrets } = yield* scripted([step, status(404, 5)])
        expect(yield* settle(secrets.withResponse.delete(id))).toMatchObject({
          right: { value: undefined, response: { status: 404, attempts: 2 } }
        })
      })
  )

  it.effect.each(["ECONNREFUSED", "ENOTFOUND", status(429, 8)] as const)(
    "has found nothing when the first one cannot have been done",
    (step) =>
      Effect.gen(function*() {
        const { secrets } = yield* scripted([step, status(404, 5)])
        expect(yield* settle(secrets.delete(id))).toMatchObject({
          left: { _tag: "WorkspaceSecretNotFound", attempts: 2 }
        })
      })
  )

  it.effect("fails with not found on the first attempt", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted([status(404, 5)])
      expect(yield* settle(secrets.delete(id))).toMatchObject({
        left: { _tag: "WorkspaceSecretNotFound", attempts: 1 }
      })
    }))
})

describe("a create with safeRetry", () => {
  const make = (value: string) => ({ metadata: { ...addressed.metadata }, spec: { value: Redacted.make(value) } })
  const taken = status(409, 6)

  it.effect("is retried, and returns the secret with its external id", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted(["ECONNRESET", taken, json(secret)])
      expect(yield* settle(secrets.withResponse.create(make("value"), { safeRetry: true }))).toMatchObject({
        right: { value: { metadata: { id: "id" } }, response: { status: 200, attempts: 3 } }
      })
      expect(sent.map(({ request }) => `${request.method} ${request.url.split("/").at(-1)}`)).toEqual([
        "POST workspace_secrets",
        "POST workspace_secrets",
        "GET external_id%3Aa%2Fb"
      ])
    }))

  it.effect("fails with ALREADY_EXISTS if no earlier attempt can have created it", () =>
    Effect.gen(function*() {
      for (const steps of [[taken], ["ECONNREFUSED", taken], [status(429, 8), taken]] as const) {
        const { secrets, sent } = yield* scripted([...steps, json(secret)])
        expect(yield* settle(secrets.create(make("value"), { safeRetry: true }))).toMatchObject({
          left: { _tag: "WorkspaceSecretAlreadyExists", operation: "create" }
        })
        expect(sent).toHaveLength(steps.length)
      }
    }))

  it.effect("fails with ALREADY_EXISTS if it finds another secret, or none", () =>
    Effect.gen(function*() {
      const renamed = json({ ...secret, metadata: { ...secret.metadata, name: "another" } })
      for (
        const [value, found] of [["another", json(secret)], ["value", renamed], ["value", status(404, 5)]] as const
      ) {
        const { secrets } = yield* scripted(["ECONNRESET", taken, found])
        expect(yield* settle(secrets.create(make(value), { safeRetry: true }))).toMatchObject({
          left: { _tag: "WorkspaceSecretAlreadyExists", attempts: 2 }
        })
      }
    }))

  it.effect.each<readonly [how: string, given: string, kept: string]>([
    ["in upper case", "straße № 1", "STRASSE № 1"],
    ["in lower case", "ΟΔΟΣ ẞ İ", "οδος ß i̇"],
    ["in the case of simple mappings, letter by letter", "Straße ŉ", "STRAßE ŉ"],
    ["without the white space around it", " name ", "NAME"]
  ])("takes the secret that it finds when the server keeps its name %s", ([_, given, kept]) =>
    Effect.gen(function*() {
      const found = json({ ...secret, metadata: { ...secret.metadata, name: kept } })
      const { secrets } = yield* scripted(["ECONNRESET", taken, found])
      const payload = { ...make("value"), metadata: { ...addressed.metadata, name: given } }
      expect(yield* settle(secrets.create(payload, { safeRetry: true }))).toMatchObject({
        right: { metadata: { id: "id", name: kept } }
      })
    }))

  it.effect.each([
    ["none", {}],
    ["null", { value: null }],
    ["an empty one", { value: "" }]
  ])(
    "takes the secret that it finds by its name alone when the server returns no value: %s",
    ([_, spec]) =>
      Effect.gen(function*() {
        const found = json({ ...secret, spec })
        const another = json({ ...secret, spec, metadata: { ...secret.metadata, name: "another" } })
        const own = yield* scripted(["ECONNRESET", taken, found])
        expect(yield* settle(own.secrets.create(make("value"), { safeRetry: true }))).toMatchObject({
          right: { metadata: { id: "id" } }
        })
        const others = yield* scripted(["ECONNRESET", taken, another])
        expect(yield* settle(others.secrets.create(make("value"), { safeRetry: true }))).toMatchObject({
          left: { _tag: "WorkspaceSecretAlreadyExists", attempts: 2 }
        })
      })
  )

  it.effect("returns the secret even if the payload is changed and its value wiped during the call", () =>
    Effect.gen(function*() {
      const payload = make("value")
      const changing = () => {
        Redacted.unsafeWipe(payload.spec.value)
        Object.assign(payload.metadata, { name: "another", externalId: undefined })
        return taken
      }
      const { secrets, sent } = yield* scripted(["ECONNRESET", changing, json(secret)])
      expect(yield* settle(secrets.create(payload, { safeRetry: true }))).toMatchObject({
        right: { metadata: { id: "id" } }
      })
      expect(sent).toHaveLength(3)
    }))

  it.effect("reads back with the same retries, and fails with the error of the read", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted(["ECONNRESET", taken, status(403, 7)])
      expect(yield* settle(secrets.create(make("value"), { safeRetry: true }))).toMatchObject({
        left: { _tag: "PermissionDenied", operation: "create", attempts: 3 }
      })
      const again = yield* scripted(["ECONNRESET", taken, "ECONNRESET", json(secret)])
      const retry = { maxAttempts: 5 }
      expect(yield* settle(again.secrets.create(make("value"), { safeRetry: true, retry }))).toMatchObject({
        right: { metadata: { id: "id" } }
      })
    }))

  it.effect("needs an external id", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([json(secret)])
      expect(yield* Effect.flip(secrets.create(payload, { safeRetry: true }))).toMatchObject({
        _tag: "InvalidArgument",
        attempts: 0,
        fieldViolations: [{ field: "metadata.externalId" }]
      })
      expect(sent).toHaveLength(0)
    }))

  it.effect("is not retried without it", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted(["ECONNRESET", json(secret)])
      expect(yield* settle(secrets.create(addressed))).toMatchObject({ left: { _tag: "ConnectionError", attempts: 1 } })
    }))
})
