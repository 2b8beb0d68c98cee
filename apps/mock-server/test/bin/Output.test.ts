import { afterEach, describe, expect, it, vi } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Output from "../../src/bin/Output.js"

const print = Effect.runSync(
  Effect.map(Output.make, (console) => Effect.withConsole(Console.log("a line of", 2), console))
)

describe("output", () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it("has a line for each call, and is dropped while more than 1 MiB is unread", () => {
    const lines = vi.spyOn(process.stdout, "write").mockReturnValue(true)
    const waiting = vi.spyOn(process.stdout, "writableLength", "get").mockReturnValue(1024 * 1024)
    Effect.runSync(print)
    waiting.mockReturnValue(1024 * 1024 + 1)
    Effect.runSync(print)
    waiting.mockReturnValue(0)
    Effect.runSync(print)
    expect(lines.mock.calls).toEqual([["a line of 2\n"], ["a line of 2\n"]])
  })

  it("is dropped when its stream fails", () => {
    Effect.runSync(Effect.map(Output.make, ({ unsafe }) => unsafe.error("")))
    for (const code of ["EPIPE", "ENOSPC", "EIO"]) {
      expect(process.stderr.emit("error", Object.assign(new Error(code), { code }))).toBe(true)
    }
  })
})
