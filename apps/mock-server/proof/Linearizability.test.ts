import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { linearize, type Operation } from "./Linearizability.js"

/** A register, which holds 0 until something is written. */
type Access = { readonly write: number } | { readonly read: number }

const access = (state: number, what: Access): number | undefined =>
  "write" in what ? what.write : what.read === state ? state : undefined

const order = (...history: ReadonlyArray<readonly [Access, number, number]>) =>
  linearize(
    history.map(([what, invoked, answered]) => ({ what, invoked, answered })),
    0,
    access,
    String
  )?.map(({ what }) => what)

describe("a history of a register", () => {
  it("is linearizable if it is sequential and correct", () => {
    expect(order()).toEqual([])
    expect(order([{ read: 0 }, 0, 1], [{ write: 1 }, 2, 3], [{ read: 1 }, 4, 5])).toHaveLength(3)
  })

  it("is not if a read misses a finished write", () => {
    expect(order([{ write: 1 }, 0, 1], [{ read: 0 }, 2, 3])).toBeUndefined()
  })

  it("is if a concurrent read sees the value before or after a write", () => {
    expect(order([{ write: 1 }, 0, 3], [{ read: 0 }, 1, 2])).toEqual([{ read: 0 }, { write: 1 }])
    expect(order([{ write: 1 }, 0, 3], [{ read: 1 }, 1, 2])).toEqual([{ write: 1 }, { read: 1 }])
  })

  it("is not if a read sees a value that an earlier read had already lost", () => {
    const write = [{ write: 1 }, 0, 9] as const
    expect(order(write, [{ read: 0 }, 1, 2], [{ read: 1 }, 3, 4])).toBeDefined()
    expect(order(write, [{ read: 1 }, 1, 2], [{ read: 0 }, 3, 4])).toBeUndefined()
  })

  it("is not if two readers see two writes in different orders", () => {
    const writes = [[{ write: 1 }, 0, 20], [{ write: 2 }, 1, 21]] as const
    const reader = (a: number, b: number, begin: number) =>
      [[{ read: a }, begin, begin + 1], [{ read: b }, begin + 2, begin + 3]] as const
    expect(order(...writes, ...reader(1, 2, 2), ...reader(2, 2, 10))).toBeDefined()
    expect(order(...writes, ...reader(1, 2, 2), ...reader(2, 1, 10))).toBeUndefined()
  })

  const operations = FastCheck.array(
    FastCheck.record({
      what: FastCheck.oneof(
        FastCheck.record({ write: FastCheck.nat({ max: 2 }) }),
        FastCheck.record({ read: FastCheck.nat({ max: 2 }) })
      ),
      begin: FastCheck.nat({ max: 6 }),
      length: FastCheck.nat({ max: 4 })
    }),
    { maxLength: 5 }
  ).map((all): ReadonlyArray<Operation<Access>> =>
    all.map(({ begin, length, what }, i) => ({
      what,
      invoked: 10 * begin + i,
      answered: 10 * (begin + length) + 5 + i
    }))
  )

  const permutations = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
    all.length === 0
      ? [[]]
      : all.flatMap((first, i) => permutations(all.filter((_, j) => j !== i)).map((rest) => [first, ...rest]))

  const isLinearization = (history: ReadonlyArray<Operation<Access>>): boolean => {
    const inOrder = history.every((later, i) => history.slice(0, i).every(({ invoked }) => invoked < later.answered))
    let state: number | undefined = 0
    for (const { what } of history) {
      state = state === undefined ? undefined : access(state, what)
    }
    return inOrder && state !== undefined
  }

  it.prop("is linearizable if one of all its orders is correct", [operations], ([history]) => {
    const found = linearize(history, 0, access, String)
    const isFound = found !== undefined && found.length === history.length && isLinearization(found)
    expect(isFound).toBe(permutations(history).some(isLinearization))
  }, { fastCheck: { numRuns: 500, seed: 1 } })
})
