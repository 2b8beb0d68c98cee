import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as NodeTransport from "@workspace-secrets/http-client/node"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const decoded = Schema.decodeUnknownSync(WorkspaceSecret)({
  metadata: {
    id: "wsecret_01JD8X6Q2V5T9RZK3M7N4P0ABC",
    accountId: "account_01JD8X5H3N8G2QW6C1V9B7M4KT",
    createdAt: "2026-11-22T10:43:07.902Z",
    name: "Billing database",
    profileId: "profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE",
    workspaceId: "workspace_01JD8X5HXM1P6T4K9C3V7N2BQG"
  },
  spec: { value: "correct horse battery staple" }
})
console.log(`decoded: ${decoded.metadata.name}, ${String(decoded.spec.value)}`)

const createGetDelete = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
  const value = Redacted.make("correct horse battery staple")
  const created = yield* secrets.create({ metadata: { name: "Billing database" }, spec: { value } })
  const found = yield* secrets.get(created.metadata.id)
  const same = found.spec.value !== undefined && Redacted.value(found.spec.value) === Redacted.value(value)
  yield* secrets.delete(created.metadata.id)
  const gone = yield* Effect.flip(secrets.get(created.metadata.id))
  return `created ${found.metadata.name}, ${same ? "got its value" : "got another value"}, deleted, ${gone._tag}`
})

const ofServer = Layer.unwrapEffect(
  Effect.map(MockServer.MockServer, ({ apiKey, url }) => WorkspaceSecretsClient.layer({ apiKey, baseUrl: url }))
)

const worlds: Record<string, Layer.Layer<WorkspaceSecretsClient.WorkspaceSecretsClient, unknown>> = {
  "in process": ofServer.pipe(Layer.provide(MockServer.layerInProcess())),
  "on a socket": ofServer.pipe(Layer.provide(MockServer.layer()), Layer.provide(NodeTransport.layer())),
  // CADENYA_BASE_URL and CADENYA_API_KEY point to the mock server command.
  "by the command": WorkspaceSecretsClient.layerConfig().pipe(Layer.provide(NodeTransport.layer()))
}

const main = async () => {
  for (const [name, client] of Object.entries(worlds)) {
    console.log(`${name}: ${await Effect.runPromise(Effect.provide(createGetDelete, client))}`)
  }
}

void main()
