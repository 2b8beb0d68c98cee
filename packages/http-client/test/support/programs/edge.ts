import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import { layer as fetchLayer } from "@workspace-secrets/http-client/fetch"
import { makeClient, Redacted as Wrapped, WorkspaceSecretNotFound } from "@workspace-secrets/http-client/promise"
import { layer, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** Lists and gets secrets, and returns the results as JSON. */
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

/** The same without Effect. */
export const runPromises = async (baseUrl: string): Promise<string> => {
  const secrets = makeClient({ apiKey: "key", baseUrl })
  const names: Array<string> = []
  for await (const { metadata } of secrets.listAll({ limit: 2 })) {
    names.push(metadata.name)
  }
  const secret = await secrets.get("name", { signal: new AbortController().signal })
  const missing = await secrets.get("missing").then(
    () => "there",
    (error: unknown) => error instanceof WorkspaceSecretNotFound ? error._tag : "another error"
  )
  await secrets.close()
  return JSON.stringify({ names, value: secret.spec.value && Wrapped.value(secret.spec.value), missing })
}
