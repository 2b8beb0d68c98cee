import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { contract } from "@workspace-secrets/contract-tests/Contract"
import * as Target from "@workspace-secrets/contract-tests/Target"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const target = Layer.unwrapEffect(Effect.gen(function*() {
  const server = yield* MockServer.MockServer
  return Target.layer({
    baseUrl: server.url,
    apiKey: server.apiKey,
    workspaceId: server.workspaceId,
    // Leave out what your server does not have: the behaviours that need it are then skipped.
    workspaceAlias: "development",
    otherTenant: yield* server.addTenant({ apiKey: Redacted.make("another-key") }),
    spacedTenant: yield* server.addTenant({ apiKey: Redacted.make("My API Key") }),
    restrictedTenant: yield* server.addTenant({ apiKey: Redacted.make("restricted-key"), scopes: [] }),
    disabledTenant: yield* server.addTenant({ apiKey: Redacted.make("disabled-key"), disabled: true }),
    archivedTenant: yield* server.addTenant({ apiKey: Redacted.make("archived-key"), archived: true }),
    corsOrigin: "https://app.example",
    // What your server does where the sources disagree. Leave it out to accept either.
    writeOnlyValues: false,
    uppercaseNames: false,
    omitUnsetFields: false
  })
}))

contract(
  "the mock server, on a socket",
  target.pipe(
    Layer.provide(MockServer.layer({ corsOrigin: "https://app.example" })),
    Layer.provide(FetchHttpClient.layer)
  )
)
