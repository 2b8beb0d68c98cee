import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import { layer, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const error = yield* Effect.flip(secrets.get(WorkspaceSecretId.make("wsec_1")))
  yield* Console.log(error._tag, error.isRetryable) // Unavailable true
})

const Unavailable = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) => {
    const response = Response.json({ code: 14, message: "down for maintenance" }, { status: 503 })
    return Effect.succeed(HttpClientResponse.fromWeb(request, response))
  })
)

const SecretsTest = layer({ apiKey: Redacted.make("test") }).pipe(Layer.provide(Unavailable))

await Effect.runPromise(Effect.provide(program, SecretsTest))
