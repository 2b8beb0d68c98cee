/**
 * Workspace ids.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { id } from "./internal/id.js"

/**
 * The id of a workspace. Servers generate prefixed ULIDs (`workspace_…`); readers accept any non-empty string (WIRE.md,
 * Models). In a path, the workspace's alias may be used instead (WIRE.md, Workspace-scoped paths).
 *
 * @since 0.1.0
 * @category ids
 */
export const WorkspaceId = id("WorkspaceId", "workspace", "Workspace that a resource belongs to (a prefixed ULID)")
  .pipe(
    Schema.brand("WorkspaceId")
  )

/**
 * @since 0.1.0
 * @category ids
 */
export type WorkspaceId = typeof WorkspaceId.Type
