import { WorkspaceSecretId, WorkspaceSecretNotFound } from "@workspace-secrets/core/WorkspaceSecret"
import { WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import { layer, secret } from "@workspace-secrets/http-client/WorkspaceSecretsClientTest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const { metadata } = yield* secrets.get(WorkspaceSecretId.make("wsecret_1"))
  yield* Console.log(metadata.name) // Stripe
  const error = yield* Effect.flip(secrets.delete(metadata.id))
  yield* Console.log(error._tag) // WorkspaceSecretNotFound
})

const SecretsTest = layer({
  get: () => Effect.succeed(secret({ metadata: { name: "Stripe" } })),
  delete: () => new WorkspaceSecretNotFound({ message: "no such secret" })
})

await Effect.runPromise(Effect.provide(program, SecretsTest))
