// Several copies of the packages in one process: ES modules, CommonJS, and a second install. A client of each copy
// calls all operations, and gets all errors, with the transports of the others.
import assert from "node:assert/strict"
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { start } from "./server.mjs"

const names = ["WorkspaceSecretsClient", "fetch", "node", "promise"]
const pathOf = (name) => `@workspace-secrets/http-client/${name}`

mkdirSync("second/node_modules", { recursive: true })
cpSync("node_modules/@workspace-secrets", "second/node_modules/@workspace-secrets", { recursive: true })
writeFileSync("second/load.mjs", "export const load = (path) => import(path)\n")
const second = await import("./second/load.mjs")
const require = createRequire(import.meta.url)

const load = async (from) =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, await from(pathOf(name))])))
const copies = {
  "ES modules": await load((path) => import(path)),
  CommonJS: await load(require),
  "a second install": await load(second.load)
}
assert.equal(new Set(Object.values(copies).map(({ promise }) => promise.ConnectionError)).size, 3)

/** The rejection of a get. */
const errors = {
  "status-400-3": "InvalidArgument",
  "status-400-9": "FailedPrecondition",
  "status-401-16": "Unauthenticated",
  "status-403-7": "PermissionDenied",
  "status-404-5": "WorkspaceSecretNotFound",
  "status-409-10": "Aborted",
  "status-429-8": "ResourceExhausted",
  "status-499-1": "Cancelled",
  "status-500-13": "Internal",
  "status-501-12": "Unimplemented",
  "status-503-14": "Unavailable",
  "status-504-4": "DeadlineExceeded",
  html: "UnexpectedResponse",
  half: "ConnectionError",
  reset: "ConnectionError",
  never: "CallTimeout"
}

const server = await start()
const rejected = (promise) => promise.then(() => assert.fail("It was not rejected"), (error) => error)

const check = async (one, other, transport) => {
  const apiKey = other.promise.Redacted.make("key")
  const secrets = one.promise.makeClient({ apiKey, baseUrl: server.url, transport: other[transport].layer() })
  const payload = { metadata: { name: "Billing database" }, spec: { value: other.promise.Redacted.make("value") } }
  const before = server.requests()
  const { metadata, spec } = await secrets.create(payload)
  assert.equal(other.promise.Redacted.value(spec.value), "value")
  await secrets.get(metadata.id)
  await secrets.update(metadata.id, payload)
  assert.equal((await secrets.list()).items.length, 1)
  await secrets.whoami()
  await secrets.delete(metadata.id)
  assert.equal(server.requests() - before, 6, "an operation was sent more than once")
  for (const [id, tag] of Object.entries(errors)) {
    const error = await rejected(secrets.get(id, { retry: false, deadline: id === "never" ? 50 : "10 seconds" }))
    assert.ok(other.promise.isError(error, tag), `${id}: ${error}`)
  }
  const retried = await rejected(secrets.get("status-503-14", { retry: { baseDelay: 0 } }))
  assert.equal(retried.attempts, 3)
  await secrets.close()
  assert.ok(other.promise.isError(await rejected(secrets.whoami()), "ClientClosed"))
}

let pairs = 0
for (const one of Object.values(copies)) {
  for (const other of Object.values(copies)) {
    if (one === other) continue
    for (const transport of ["fetch", "node"]) await check(one, other, transport)
    pairs++
  }
}
console.log(`${pairs} pairs of copies agree on ${Object.keys(errors).length} errors`)

const { promise: { isError, makeClient }, node } = copies["ES modules"]
const over = (dispatcher) => makeClient({ apiKey: "key", baseUrl: server.url, transport: node.layer({ dispatcher }) })
for (const old of ["undici-5", "undici-6"]) {
  assert.throws(() => over(new (require(old).Agent)()), (error) => isError(error, "InvalidClientOptions"))
}
// The newest undici needs a newer Node than the client.
const [major, minor] = process.versions.node.split(".").map(Number)
if (major > 22 || major === 22 && minor >= 19) {
  const { Agent } = require("undici-8")
  const agent = new Agent()
  const secrets = over(agent)
  assert.equal((await secrets.get("wsecret_1")).metadata.name, "Billing database")
  assert.ok(isError(await rejected(secrets.get("status-404-5")), "WorkspaceSecretNotFound"))
  await secrets.close()
  await agent.close()
}
console.log("dispatchers of undici 5 and 6 are refused")
await server.stop()
