const FetchTransport = require("@workspace-secrets/http-client/fetch")
const WorkspaceSecretsClient = require("@workspace-secrets/http-client/WorkspaceSecretsClient")
const MockServer = require("@workspace-secrets/mock-server/MockServer")
const Effect = require("effect/Effect")
const Layer = require("effect/Layer")
const Redacted = require("effect/Redacted")
const { subpaths } = require("./subpaths.json")

console.log(`loaded: ${subpaths.map((subpath) => require(subpath)).length}`)

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
  const created = yield* secrets.create({ metadata: { name: "Billing database", externalId: "billing" }, spec: {} })
  const found = yield* secrets.get({ externalId: "billing" })
  yield* secrets.delete(created.metadata.id)
  const gone = yield* Effect.flip(secrets.get(created.metadata.id))
  return `created ${found.metadata.name}, got it, deleted, ${gone._tag}`
})

const main = async () => {
  const server = await MockServer.start()
  const client = WorkspaceSecretsClient.layer({ apiKey: Redacted.make(server.apiKey), baseUrl: server.url })
  console.log(await Effect.runPromise(Effect.provide(program, Layer.provide(client, FetchTransport.layer()))))
  await server.stop()
}

void main()
