import { beforeAll, describe, expect, it } from "@effect/vitest"
import { execute } from "../test/support/execute.js"

/** Bytes of the response, CPU time in microseconds, characters of the error, and bytes retained by the heap. */
interface Cost {
  readonly bytes: number
  readonly cpu: number
  readonly out: number
  readonly kept: number
}

const HEAP_MB = 128

/** For a response four times as large, the cost per byte is four times as high if quadratic, and equal if linear. */
const GROWTH = 3

describe(`a client with a heap of ${HEAP_MB} MB`, () => {
  let costs: ReadonlyArray<readonly [what: string, sizes: readonly [small: Cost, large: Cost]]> = []

  beforeAll(async () => {
    const { code, findings } = await execute("./programs/budget.ts", { flags: [`--max-old-space-size=${HEAP_MB}`] })
    expect(code).toBe(0)
    costs = Object.entries(findings as Readonly<Record<string, readonly [Cost, Cost]>>)
  }, 600_000)

  const beyond = (isBeyond: (small: Cost, large: Cost, what: string) => boolean) =>
    costs.filter(([what, [small, large]]) => isBeyond(small, large, what))

  it("measures valid and invalid responses", () => {
    expect(costs.filter(([what]) => what.startsWith("valid"))).toHaveLength(4)
    expect(costs.filter(([what]) => what.startsWith("wrong"))).toHaveLength(11)
  })

  it("uses CPU in proportion to the size of a response", () => {
    // V8's cost for nested brackets depends more on the state of its heap than on their number.
    const growing = (small: Cost, large: Cost, what: string) => large.bytes > small.bytes && what !== "wrong: nesting"
    expect(
      beyond((small, large, what) =>
        growing(small, large, what) && large.cpu / large.bytes > GROWTH * small.cpu / small.bytes
      )
    ).toEqual([])
  })

  it("uses at most a few times more CPU for invalid responses than for valid ones", () => {
    const heaviest = Math.max(...costs.filter(([what]) => what.startsWith("valid")).map(([, [, { cpu }]]) => cpu))
    expect(beyond((_, large) => large.cpu > 8 * heaviest)).toEqual([])
  })

  it("makes small errors, and retains nothing of a response", () => {
    expect(beyond((_, large, what) => what.startsWith("wrong") !== large.out > 0)).toEqual([])
    expect(beyond((_, large) => large.out > 64 * 1024)).toEqual([])
    expect(beyond((_, large) => large.kept > large.bytes / 10 + 64 * 1024)).toEqual([])
  })
})
