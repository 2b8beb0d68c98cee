import { describe, expect, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bundle } from "../test/support/bundle.js"

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
  /** Requests that the server still had when the calls were over. */
  readonly left: number
  readonly fibers: number
  readonly warnings: ReadonlyArray<string>
  readonly listeners: ReadonlyArray<number>
}

/** Runs a program of test/support/programs in a process of its own, to its end. */
const execute = async (
  program: string,
  ...args: ReadonlyArray<string>
): Promise<{ readonly code: number | null; readonly findings: Findings }> => {
  const directory = await mkdtemp(join(tmpdir(), "http-client-load-"))
  try {
    const file = join(directory, "program.mjs")
    const banner = "import { createRequire } from \"node:module\"; const require = createRequire(import.meta.url);"
    await writeFile(file, await bundle(program, { platform: "node", format: "esm", banner: { js: banner } }))
    const child = spawn(process.execPath, ["--expose-gc", file, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    let out = ""
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
    })
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve))
    return { code, findings: JSON.parse(out) as Findings }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** `npm run soak -- client` makes 10,000. */
const calls = Number(process.env["SOAK_CALLS"] ?? 1_000)

describe(`${calls} calls, 200 at a time, a fifth of which the server lets down`, () => {
  it("leave no connection, fiber, timer or listener behind, and no memory", async () => {
    const { code, findings: { after, before, fibers, left, listeners, outcomes, warnings } } = await execute(
      "./programs/load.ts",
      String(calls)
    )
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
    // It ended by itself.
    expect(code).toBe(0)
  }, 600_000)
})
