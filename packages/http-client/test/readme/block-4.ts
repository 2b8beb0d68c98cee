import { ExternalId } from "@workspace-secrets/core/ExternalId"
import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const externalId = ExternalId.make("billing/stripe")

  const created = yield* secrets.create({
    metadata: { name: "Stripe", externalId, labels: { env: "prod" } },
    spec: { value: Redacted.make("sk_live_1") }
  })

  const { spec } = yield* secrets.get({ externalId })
  yield* Console.log(spec) // { value: <redacted> }
  yield* Console.log(spec.value && Redacted.value(spec.value).length) // 9

  yield* secrets.update(created.metadata.id, {
    metadata: { name: "Stripe (live)" },
    spec: { value: Redacted.make("sk_live_2") },
    updateMask: ["metadata.name", "metadata.labels", "spec.value"]
  })

  yield* secrets.delete(created.metadata.id)
})

const SecretsLive = layerConfig().pipe(Layer.provide(Fetch.layer()))

await Effect.runPromise(Effect.provide(program, SecretsLive))
