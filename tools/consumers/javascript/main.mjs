import * as FetchTransport from "@workspace-secrets/http-client/fetch"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createRequire } from "node:module"

const { subpaths } = createRequire(import.meta.url)("./subpaths.json")
const loaded = await Promise.all(subpaths.map((subpath) => import(subpath)))
console.log(`loaded: ${loaded.length}`)

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
  const created = yield* secrets.create({ metadata: { name: "Billing database", externalId: "billing" }, spec: {} })
  const found = yield* secrets.get({ externalId: "billing" })
  yield* secrets.delete(created.metadata.id)
  const gone = yield* Effect.flip(secrets.get(created.metadata.id))
  return `created ${found.metadata.name}, got it, deleted, ${gone._tag}`
})

const server = await MockServer.start()
const client = WorkspaceSecretsClient.layer({ apiKey: Redacted.make(server.apiKey), baseUrl: server.url })
console.log(await Effect.runPromise(Effect.provide(program, Layer.provide(client, FetchTransport.layer()))))
await server.stop()
