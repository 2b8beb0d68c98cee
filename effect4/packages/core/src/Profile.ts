/**
 * Profiles: the people, API keys and systems that act in an account.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { AccountResourceMetadata } from "./AccountResourceMetadata.js"
import { errorFields } from "./internal/errorFields.js"
import { generated, optional, struct, Text } from "./internal/schema.js"
import { isWellFormed, WELL_FORMED } from "./internal/wellFormed.js"
import { ProfileId } from "./ProfileId.js"
import { unsetFields } from "./UnsetFields.js"

export {
  /**
   * @since 0.1.0
   * @category ids
   */
  ProfileId
}

/**
 * The known profile types (WIRE.md, Models: ProfileType).
 *
 * @since 0.1.0
 * @category schemas
 */
export const KnownProfileType = Schema.Literals([
  "PROFILE_TYPE_USER",
  "PROFILE_TYPE_API_KEY",
  "PROFILE_TYPE_SYSTEM",
  "PROFILE_TYPE_UNSPECIFIED"
]).annotate({ message: "Expected a known profile type" })

/**
 * The type of a profile. An open enum: unknown values are kept, with the brand `UnknownProfileType` (WIRE.md,
 * Transport: unknown enum values).
 *
 * @since 0.1.0
 * @category schemas
 */
export const ProfileType = Schema.Union([
  KnownProfileType,
  Schema.String.check(generated("^PROFILE_TYPE_[A-Z]{1,9}$")).pipe(Schema.brand("UnknownProfileType"))
]).annotate({
  message: "Expected a profile type (a string)",
  identifier: "ProfileType",
  description: "Type of the profile: a person, an API key, the system, or an unknown type"
}).check(Schema.makeFilter(isWellFormed, { message: WELL_FORMED, toJsonSchema: () => ({}) }))

/**
 * @since 0.1.0
 * @category schemas
 */
export type ProfileType = typeof ProfileType.Type

/**
 * The content of a profile (WIRE.md, Models: ProfileSpec). The `email` of a user is unique in the account.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ProfileSpec = struct("ProfileSpec", {
  type: ProfileType,
  email: optional(Text, unsetFields.ProfileSpec.email),
  name: optional(Text, unsetFields.ProfileSpec.name)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type ProfileSpec = typeof ProfileSpec.Type

/**
 * A person, an API key or a system that acts in an account (WIRE.md, Models: Profile).
 *
 * @since 0.1.0
 * @category entities
 */
export class Profile extends Schema.Class<Profile>("Profile")(
  struct("Profile", {
    metadata: AccountResourceMetadata(ProfileId),
    spec: ProfileSpec
  }),
  { description: "A person, an API key or a system that acts in an account" }
) {}

/**
 * The profile does not exist (404).
 *
 * @since 0.1.0
 * @category errors
 */
export class ProfileNotFound extends Schema.TaggedError<ProfileNotFound>()(
  "ProfileNotFound",
  errorFields("ProfileNotFound")
) {}

/**
 * Another profile of the account has this email or external id (409).
 *
 * @since 0.1.0
 * @category errors
 */
export class ProfileAlreadyExists extends Schema.TaggedError<ProfileAlreadyExists>()(
  "ProfileAlreadyExists",
  errorFields("ProfileAlreadyExists")
) {}
