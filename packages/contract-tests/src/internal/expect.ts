import { formatPath } from "@workspace-secrets/core/FieldViolation"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { show } from "./mask.js"

/** What was expected and what came instead. The value of a secret is not in it. */
export class ExpectationFailed extends Data.TaggedError("ExpectationFailed")<{
  readonly message: string
  /** What was expected and where, without anything of what came: for traffic that is not the suite's own. */
  readonly outline?: string
}> {}

/** What an answer has, or that it is not what was expected. An `Effect`, too. */
export type Expecting<A> = Either.Either<A, ExpectationFailed>

/** Fails with what was expected and what came. */
export const fail = (message: string, outline?: string): Expecting<never> =>
  Either.left(new ExpectationFailed(outline === undefined ? { message } : { message, outline }))

/** Fails, with what was expected, unless it holds. */
export const holds = (condition: boolean, message: string, outline?: string): Expecting<void> =>
  condition ? Either.void : fail(message, outline)

/** Fails with the first of these that fails. */
export const every = (checks: ReadonlyArray<Expecting<unknown>>): Expecting<void> =>
  Either.map(Either.all(checks), () => undefined)

/** Fails, with each difference, unless two pieces of JSON are the same: same keys, same values, in arrays in the same order. */
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

/** What is different, a line for each place. */
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

/** What kind of JSON something is. */
const kindOf = (u: unknown): string =>
  u === undefined ? "nothing" : u === null ? "null" : Array.isArray(u) ? "a list" : `another ${typeof u}`

/** Where two pieces of JSON are different, without what is there: labels are a map, and their keys anyone's. */
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

/** What an error says: an expectation by itself, any other behind its name. */
export const describe = (error: unknown): string =>
  error instanceof ExpectationFailed
    ? error.message
    : error instanceof Error
    ? `${"_tag" in error ? String(error._tag) : error.name}: ${error.message}`
    : show(error)

/** Says in a failure what it is about. */
export const about =
  (what: string) => <A, R>(self: Effect.Effect<A, unknown, R>): Effect.Effect<A, ExpectationFailed, R> =>
    Effect.mapError(self, (error) =>
      new ExpectationFailed({
        message: `${what}: ${error instanceof ExpectationFailed ? "" : "expected a success, got "}${describe(error)}`
      }))
