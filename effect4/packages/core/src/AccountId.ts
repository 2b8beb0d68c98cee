/**
 * The account that a resource belongs to.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { id } from "./internal/id.js"

/**
 * The id of an account: a prefixed ULID (`account_…`) where a server minted it, any non-empty string when read
 * (WIRE.md, Models).
 *
 * @since 0.1.0
 * @category ids
 */
export const AccountId = id("AccountId", "account", "Account that a resource belongs to (a prefixed ULID)").pipe(
  Schema.brand("AccountId")
)

/**
 * @since 0.1.0
 * @category ids
 */
export type AccountId = typeof AccountId.Type
