/**
 * Labels: key-value pairs for grouping and filtering.
 *
 * @since 0.1.0
 */
import type { LazyArbitrary } from "effect/Arbitrary"
import type { StringMap } from "./internal/stringMap.js"
import { stringMap } from "./internal/stringMap.js"

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
 * Validates a label. Returns what is wrong with it, or `undefined`.
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
 * Returns `undefined` for an empty map: it means unset and is not written.
 *
 * @since 0.1.0
 * @category rules
 */
export const orNone = (labels: StoredLabels | undefined): StoredLabels | undefined =>
  labels === undefined || Object.keys(labels).length === 0 ? undefined : labels

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

const arbitrary = (): LazyArbitrary<StringMap> => (fc) => {
  const dns = fc.string({ unit: fc.constantFrom(...alphanumeric), minLength: 1, maxLength: 63 })
  const prefix = fc.array(dns, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join(".")}/`)
  const key = fc.tuple(fc.oneof(fc.constant(""), prefix), name(fc)).map((parts) => parts.join(""))
  const value = fc.oneof(fc.constant(""), name(fc))
  // An empty map means unset, so no empty map is generated.
  return fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 5 }).map((entries) => Object.fromEntries(entries))
}

const description = "Key-value pairs for categorization and filtering"

/**
 * Labels in requests: every key and value follows the rules (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Labels = stringMap({ identifier: "Labels", description, arbitrary }, violation)

/**
 * @since 0.1.0
 * @category schemas
 */
export type Labels = typeof Labels.Type

/**
 * Labels in responses. Keys and values are not checked, because labels stored before the rules were published must stay readable (WIRE.md,
 * Models: `labels?`).
 *
 * @since 0.1.0
 * @category schemas
 */
export const StoredLabels = stringMap({ identifier: "StoredLabels", description, arbitrary })

/**
 * @since 0.1.0
 * @category schemas
 */
export type StoredLabels = typeof StoredLabels.Type
