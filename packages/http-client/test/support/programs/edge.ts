import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import { layer as fetchLayer } from "@workspace-secrets/http-client/fetch"
import { layer, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** Lists and gets secrets, and tells what it got in JSON. */
export const run = (baseUrl: string): Promise<string> =>
  Effect.gen(function*() {
    const secrets = yield* WorkspaceSecretsClient
    const page = yield* secrets.list({ limit: 2 })
    const secret = yield* secrets.get(WorkspaceSecretId.make("name"))
    const missing = yield* Effect.either(secrets.get(WorkspaceSecretId.make("missing")))
    return JSON.stringify({
      names: page.items.map(({ metadata }) => metadata.name),
      value: secret.spec.value && Redacted.value(secret.spec.value),
      missing: Either.isLeft(missing) ? missing.left._tag : "there"
    })
  }).pipe(
    Effect.provide(
      layer({ apiKey: Redacted.make("key"), baseUrl }).pipe(Layer.provide(fetchLayer()))
    ),
    Effect.runPromise
  )
