/**
 * Settings of a tenant: what its API key may do, and how the server answers where the sources of the contract disagree.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { array, expected } from "../input/StrictSchema.js"

/**
 * The scope that the operations on secrets require, for reading as well (WIRE.md, Who may).
 *
 * @since 0.1.0
 * @category constants
 */
export const secretsScope = "secrets:manage"

/**
 * The scopes that an API key can have here: those of the operations that this server serves.
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
 * The settings, each with its default where it is left out. They are optional fields of the options of a tenant, of a seed and of a
 * snapshot.
 *
 * @since 0.1.0
 * @category schemas
 */
export const TenantSettings = Schema.Struct({
  /** The scopes of the API key; every scope unless given. Without `secrets:manage`, operations on secrets get 403 (WIRE.md, Who may). */
  scopes: Schema.optional(
    array(Schema.Literal(...knownScopes).annotations(expected(`a known scope: ${knownScopes.join(", ")}`)))
  ),
  /** Whether the API key is disabled: every operation gets 401; false unless given. */
  disabled: Schema.optional(Flag),
  /** Whether the workspace is archived: operations on its secrets get 403; false unless given. */
  archived: Schema.optional(Flag),
  /** Leaves `spec.value` out of every response; false unless given (WIRE.md, Where the sources disagree). */
  writeOnlyValues: Schema.optional(Flag),
  /** Stores the names of secrets in upper case; false unless given (WIRE.md, Where the sources disagree). */
  uppercaseNames: Schema.optional(Flag)
}).annotations({ identifier: "TenantSettings", message: () => "Expected an object (TenantSettings)" })

/**
 * @since 0.1.0
 * @category schemas
 */
export type TenantSettings = typeof TenantSettings.Type

/**
 * The settings among other options. Those that are left out are absent.
 *
 * @since 0.1.0
 * @category conversions
 */
export const settingsOf = (
  { archived, disabled, scopes, uppercaseNames, writeOnlyValues }: TenantSettings
): TenantSettings => ({
  ...scopes === undefined ? {} : { scopes },
  ...disabled === undefined ? {} : { disabled },
  ...archived === undefined ? {} : { archived },
  ...writeOnlyValues === undefined ? {} : { writeOnlyValues },
  ...uppercaseNames === undefined ? {} : { uppercaseNames }
})

/**
 * What is wrong with the settings of a tenant, a line for each problem. None quotes what was given.
 *
 * @since 0.1.0
 * @category rules
 */
export const problems = ({ scopes = [] }: TenantSettings): ReadonlyArray<string> =>
  scopes.flatMap((scope, i) =>
    (knownScopes as ReadonlyArray<string>).includes(scope)
      ? []
      : [`scopes[${i}]: Expected a known scope: ${knownScopes.join(", ")}`]
  )
