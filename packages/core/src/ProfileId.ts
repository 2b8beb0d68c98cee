/**
 * Profile ids.
 *
 * @since 0.1.0
 */
import { id } from "./internal/id.js"

/**
 * The id of a profile. Servers generate prefixed ULIDs (`profile_…`); readers accept any non-empty string (WIRE.md,
 * Models).
 *
 * @since 0.1.0
 * @category ids
 */
export const ProfileId = id("ProfileId", "profile", "Profile that created a resource (a prefixed ULID)")

/**
 * @since 0.1.0
 * @category ids
 */
export type ProfileId = typeof ProfileId.Type
