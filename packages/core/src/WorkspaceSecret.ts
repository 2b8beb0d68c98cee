/**
 * Workspace secrets.
 *
 * @since 0.1.0
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { ExternalId } from "./ExternalId.js"
import { isSame } from "./internal/equal.js"
import { errorFields } from "./internal/errorFields.js"
import { id } from "./internal/id.js"
import {
  classAnnotations,
  errorAnnotations,
  expected,
  struct,
  Text,
  TextOfField,
  unsettable
} from "./internal/schema.js"
import { Profile } from "./Profile.js"
import { ResourceMetadata } from "./ResourceMetadata.js"
import { Timestamp } from "./Timestamp.js"
import { unsetFields } from "./UnsetFields.js"

/**
 * The id of a secret. Servers generate prefixed ULIDs (`wsecret_…`); readers accept any non-empty string (WIRE.md,
 * Models).
 *
 * @since 0.1.0
 * @category ids
 */
export const WorkspaceSecretId = id("WorkspaceSecretId", "wsecret", "Id of the secret (a prefixed ULID)")

/**
 * @since 0.1.0
 * @category ids
 */
export type WorkspaceSecretId = typeof WorkspaceSecretId.Type

/**
 * The address of a secret: its id, or its external id. Encoded as a path segment before percent-encoding; an external
 * id becomes `external_id:<value>` (WIRE.md, Operations: `{id}`).
 *
 * @since 0.1.0
 * @category ids
 */
export const WorkspaceSecretRef = Schema.transform(
  Text.pipe(Schema.filter((text) => text !== "", expected("an id, or external_id: and an external id"))),
  Schema.Union(WorkspaceSecretId, Schema.Struct({ externalId: ExternalId })).annotations(
    expected("an id, or an object with an externalId")
  ),
  {
    strict: true,
    decode: (segment) =>
      segment.startsWith("external_id:")
        ? { externalId: segment.slice("external_id:".length) }
        : segment,
    encode: (ref) => typeof ref === "string" ? ref : `external_id:${ref.externalId}`
  }
).annotations({ identifier: "WorkspaceSecretRef" })

/**
 * @since 0.1.0
 * @category ids
 */
export type WorkspaceSecretRef = typeof WorkspaceSecretRef.Type

const contentOf = (input: unknown): unknown => {
  try {
    return Redacted.isRedacted(input) ? Redacted.value(input) : input
  } catch {
    // The secret was wiped.
    return input
  }
}

/**
 * The value of a secret. It is `Redacted`, so that nothing prints it; `Redacted.value` returns the plain string.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SecretValue = Schema.transform(
  TextOfField,
  Schema.RedactedFromSelf(TextOfField).annotations({
    message: ({ actual }) => expected("a Redacted string").message({ actual: contentOf(actual) })
  }),
  { strict: true, decode: (value) => Redacted.make(value), encode: Redacted.value }
).annotations({ identifier: "SecretValue" })

/**
 * The content of a secret (WIRE.md, Models: WorkspaceSecretSpec). `value` is absent if it is unset, or if the server
 * does not return values. An empty value means unset.
 *
 * @since 0.1.0
 * @category schemas
 */
export const WorkspaceSecretSpec = struct("WorkspaceSecretSpec", {
  value: unsettable(SecretValue, unsetFields.WorkspaceSecretSpec.value)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type WorkspaceSecretSpec = typeof WorkspaceSecretSpec.Type

/**
 * Information from the server about a secret (WIRE.md, Models: WorkspaceSecretInfo).
 *
 * @since 0.1.0
 * @category schemas
 */
export const WorkspaceSecretInfo = struct("WorkspaceSecretInfo", {
  createdBy: unsettable(Profile),
  lastUsedAt: unsettable(Timestamp, unsetFields.WorkspaceSecretInfo.lastUsedAt)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type WorkspaceSecretInfo = typeof WorkspaceSecretInfo.Type

/**
 * A secret of a workspace (WIRE.md, Models: WorkspaceSecret). Lists contain `info` only if the request has
 * `includeInfo`.
 *
 * @since 0.1.0
 * @category entities
 */
export class WorkspaceSecret extends Schema.Class<WorkspaceSecret>("WorkspaceSecret")(
  struct("WorkspaceSecret", {
    metadata: ResourceMetadata(WorkspaceSecretId),
    spec: WorkspaceSecretSpec,
    info: unsettable(WorkspaceSecretInfo)
  }),
  classAnnotations("WorkspaceSecret", "A secret of a workspace")
) {
  [Equal.symbol](that: Equal.Equal): boolean {
    return isSame(this, that)
  }

  [Hash.symbol](): number {
    return Hash.string(this.metadata.id)
  }
}

/**
 * The workspace has no such secret (404): it never existed, was deleted, or belongs to another workspace.
 *
 * @since 0.1.0
 * @category errors
 */
export class WorkspaceSecretNotFound extends Schema.TaggedError<WorkspaceSecretNotFound>()(
  "WorkspaceSecretNotFound",
  errorFields("WorkspaceSecretNotFound"),
  errorAnnotations("WorkspaceSecretNotFound")
) {}

/**
 * Another secret of the workspace has this external id (409).
 *
 * @since 0.1.0
 * @category errors
 */
export class WorkspaceSecretAlreadyExists extends Schema.TaggedError<WorkspaceSecretAlreadyExists>()(
  "WorkspaceSecretAlreadyExists",
  errorFields("WorkspaceSecretAlreadyExists"),
  errorAnnotations("WorkspaceSecretAlreadyExists")
) {}
