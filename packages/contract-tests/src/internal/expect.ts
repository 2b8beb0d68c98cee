import { formatPath } from "@workspace-secrets/core/FieldViolation"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { show } from "./mask.js"

/** The expected and the actual result, without values of secrets. */
export class ExpectationFailed extends Data.TaggedError("ExpectationFailed")<{
  readonly message: string
  /** What was expected and where, without the actual content: for traffic of others. */
  readonly outline?: string
}> {}

/** A result, or a failed expectation. Also usable as an `Effect`. */
export type Expecting<A> = Either.Either<A, ExpectationFailed>

export const fail = (message: string, outline?: string): Expecting<never> =>
  Either.left(new ExpectationFailed(outline === undefined ? { message } : { message, outline }))

/** Fails with the message unless the condition is true. */
export const holds = (condition: boolean, message: string, outline?: string): Expecting<void> =>
  condition ? Either.void : fail(message, outline)

/** Fails with the first failure. */
export const every = (checks: ReadonlyArray<Expecting<unknown>>): Expecting<void> =>
  Either.map(Either.all(checks), () => undefined)

/** Fails with all differences unless two JSON values are equal: same keys and values, arrays in the same order. */
export const same = (actual: unknown, expected: unknown, what: string): Expecting<void> => {
  const found = differences(expected, actual, [])
  return found.length === 0
    ? Either.void
    : fail(
      [what, ...found.slice(0, MAX_DIFFERENCES).map((difference) => `  ${difference}`)].join("\n"),
      [...new Set(places(expected, actual, []))].slice(0, MAX_DIFFERENCES).join("; ")
    )
}

const MAX_DIFFERENCES = 10

type Path = ReadonlyArray<PropertyKey>

/** The differences, one line each. */
export const differences = (expected: unknown, actual: unknown, path: Path): ReadonlyArray<string> => {
  if (Object.is(expected, actual)) {
    return []
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const items = expected.flatMap((item, i) => i < actual.length ? differences(item, actual[i], [...path, i]) : [])
    return expected.length === actual.length
      ? items
      : [`${where(path)}expected ${expected.length} items, got ${actual.length}`, ...items]
  }
  if (isRecord(expected) && isRecord(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].sort().flatMap((key) => differences(own(expected, key), own(actual, key), [...path, key]))
  }
  return [
    isValue(path)
      ? `${where(path)}expected ${expected === undefined ? "nothing" : "the value that was written"}, got ${
        actual === undefined ? "nothing" : expected === undefined ? "a value" : "another"
      }`
      : `${where(path)}expected ${show(expected)}, got ${show(actual)}`
  ]
}

/** The JSON type of a value. */
const kindOf = (u: unknown): string =>
  u === undefined ? "nothing" : u === null ? "null" : Array.isArray(u) ? "a list" : `another ${typeof u}`

/** The paths of differences, without content. Labels are not entered: their keys are content. */
const places = (expected: unknown, actual: unknown, path: Path): ReadonlyArray<string> => {
  if (isRecord(expected) && isRecord(actual) && path.at(-1) !== "labels") {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].sort().flatMap((key) => places(own(expected, key), own(actual, key), [...path, key]))
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item, i) => places(item, actual[i], [...path, i]))
  }
  return differences(expected, actual, []).length === 0
    ? []
    : [`${where(path)}expected ${expected === undefined ? "nothing" : "what was written"}, got ${kindOf(actual)}`]
}

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)

const own = (record: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined

const where = (path: Path): string => path.length === 0 ? "" : `${formatPath(path)}: `

const isValue = (path: Path): boolean => path.at(-1) === "value" && path.at(-2) === "spec"

/** Formats an error. Errors other than expectations start with their name. */
export const describe = (error: unknown): string =>
  error instanceof ExpectationFailed
    ? error.message
    : error instanceof Error
    ? `${"_tag" in error ? String(error._tag) : error.name}: ${error.message}`
    : show(error)

/** Adds a subject to the message of a failure. */
export const about =
  (what: string) => <A, R>(self: Effect.Effect<A, unknown, R>): Effect.Effect<A, ExpectationFailed, R> =>
    Effect.mapError(self, (error) =>
      new ExpectationFailed({
        message: `${what}: ${error instanceof ExpectationFailed ? "" : "expected a success, got "}${describe(error)}`
      }))
