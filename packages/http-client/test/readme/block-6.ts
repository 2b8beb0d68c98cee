import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const id = WorkspaceSecretId.make("wsecret_unknown")
  yield* secrets.get(id).pipe(
    Effect.catchTags({
      WorkspaceSecretNotFound: (error) => Console.log(error.message, error.requestId), // no such secret req-1
      ResourceExhausted: (error) => Effect.sleep(error.retryAfter ?? "1 minute")
    })
  )
  yield* secrets.delete(id).pipe(
    Effect.catchTags({
      PermissionDenied: (error) => Console.log(error.requiredScope, error.grantedScopes) // secrets:manage [ 'agents:read' ]
    })
  )
})

const SecretsLive = layerConfig().pipe(Layer.provide(Fetch.layer()))

await Effect.runPromise(Effect.provide(program, SecretsLive))
