/**
 * The parameters of a list, and the page that it answers.
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
 * Where a list goes on: opaque, from `pagination.nextCursor` of the page before, good for the same filters and order only.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Cursor = TextOfField.annotations({
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
 * The most secrets that a page holds: 0 to 2^31 - 1. 0 is the server's default, 50; above 200 is 200 (WIRE.md, List).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Limit = Schema.transform(
  Text.pipe(Schema.filter((text) => /^\d+$/.test(text) && Number(text) <= MAX_INT32, limitExpected)),
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

const selectorExpected = "Expected key=value pairs with commas between, each key once"

/**
 * The labels that a secret must have, all of them, exactly: `key=value` with commas between on the wire
 * (WIRE.md, List). A key has no `=` or `,` in it, a value no `,`.
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
  description: "Labels that must all match, as key=value with commas between"
})

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
  // Without an identifier: HttpApi finds the parameters of an OpenAPI document only in a schema that has none.
  .annotations({ title: "ListWorkspaceSecrets" })

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
