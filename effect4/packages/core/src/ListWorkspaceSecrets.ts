/**
 * The query parameters and the response of a list request.
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
 * The position where a list continues: the opaque `pagination.nextCursor` of the previous page. Valid only with the
 * same filters and order.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Cursor = Text.annotate({
  description: "The position where the list continues: nextCursor of the previous page"
}).pipe(Schema.brand("Cursor"))

/**
 * @since 0.1.0
 * @category schemas
 */
export type Cursor = typeof Cursor.Type

/**
 * The order of a list by creation time. The server's default is `desc` (WIRE.md, List).
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
 * The maximum number of secrets in a page: 0 to 2^31 - 1. 0 means the server's default, 50; values above 200 mean 200
 * (WIRE.md, List).
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
 * The labels that a secret must have; all must match exactly. Encoded as comma-separated `key=value` pairs (WIRE.md,
 * List). Keys must not contain `=` or `,`; values must not contain `,`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const LabelSelector = Text.check(
  Schema.makeFilter((text) => Option.isSome(parseSelector(text)), {
    message: "Expected comma-separated key=value pairs with unique keys"
  })
).pipe(
  Schema.decodeTo(
    Schema.toType(StoredLabels).check(
      Schema.makeFilter((selector) => Object.entries(selector).every(([key, value]) => canSelect(key, value)), {
        message: "Expected labels without commas, and keys without =",
        identifier: "LabelSelector",
        description: "Labels that must all match, as comma-separated key=value pairs"
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
 * The query parameters of a list request (WIRE.md, Operations: list; Semantics: List). `prefix` matches the start of
 * the name, case-sensitively. `query` is searched in name, external id and labels, case-insensitively. `includeInfo`
 * adds `info`, which costs more of the rate limit.
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
 * The pagination of a list response. `nextCursor` is unset on the last page (WIRE.md, List).
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
