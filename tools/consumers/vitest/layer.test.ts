import { expect, layer } from "@effect/vitest"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const Client = Layer.unwrapEffect(
  Effect.map(MockServer.MockServer, ({ apiKey, url }) => WorkspaceSecretsClient.layer({ apiKey, baseUrl: url }))
)

layer(Client.pipe(Layer.provide(MockServer.layerInProcess())))("a secret", (it) => {
  it.effect("is created, read and deleted", () =>
    Effect.gen(function*() {
      const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
      const { metadata } = yield* secrets.create({
        metadata: { name: "Billing database" },
        spec: { value: Redacted.make("correct horse battery staple") }
      })
      expect((yield* secrets.get(metadata.id)).metadata.name).toBe("Billing database")
      yield* secrets.delete(metadata.id)
      expect((yield* Effect.flip(secrets.get(metadata.id)))._tag).toBe("WorkspaceSecretNotFound")
    }))
})
