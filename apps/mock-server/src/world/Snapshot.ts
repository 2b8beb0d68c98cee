/**
 * Snapshots: everything that a tenant holds at one moment, to be put back later, there or in another process.
 *
 * @since 0.1.0
 */
import { AccountId } from "@workspace-secrets/core/AccountId"
import { Profile } from "@workspace-secrets/core/Profile"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Schema from "effect/Schema"
import { array, expected, struct } from "../input/StrictSchema.js"
import { IdsState } from "./Ids.js"
import { ClockSetting } from "./TenantClock.js"
import { TenantSettings } from "./TenantSettings.js"

/**
 * A seed with nothing left out, and where the tenant's clock and ids stand: from it, the same requests go on in the same way. As JSON, it has
 * the values of the secrets in it. It has neither the key nor faults nor the journal.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Snapshot = struct("Snapshot", {
  /** The version of this format. */
  version: Schema.Literal(1).annotations(expected("1, the version of the format that this server writes")),
  accountId: AccountId,
  workspaceId: WorkspaceId,
  workspaceAlias: WorkspaceId,
  profile: Profile,
  workspaceSecrets: array(WorkspaceSecret),
  clock: ClockSetting,
  ids: IdsState,
  ...TenantSettings.fields
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type Snapshot = typeof Snapshot.Type
