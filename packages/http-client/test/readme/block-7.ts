import { ExternalId } from "@workspace-secrets/core/ExternalId"
import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const { response, value } = yield* secrets.withResponse.get({ externalId: ExternalId.make("billing/stripe") }, {
    deadline: "2 seconds",
    retry: { maxAttempts: 2 },
    headers: { "x-team": "billing" }
  })
  yield* Console.log(value.metadata.name, response.status, response.requestId, response.attempts) // name 200 req-1 1
  yield* Console.log(response.headers["content-type"]) // application/json
})

const SecretsLive = layerConfig().pipe(Layer.provide(Fetch.layer()))

await Effect.runPromise(Effect.provide(program, SecretsLive))
