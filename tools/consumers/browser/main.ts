import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as FetchTransport from "@workspace-secrets/http-client/fetch"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
  const value = Redacted.make("correct horse battery staple")
  const created = yield* secrets.create({ metadata: { name: "Billing database" }, spec: { value } })
  const found = yield* secrets.get(created.metadata.id)
  const decoded = Schema.decodeUnknownSync(WorkspaceSecret)(Schema.encodeSync(WorkspaceSecret)(found))
  yield* secrets.delete(created.metadata.id)
  const gone = yield* Effect.flip(secrets.get(created.metadata.id))
  return `created ${decoded.metadata.name}, ${String(decoded.spec.value)}, deleted, ${gone._tag}`
})

export const run = (baseUrl: string, apiKey: string): Promise<string> =>
  program.pipe(
    Effect.provide(
      WorkspaceSecretsClient.layer({ apiKey: Redacted.make(apiKey), baseUrl }).pipe(
        Layer.provide(FetchTransport.layer())
      )
    ),
    Effect.runPromise
  )
