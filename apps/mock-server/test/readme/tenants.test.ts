import { expect, it } from "@effect/vitest"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

it.effect("keeps the workspaces apart", () =>
  Effect.gen(function*() {
    const server = yield* MockServer.MockServer
    const other = yield* server.addTenant({ apiKey: Redacted.make("other-key") })
    const response = yield* Effect.promise(() =>
      server.fetch(`${server.url}/v1/workspaces/${server.workspaceId}/workspace_secrets`, {
        headers: { authorization: `Bearer ${Redacted.value(other.apiKey)}` }
      })
    )
    expect(response.status).toBe(403)
  }).pipe(Effect.provide(MockServer.layerInProcess())))
