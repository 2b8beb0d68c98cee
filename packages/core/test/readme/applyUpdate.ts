import * as UpdateWorkspaceSecret from "@workspace-secrets/core/UpdateWorkspaceSecret"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Schema from "effect/Schema"

const update = Schema.decodeUnknownSync(UpdateWorkspaceSecret.UpdateWorkspaceSecret)({
  metadata: { labels: { environment: "staging" } },
  updateMask: "metadata.labels,metadata.external_id"
})
console.log(update.updateMask) // [ 'metadata.labels', 'metadata.externalId' ]

export const relabel = (secret: WorkspaceSecret): WorkspaceSecret => UpdateWorkspaceSecret.applyTo(secret, update)
