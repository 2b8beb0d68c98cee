import * as A from "../answer.js"
import { isBefore, type Position, positionOf } from "../order.js"
import type { Fields } from "../secret.js"
import type { Issued, Known, Listing } from "./world.js"

/** The fields that filters use. */
interface Subject {
  readonly name: string
  readonly externalId: string
  readonly labels: Readonly<Record<string, unknown>>
}

export const subjectOf = (item: A.Json): Subject => {
  const { externalId = "", labels, name } = A.at(item, "metadata")
  return { name: String(name), externalId: String(externalId), labels: A.at(labels) }
}

const subjectOfFields = ({ externalId = "", labels = {}, name }: Fields): Subject => ({ name, externalId, labels })

const has = (text: unknown, query: string): boolean => String(text).toLowerCase().includes(query)

/** Where a query is found. */
const places = ({ externalId, labels, name }: Subject, text: string): ReadonlyArray<string> => {
  const query = text.toLowerCase()
  return [
    ...(has(name, query) ? ["WS-LIST-104"] : []),
    ...(has(externalId, query) ? ["WS-LIST-105"] : []),
    ...(Object.keys(labels).some((key) => has(key, query)) ? ["WS-LIST-106"] : []),
    ...(Object.values(labels).some((value) => has(value, query)) ? ["WS-LIST-107"] : [])
  ]
}

const pairsOf = (labels: string): ReadonlyArray<readonly [key: string, value: string]> =>
  labels.split(",").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])

const hasLabels = ({ labels }: Subject, text: string): boolean =>
  pairsOf(text).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)

const matchesPrefix = (subject: Subject, { prefix }: Listing) => prefix === undefined || subject.name.startsWith(prefix)
const matchesQuery = (subject: Subject, { query }: Listing) => query === undefined || places(subject, query).length > 0
const matchesLabels = (subject: Subject, { labels }: Listing) => labels === undefined || hasLabels(subject, labels)

const matches = (subject: Subject, listing: Listing): boolean =>
  matchesPrefix(subject, listing) && matchesQuery(subject, listing) && matchesLabels(subject, listing)

/** The behaviour of the labels of a list. */
const ofLabels = (labels: string): string =>
  labels.includes(",") ? "WS-LIST-111" : labels.endsWith("=") ? "WS-LIST-112" : "WS-LIST-110"

const isPattern = (text: string): boolean => /[%_*.\\]/.test(text)

/** The behaviour that an item breaks if the filters should have excluded it; otherwise `undefined`. */
export const intruder = (item: A.Json, listing: Listing, isInValue: boolean): string | undefined => {
  const subject = subjectOf(item)
  const { labels, prefix, query } = listing
  if (query !== undefined && (!matchesPrefix(subject, listing) || !matchesLabels(subject, listing))) {
    return "WS-LIST-114"
  }
  if (!matchesPrefix(subject, listing)) {
    return subject.name.toLowerCase().startsWith(prefix?.toLowerCase() ?? "")
      ? "WS-LIST-102"
      : isPattern(prefix ?? "") && !subject.name.includes(prefix ?? "")
      ? "WS-LIST-103"
      : "WS-LIST-101"
  }
  if (!matchesLabels(subject, listing)) {
    return ofLabels(labels ?? "")
  }
  return matchesQuery(subject, listing)
    ? undefined
    : isInValue
    ? "WS-LIST-108"
    : isPattern(query ?? "")
    ? "WS-LIST-109"
    : "WS-LIST-104"
}

/** The behaviours that a page with only matching items confirms. */
export const filtersOf = ({ labels, prefix, query }: Listing, items: ReadonlyArray<A.Json>): ReadonlyArray<string> => {
  const kinds = [prefix, query, labels].filter((filter) => filter !== undefined)
  return [
    ...(prefix === undefined ? [] : ["WS-LIST-101"]),
    ...(prefix !== undefined && isPattern(prefix) ? ["WS-LIST-103"] : []),
    ...(query === undefined ? [] : [...new Set(items.flatMap((item) => places(subjectOf(item), query)))]),
    ...(query !== undefined && isPattern(query) ? ["WS-LIST-109"] : []),
    ...(labels === undefined ? [] : [ofLabels(labels)]),
    ...(kinds.length > 1 ? ["WS-LIST-114"] : [])
  ]
}

/** Whether a matching secret belongs to a page: after the anchor, and before the end of the page. */
export interface Window {
  readonly listing: Listing
  readonly anchor: Position | undefined
  /** The last item; undefined where the page is the last one. */
  readonly last: Position | undefined
}

const isBehind = ({ order }: Listing, one: Position, other: Position) =>
  order === "asc" ? isBefore(other, one) : isBefore(one, other)

const isIn = ({ anchor, last, listing }: Window, position: Position): boolean =>
  (anchor === undefined || isBehind(listing, position, anchor))
  && (last === undefined || isBehind(listing, last, position))

/** Whether a list has a secret. */
export const isListed = ({ fields }: Known, listing: Listing): boolean =>
  fields !== undefined && matches(subjectOfFields(fields), listing)

/** The secrets that are missing in a page. */
export const missingOf = (
  window: Window,
  secrets: ReadonlyArray<Known>,
  ids: ReadonlySet<string>
): ReadonlyArray<Known> =>
  secrets.filter(({ fields, id, position }) =>
    fields !== undefined && !ids.has(id) && isIn(window, position) && matches(subjectOfFields(fields), window.listing)
  )

/** Whether one of these secrets is in the window and does not match. */
export const hasOthers = (window: Window, secrets: ReadonlyArray<Known>): boolean =>
  secrets.some(({ fields, position }) =>
    fields !== undefined && isIn(window, position) && !matches(subjectOfFields(fields), window.listing)
  )

/** The behaviour that a missing secret breaks. */
export const absence = ({ labels, query }: Listing, { fields, isUpdated }: Known): string | undefined => {
  if (fields === undefined) {
    return undefined
  }
  if (query !== undefined) {
    const found = places(subjectOfFields(fields), query)
    return found.length === 1 ? found[0] : undefined
  }
  return labels !== undefined ? ofLabels(labels) : isUpdated ? "WS-UPDATE-014" : "WS-CREATE-004"
}

/** Whether an item was in the previous page, or precedes its end. */
export const isRepeated = ({ anchor, listing }: Issued, item: A.Json): boolean =>
  anchor !== undefined && !isBehind(listing, positionOf(item), anchor)

/** The behaviour of a cursor, by the changes since its first page. */
export const ofChanges = (
  { page }: Issued,
  changes: ReadonlyArray<{ readonly kind: "create" | "delete"; readonly id: string }>
): string => {
  const deleted = new Set(changes.filter(({ kind }) => kind === "delete").map(({ id }) => id))
  const hasInserts = changes.some(({ kind }) => kind === "create")
  const seen = page.filter((id) => deleted.has(id))
  return deleted.size === 0
    ? hasInserts ? "WS-LIST-205" : "WS-LIST-201"
    : hasInserts || (seen.length > 0 && seen.length < deleted.size)
    ? "WS-LIST-210"
    : seen.length === 0
    ? "WS-LIST-209"
    : seen.length === page.length
    ? "WS-LIST-208"
    : seen.includes(page.at(-1) ?? "")
    ? "WS-LIST-207"
    : "WS-LIST-206"
}
