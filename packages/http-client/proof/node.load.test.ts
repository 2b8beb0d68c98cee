import { describe, expect, it } from "@effect/vitest"
import { execute } from "../test/support/execute.js"

interface State {
  readonly connections: number
  readonly sockets: number
  readonly timers: number
  readonly heapMiB: number
}

interface Findings {
  readonly before: State
  readonly after: State
  readonly outcomes: Readonly<Record<string, number>>
  /** Requests still open at the server after all calls ended. */
  readonly left: number
  readonly fibers: number
  readonly warnings: ReadonlyArray<string>
  readonly listeners: ReadonlyArray<number>
}

/** `npm run soak -- client` makes 10,000. */
const calls = Number(process.env["SOAK_CALLS"] ?? 1_000)

describe(`${calls} calls, 200 in flight, with a misbehaving server for a fifth of them`, () => {
  it("leak no connection, fiber, timer, listener or memory", async () => {
    const { code, findings } = await execute("./programs/load.ts", { args: [String(calls)] })
    const { after, before, fibers, left, listeners, outcomes, warnings } = findings as Findings
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(calls)
    expect(outcomes["success"]).toBeGreaterThan(calls * 0.7)
    expect(Object.keys(outcomes).sort()).toEqual([
      "ConnectionError",
      "GivenUp",
      "UnexpectedResponse",
      "success"
    ])
    expect(left).toBe(0)
    expect({ ...after, heapMiB: 0 }).toEqual({ connections: 0, sockets: 0, timers: before.timers, heapMiB: 0 })
    expect(after.heapMiB - before.heapMiB).toBeLessThan(4)
    expect([fibers, warnings, listeners]).toEqual([0, [], [0, 0, 0, 0]])
    // It exited by itself.
    expect(code).toBe(0)
  }, 600_000)
})
