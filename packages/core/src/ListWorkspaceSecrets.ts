/**
 * The query parameters and the response of a list request.
 *
 * @since 0.1.0
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { isSame } from "./internal/equal.js"
import {
  array,
  classAnnotations,
  Count,
  expected,
  Flag,
  optional,
  struct,
  Text,
  TextOfField,
  unsettable
} from "./internal/schema.js"
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
export const Cursor = TextOfField.annotations({
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
export const SortOrder = Schema.Literal("asc", "desc").annotations({
  ...expected("asc or desc"),
  identifier: "SortOrder",
  description: "Order by creation time"
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type SortOrder = typeof SortOrder.Type

const MAX_INT32 = 2 ** 31 - 1

const limitExpected = expected(`a whole number from 0 to ${MAX_INT32}`)

/**
 * The maximum number of secrets in a page: 0 to 2^31 - 1. 0 means the server's default, 50; values above 200 mean 200
 * (WIRE.md, List).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Limit = Schema.transform(
  Text.pipe(Schema.filter((text) => /^\d+$/.test(text), limitExpected)),
  Count.pipe(Schema.filter((limit) => limit <= MAX_INT32, limitExpected)).annotations({
    ...limitExpected,
    arbitrary: () => (fc) => fc.integer({ min: 0, max: MAX_INT32 })
  }),
  { strict: true, decode: Number, encode: String }
).annotations({ identifier: "Limit", jsonSchema: { type: "integer", minimum: 0, default: 50, maximum: 200 } })

/**
 * A boolean in a query: `true` or `false`.
 *
 * @since 0.1.0
 * @category schemas
 */
const QueryBoolean = Schema.transform(
  Schema.Literal("true", "false").annotations(expected("true or false")),
  Flag,
  { strict: true, decode: (text) => text === "true", encode: (flag) => flag ? "true" as const : "false" as const }
).annotations({ identifier: "QueryBoolean", jsonSchema: { type: "boolean" } })

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

const selectorExpected = "Expected comma-separated key=value pairs with unique keys"

/**
 * The labels that a secret must have; all must match exactly. Encoded as comma-separated `key=value` pairs (WIRE.md,
 * List). Keys must not contain `=` or `,`; values must not contain `,`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const LabelSelector = Schema.transformOrFail(
  Text,
  Schema.typeSchema(StoredLabels).pipe(
    Schema.filter((selector) => Object.entries(selector).every(([key, value]) => canSelect(key, value)), {
      message: () => ({ message: "Expected labels without commas, and keys without =", override: true })
    })
  ),
  {
    strict: true,
    decode: (text, _, ast) =>
      Option.match(parseSelector(text), {
        onNone: () => ParseResult.fail(new ParseResult.Type(ast, text, selectorExpected)),
        onSome: ParseResult.succeed
      }),
    encode: (selector) =>
      ParseResult.succeed(Object.entries(selector).map(([key, value]) => `${key}=${value}`).join(","))
  }
).annotations({
  identifier: "LabelSelector",
  description: "Labels that must all match, as comma-separated key=value pairs"
})

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
  // No identifier: HttpApi derives OpenAPI parameters only from a schema without one.
  .annotations({ title: "ListWorkspaceSecrets" })

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
  nextCursor: unsettable(Cursor, unsetFields.Pagination.nextCursor)
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
  classAnnotations("WorkspaceSecretPage", "A page of secrets")
) {
  [Equal.symbol](that: Equal.Equal): boolean {
    return isSame(this, that)
  }

  [Hash.symbol](): number {
    return Hash.number(this.items.length)
  }
}
