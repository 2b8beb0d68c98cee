import type { FieldViolation } from "@workspace-secrets/core/FieldViolation"
import { cut, type Mask } from "@workspace-secrets/core/Redaction"
import * as Either from "effect/Either"

/*
 * Limits of a response. A schema visits a whole array before it reports errors, so larger inputs are refused or cut
 * before decoding.
 */

/** The maximum number of items in a page. The API's is 200 (WIRE.md, List). */
const MAX_ITEMS = 10_000

/** The maximum number of labels. */
const MAX_LABELS = 1000

/** How many details of an error, violations of a detail and entries of a detail's metadata are read. */
const MAX_DETAILS = 100

/** The maximum length of a text in an error. */
export const MAX_TEXT = 4096

type Bounded = Either.Either<unknown, ReadonlyArray<FieldViolation>>

/** Returns the value at a path of JSON, or `undefined`. */
export const at = (json: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key) as unknown
        : undefined,
    json
  )

const labels = [["metadata", "labels"], ["info", "createdBy", "metadata", "labels"]]

export const boundLabels = (json: unknown): Bounded => {
  const wrong = labels.filter((path) => {
    const found = at(json, ...path)
    return typeof found === "object" && found !== null && Object.keys(found).length > MAX_LABELS
  })
  return wrong.length === 0
    ? Either.right(json)
    : Either.left(
      wrong.map((path) => ({ field: path.join("."), description: `Expected at most ${MAX_LABELS} labels` }))
    )
}

export const boundItems = (json: unknown): Bounded => {
  const items = at(json, "items")
  return Array.isArray(items) && items.length > MAX_ITEMS
    ? Either.left([{ field: "items", description: `Expected at most ${MAX_ITEMS} items` }])
    : Either.right(json)
}

const KNOWN_TYPE = /^type\.googleapis\.com\/google\.rpc\.(?:BadRequest|ErrorInfo|RetryInfo)$/

type Json = Readonly<Record<string, unknown>>

const isRecord = (json: unknown): json is Json => typeof json === "object" && json !== null && !Array.isArray(json)

/**
 * Masks and cuts a google.rpc.Status before it is decoded: schemas change texts such as paths, and would change secrets
 * in them.
 */
export const boundStatus = (json: unknown, mask: Mask): unknown => {
  const text = (input: unknown): unknown => typeof input === "string" ? cut(mask, input, MAX_TEXT) : input
  const list = (input: unknown, item: (input: unknown) => unknown): unknown =>
    Array.isArray(input) ? input.slice(0, MAX_DETAILS).map((one: unknown) => item(one)) : input
  const record = (input: unknown, change: (input: Json) => Json): unknown => isRecord(input) ? change(input) : input
  const put = (input: Json, key: string, change: (input: unknown) => unknown): Json =>
    Object.hasOwn(input, key) ? { [key]: change(input[key]) } : {}
  const violation = (input: unknown) =>
    record(input, (violation) => ({ ...put(violation, "field", text), ...put(violation, "description", text) }))
  const metadata = (input: unknown) =>
    record(input, (entries) =>
      Object.fromEntries(
        Object.entries(entries).slice(0, MAX_DETAILS).map(([key, value]): [string, unknown] => [
          cut(mask, key, MAX_TEXT),
          text(value)
        ])
      ))
  const detail = (input: unknown) =>
    record(input, (detail) => ({
      ...put(detail, "@type", (type) => typeof type === "string" && KNOWN_TYPE.test(type) ? type : text(type)),
      ...put(detail, "fieldViolations", (violations) => list(violations, violation)),
      ...put(detail, "retryDelay", (delay) => delay),
      ...put(detail, "reason", text),
      ...put(detail, "domain", text),
      ...put(detail, "metadata", metadata)
    }))
  return record(json, (status) => ({
    ...put(status, "code", (code) => code),
    ...put(status, "message", text),
    ...put(status, "details", (details) => list(details, detail))
  }))
}
