/**
 * Labels: key-value pairs for grouping and filtering.
 *
 * @since 0.1.0
 */
import { stringMap } from "./internal/schema.js"

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

const name = "[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?"
const patterns = { key: `^([a-z0-9]{1,9}(\\.[a-z0-9]{1,9}){0,2}/)?${name}$`, value: `^(${name})?$` }

const description = "Key-value pairs for categorization and filtering"

/**
 * Labels in requests: every key and value follows the rules (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Labels = stringMap(violation, patterns).annotate({ identifier: "Labels", description })

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
export const StoredLabels = stringMap(undefined, patterns).annotate({ identifier: "StoredLabels", description })

/**
 * @since 0.1.0
 * @category schemas
 */
export type StoredLabels = typeof StoredLabels.Type
