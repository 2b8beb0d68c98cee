/**
 * The body of a create request.
 *
 * @since 0.1.0
 */
import { struct } from "./internal/schema.js"
import { CreateResourceMetadata } from "./ResourceMetadata.js"
import { WorkspaceSecretSpec } from "./WorkspaceSecret.js"

/**
 * The body of a create request (WIRE.md, Operations: create). The server sets the id and all other fields.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CreateWorkspaceSecret = struct("CreateWorkspaceSecret", {
  metadata: CreateResourceMetadata,
  spec: WorkspaceSecretSpec
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type CreateWorkspaceSecret = typeof CreateWorkspaceSecret.Type
