import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const secret = Schema.decodeUnknownSync(WorkspaceSecret)({
  metadata: {
    id: "wsec_01HXKZ3Y5V8QJ4W6T7R9P2M1NA",
    accountId: "acct_01HXKZ3Y5V8QJ4W6T7R9P2M1NB",
    workspaceId: "wksp_01HXKZ3Y5V8QJ4W6T7R9P2M1NC",
    profileId: "prof_01HXKZ3Y5V8QJ4W6T7R9P2M1ND",
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
