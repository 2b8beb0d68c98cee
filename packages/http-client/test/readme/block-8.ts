import { ExternalId } from "@workspace-secrets/core/ExternalId"
import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient

  const payload = { metadata: { name: "Stripe", externalId: ExternalId.make("billing/stripe") }, spec: {} }
  const created = yield* secrets.create(payload, { safeRetry: true })
  yield* Console.log(created.metadata.id) // id

  const patient = { schedule: Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(20)) }
  const profile = yield* secrets.whoami({ retry: patient, deadline: "1 minute" })
  yield* Console.log(profile.metadata.name) // ci-deploy
})

const SecretsLive = layerConfig({
  retry: { maxAttempts: 5 },
  deadline: "20 seconds",
  attemptDeadline: "5 seconds"
}).pipe(Layer.provide(Fetch.layer()))

await Effect.runPromise(Effect.provide(program, SecretsLive))
