import { layer as nodeLayer } from "@workspace-secrets/http-client/node"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const profile = yield* secrets.whoami()
  yield* Console.log(`I am ${profile.metadata.name}`) // I am ci-deploy
})

const SecretsLive = layerConfig().pipe(Layer.provide(nodeLayer({ connections: 10 })))

await Effect.runPromise(Effect.provide(program, SecretsLive))
