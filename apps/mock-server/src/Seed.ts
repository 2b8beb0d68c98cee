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
import type { ParseError as JsonError } from "jsonc-parser"
import { parse as parseJson, printParseErrorCode } from "jsonc-parser"

/**
 * A workspace with its secrets, as JSON: each part as the API writes it. What is left out is made up.
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
  workspaceSecrets: Schema.optional(Schema.Array(WorkspaceSecret).annotations({ message: () => "Expected an array" }))
}).annotations({ identifier: "Seed", message: () => "Expected an object (Seed)" })

/**
 * @since 0.1.0
 * @category schemas
 */
export type Seed = typeof Seed.Type

/**
 * A seed that cannot be used: one line for each thing that is wrong. None quotes a value of the seed: it holds secrets.
 *
 * @since 0.1.0
 * @category errors
 */
export class SeedError extends Data.TaggedError("SeedError")<{ readonly problems: ReadonlyArray<string> }> {
  override get message(): string {
    return this.problems.join("\n")
  }
}

const decode = Schema.decodeUnknownEither(Seed, { errors: "all", onExcessProperty: "error" })

const lineAndColumn = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split("\n")
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`
}

/** Where JSON is broken, and how. Nothing for text that is nested too deeply to be looked through. */
const whyNot = (text: string): string => {
  const errors: Array<JsonError> = []
  try {
    parseJson(text, errors, { disallowComments: true })
  } catch {
    return ""
  }
  const [error] = errors
  return error === undefined ? "" : ` at ${lineAndColumn(text, error.offset)}: ${printParseErrorCode(error.error)}`
}

/**
 * Reads a seed from the text of a JSON file.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (text: string): Either.Either<Seed, SeedError> => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    return Either.left(new SeedError({ problems: [`not valid JSON${whyNot(text)}`] }))
  }
  return Either.mapLeft(
    decode(json),
    (refusal) => new SeedError({ problems: FieldViolation.fromParseError(refusal).map(FieldViolation.format) })
  )
}

/**
 * What does not fit together in a seed: secrets of another workspace, ids that are there twice. One line each, with its path.
 *
 * @since 0.1.0
 * @category rules
 */
export const problems = (seed: Seed): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const ids = new Set<string>()
  const externalIds = new Set<string>()
  const accountId = seed.accountId ?? seed.profile?.metadata.accountId
  if (seed.profile !== undefined && seed.profile.metadata.accountId !== accountId) {
    problems.push("profile.metadata.accountId: is not the accountId of the seed")
  }
  for (const [i, { metadata }] of (seed.workspaceSecrets ?? []).entries()) {
    const say = (field: string, what: string) => problems.push(`workspaceSecrets[${i}].metadata.${field}: ${what}`)
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
  return problems
}
