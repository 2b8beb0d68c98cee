/**
 * The profile that acts: a person, an API key, or the system.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { id } from "./internal/id.js"

/**
 * The id of a profile: a prefixed ULID (`profile_…`) where a server minted it, any non-empty string when read
 * (WIRE.md, Models).
 *
 * @since 0.1.0
 * @category ids
 */
export const ProfileId = id("ProfileId", "profile", "Profile that created a resource (a prefixed ULID)").pipe(
  Schema.brand("ProfileId")
)

/**
 * @since 0.1.0
 * @category ids
 */
export type ProfileId = typeof ProfileId.Type
