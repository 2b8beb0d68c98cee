import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Schema from "effect/Schema"

/** A secret of the account `acct` and the workspace `wksp`. */
export const secret = ({ createdAt = 0, externalId, id, labels, name = "name", value }: {
  readonly id: string
  readonly createdAt?: number
  readonly name?: string
  readonly externalId?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly value?: string
}): WorkspaceSecret =>
  Schema.decodeSync(WorkspaceSecret)({
    metadata: {
      id,
      accountId: "acct",
      createdAt: new Date(createdAt).toISOString(),
      name,
      profileId: "prof",
      workspaceId: "wksp",
      externalId,
      labels
    },
    spec: { value }
  })
