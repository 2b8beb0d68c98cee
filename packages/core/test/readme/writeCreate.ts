import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const body = Schema.encodeSync(CreateWorkspaceSecret)({
  metadata: { name: "Stripe key", labels: { environment: "production" } },
  spec: { value: Redacted.make("sk_live_1") }
})
console.log(body.spec.value) // sk_live_1

const decode = Schema.decodeUnknownEither(CreateWorkspaceSecret, { errors: "all" })
const refused = decode({ metadata: { name: " " }, spec: "sk_live_1" })
if (Either.isLeft(refused)) {
  console.log(FieldViolation.fromParseError(refused.left).map(FieldViolation.format).join("\n"))
  // metadata.name: Expected a name of 1 to 255 characters after trimming
  // spec: Expected an object (WorkspaceSecretSpec)
}
