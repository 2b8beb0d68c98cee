/**
 * The body of an update request.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as FieldMask from "./FieldMask.js"
import { struct, unsettable } from "./internal/schema.js"
import { UpdateResourceMetadata } from "./ResourceMetadata.js"
import { WorkspaceSecret, WorkspaceSecretSpec } from "./WorkspaceSecret.js"

/**
 * The body of an update request (WIRE.md, Operations: update; Semantics: Update). With a mask, the update writes the
 * fields of the mask, and clears those that are absent or empty in the body. Without a mask, it writes the non-empty
 * fields of the body.
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
 * Returns the secret after the update. Returns the same object if nothing changes.
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
