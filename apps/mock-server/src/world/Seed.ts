/**
 * Seeds: the initial data of a tenant.
 *
 * @since 0.1.0
 */
import { AccountId } from "@workspace-secrets/core/AccountId"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { Profile } from "@workspace-secrets/core/Profile"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { reader } from "../input/JsonText.js"
import { few } from "../input/Problems.js"
import { TenantSettings } from "./TenantSettings.js"

/**
 * A workspace with its secrets, and the settings of its tenant. In JSON, the parts have the format of the API.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Seed = Schema.Struct({
  /** The id of the account. Default: that of the profile, or a new one. */
  accountId: Schema.optional(AccountId),
  /** The id of the workspace. Default: a new one. */
  workspaceId: Schema.optional(WorkspaceId),
  /** The alias of the workspace id in paths. Default: `development`. */
  workspaceAlias: Schema.optional(WorkspaceId),
  /** The profile of the API key. Default: a new one, of type `PROFILE_TYPE_API_KEY`. */
  profile: Schema.optional(Profile),
  /** The secrets. They must have the account and the workspace of the seed. Default: none. */
  workspaceSecrets: Schema.optional(Schema.Array(WorkspaceSecret).annotations({ message: () => "Expected an array" })),
  ...TenantSettings.fields
}).annotations({ identifier: "Seed", message: () => "Expected an object (Seed)" })

/**
 * @since 0.1.0
 * @category schemas
 */
export type Seed = typeof Seed.Type

/**
 * A seed is invalid. The message has a line for each of the first 20 problems, and the number of the others. None quotes a value of the
 * seed.
 *
 * @since 0.1.0
 * @category errors
 */
export class SeedError extends Data.TaggedError("SeedError")<{ readonly problems: ReadonlyArray<string> }> {
  constructor(args: { readonly problems: ReadonlyArray<string> }) {
    super(args)
    // Not enumerable, because the message has the problems already: they would be printed twice.
    Object.defineProperty(this, "problems", { enumerable: false })
  }

  override get message(): string {
    return this.problems.join("\n")
  }
}

/**
 * The contradictions in a seed: secrets of another account or workspace, and duplicate ids.
 *
 * @since 0.1.0
 * @category rules
 */
export const violations = (seed: Seed): ReadonlyArray<FieldViolation.FieldViolation> => {
  const violations: Array<FieldViolation.FieldViolation> = []
  const ids = new Set<string>()
  const externalIds = new Set<string>()
  const accountId = seed.accountId ?? seed.profile?.metadata.accountId
  if (seed.profile !== undefined && seed.profile.metadata.accountId !== accountId) {
    violations.push({ field: "profile.metadata.accountId", description: "is not the accountId of the seed" })
  }
  for (const [i, { metadata }] of (seed.workspaceSecrets ?? []).entries()) {
    const say = (field: string, description: string) =>
      violations.push({ field: `workspaceSecrets[${i}].metadata.${field}`, description })
    if (metadata.accountId !== accountId) {
      say("accountId", "is not the account of the seed; set accountId of the seed")
    }
    if (metadata.workspaceId !== seed.workspaceId) {
      say("workspaceId", "is not the workspace of the seed; set workspaceId of the seed")
    }
    if (ids.has(metadata.id)) {
      say("id", "is a duplicate")
    }
    ids.add(metadata.id)
    if (metadata.externalId !== undefined) {
      if (externalIds.has(metadata.externalId)) {
        say("externalId", "is a duplicate")
      }
      externalIds.add(metadata.externalId)
    }
  }
  return violations
}

/**
 * The contradictions in a seed as lines with their paths: the first 20, and the number of the others.
 *
 * @since 0.1.0
 * @category rules
 */
export const problems = (seed: Seed): ReadonlyArray<string> => few(violations(seed), FieldViolation.format)

const read = reader(Seed, violations)

/**
 * Parses a seed from JSON text. Fails with `SeedError`: each problem begins with its line and column.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (text: string): Either.Either<Seed, SeedError> =>
  Either.mapLeft(read(text), (problems) => new SeedError({ problems }))
