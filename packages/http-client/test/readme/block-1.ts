import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const profile = yield* secrets.whoami()
  yield* Console.log(`I am ${profile.metadata.name}`) // I am ci-deploy
})

const SecretsLive = layerConfig().pipe(Layer.provide(Fetch.layer()))

await Effect.runPromise(Effect.provide(program, SecretsLive))
