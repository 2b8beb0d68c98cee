/**
 * The output of the command. A line that cannot be written is dropped, so that it does not end the server.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { format } from "node:util"

/** The maximum size of unread output, in bytes. Further lines are dropped. */
const MAX_WAITING = 1024 * 1024

/** Prints lines to a stream, which is created with the first one. */
const printer = (streamOf: () => NodeJS.WriteStream) => {
  let stream: NodeJS.WriteStream | undefined
  return (...parts: ReadonlyArray<unknown>): void => {
    if (stream === undefined) {
      stream = streamOf()
      // EPIPE: the reader is gone. ENOSPC: the disk is full. EIO: the terminal is closed. Without a listener, each ends the process.
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

/** A console that survives the end of stdout and stderr. */
export const make: Effect.Effect<Console.Console> = Console.consoleWith((console) =>
  Effect.succeed({
    ...console,
    log: (...parts: ReadonlyArray<unknown>) => Effect.sync(() => printLine(...parts)),
    error: (...parts: ReadonlyArray<unknown>) => Effect.sync(() => printError(...parts)),
    unsafe: { ...console.unsafe, log: printLine, error: printError }
  })
)
