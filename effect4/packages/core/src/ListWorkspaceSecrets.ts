/**
 * The parameters of a list, and the page that it answers.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { array, Flag, optional, struct, Text, text } from "./internal/schema.js"
import { StoredLabels } from "./Labels.js"
import { unsetFields } from "./UnsetFields.js"
import { WorkspaceSecret } from "./WorkspaceSecret.js"

/**
 * Where a list goes on: opaque, from `pagination.nextCursor` of the page before, good for the same filters and order only.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Cursor = Text.annotate({
  description: "Where the list goes on, from nextCursor of the page before"
}).pipe(Schema.brand("Cursor"))

/**
 * @since 0.1.0
 * @category schemas
 */
export type Cursor = typeof Cursor.Type

/**
 * The order of a list by creation time. A server's default is `desc` (WIRE.md, List).
 *
 * @since 0.1.0
 * @category schemas
 */
export const SortOrder = Schema.Literals(["asc", "desc"]).annotate({
  message: "Expected asc or desc",
  identifier: "SortOrder",
  description: "Order by creation time"
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type SortOrder = typeof SortOrder.Type

const MAX_INT32 = 2 ** 31 - 1

const limitExpected = { message: `Expected a whole number from 0 to ${MAX_INT32}` }

/**
 * The most secrets that a page holds: 0 to 2^31 - 1. 0 is the server's default, 50; above 200 is 200 (WIRE.md, List).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Limit = text(limitExpected.message).check(
  Schema.makeFilter((text) => /^\d+$/.test(text) && Number(text) <= MAX_INT32, limitExpected)
).pipe(
  Schema.decodeTo(
    Schema.Number.annotate(limitExpected).check(
      Schema.isInt(limitExpected),
      Schema.isBetween({ minimum: 0, maximum: MAX_INT32 }, { ...limitExpected, identifier: "Limit" })
    ),
    {
      decode: SchemaGetter.transform(Number),
      encode: SchemaGetter.transform(String)
    }
  )
)

/**
 * A boolean in a query: `true` or `false`.
 *
 * @since 0.1.0
 * @category schemas
 */
const QueryBoolean = Schema.Literals(["true", "false"]).annotate({ message: "Expected true or false" }).pipe(
  Schema.decodeTo(Flag, {
    decode: SchemaGetter.transform((text) => text === "true"),
    encode: SchemaGetter.transform((flag) => flag ? "true" : "false")
  })
)

const canSelect = (key: string, value: string) => key !== "" && !/[=,]/.test(key) && !value.includes(",")

const parseSelector = (text: string): Option.Option<StoredLabels> => {
  const entries = text === "" ? [] : text.split(",").map((part) => {
    const equals = part.indexOf("=")
    return [part.slice(0, Math.max(equals, 0)), part.slice(equals + 1)] as const
  })
  const selector = new Map(entries)
  return entries.every(([key, value]) => key !== "" && selector.get(key) === value)
    ? Option.some(Object.fromEntries(selector))
    : Option.none()
}

/**
 * The labels that a secret must have, all of them, exactly: `key=value` with commas between on the wire
 * (WIRE.md, List). A key has no `=` or `,` in it, a value no `,`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const LabelSelector = Text.check(
  Schema.makeFilter((text) => Option.isSome(parseSelector(text)), {
    message: "Expected key=value pairs with commas between, each key once"
  })
).pipe(
  Schema.decodeTo(
    Schema.toType(StoredLabels).check(
      Schema.makeFilter((selector) => Object.entries(selector).every(([key, value]) => canSelect(key, value)), {
        message: "Expected labels without commas, and keys without =",
        identifier: "LabelSelector",
        description: "Labels that must all match, as key=value with commas between"
      })
    ),
    {
      decode: SchemaGetter.transform((text) => Option.getOrElse(parseSelector(text), () => ({}))),
      encode: SchemaGetter.transform((selector) =>
        Object.entries(selector).map(([key, value]) => `${key}=${value}`).join(",")
      )
    }
  )
)

/**
 * @since 0.1.0
 * @category schemas
 */
export type LabelSelector = typeof LabelSelector.Type

/**
 * The parameters of a list, as its query (WIRE.md, Operations: list; Semantics: List). `prefix` is of the name and case
 * sensitive; `query` is looked for, case-insensitively, in name, external id and labels; `includeInfo` adds `info`,
 * at a higher price in the rate limit.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ListWorkspaceSecrets = struct("ListWorkspaceSecrets", {
  limit: optional(Limit),
  cursor: optional(Cursor),
  prefix: optional(Text),
  query: optional(Text),
  labels: optional(LabelSelector),
  sortOrder: optional(SortOrder),
  includeInfo: optional(QueryBoolean)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type ListWorkspaceSecrets = typeof ListWorkspaceSecrets.Type

/**
 * Where a page stands in its list. `nextCursor` is unset on the last page (WIRE.md, List).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Pagination = struct("Pagination", {
  nextCursor: optional(Cursor, unsetFields.Pagination.nextCursor)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type Pagination = typeof Pagination.Type

/**
 * A page of secrets (WIRE.md, Operations: list).
 *
 * @since 0.1.0
 * @category schemas
 */
export class WorkspaceSecretPage extends Schema.Class<WorkspaceSecretPage>("WorkspaceSecretPage")(
  struct("WorkspaceSecretPage", {
    items: array(WorkspaceSecret),
    pagination: Pagination
  }),
  { description: "A page of secrets" }
) {}
