/**
 * What the command prints. Nothing of it is worth more than the server: a line that cannot be written is dropped.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { format } from "node:util"

/** The most bytes that wait for a reader who does not read. */
const MAX_WAITING = 1024 * 1024

/** Prints lines to a stream, which is not made before the first one. */
const printer = (streamOf: () => NodeJS.WriteStream) => {
  let stream: NodeJS.WriteStream | undefined
  return (...parts: ReadonlyArray<unknown>): void => {
    if (stream === undefined) {
      stream = streamOf()
      // EPIPE where the reader is gone, ENOSPC on a full disk, EIO on a terminal that was closed. Without a listener, each ends the process.
      stream.on("error", () => {})
    }
    if (stream.writableLength <= MAX_WAITING) {
      stream.write(`${format(...parts)}\n`)
    }
  }
}

/** Prints a line on stderr. */
export const printError = printer(() => process.stderr)

const printLine = printer(() => process.stdout)

/** The console of a process, whose streams can end before it does. */
export const make: Effect.Effect<Console.Console> = Console.consoleWith((console) =>
  Effect.succeed({
    ...console,
    log: (...parts: ReadonlyArray<unknown>) => Effect.sync(() => printLine(...parts)),
    error: (...parts: ReadonlyArray<unknown>) => Effect.sync(() => printError(...parts)),
    unsafe: { ...console.unsafe, log: printLine, error: printError }
  })
)
