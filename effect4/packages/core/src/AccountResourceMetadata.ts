/**
 * The metadata of resources that belong to an account.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import { AccountId } from "./AccountId.js"
import { ExternalId } from "./ExternalId.js"
import { optional, struct, Text } from "./internal/schema.js"
import { StoredLabels } from "./Labels.js"
import { ProfileId } from "./ProfileId.js"
import { Timestamp } from "./Timestamp.js"
import { unsetFields } from "./UnsetFields.js"

const unset = unsetFields.AccountResourceMetadata

/**
 * The metadata of a resource that belongs to an account and to no workspace, as read from responses (WIRE.md, Models:
 * AccountResourceMetadata). `id` is the schema of the resource's id.
 *
 * @since 0.1.0
 * @category schemas
 */
export const AccountResourceMetadata = <Id extends Schema.Constraint>(id: Id) =>
  struct("AccountResourceMetadata", {
    id,
    accountId: AccountId,
    name: Text,
    profileId: ProfileId,
    externalId: optional(ExternalId, unset.externalId),
    labels: optional(StoredLabels, unset.labels),
    createdAt: optional(Timestamp, unset.createdAt)
  })
