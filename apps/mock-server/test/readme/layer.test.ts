import { expect, it } from "@effect/vitest"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Seed from "@workspace-secrets/mock-server/Seed"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const ServerLive = Layer.unwrapEffect(
  Effect.map(Seed.parse(`{ "workspaceId": "workspace_test" }`), (seed) => MockServer.layer({ seed, port: 0 }))
)

it.effect("serves the workspace of its seed", () =>
  Effect.gen(function*() {
    const { apiKey, url } = yield* MockServer.MockServer
    const response = yield* Effect.promise(() =>
      fetch(`${url}/v1/workspaces/workspace_test/workspace_secrets`, {
        headers: { authorization: `Bearer ${Redacted.value(apiKey)}` }
      })
    )
    expect(response.status).toBe(200)
  }).pipe(Effect.provide(ServerLive)))
