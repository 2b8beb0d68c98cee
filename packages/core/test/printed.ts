import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { Console } from "node:console"
import { Writable } from "node:stream"
import { format, inspect } from "node:util"

/** What one way of printing makes of a value. */
export interface Print {
  readonly how: string
  readonly text: string
}

const property = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined

const always: ReadonlyArray<readonly [how: string, print: (value: unknown) => unknown]> = [
  ["String", String],
  ["a template", (value) => `${String(value)}`],
  ["message", (value) => property(value, "message")],
  ["stack", (value) => property(value, "stack")],
  ["JSON.stringify", (value) => JSON.stringify(value)],
  ["util.inspect", (value) => inspect(value, { depth: Infinity })],
  ["util.inspect with hidden keys", (value) => inspect(value, { depth: Infinity, showHidden: true, getters: true })],
  ["util.inspect in an object", (value) => inspect({ nested: [{ value }] }, { depth: Infinity })],
  ["util.format", (value) => format("%s %o %O %j", value, value, value, value)],
  ["Cause.pretty of a failure", (value) => Cause.pretty(Cause.fail(value))],
  ["Cause.pretty of a defect", (value) => Cause.pretty(Cause.die(value), { renderErrorCause: true })],
  ["JSON.stringify of a cause", (value) => JSON.stringify(Cause.fail(value))],
  ["util.inspect of a cause", (value) => inspect(Cause.fail(value), { depth: Infinity })]
]

/** What a value looks like outside of Effect's loggers. */
export const printed = (value: unknown): ReadonlyArray<Print> =>
  always.map(([how, print]) => ({ how, text: String(print(value)) }))

/** All of Effect's loggers. */
export const loggers = {
  default: Logger.add(Logger.defaultLogger),
  pretty: Logger.add(Logger.prettyLogger({ colors: false, mode: "tty" })),
  structured: Logger.structured,
  json: Logger.json,
  logfmt: Logger.logFmt,
  "pretty in a browser": Logger.add(Logger.prettyLogger({ colors: true, mode: "browser" }))
}

export type LoggerName = keyof typeof loggers

export const loggerNames = Object.keys(loggers) as ReadonlyArray<LoggerName>

/** Every level at which something is logged. */
export const levels = [
  LogLevel.Fatal,
  LogLevel.Error,
  LogLevel.Warning,
  LogLevel.Info,
  LogLevel.Debug,
  LogLevel.Trace
] as const

const ways: ReadonlyArray<
  readonly [how: string, log: (value: unknown, level: LogLevel.LogLevel) => Effect.Effect<void>]
> = [
  ["the message", (value, level) => Effect.logWithLevel(level, value)],
  ["a part of the message", (value, level) => Effect.logWithLevel(level, "text", { nested: [value] }, value)],
  ["a cause", (value, level) => Effect.logWithLevel(level, "text", Cause.fail(value))],
  ["a cause alone", (value, level) => Effect.logWithLevel(level, Cause.die(value))],
  ["an annotation", (value, level) => Effect.logWithLevel(level, "text").pipe(Effect.annotateLogs("value", value))]
]

/** What loggers write of values, in every way that a value gets into a log. */
export const logged = (values: ReadonlyArray<unknown>, options: {
  readonly levels?: ReadonlyArray<LogLevel.LogLevel>
  readonly loggers?: ReadonlyArray<LoggerName>
} = {}): Effect.Effect<ReadonlyArray<Print>> =>
  Effect.gen(function*() {
    const prints: Array<Print> = []
    let text = ""
    const sink = new Writable({
      decodeStrings: false,
      write: (chunk, _, done) => {
        text += String(chunk)
        done()
      }
    })
    const unsafe = new Console({ stdout: sink, stderr: sink, inspectOptions: { depth: Infinity } })
    const console = { ...(yield* Effect.console), unsafe }
    for (const logger of options.loggers ?? loggerNames) {
      yield* Effect.gen(function*() {
        for (const value of values) {
          for (const level of options.levels ?? levels) {
            for (const [way, log] of ways) {
              text = ""
              yield* log(value, level)
              prints.push({ how: `the ${logger} logger at ${level.label}, as ${way}`, text })
            }
          }
        }
      }).pipe(Effect.withConsole(console), Effect.provide(loggers[logger]), Logger.withMinimumLogLevel(LogLevel.All))
    }
    return prints
  })
