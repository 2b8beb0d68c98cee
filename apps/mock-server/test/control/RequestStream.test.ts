import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { afterEach, beforeEach, vi } from "vitest"
import * as RequestStream from "../../src/control/RequestStream.js"
import type { RequestPage } from "../../src/world/Journal.js"

describe("a stream of requests", () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const open = (query = "") => {
    const asked: Array<number | undefined> = []
    const written: Array<RequestPage> = []
    const state = { next: 0, isRead: true, isBroken: false }
    const failures: Array<unknown> = []
    const stream = RequestStream.make({
      list: ({ after } = {}) =>
        Effect.sync(() => {
          asked.push(after)
          if (state.isBroken) {
            throw new Error("broken on purpose")
          }
          return { requests: [], next: state.next, dropped: 0 }
        }),
      get: () => Effect.die("not asked for")
    })
    const stop = Either.getOrThrow(stream(query))((text) => {
      if (state.isRead) {
        written.push(JSON.parse(text.slice("data: ".length)) as RequestPage)
      }
      return state.isRead
    }, (defect) => failures.push(defect))
    return { asked, failures, state, stop, written }
  }

  it("begins with a page, and sends another when a request has ended", () => {
    const { state, stop, written } = open()
    expect(written.map(({ next }) => next)).toEqual([0])
    vi.advanceTimersByTime(1000)
    expect(written).toHaveLength(1)
    state.next = 3
    vi.advanceTimersByTime(100)
    expect(written.map(({ next }) => next)).toEqual([0, 3])
    stop()
  })

  it("sends a heartbeat every two seconds", () => {
    const { stop, written } = open()
    vi.advanceTimersByTime(10_000)
    expect(written.length).toBeGreaterThanOrEqual(4)
    expect(written.length).toBeLessThanOrEqual(6)
    stop()
  })

  it("writes nothing while the client does not read, and continues after the last read page", () => {
    const { asked, state, stop, written } = open()
    state.isRead = false
    state.next = 5
    vi.advanceTimersByTime(60_000)
    expect(written).toHaveLength(1)
    expect(asked.at(-1)).toBe(0)
    state.isRead = true
    vi.advanceTimersByTime(100)
    expect(written.map(({ next }) => next)).toEqual([0, 5])
    stop()
  })

  it("fails once after a defect, and looks for no more requests", () => {
    const { asked, failures, state, stop } = open()
    state.isBroken = true
    vi.advanceTimersByTime(60_000)
    expect(failures).toEqual([new Error("broken on purpose")])
    expect(asked).toHaveLength(2)
    stop()
  })

  it("makes room for another when its first page fails", () => {
    const stream = RequestStream.make({
      list: () => Effect.die("broken on purpose"),
      get: () => Effect.die("not asked for")
    })
    let failures = 0
    for (let i = 0; i <= RequestStream.maxStreams; i++) {
      Either.getOrThrow(stream(""))(() => true, () => failures++)
    }
    expect(failures).toBe(RequestStream.maxStreams + 1)
  })

  it("begins after the given number, and stops looking for requests when it is closed", () => {
    const { asked, stop } = open("?after=7")
    expect(asked).toEqual([7])
    stop()
    vi.advanceTimersByTime(60_000)
    expect(asked).toHaveLength(1)
  })
})
