/**
 * Account ids.
 *
 * @since 0.1.0
 */
import { id } from "./internal/id.js"

/**
 * The id of an account. Servers generate prefixed ULIDs (`account_…`); readers accept any non-empty string (WIRE.md,
 * Models).
 *
 * @since 0.1.0
 * @category ids
 */
export const AccountId = id("AccountId", "account", "Account that a resource belongs to (a prefixed ULID)")

/**
 * @since 0.1.0
 * @category ids
 */
export type AccountId = typeof AccountId.Type
