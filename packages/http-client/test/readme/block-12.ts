import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { layer as bounded } from "@workspace-secrets/http-client/bounded"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const profile = yield* secrets.whoami()
  yield* Console.log(`I am ${profile.metadata.name}`) // I am ci-deploy
})

const SecretsLive = layerConfig().pipe(Layer.provide(bounded), Layer.provide(FetchHttpClient.layer))

await Effect.runPromise(Effect.provide(program, SecretsLive))
