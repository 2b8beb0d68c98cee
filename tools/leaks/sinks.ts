/*
 * The sinks: all ways in which a value may be printed, on purpose or by accident. The leak tests of all packages use
 * this list.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Inspectable from "effect/Inspectable"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Runtime from "effect/Runtime"
import { deepStrictEqual } from "node:assert"
import { Console } from "node:console"
import { Writable } from "node:stream"
import { format, inspect } from "node:util"
import { tells, type Told, tracesOf } from "./spellings.js"

/** The output of one sink. */
export interface Print {
  readonly how: string
  readonly text: string
}

const property = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined

const causeOf = (value: unknown): Cause.Cause<unknown> => Cause.isCause(value) ? value : Cause.fail(value)

const hidden = { depth: Infinity, showHidden: true, showProxy: true } as const

/** A console that writes into a text. */
const makeConsole = () => {
  let text = ""
  const sink = new Writable({
    decodeStrings: false,
    write: (chunk, _, done) => {
      text += String(chunk)
      done()
    }
  })
  return {
    console: new Console({ stdout: sink, stderr: sink, inspectOptions: { depth: Infinity } }),
    take: () => {
      const taken = text
      text = ""
      return taken
    }
  }
}

const consoled = (print: (console: Console) => void): string => {
  const { console, take } = makeConsole()
  print(console)
  return take()
}

const thrown = (f: () => unknown): unknown => {
  try {
    f()
  } catch (error) {
    return error
  }
  return undefined
}

/** The value that `postMessage` sends; functions cannot be sent. */
const cloned = (value: unknown): unknown => {
  try {
    return structuredClone(value)
  } catch (error) {
    return error
  }
}

/** Sinks that show the properties of a value, even if it has its own `toString` or `toJSON`. */
const ofProperties: Readonly<Record<string, (value: unknown) => unknown>> = {
  "util.inspect with getters": (value) => inspect(value, { ...hidden, getters: true }),
  "JSON.stringify of a copy": (value) => JSON.stringify({ ...Object(value) as object }),
  "console.dir": (value) => consoled((console) => console.dir(value, { depth: 12, showHidden: true })),
  "an assertion that fails": (value) => property(thrown(() => deepStrictEqual(value, "other")), "message"),
  "Cause.prettyErrors": (value) => Cause.prettyErrors(causeOf(value)).map((error) => inspect(error)).join("\n")
}

/** Sinks without a logger. */
export const sinks: Readonly<Record<string, (value: unknown) => unknown>> = {
  "String": String,
  "a template": (value) => `${String(value)}`,
  "message": (value) => property(value, "message"),
  "stack": (value) => property(value, "stack"),
  "JSON.stringify": (value) => JSON.stringify(value),
  "util.inspect": (value) => inspect(value, { depth: Infinity }),
  "util.inspect with hidden keys": (value) => inspect(value, hidden),
  "util.inspect in an object": (value) => inspect({ nested: [{ value }] }, { depth: Infinity }),
  "util.inspect of an error around it": (value) => inspect(new Error("outer", { cause: value }), { depth: Infinity }),
  "util.inspect of a clone": (value) => inspect(cloned(value), { depth: Infinity }),
  "util.format": (value) => format("%s %o %O %j", value, value, value, value),
  "console.log": (value) => consoled((console) => console.log(value)),
  "console.error with a format": (value) => consoled((console) => console.error("%s %o %j", value, value, value)),
  "Inspectable.format": Inspectable.format,
  "Inspectable.toStringUnknown": (value) => Inspectable.toStringUnknown(value),
  "Cause.pretty of a failure": (value) => Cause.pretty(causeOf(value), { renderErrorCause: true }),
  "Cause.pretty of a defect": (value) => Cause.pretty(Cause.die(value), { renderErrorCause: true }),
  "JSON.stringify of a cause": (value) => JSON.stringify(causeOf(value)),
  "util.inspect of a cause": (value) => inspect(causeOf(value), { depth: Infinity }),
  "a rejection of Effect.runPromise": (value) => inspect(Runtime.makeFiberFailure(causeOf(value)), hidden),
  ...ofProperties
}

/** The output of every sink. `properties: false` is for values that must keep a secret in a property. */
export const printed = (value: unknown, { properties = true } = {}): ReadonlyArray<Print> =>
  Object.entries(sinks)
    .filter(([how]) => properties || ofProperties[how] === undefined)
    .map(([how, print]) => ({ how, text: String(print(value)) }))

/** All of Effect's loggers. */
export const loggers = {
  default: Logger.add(Logger.defaultLogger),
  string: Logger.add(Logger.withConsoleLog(Logger.stringLogger)),
  pretty: Logger.add(Logger.prettyLogger({ colors: false, mode: "tty" })),
  structured: Logger.structured,
  json: Logger.json,
  logfmt: Logger.logFmt,
  "pretty in a browser": Logger.add(Logger.prettyLogger({ colors: true, mode: "browser" }))
}

export type LoggerName = keyof typeof loggers

export const loggerNames = Object.keys(loggers) as ReadonlyArray<LoggerName>

/** All log levels. The level changes the prefix and the console method. */
export const levels = [
  LogLevel.Fatal,
  LogLevel.Error,
  LogLevel.Warning,
  LogLevel.Info,
  LogLevel.Debug,
  LogLevel.Trace
] as const

const ways: Readonly<Record<string, (value: unknown, level: LogLevel.LogLevel) => Effect.Effect<void>>> = {
  "the message": (value, level) => Effect.logWithLevel(level, value),
  "a part of the message": (value, level) => Effect.logWithLevel(level, "text", { nested: [value] }, value),
  "a cause": (value, level) => Effect.logWithLevel(level, "text", causeOf(value)),
  "a cause alone": (value, level) => Effect.logWithLevel(level, Cause.die(value)),
  "an annotation": (value, level) => Effect.logWithLevel(level, "text").pipe(Effect.annotateLogs("value", value))
}

/** The output of loggers, for every way in which a value gets into a log. */
export const logged = (values: ReadonlyArray<unknown>, options: {
  readonly levels?: ReadonlyArray<LogLevel.LogLevel>
  readonly loggers?: ReadonlyArray<LoggerName>
} = {}): Effect.Effect<ReadonlyArray<Print>> =>
  Effect.gen(function*() {
    const prints: Array<Print> = []
    const { console: unsafe, take } = makeConsole()
    const console = { ...(yield* Effect.console), unsafe }
    for (const logger of options.loggers ?? loggerNames) {
      yield* Effect.gen(function*() {
        for (const value of values) {
          for (const level of options.levels ?? [LogLevel.Error]) {
            for (const [way, log] of Object.entries(ways)) {
              take()
              yield* log(value, level)
              prints.push({ how: `the ${logger} logger at ${level.label}, as ${way}`, text: take() })
            }
          }
        }
      }).pipe(Effect.withConsole(console), Effect.provide(loggers[logger]), Logger.withMinimumLogLevel(LogLevel.All))
    }
    return prints
  })

/** Runs an effect, and returns its exit and what Effect itself logs in the meantime, at any level. */
export const watched = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<{ readonly exit: Exit.Exit<A, E>; readonly log: ReadonlyArray<Print> }, never, R> =>
  Effect.suspend(() => {
    const log: Array<Print> = []
    const logger = Logger.make<unknown, void>((options) => {
      const text = `${Logger.stringLogger.log(options)} ${inspect([options.message, options.cause], hidden)}`
      log.push({ how: `a logger of a program at ${options.logLevel.label}`, text })
    })
    return Effect.exit(effect).pipe(
      Effect.map((exit) => ({ exit, log })),
      Effect.provide(Logger.add(logger)),
      Logger.withMinimumLogLevel(LogLevel.All)
    )
  })

/** The sinks that show a secret. */
export const leaking = (prints: ReadonlyArray<Print>, ...secrets: ReadonlyArray<Told>): ReadonlyArray<string> => {
  const traces = tracesOf(secrets)
  return prints.filter(({ text }) => tells(text, traces)).map(({ how }) => how)
}

/** The sinks and loggers in which any of the values shows a secret. */
export const leakingAnywhere = (
  values: ReadonlyArray<unknown>,
  ...secrets: ReadonlyArray<Told>
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(logged(values), (log) => leaking([...values.flatMap((value) => printed(value)), ...log], ...secrets))
