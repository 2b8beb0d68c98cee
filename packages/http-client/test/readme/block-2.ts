import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layer, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const page = yield* secrets.list()
  yield* Console.log(`${page.items.length} secrets in development`) // 2 secrets in development
})

const SecretsLive = layer({
  apiKey: Redacted.make(process.env["MY_KEY"] ?? ""),
  workspaceId: "development"
}).pipe(Layer.provide(Fetch.layer()))

await Effect.runPromise(Effect.provide(program, SecretsLive))
