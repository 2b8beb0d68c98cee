/**
 * The metadata of resources that belong to a workspace.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import { AccountId } from "./AccountId.js"
import { ExternalId } from "./ExternalId.js"
import { optional, struct, Text } from "./internal/schema.js"
import { Labels, StoredLabels } from "./Labels.js"
import { ProfileId } from "./ProfileId.js"
import { ResourceName } from "./ResourceName.js"
import { Timestamp } from "./Timestamp.js"
import { unsetFields } from "./UnsetFields.js"
import { WorkspaceId } from "./WorkspaceId.js"

/**
 * The metadata of a resource of a workspace, as read from responses (WIRE.md, Models: ResourceMetadata). `id` is the
 * schema of the resource's id. `unsetFields` lists the values that mean unset.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ResourceMetadata = <Id extends Schema.Constraint>(id: Id) =>
  struct("ResourceMetadata", {
    id,
    accountId: AccountId,
    createdAt: Timestamp,
    name: Text,
    profileId: ProfileId,
    workspaceId: WorkspaceId,
    externalId: optional(ExternalId, unsetFields.ResourceMetadata.externalId),
    labels: optional(StoredLabels, unsetFields.ResourceMetadata.labels),
    updatedAt: optional(Timestamp, unsetFields.ResourceMetadata.updatedAt)
  })

/**
 * The metadata in a create request (WIRE.md, Models: CreateResourceMetadata). An empty external id is unset.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CreateResourceMetadata = struct("CreateResourceMetadata", {
  name: ResourceName,
  externalId: optional(ExternalId, unsetFields.CreateResourceMetadata.externalId),
  labels: optional(Labels, unsetFields.CreateResourceMetadata.labels)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type CreateResourceMetadata = typeof CreateResourceMetadata.Type

/**
 * The metadata in an update request (WIRE.md, Models: UpdateResourceMetadata). The field mask of the request decides
 * which fields are required and validated.
 *
 * @since 0.1.0
 * @category schemas
 */
export const UpdateResourceMetadata = struct("UpdateResourceMetadata", {
  name: optional(Text, unsetFields.UpdateResourceMetadata.name),
  externalId: optional(ExternalId, unsetFields.UpdateResourceMetadata.externalId),
  labels: optional(StoredLabels, unsetFields.UpdateResourceMetadata.labels)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type UpdateResourceMetadata = typeof UpdateResourceMetadata.Type
