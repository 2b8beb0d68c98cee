import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { Console } from "node:console"
import { Writable } from "node:stream"
import { inspect } from "node:util"
import { expect, vi } from "vitest"

/** What a console makes of a thing. */
const consoleOf = (thing: unknown) => {
  let out = ""
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      out += chunk.toString()
      done()
    }
  })
  const console = new Console({ stdout: stream, stderr: stream, inspectOptions: { depth: Infinity } })
  console.log(thing)
  console.error("%s %o %j", thing, thing, thing)
  return out
}

/** All the ways in which people print what they have got. */
export const print = (thing: unknown): ReadonlyArray<string> => [
  consoleOf(thing),
  inspect(thing, { depth: Infinity, showHidden: true, getters: true, showProxy: true }),
  inspect(thing, { depth: Infinity, showHidden: true, customInspect: false }),
  JSON.stringify(thing) ?? "",
  JSON.stringify({ ...thing as object }),
  String(thing),
  Inspectable.format(thing),
  Inspectable.toStringUnknown(thing),
  ...thing instanceof Error ? [thing.message, thing.stack ?? "", inspect(thing.cause)] : [],
  ...Cause.isCause(thing)
    ? [Cause.pretty(thing, { renderErrorCause: true }), ...Cause.prettyErrors(thing).map((error) => inspect(error))]
    : []
]

/**
 * What Effect's own loggers make of these things, each as a message, as a cause and as an annotation. A level changes
 * what stands before that, and where the console takes it.
 */
export const log = (things: ReadonlyArray<unknown>, levels: ReadonlyArray<LogLevel.LogLevel> = [LogLevel.Error]) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const write = (line: unknown) => {
      lines.push(typeof line === "string" ? line : inspect(line, { depth: Infinity }))
    }
    const spies = (["log", "error", "group", "groupCollapsed", "info", "warn", "debug", "trace"] as const).map((
      method
    ) => vi.spyOn(console, method).mockImplementation((...args) => args.forEach(write)))
    const loggers = Layer.mergeAll(
      Logger.remove(Logger.defaultLogger),
      ...[Logger.stringLogger, Logger.logfmtLogger, Logger.structuredLogger, Logger.jsonLogger].map((logger) =>
        Logger.add(Logger.map<unknown, void, unknown>(logger, write))
      ),
      Logger.add(Logger.prettyLogger({ mode: "tty" })),
      Logger.add(Logger.prettyLogger({ mode: "browser" }))
    )
    yield* Effect.forEach(
      things.flatMap((thing) => levels.map((level) => ({ thing, level }))),
      ({ level, thing }) =>
        Effect.logWithLevel(level, "failed", thing, Cause.isCause(thing) ? thing : Cause.fail(thing)).pipe(
          Effect.annotateLogs("thing", thing)
        )
    ).pipe(Effect.provide(loggers), Logger.withMinimumLogLevel(LogLevel.All))
    spies.forEach((spy) => spy.mockRestore())
    // Each of the six wrote something, or this test would prove nothing.
    expect(lines.length).toBeGreaterThanOrEqual(6 * things.length * levels.length)
    return lines
  })
