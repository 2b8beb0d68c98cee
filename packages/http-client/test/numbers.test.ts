import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { sleep } from "../src/internal/call/deadline.js"
import { Budget } from "../src/internal/call/retryBudget.js"
import { resolveNode } from "../src/internal/options/nodeOptions.js"
import * as Node from "../src/node.js"
import { make, type Options } from "../src/WorkspaceSecretsClient.js"
import { secret } from "./support/samples.js"
import { serve } from "./support/server.js"

const id = WorkspaceSecretId.make("wsec_1")
const apiKey = Redacted.make("key")

/** Zero, the minimum, the maximum, and values beyond. Most are valid for most options, so that many clients are made. */
const edge = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(0, Number.MIN_VALUE, 0.5) },
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      1,
      2 ** 31 - 1,
      2 ** 31,
      Number.MAX_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER + 1,
      Number.MAX_VALUE,
      Infinity
    )
  },
  { weight: 1, arbitrary: fc.constantFrom(-1, -Infinity, NaN) }
)

const failing = HttpClient.make((request) =>
  Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: { code: "ECONNREFUSED" } }))
)

/** The settings, or the names of the invalid options. */
const connect = (options: Partial<Options>) =>
  make({ apiKey, ...options }).pipe(Effect.provideService(HttpClient.HttpClient, failing), Effect.either)

describe("numeric options", () => {
  it.effect.prop(
    "of a client are honoured or refused by name, and a call ends",
    {
      deadline: edge,
      attemptDeadline: edge,
      maxAttempts: fc.oneof(edge, fc.constantFrom(2, 5)),
      baseDelay: edge,
      maxDelay: edge,
      maxRetryAfter: edge,
      ratio: edge,
      perSecond: edge,
      capacity: edge
    },
    ({ attemptDeadline, baseDelay, capacity, deadline, maxAttempts, maxDelay, maxRetryAfter, perSecond, ratio }) =>
      Effect.gen(function*() {
        const made = yield* connect({
          deadline,
          attemptDeadline,
          retry: { maxAttempts, baseDelay, maxDelay, maxRetryAfter },
          retryBudget: { ratio, perSecond, capacity }
        })
        const wrong = [
          ...[["deadline", deadline], ["attemptDeadline", attemptDeadline]].flatMap(([name, value]) =>
            Number(value) >= 1 ? [] : [name]
          ),
          ...(maxAttempts >= 1 && (Number.isSafeInteger(maxAttempts) || maxAttempts === Infinity)
            ? []
            : ["retry.maxAttempts"]),
          ...Object.entries({
            "retry.baseDelay": baseDelay,
            "retry.maxDelay": maxDelay,
            "retry.maxRetryAfter": maxRetryAfter
          })
            .flatMap(([name, value]) => value >= 0 ? [] : [name]),
          ...Object.entries({
            "retryBudget.ratio": ratio,
            "retryBudget.perSecond": perSecond,
            "retryBudget.capacity": capacity
          }).flatMap(([name, value]) => value >= 0 ? [] : [name])
        ]
        if (made._tag === "Left") {
          expect(made.left.violations.map(({ field }) => field).sort()).toEqual(wrong.sort())
          return
        }
        expect(wrong).toEqual([])
        // A few attempts are enough to see that a call ends.
        const exit = yield* made.right.get(id, { retry: { maxAttempts: Math.min(maxAttempts, 4) } }).pipe(
          Effect.exit,
          Effect.fork,
          Effect.tap(TestClock.adjust(Duration.infinity)),
          Effect.flatMap(Fiber.join)
        )
        expect(exit).toMatchObject({ _tag: "Failure" })
      })
  )

  it.effect.each<readonly [what: string, negative: Duration.DurationInput]>([
    ["text", "-5 seconds"],
    ["text of a fraction", "-0.5 millis"],
    ["a number", -5],
    ["a bigint", -5n],
    ["seconds and nanoseconds", [-5, 0]],
    ["nanoseconds", [0, -5]]
  ])("that are negative durations are refused by name, as %s", ([, negative]) =>
    Effect.gen(function*() {
      const made = yield* connect({
        deadline: negative,
        attemptDeadline: negative,
        retry: { baseDelay: negative, maxDelay: negative, maxRetryAfter: negative }
      })
      const names = ["attemptDeadline", "deadline", "retry.baseDelay", "retry.maxDelay", "retry.maxRetryAfter"]
      expect(made._tag === "Left" && made.left.violations.map(({ field }) => field).sort()).toEqual(names)
      const timeouts = ["bodyTimeout", "closeTimeout", "connectTimeout", "headersTimeout", "keepAliveTimeout"]
      const node = resolveNode(Object.fromEntries(timeouts.map((name) => [name, negative])))
      expect(node._tag === "Left" && node.left.violations.map(({ field }) => field).sort()).toEqual(timeouts)
    }))

  it.effect("that are durations of zero are honoured", () =>
    Effect.gen(function*() {
      for (const zero of ["0 seconds", 0, 0n, [0, 0], Duration.zero] as const) {
        expect((yield* connect({ retry: { baseDelay: zero } }))._tag).toBe("Right")
      }
    }))

  it.scoped.prop("of the transport for Node are honoured or refused by name", {
    connections: edge,
    connectTimeout: edge,
    keepAliveTimeout: edge,
    headersTimeout: edge,
    bodyTimeout: edge
  }, (options) =>
    Effect.gen(function*() {
      const made = yield* Effect.either(Node.make({ ...options, closeTimeout: 0 }))
      const { connections, ...timeouts } = options
      const wrong = [
        ...(connections >= 1 && (Number.isSafeInteger(connections) || connections === Infinity) ? [] : ["connections"]),
        ...Object.entries(timeouts).flatMap(([name, value]) => value >= 0 ? [] : [name])
      ]
      if (made._tag === "Left") {
        expect(made.left.violations.map(({ field }) => field).sort()).toEqual(wrong.sort())
        return
      }
      expect(wrong).toEqual([])
    }))

  it.scopedLive("of the transport for Node work at their limits", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(() => ({ body: secret }))
      for (const edge of [Number.MAX_VALUE, Infinity, 2 ** 31, 0]) {
        const http = yield* Node.make({
          connections: edge > Number.MAX_SAFE_INTEGER ? Infinity : Math.max(1, edge),
          connectTimeout: edge,
          keepAliveTimeout: edge,
          headersTimeout: edge,
          bodyTimeout: edge,
          closeTimeout: edge
        })
        expect((yield* http.get(url)).status).toBe(200)
      }
    }))

  it.scopedLive("let a transport wait for its requests forever, or not at all", () =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(() => (response) => void setTimeout(() => response.end("late"), 50))
      const get = (closeTimeout: number) =>
        Effect.gen(function*() {
          const http = yield* Node.make({ closeTimeout })
          const fiber = yield* Effect.fork(Effect.flatMap(http.get(url), ({ text }) => text))
          const sent = received.length
          yield* Effect.sleep(1).pipe(Effect.repeat({ until: () => received.length > sent }))
          return fiber
        }).pipe(Effect.scoped, Effect.flatMap(Fiber.await))
      expect(yield* get(Infinity)).toMatchObject({ _tag: "Success", value: "late" })
      expect(yield* get(0)).toMatchObject({ _tag: "Failure" })
    }))
})

describe("a retry", () => {
  it.effect("without a delay continues until its limit", () =>
    Effect.gen(function*() {
      const made = yield* connect({ retry: { maxAttempts: 2000, baseDelay: 0 }, retryBudget: false })
      const get = made._tag === "Right" ? made.right.get(id) : Effect.die("refused")
      expect(yield* Effect.flip(get)).toMatchObject({ attempts: 2000 })
    }))

  it.effect("waits once for a delay of any length, on the clock of a test", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(sleep(Number.MAX_SAFE_INTEGER))
      yield* TestClock.adjust(Number.MAX_SAFE_INTEGER - 1)
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust(1)
      yield* Fiber.join(fiber)
    }))

  it.effect("can wait longer than a timer", () =>
    Effect.gen(function*() {
      const month = Duration.toMillis("30 days")
      const made = yield* connect({
        retry: { maxAttempts: 2, baseDelay: month * 100, maxDelay: Infinity },
        deadline: Infinity,
        attemptDeadline: Infinity
      })
      const get = made._tag === "Right" ? made.right.get(id) : Effect.die("refused")
      const fiber = yield* Effect.fork(Effect.flip(get))
      yield* TestClock.adjust(month * 100)
      expect(yield* Fiber.join(fiber)).toMatchObject({ attempts: 2 })
    }))
})

describe("a deadline", () => {
  it.effect("can be longer than a timer", () =>
    Effect.gen(function*() {
      const secrets = yield* make({ apiKey, deadline: "40 days", attemptDeadline: "30 days" }).pipe(
        Effect.provideService(HttpClient.HttpClient, HttpClient.make(() => Effect.never))
      )
      const fiber = yield* Effect.fork(Effect.flip(secrets.create({ metadata: { name: "a" }, spec: {} })))
      yield* TestClock.adjust("29 days")
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("2 days")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "CallTimeout", scope: "attempt" })
    }))
})

describe("a budget", () => {
  const second = 1_000_000_000n

  it("does not change if the clock steps back", () => {
    const budget = new Budget({ ratio: 0, perSecond: 1, capacity: 1 })
    expect(budget.withdraw(1000n * second)).toBe(true)
    expect(budget.withdraw(10n * second)).toBe(false)
    expect(budget.withdraw(11n * second)).toBe(true)
  })

  it.each([0, 1])("of capacity %s is not exceeded, even with infinite tokens", (capacity) => {
    const budget = new Budget({ ratio: 0, perSecond: Infinity, capacity })
    const taken = Array.from({ length: 3 }, () => budget.withdraw(second))
    expect(taken.filter(Boolean)).toHaveLength(capacity)
    expect(budget.withdraw(2n * second)).toBe(capacity === 1)
  })
})

describe("invalid options of the transport for Node", () => {
  it("are all reported", () => {
    const dispatcher = { on: () => {}, interceptors: [], dispatch: () => true }
    expect(resolveNode({ connections: 0, bodyTimeout: "soon", dispatcher })).toMatchObject({
      _tag: "Left",
      left: {
        _tag: "InvalidClientOptions",
        violations: [{ field: "dispatcher" }, { field: "connections" }, { field: "bodyTimeout" }]
      }
    })
  })
})
