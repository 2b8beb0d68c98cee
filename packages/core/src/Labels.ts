/**
 * Labels: key-value pairs to sort and to filter by.
 *
 * @since 0.1.0
 */
import type { LazyArbitrary } from "effect/Arbitrary"
import * as Arr from "effect/Array"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { UNSURE, withFast } from "./internal/fast.js"

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/
const DNS_PREFIX = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

/**
 * The rule for a label's key: 1 to 63 characters, alphanumeric at both ends, `-`, `_` and `.` between; optionally a DNS
 * prefix of at most 253 characters and `/` before them (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category rules
 */
export const isLabelKey = (key: string): boolean => {
  const slash = key.indexOf("/")
  return slash === -1
    ? NAME.test(key)
    : slash <= 253 && DNS_PREFIX.test(key.slice(0, slash)) && NAME.test(key.slice(slash + 1))
}

/**
 * The rule for a label's value: 0 to 63 characters, alphanumeric at both ends, `-`, `_` and `.` between
 * (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category rules
 */
export const isLabelValue = (value: string): boolean => value === "" || NAME.test(value)

/**
 * What is wrong with a label, or `undefined` when nothing is.
 *
 * @since 0.1.0
 * @category rules
 */
export const violation = (key: string, value: string): string | undefined =>
  !isLabelKey(key)
    ? "a label's key is 1 to 63 characters, alphanumeric at both ends, with - _ . between; a DNS prefix and / may stand before it"
    : !isLabelValue(value)
    ? "a label's value is 0 to 63 characters, alphanumeric at both ends, with - _ . between"
    : undefined

/**
 * The labels, or `undefined` when there are none: an empty map is the same as an absent one, and is not written.
 *
 * @since 0.1.0
 * @category rules
 */
export const orNone = (labels: StoredLabels | undefined): StoredLabels | undefined =>
  labels === undefined || Object.keys(labels).length === 0 ? undefined : labels

type LabelRecord = { readonly [key: string]: string }

type Rule = (key: string, value: string) => string | undefined

/*
 * Not Schema.Record: it builds its result by assignment, and assigning to `__proto__` sets no key. Here a key that is
 * called `__proto__` or `constructor` is a key like any other.
 */
const copy = (rule: Rule): ParseResult.DeclarationDecodeUnknown<LabelRecord, never> => (input, options, ast) => {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return ParseResult.fail(new ParseResult.Type(ast, input, "Expected an object of labels"))
  }
  const entries: Array<readonly [string, string]> = []
  const issues: Array<ParseResult.Pointer> = []
  for (const [key, value] of Object.entries(input)) {
    const wrong = typeof value === "string" ? rule(key, value) : "Expected a string"
    if (wrong === undefined) {
      entries.push([key, value])
    } else {
      issues.push(new ParseResult.Pointer(key, input, new ParseResult.Type(Schema.String.ast, value, wrong)))
      if (options.errors !== "all") {
        break
      }
    }
  }
  return Arr.isNonEmptyReadonlyArray(issues)
    ? ParseResult.fail(new ParseResult.Composite(ast, input, issues))
    : ParseResult.succeed(Object.fromEntries(entries))
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

const name: LazyArbitrary<string> = (fc) => {
  const end = fc.constantFrom(...alphanumeric)
  const middle = fc.string({ unit: fc.constantFrom(...alphanumeric, "-", "_", "."), maxLength: 61 })
  return fc.oneof(
    { arbitrary: fc.tuple(end, middle, end).map((parts) => parts.join("")), weight: 4 },
    { arbitrary: end, weight: 1 },
    { arbitrary: fc.constant("constructor"), weight: 1 }
  )
}

const arbitrary = (): LazyArbitrary<LabelRecord> => (fc) => {
  const dns = fc.string({ unit: fc.constantFrom(...alphanumeric), minLength: 1, maxLength: 63 })
  const prefix = fc.array(dns, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join(".")}/`)
  const key = fc.tuple(fc.oneof(fc.constant(""), prefix), name(fc)).map((parts) => parts.join(""))
  const value = fc.oneof(fc.constant(""), name(fc))
  return fc.array(fc.tuple(key, value), { maxLength: 5 }).map((entries) => Object.fromEntries(entries))
}

const copyFast = (rule: Rule) => (input: unknown): unknown => {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return UNSURE
  }
  const out: Record<string, string> = {}
  for (const key of Object.keys(input)) {
    const value: unknown = Reflect.get(input, key)
    if (typeof value !== "string" || key === "__proto__" || rule(key, value) !== undefined) {
      return UNSURE
    }
    out[key] = value
  }
  return out
}

const labels = (identifier: string, description: string, rule: Rule): Schema.Schema<LabelRecord> =>
  withFast(
    Schema.declare([], { decode: () => copy(rule), encode: () => copy(rule) }, {
      identifier,
      description,
      arbitrary,
      pretty: () => JSON.stringify,
      jsonSchema: { type: "object", additionalProperties: { type: "string" } }
    }),
    { decode: copyFast(rule), encode: copyFast(rule) }
  )

/**
 * Labels as they are written: every key and value follows the rules (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Labels = labels("Labels", "Key-value pairs for categorization and filtering", violation)

/**
 * @since 0.1.0
 * @category schemas
 */
export type Labels = typeof Labels.Type

/**
 * Labels as they are read: any strings, since what was stored before the rules were published still has to be
 * readable (WIRE.md, Models: `labels?`).
 *
 * @since 0.1.0
 * @category schemas
 */
export const StoredLabels = labels("StoredLabels", "Key-value pairs for categorization and filtering", () => undefined)

/**
 * @since 0.1.0
 * @category schemas
 */
export type StoredLabels = typeof StoredLabels.Type
