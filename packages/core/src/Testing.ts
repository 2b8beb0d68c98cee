/**
 * Assertions that compare the values of secrets. Without them, a test of a secret passes with a wrong value: Vitest and
 * `node:assert` treat any two `Redacted` as equal.
 *
 * This module needs no test framework.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { isSameRedacted } from "./internal/equal.js"

/**
 * An equality tester for Vitest and Jest: two `Redacted` are equal if their values are equal, in `toEqual`,
 * `toStrictEqual` and `toMatchObject`. Register it once, in a setup file:
 * `expect.addEqualityTesters([equalityTester])`.
 *
 * Returns `undefined` unless both arguments are `Redacted`.
 *
 * @since 0.1.0
 * @category assertions
 */
export const equalityTester = (a: unknown, b: unknown): boolean | undefined =>
  Redacted.isRedacted(a) && Redacted.isRedacted(b) ? isSameRedacted(a, b) : undefined

/**
 * Wraps an assertion of `node:assert` so that it also compares the values of `Redacted`: `const deepStrictEqual =
 * withSecrets(assert.deepStrictEqual)`. It throws an error with the paths of the values that differ, without the
 * values.
 *
 * @since 0.1.0
 * @category assertions
 */
export const withSecrets = <Rest extends ReadonlyArray<unknown>>(
  assertEqual: (actual: unknown, expected: unknown, ...rest: Rest) => void
) =>
(actual: unknown, expected: unknown, ...rest: Rest): void => {
  assertEqual(actual, expected, ...rest)
  const paths: Array<string> = []
  collect(actual, expected, "", paths, new Set())
  if (paths.length > 0) {
    throw new Error(`Redacted values differ at: ${paths.join(", ")}`)
  }
}

const entriesOf = (input: object): ReadonlyArray<readonly [key: string, value: unknown]> =>
  input instanceof Map || input instanceof Set
    ? [...input.values()].map((value, index) => [String(index), value])
    : Object.entries(input)

const collect = (actual: unknown, expected: unknown, path: string, paths: Array<string>, seen: Set<unknown>): void => {
  if (!Predicate.isObject(actual) || !Predicate.isObject(expected)) {
    return
  }
  if (Redacted.isRedacted(actual) && Redacted.isRedacted(expected)) {
    if (!isSameRedacted(actual, expected)) {
      paths.push(path === "" ? "the top" : path)
    }
    return
  }
  if (seen.has(actual)) {
    return
  }
  seen.add(actual)
  const others = new Map(entriesOf(expected))
  for (const [key, value] of entriesOf(actual)) {
    collect(value, others.get(key), path === "" ? key : `${path}.${key}`, paths, seen)
  }
}
