/**
 * Settings of a tenant: the rights of its API key, and the behaviours on which the sources of the contract disagree.
 *
 * @since 0.1.0
 */
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { array, expected } from "../input/StrictSchema.js"

/**
 * The scope that all operations on secrets require, including reads (WIRE.md, Who may).
 *
 * @since 0.1.0
 * @category constants
 */
export const secretsScope = "secrets:manage"

/**
 * The scopes that an API key can have: those of the operations that this server serves.
 *
 * @since 0.1.0
 * @category constants
 */
export const knownScopes = [secretsScope] as const

/**
 * A scope of an API key.
 *
 * @since 0.1.0
 * @category models
 */
export type Scope = (typeof knownScopes)[number]

const Flag = Schema.Boolean.annotations(expected("a boolean"))

/**
 * The settings. All are optional. The options of a tenant, seeds and snapshots have the same fields.
 *
 * @since 0.1.0
 * @category schemas
 */
export const TenantSettings = Schema.Struct({
  /** The scopes of the API key. Default: every scope. Without `secrets:manage`, operations on secrets get 403 (WIRE.md, Who may). */
  scopes: Schema.optional(
    array(Schema.Literal(...knownScopes).annotations(expected(`a known scope: ${knownScopes.join(", ")}`)))
  ),
  /** Disables the API key: every operation gets 401. Default: false. */
  disabled: Schema.optional(Flag),
  /** Archives the workspace: operations on its secrets get 403. Default: false. */
  archived: Schema.optional(Flag),
  /** Leaves `spec.value` out of every response. Default: false (WIRE.md, Where the sources disagree). */
  writeOnlyValues: Schema.optional(Flag),
  /** Stores the names of secrets in upper case. Default: false (WIRE.md, Where the sources disagree). */
  uppercaseNames: Schema.optional(Flag)
}).annotations({ identifier: "TenantSettings", message: () => "Expected an object (TenantSettings)" })

/**
 * @since 0.1.0
 * @category schemas
 */
export type TenantSettings = typeof TenantSettings.Type

/**
 * Picks the settings that are set from other options.
 *
 * @since 0.1.0
 * @category conversions
 */
export const settingsOf = (
  { archived, disabled, scopes, uppercaseNames, writeOnlyValues }: TenantSettings
): TenantSettings => ({
  ...scopes === undefined ? {} : { scopes: [...new Set(scopes)] },
  ...disabled === undefined ? {} : { disabled },
  ...archived === undefined ? {} : { archived },
  ...writeOnlyValues === undefined ? {} : { writeOnlyValues },
  ...uppercaseNames === undefined ? {} : { uppercaseNames }
})

const check = Schema.validateEither(TenantSettings, { errors: "all" })

/**
 * The problems of settings, one line each. None quotes the input. Other fields are ignored.
 *
 * @since 0.1.0
 * @category rules
 */
export const problems = (settings: TenantSettings): ReadonlyArray<string> =>
  Either.match(check(settings), {
    onLeft: (error) => FieldViolation.fromParseError(error).map(FieldViolation.format),
    onRight: () => []
  })
