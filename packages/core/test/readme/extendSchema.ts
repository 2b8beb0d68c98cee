import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Schema from "effect/Schema"

export class OwnedSecret extends WorkspaceSecret.extend<OwnedSecret>("OwnedSecret")({
  owner: Schema.String
}) {}

export const SecretMetadata = Schema.pluck(WorkspaceSecret, "metadata")
