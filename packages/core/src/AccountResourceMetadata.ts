/**
 * The metadata of resources that belong to an account.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import { AccountId } from "./AccountId.js"
import { ExternalId } from "./ExternalId.js"
import { struct, Text, unsettable } from "./internal/schema.js"
import { StoredLabels } from "./Labels.js"
import { ProfileId } from "./ProfileId.js"
import { Timestamp } from "./Timestamp.js"
import { unsetFields } from "./UnsetFields.js"

/**
 * The metadata of a resource that belongs to an account and to no workspace, as read from responses (WIRE.md, Models:
 * AccountResourceMetadata). `id` is the schema of the resource's id.
 *
 * @since 0.1.0
 * @category schemas
 */
export const AccountResourceMetadata = <Id extends Schema.Schema.All>(id: Id) =>
  struct("AccountResourceMetadata", {
    id,
    accountId: AccountId,
    name: Text,
    profileId: ProfileId,
    externalId: unsettable(ExternalId, unsetFields.AccountResourceMetadata.externalId),
    labels: unsettable(StoredLabels, unsetFields.AccountResourceMetadata.labels),
    createdAt: unsettable(Timestamp, unsetFields.AccountResourceMetadata.createdAt)
  })
