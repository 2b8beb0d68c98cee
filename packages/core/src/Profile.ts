/**
 * Profiles: the people, API keys and systems that act in an account.
 *
 * @since 0.1.0
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Schema from "effect/Schema"
import { AccountResourceMetadata } from "./AccountResourceMetadata.js"
import { isSame } from "./internal/equal.js"
import { errorFields } from "./internal/errorFields.js"
import { classAnnotations, errorAnnotations, expected, struct, TextOfField, unsettable } from "./internal/schema.js"
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
export const KnownProfileType = Schema.Literal(
  "PROFILE_TYPE_USER",
  "PROFILE_TYPE_API_KEY",
  "PROFILE_TYPE_SYSTEM",
  "PROFILE_TYPE_UNSPECIFIED"
).annotations(expected("a known profile type"))

/**
 * The type of a profile. An open enum: unknown values are kept, with the brand `UnknownProfileType` (WIRE.md,
 * Transport: unknown enum values).
 *
 * @since 0.1.0
 * @category schemas
 */
export const ProfileType = Schema.Union(
  KnownProfileType,
  Schema.String.pipe(Schema.brand("UnknownProfileType"))
).annotations({
  ...expected("a profile type (a string)"),
  identifier: "ProfileType",
  description: "Type of the profile: a person, an API key, the system, or an unknown type",
  jsonSchema: { type: "string", examples: [...KnownProfileType.literals] },
  arbitrary: () => (fc) => fc.constantFrom(...KnownProfileType.literals)
}).pipe(Schema.filter(isWellFormed, { message: () => WELL_FORMED, jsonSchema: {} }))

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
  email: unsettable(TextOfField, unsetFields.ProfileSpec.email),
  name: unsettable(TextOfField, unsetFields.ProfileSpec.name)
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
  classAnnotations("Profile", "A person, an API key or a system that acts in an account")
) {
  [Equal.symbol](that: Equal.Equal): boolean {
    return isSame(this, that)
  }

  [Hash.symbol](): number {
    return Hash.string(this.metadata.id)
  }
}

/**
 * The profile does not exist (404).
 *
 * @since 0.1.0
 * @category errors
 */
export class ProfileNotFound extends Schema.TaggedError<ProfileNotFound>()(
  "ProfileNotFound",
  errorFields("ProfileNotFound"),
  errorAnnotations("ProfileNotFound")
) {}

/**
 * Another profile of the account has this email or external id (409).
 *
 * @since 0.1.0
 * @category errors
 */
export class ProfileAlreadyExists extends Schema.TaggedError<ProfileAlreadyExists>()(
  "ProfileAlreadyExists",
  errorFields("ProfileAlreadyExists"),
  errorAnnotations("ProfileAlreadyExists")
) {}
