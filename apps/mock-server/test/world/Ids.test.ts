import { describe, expect, it } from "@effect/vitest"
import { Ids, IdsState, isSeed } from "../../src/world/Ids.js"
import { described } from "../described.js"

const { name, problems } = described(IdsState)

const minter = { timestamp: 0, high: 0, low: 0 }
const last = 2 ** 48 - 1 - 2 ** 40
const state = { requests: minter, resources: minter }

const word = "Expected a whole number of 32 bits"
const half = "Expected a whole number of 40 bits"
const time = "Expected milliseconds since the Unix epoch, or -1"

describe("the state of ids", () => {
  it.each<readonly [unknown]>([
    [state],
    [{ ...state, requests: { timestamp: -1, high: 0, low: 0 } }],
    [{ ...state, resources: { timestamp: last, high: 2 ** 40 - 1, low: 2 ** 40 - 1 } }],
    [{ ...state, random: [0, -(2 ** 32), 2 ** 32, 7] }]
  ])("is valid: %j", (right) => {
    expect(problems(right)).toEqual([])
  })

  it.each<readonly [unknown, ReadonlyArray<string>]>([
    [7, ["Expected an object (IdsState)"]],
    [{}, ["requests: Required, and missing", "resources: Required, and missing"]],
    [{ ...state, requests: [] }, ["requests: Expected an object (MinterState)"]],
    [{ ...state, requests: { ...minter, timestamp: -2 } }, [`requests.timestamp: ${time}`]],
    [{ ...state, requests: { ...minter, timestamp: 0.5 } }, [`requests.timestamp: ${time}`]],
    [{ ...state, requests: { ...minter, timestamp: -0.5 } }, [`requests.timestamp: ${time}`]],
    [{ ...state, requests: { ...minter, timestamp: last + 1 } }, [`requests.timestamp: ${time}`]],
    [{ ...state, resources: { timestamp: "0", high: -1, low: 2 ** 40 } }, [
      `resources.timestamp: ${time}`,
      `resources.high: ${half}`,
      `resources.low: ${half}`
    ]],
    [{ ...state, resources: { ...minter, high: 0.5, low: -0.5 } }, [
      `resources.high: ${half}`,
      `resources.low: ${half}`
    ]],
    [{ ...state, random: 7 }, ["random: Expected an array of four numbers"]],
    [{ ...state, random: [0, 0.5, 2 ** 32 + 1, -(2 ** 32) - 1] }, [
      `random[1]: ${word}`,
      `random[2]: ${word}`,
      `random[3]: ${word}`
    ]],
    [{ ...state, random: [0, 0, 0] }, ["random[3]: Required, and missing"]]
  ])("is rejected with all problems: %j", (wrong, expected) => {
    expect(problems(wrong)).toEqual(expected)
  })

  it("has an identifier in documents", () => {
    expect(name).toBe("IdsState")
  })

  it("can be restored, with a seed and without", () => {
    for (const seed of [undefined, 0, 7]) {
      const one = new Ids(() => 0.25, seed)
      one.request(5)
      one.resource("wsec", 5)
      const other = new Ids(() => 0.25, seed)
      expect(problems(one.state)).toEqual([])
      expect("random" in one.state).toBe(seed !== undefined)
      other.restore(one.state)
      expect(other.state).toEqual(one.state)
      expect([other.request(9), other.resource("wsec", 9)]).toEqual([one.request(9), one.resource("wsec", 9)])
      expect(other.resource("wsec", 1)).toBe(one.resource("wsec", 1))
    }
  })

  it("does not restore random numbers if one of both has no seed", () => {
    const seeded = new Ids(() => 0.25, 7)
    const twin = new Ids(() => 0.25, 7)
    const seedless = new Ids(() => 0.25)
    seeded.restore(seedless.state)
    expect(seeded.state).toEqual(twin.state)
    seedless.restore(twin.state)
    expect(seedless.resource("wsec", 1)).toBe(new Ids(() => 0.25).resource("wsec", 1))
  })
})

describe("ids at the end of time", () => {
  it("are still made, in order", () => {
    const ids = new Ids(() => 0.25)
    const state = { timestamp: last, high: 2 ** 40 - 1, low: 2 ** 40 - 1 }
    ids.restore({ requests: state, resources: state })
    const minted = [ids.request(last), ids.request(0), ids.request(last)]
    expect([...new Set(minted)].sort()).toEqual(minted)
    expect(ids.resource("wsec", last)).toMatch(/^wsec_[0-9A-Z]{26}$/)
  })
})

describe("isSeed", () => {
  it("is a whole number from 0 to 2^53 - 1", () => {
    expect([0, 1, 2 ** 53 - 1].map(isSeed)).toEqual([true, true, true])
    expect([-1, 0.5, 2 ** 53, NaN, Infinity].map(isSeed)).toEqual([false, false, false, false, false])
  })
})
