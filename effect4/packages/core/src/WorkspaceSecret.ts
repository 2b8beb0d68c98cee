/**
 * Workspace secrets.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { ExternalId } from "./ExternalId.js"
import { errorFields } from "./internal/errorFields.js"
import { id } from "./internal/id.js"
import { generated, optional, struct, Text, text } from "./internal/schema.js"
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
export const WorkspaceSecretId = id("WorkspaceSecretId", "wsecret", "Id of the secret (a prefixed ULID)").pipe(
  Schema.brand("WorkspaceSecretId")
)

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
export const WorkspaceSecretRef = text("Expected an id, or external_id: and an external id").check(
  Schema.isNonEmpty({ message: "Expected an id, or external_id: and an external id" })
).pipe(
  Schema.decodeTo(
    Schema.Union([WorkspaceSecretId, Schema.Struct({ externalId: ExternalId })]).annotate({
      message: "Expected an id, or an object with an externalId",
      identifier: "WorkspaceSecretRef"
    }),
    {
      decode: SchemaGetter.transform((segment) =>
        segment.startsWith("external_id:") ? { externalId: segment.slice("external_id:".length) } : segment
      ),
      encode: SchemaGetter.transform((ref) => typeof ref === "string" ? ref : `external_id:${ref.externalId}`)
    }
  )
)

/**
 * @since 0.1.0
 * @category ids
 */
export type WorkspaceSecretRef = typeof WorkspaceSecretRef.Type

/**
 * The value of a secret. It is `Redacted`, so that nothing prints it; `Redacted.value` returns the plain string.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SecretValue = Text.pipe(
  Schema.decodeTo(
    Schema.Redacted(Schema.String.check(generated("^[ -~]{1,20}$"))).annotate({
      identifier: "SecretValue",
      message: "Expected a Redacted string"
    }),
    { decode: SchemaGetter.transform((value) => Redacted.make(value)), encode: SchemaGetter.transform(Redacted.value) }
  )
)

/**
 * The content of a secret (WIRE.md, Models: WorkspaceSecretSpec). `value` is absent if it is unset, or if the server
 * does not return values. An empty value means unset.
 *
 * @since 0.1.0
 * @category schemas
 */
export const WorkspaceSecretSpec = struct("WorkspaceSecretSpec", {
  value: optional(SecretValue, unsetFields.WorkspaceSecretSpec.value)
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
  createdBy: optional(Profile),
  lastUsedAt: optional(Timestamp, unsetFields.WorkspaceSecretInfo.lastUsedAt)
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
    info: optional(WorkspaceSecretInfo)
  }),
  { description: "A secret of a workspace" }
) {}

/**
 * The workspace has no such secret (404): it never existed, was deleted, or belongs to another workspace.
 *
 * @since 0.1.0
 * @category errors
 */
export class WorkspaceSecretNotFound extends Schema.TaggedError<WorkspaceSecretNotFound>()(
  "WorkspaceSecretNotFound",
  errorFields("WorkspaceSecretNotFound")
) {}

/**
 * Another secret of the workspace has this external id (409).
 *
 * @since 0.1.0
 * @category errors
 */
export class WorkspaceSecretAlreadyExists extends Schema.TaggedError<WorkspaceSecretAlreadyExists>()(
  "WorkspaceSecretAlreadyExists",
  errorFields("WorkspaceSecretAlreadyExists")
) {}
