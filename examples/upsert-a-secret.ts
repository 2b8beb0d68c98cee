import { ExternalId } from "@workspace-secrets/core/ExternalId"
import * as Fetch from "@workspace-secrets/http-client/fetch"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const upsert = Effect.fn("upsert")(function*(externalId: ExternalId, value: Redacted.Redacted) {
  const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
  const spec = { value }
  return yield* secrets.update({ externalId }, { spec, updateMask: ["spec.value"] }).pipe(
    Effect.catchTag(
      "WorkspaceSecretNotFound",
      () => secrets.create({ metadata: { name: externalId, externalId }, spec })
    )
  )
})

const program = upsert(ExternalId.make("billing-db"), Redacted.make("correct horse battery staple")).pipe(
  Effect.tap((secret) => Effect.log(`stored ${secret.metadata.id}`))
)

// CADENYA_API_KEY and, where set, CADENYA_BASE_URL and CADENYA_WORKSPACE_ID
const Client = WorkspaceSecretsClient.layerConfig().pipe(Layer.provide(Fetch.layer()))

Effect.runFork(Effect.provide(program, Client))
