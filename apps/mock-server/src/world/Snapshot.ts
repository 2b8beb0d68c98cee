/**
 * Snapshots: the state of a tenant at one moment, to restore later, in this process or another.
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
 * The data and settings of a tenant, and the state of its clock and ids: after a restore, the same requests get the same responses. It has
 * no API key, faults or journal. As JSON, it contains the values of the secrets in plain text.
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
