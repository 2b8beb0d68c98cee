/**
 * Seeds: what a server holds when it starts.
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
 * A workspace with its secrets, and the settings of its tenant, as JSON: each part as the API writes it. What is left out is made up.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Seed = Schema.Struct({
  /** The account; else the profile's, else a new one. */
  accountId: Schema.optional(AccountId),
  /** The workspace's id; else a new one. */
  workspaceId: Schema.optional(WorkspaceId),
  /** What stands for the workspace's id in a path; else `development`. */
  workspaceAlias: Schema.optional(WorkspaceId),
  /** The profile that the key acts as; else a new one, of an API key. */
  profile: Schema.optional(Profile),
  /** The secrets, of this account and workspace; else none. */
  workspaceSecrets: Schema.optional(Schema.Array(WorkspaceSecret).annotations({ message: () => "Expected an array" })),
  ...TenantSettings.fields
}).annotations({ identifier: "Seed", message: () => "Expected an object (Seed)" })

/**
 * @since 0.1.0
 * @category schemas
 */
export type Seed = typeof Seed.Type

/**
 * A seed that cannot be used: one line for each thing that is wrong, of the first 20, and how many more there are. None quotes a value of the
 * seed: it holds secrets.
 *
 * @since 0.1.0
 * @category errors
 */
export class SeedError extends Data.TaggedError("SeedError")<{ readonly problems: ReadonlyArray<string> }> {
  constructor(args: { readonly problems: ReadonlyArray<string> }) {
    super(args)
    // They are its message already: seen as a property, too, they would be printed twice.
    Object.defineProperty(this, "problems", { enumerable: false })
  }

  override get message(): string {
    return this.problems.join("\n")
  }
}

/**
 * What does not fit together in a seed: secrets of another workspace, ids that are there twice.
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
      say("accountId", "is not the account of the seed; set the seed's accountId to it")
    }
    if (metadata.workspaceId !== seed.workspaceId) {
      say("workspaceId", "is not the workspace of the seed; set the seed's workspaceId to it")
    }
    if (ids.has(metadata.id)) {
      say("id", "is there twice")
    }
    ids.add(metadata.id)
    if (metadata.externalId !== undefined) {
      if (externalIds.has(metadata.externalId)) {
        say("externalId", "is there twice")
      }
      externalIds.add(metadata.externalId)
    }
  }
  return violations
}

/**
 * What does not fit together in a seed, a line for each thing, with its path: the first 20, and how many more there are.
 *
 * @since 0.1.0
 * @category rules
 */
export const problems = (seed: Seed): ReadonlyArray<string> => few(violations(seed), FieldViolation.format)

const read = reader(Seed, violations)

/**
 * Reads a seed from the text of a JSON file. Each problem begins with its line and its column.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (text: string): Either.Either<Seed, SeedError> =>
  Either.mapLeft(read(text), (problems) => new SeedError({ problems }))
