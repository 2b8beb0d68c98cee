import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient

  const page = yield* secrets.list({ limit: 10, labels: { env: "prod" }, sortOrder: "asc" })
  yield* Console.log(page.items.length, page.pagination.nextCursor) // 2 djE6Mg

  yield* secrets.stream({ prefix: "Stripe" }).pipe(
    Stream.take(3),
    Stream.map(({ metadata }) => metadata.name),
    Stream.runCollect,
    Effect.flatMap((names) => Console.log([...names].join(", "))) // Stripe, Stripe (live), Stripe (test)
  )
})

const SecretsLive = layerConfig().pipe(Layer.provide(Fetch.layer()))

await Effect.runPromise(Effect.provide(program, SecretsLive))
