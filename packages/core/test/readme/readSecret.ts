import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const secret = Schema.decodeUnknownSync(WorkspaceSecret)({
  metadata: {
    id: "wsecret_01HXKZ3Y5V8QJ4W6T7R9P2M1NA",
    accountId: "account_01HXKZ3Y5V8QJ4W6T7R9P2M1NB",
    workspaceId: "workspace_01HXKZ3Y5V8QJ4W6T7R9P2M1NC",
    profileId: "profile_01HXKZ3Y5V8QJ4W6T7R9P2M1ND",
    name: "Stripe key",
    createdAt: "2019-12-27T18:11:19.117Z",
    labels: { environment: "production" }
  },
  spec: { value: "sk_live_1" },
  info: null
})

console.log(JSON.stringify(secret.spec)) // {"value":"<redacted>"}
if (secret.spec.value !== undefined) {
  console.log(Redacted.value(secret.spec.value)) // sk_live_1
}
