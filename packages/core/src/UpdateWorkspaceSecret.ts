/**
 * The body of an update.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as FieldMask from "./FieldMask.js"
import { struct, unsettable } from "./internal/schema.js"
import { UpdateResourceMetadata } from "./ResourceMetadata.js"
import { WorkspaceSecret, WorkspaceSecretSpec } from "./WorkspaceSecret.js"

/**
 * What a caller gives to update a secret (WIRE.md, Operations: update; Semantics: Update). With a mask, its fields are written,
 * and those of them that are absent or empty here are cleared. Without one, the fields that are not empty are written.
 *
 * @since 0.1.0
 * @category schemas
 */
export const UpdateWorkspaceSecret = struct("UpdateWorkspaceSecret", {
  metadata: unsettable(UpdateResourceMetadata),
  spec: unsettable(WorkspaceSecretSpec),
  updateMask: unsettable(FieldMask.FieldMask)
}).pipe(
  Schema.filter(
    (update) =>
      FieldMask.problems(update.updateMask, update).map(({ description, path }) => ({ path, message: description })),
    { identifier: "UpdateWorkspaceSecret" }
  )
)

/**
 * @since 0.1.0
 * @category schemas
 */
export type UpdateWorkspaceSecret = typeof UpdateWorkspaceSecret.Type

/**
 * The secret after the update; the very same one when the update has nothing to do.
 *
 * @since 0.1.0
 * @category updating
 */
export const applyTo = (secret: WorkspaceSecret, update: UpdateWorkspaceSecret): WorkspaceSecret => {
  const after = FieldMask.apply(update.updateMask, secret, update)
  return after === secret
    ? secret
    : new WorkspaceSecret({ ...secret, metadata: after.metadata, spec: after.spec })
}
