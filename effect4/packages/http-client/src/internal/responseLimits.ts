import type { FieldViolation } from "@workspace-secrets/core/FieldViolation"
import { cut, type Mask } from "@workspace-secrets/core/Redaction"
import * as Result from "effect/Result"

/*
 * How much a response may hold. A schema looks at all of an array before it says what is wrong with it, so what is too much is
 * refused, or left out, before that.
 */

/** The most items of a page. The API has 200 (WIRE.md, List). */
const MAX_ITEMS = 10_000

/** The most labels of a resource. */
const MAX_LABELS = 1000

/** The most details of an error, violations of a detail, and entries of a detail's metadata that are read. */
const MAX_DETAILS = 100

/** The most characters of a text in an error. */
const MAX_TEXT = 4096

type Bounded = Result.Result<unknown, ReadonlyArray<FieldViolation>>

/** What is at a path of JSON; `undefined` where there is nothing. */
export const at = (json: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key) as unknown
        : undefined,
    json
  )

const labels = [["metadata", "labels"], ["info", "createdBy", "metadata", "labels"]]

/** Refuses a resource with too many labels. */
export const boundLabels = (json: unknown): Bounded => {
  const wrong = labels.filter((path) => {
    const found = at(json, ...path)
    return typeof found === "object" && found !== null && Object.keys(found).length > MAX_LABELS
  })
  return wrong.length === 0
    ? Result.succeed(json)
    : Result.fail(
      wrong.map((path) => ({ field: path.join("."), description: `Expected at most ${MAX_LABELS} labels` }))
    )
}

/** Refuses a page with too many items. */
export const boundItems = (json: unknown): Bounded => {
  const items = at(json, "items")
  return Array.isArray(items) && items.length > MAX_ITEMS
    ? Result.fail([{ field: "items", description: `Expected at most ${MAX_ITEMS} items` }])
    : Result.succeed(json)
}

const KNOWN_TYPE = /^type\.googleapis\.com\/google\.rpc\.(?:BadRequest|ErrorInfo|RetryInfo)$/

type Json = Readonly<Record<string, unknown>>

const isRecord = (json: unknown): json is Json => typeof json === "object" && json !== null && !Array.isArray(json)

/**
 * A google.rpc.Status without what the call must not show and with no more than is read, before anything is made of it: a
 * schema that changes texts, such as paths, would change secrets in them.
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
