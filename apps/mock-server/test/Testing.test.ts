import { describe, expect, it } from "@effect/vitest"
import { after, before, type TestContext as NodeContext } from "node:test"
import { afterAll, beforeAll, expectTypeOf, type TestContext as VitestContext } from "vitest"
import * as Testing from "../src/Testing.js"
import { isAnswered } from "./RawConnection.js"

/** A runner whose hooks are called when the test says so. */
const runner = () => {
  const starts: Array<() => Promise<void>> = []
  const stops: Array<() => Promise<void>> = []
  const run = async (hooks: ReadonlyArray<() => Promise<void>>) => {
    for (const hook of hooks) {
      await hook()
    }
  }
  return {
    hooks: {
      beforeAll: (start: () => Promise<void>) => starts.push(start),
      afterAll: (stop: () => Promise<void>) => stops.push(stop)
    },
    start: () => run(starts),
    stop: () => run(stops)
  }
}

/** A test of either runner, and its end. */
const contexts = {
  Vitest: (ends: Array<() => Promise<void>>) => ({ onTestFinished: (end: () => Promise<void>) => ends.push(end) }),
  "node:test": (ends: Array<() => Promise<void>>) => ({ after: (end: () => Promise<void>) => ends.push(end) })
}

const whoami = (fetch: typeof globalThis.fetch, { apiKey, url }: { readonly apiKey: string; readonly url: string }) =>
  fetch(`${url}/v1/whoami`, { headers: { authorization: `Bearer ${apiKey}` } }).then(({ status }) => status)

describe("a server for the tests of a file", () => {
  it("accepts the hooks and contexts of Vitest and node:test", () => {
    expectTypeOf<VitestContext>().toExtend<Testing.TestContext>()
    expectTypeOf<NodeContext>().toExtend<Testing.TestContext>()
    expectTypeOf({ beforeAll, afterAll }).toExtend<Testing.Hooks>()
    expectTypeOf({ beforeAll: before, afterAll: after }).toExtend<Testing.Hooks>()
  })

  it("listens from before the first test until after the last", async () => {
    const { hooks, start, stop } = runner()
    const mock = Testing.server(hooks)
    expect(() => mock.running).toThrow(/inside a test/)
    await start()
    const { running } = mock
    expect(await whoami(globalThis.fetch, running)).toBe(200)
    await stop()
    expect(await isAnswered(running.url)).toBe(false)
    expect(() => mock.running).toThrow(/inside a test/)
  })

  it.each(Object.entries(contexts))(
    "creates a tenant for each test of %s, and removes it after the test",
    async (_, contextOf) => {
      const { hooks, start, stop } = runner()
      const mock = Testing.serverInProcess(hooks)
      await start()
      const { fetch } = mock.running
      const ends: Array<() => Promise<void>> = []
      const [one, other] = [await mock.tenant(contextOf(ends)), await mock.tenant(contextOf(ends))]
      expect(one.workspaceId).not.toBe(other.workspaceId)
      expect(await whoami(fetch, one)).toBe(200)
      await ends[0]?.()
      expect([await whoami(fetch, one), await whoami(fetch, other)]).toEqual([401, 200])
      await stop()
    }
  )

  it("fails a test whose fault was never applied, with assertFaultsHit", async () => {
    const { hooks, start, stop } = runner()
    const mock = Testing.serverInProcess(hooks)
    await start()
    const faults = [{ name: "never", operation: "get", error: { code: "UNAVAILABLE" } }] as const
    for (const assertFaultsHit of [true, false]) {
      const ends: Array<() => Promise<void>> = []
      await mock.tenant(contexts.Vitest(ends), { faults, assertFaultsHit })
      const end = expect(ends[0]?.())
      await (assertFaultsHit
        ? end.rejects.toThrow(/faults that were never applied: never/)
        : end.resolves.toBeUndefined())
    }
    await stop()
  })

  it("rejects an object that is no test context, without creating a tenant", async () => {
    const { hooks, start, stop } = runner()
    const mock = Testing.serverInProcess(hooks)
    await start()
    // Not checked by the compiler.
    const wrong = {} as Testing.TestContext
    await expect(mock.tenant(wrong, { apiKey: undefined })).rejects.toThrow(/onTestFinished.*after/)
    await stop()
  })
})
