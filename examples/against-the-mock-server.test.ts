import { layer } from "@effect/vitest"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { expect } from "vitest"

// No socket: the client's HttpClient calls the server's handlers.
const Client = Layer.unwrapEffect(
  Effect.map(MockServer.MockServer, ({ apiKey, url }) => WorkspaceSecretsClient.layer({ apiKey, baseUrl: url }))
)

layer(Client.pipe(Layer.provide(MockServer.layerInProcess())))("rotating a secret", (it) => {
  it.effect("replaces only its value", () =>
    Effect.gen(function*() {
      const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
      const before = yield* secrets.create({ metadata: { name: "Billing database" }, spec: {} })

      const after = yield* secrets.update(before.metadata.id, { spec: { value: Redacted.make("new") } })

      expect(after.spec.value && Redacted.value(after.spec.value)).toBe("new")
      expect(after.metadata.name).toBe("Billing database")
    }))
})
