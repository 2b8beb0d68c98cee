import { expect, it } from "@effect/vitest"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const ClientLive = Layer.unwrapEffect(
  Effect.map(MockServer.MockServer, ({ apiKey, url }) => WorkspaceSecretsClient.layer({ apiKey, baseUrl: url }))
)

const TestLive = Layer.provideMerge(ClientLive, MockServer.layerInProcess())

it.effect("finds the secret that it made", () =>
  Effect.gen(function*() {
    const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
    yield* secrets.create({ metadata: { name: "db-password" }, spec: { value: Redacted.make("hunter2") } })
    const page = yield* secrets.list({ prefix: "db-" })
    expect(page.items.map(({ metadata }) => metadata.name)).toEqual(["db-password"])
  }).pipe(Effect.provide(TestLive)))
