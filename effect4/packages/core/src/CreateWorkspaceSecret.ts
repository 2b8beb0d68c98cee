/**
 * The body of a create.
 *
 * @since 0.1.0
 */
import { struct } from "./internal/schema.js"
import { CreateResourceMetadata } from "./ResourceMetadata.js"
import { WorkspaceSecretSpec } from "./WorkspaceSecret.js"

/**
 * What a caller gives to create a secret (WIRE.md, Operations: create). The server sets the id and the rest.
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
