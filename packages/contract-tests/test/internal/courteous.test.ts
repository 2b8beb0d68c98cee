import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { courteous } from "../../src/internal/courteous.js"

const busy = (status: number, retryAfter?: string) =>
  new Response("busy", { status, headers: retryAfter === undefined ? {} : { "retry-after": retryAfter } })

/** A server with these responses, then 200, and the times of its requests. */
const server = (answers: ReadonlyArray<Response>, options = {}) =>
  Effect.gen(function*() {
    const asked: Array<string> = []
    const fetch = yield* courteous((input) => {
      asked.push(new Request(input).url)
      return Promise.resolve(answers[asked.length - 1] ?? new Response("ok"))
    }, options)
    return { asked, ask: (url: string, init?: RequestInit) => Effect.promise(() => fetch(url, init)) }
  })

/** Waits until everything in flight waits. */
const settle = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

describe("courteous", () => {
  it.effect("returns responses", () =>
    Effect.gen(function*() {
      const { ask, asked } = yield* server([busy(500, "1"), busy(503), busy(404)])
      expect((yield* ask("http://a/")).status).toBe(500)
      expect((yield* ask("http://a/")).status).toBe(503)
      expect((yield* ask("http://a/")).status).toBe(404)
      expect(yield* Effect.promise(() => fetchText(ask("http://a/")))).toBe("ok")
      expect(asked).toHaveLength(4)
    }))

  it.effect.each(
    [
      [busy(429, "7"), 7],
      [busy(503, "7"), 7],
      [busy(429), 1],
      [busy(429, "soon"), 1],
      [busy(429, "Thu, 01 Jan 1970 00:00:09 GMT"), 9],
      [busy(429, "Wed, 31 Dec 1969 00:00:00 GMT"), 0]
    ] as const
  )("waits for the requested delay, then retries (%#)", ([answer, seconds]) =>
    Effect.gen(function*() {
      const { ask, asked } = yield* server([answer])
      const fiber = yield* Effect.fork(ask("http://a/"))
      yield* settle
      if (seconds > 0) {
        expect(asked).toHaveLength(1)
        yield* TestClock.adjust(seconds * 1000 - 1)
        yield* settle
        expect(asked).toHaveLength(1)
        yield* TestClock.adjust(1)
      }
      expect((yield* Fiber.join(fiber)).status).toBe(200)
      expect(asked).toHaveLength(2)
    }))

  it.effect("sends no other request while it waits", () =>
    Effect.gen(function*() {
      const { ask, asked } = yield* server([busy(429, "5")])
      const first = yield* Effect.fork(ask("http://a/"))
      yield* settle
      const second = yield* Effect.fork(ask("http://b/"))
      yield* settle
      expect(asked).toEqual(["http://a/"])
      yield* TestClock.adjust(5000)
      yield* Fiber.join(first)
      yield* Fiber.join(second)
      expect([...asked].sort()).toEqual(["http://a/", "http://a/", "http://b/"])
    }))

  it.effect("stops retrying after six responses, or if the delay exceeds a minute", () =>
    Effect.gen(function*() {
      const patient = yield* server(Array.from({ length: 9 }, () => busy(429, "0")))
      expect((yield* patient.ask("http://a/")).status).toBe(429)
      expect(patient.asked).toHaveLength(6)
      const long = yield* server([busy(429, "61")])
      expect((yield* long.ask("http://a/")).status).toBe(429)
      expect(long.asked).toHaveLength(1)
    }))

  it.effect("has no more requests in flight than the maximum", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      let now = 0
      let most = 0
      const opened = Effect.runPromise(Deferred.await(gate))
      const fetch = yield* courteous(async () => {
        most = Math.max(most, ++now)
        await opened
        now--
        return new Response("ok")
      }, { maxConcurrency: 2 })
      const fibers = yield* Effect.forkAll(Array.from({ length: 7 }, () => Effect.promise(() => fetch("a"))))
      yield* settle
      yield* Deferred.succeed(gate, undefined)
      expect(yield* Fiber.join(fibers)).toHaveLength(7)
      expect(most).toBe(2)
    }))

  it.effect("rejects with the error of fetch, and with the reason of an abort", () =>
    Effect.gen(function*() {
      const error = new TypeError("fetch failed")
      const failing = yield* courteous(() => Promise.reject(error), {})
      expect(yield* Effect.flip(Effect.tryPromise({ try: () => failing("a"), catch: (u) => u }))).toBe(error)
      const reason = new Error("enough")
      const { ask } = yield* server([busy(429, "30")])
      const controller = new AbortController()
      const waiting = yield* Effect.fork(Effect.sandbox(ask("http://a/", { signal: controller.signal })))
      yield* settle
      controller.abort(reason)
      expect(yield* Effect.flip(Fiber.join(waiting))).toMatchObject({ defect: reason })
    }))

  it.effect("has a timeout of 30 seconds per attempt", () =>
    Effect.gen(function*() {
      const silent = yield* courteous(() => new Promise(() => {}), {})
      const fiber = yield* Effect.fork(Effect.tryPromise({ try: () => silent("a"), catch: (u) => u }))
      yield* settle
      yield* TestClock.adjust(30_000)
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ message: "no answer after 30 s" })
    }))
})

const fetchText = async (asking: Effect.Effect<Response>) => (await Effect.runPromise(asking)).text()
