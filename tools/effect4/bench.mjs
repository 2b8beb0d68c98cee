// Compares the clients of both lines on `fetch`: `node tools/effect4/bench.mjs`. Prints CPU per call, bundle size and
// cold import; only the ratios are meaningful.
import { build } from "esbuild"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { environmentOf4, install4, line } from "../effect4.mjs"
import { run } from "../npm.mjs"
import { root } from "../workspaces.mjs"

const CALLS = 2000
const ROUNDS = 2
const AT_A_TIME = 20

const program = (flags) => `
import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layer, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const loaded = performance.now()
const calls = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  const some = (n) => Effect.forEach(Array.from({ length: n }), () => secrets.get("wsecret_1"), { concurrency: ${AT_A_TIME}, discard: true })
  yield* some(${CALLS / 4})
  const before = process.cpuUsage()
  yield* some(${CALLS})
  const { system, user } = process.cpuUsage(before)
  console.log(JSON.stringify({ cpu: (system + user) / ${CALLS} }))
})
const live = layer({ apiKey: Redacted.make("key-of-a-bench"), baseUrl: process.env.URL ?? "http://localhost" }).pipe(Layer.provide(Fetch.layer()))
if (process.argv[2] === "calls") await Effect.runPromise(Effect.provide(calls, live))
else console.log(JSON.stringify({ loaded, line: ${flags} }))
`

const secret = JSON.stringify({
  metadata: {
    id: "wsecret_1",
    accountId: "account_1",
    createdAt: "2026-01-01T00:00:00.000Z",
    name: "Stripe",
    profileId: "profile_1",
    workspaceId: "workspace_1",
    externalId: "",
    labels: { env: "prod" }
  },
  spec: { value: "value" }
})

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

/** Bundles the client of a line into one file. */
const bundle = async (directory, name, resolveDir) => {
  const outfile = join(directory, `${name}.mjs`)
  await build({
    stdin: { contents: program(JSON.stringify(name)), resolveDir, loader: "js" },
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["@workspace-secrets/source"]
  })
  return {
    name,
    outfile,
    minified: statSync(outfile).size,
    gzipped: gzipSync(readFileSync(outfile), { level: 9 }).length
  }
}

const main = async () => {
  const env = await environmentOf4()
  await install4(env)
  const directory = mkdtempSync(join(tmpdir(), "workspace-secrets-bench4-"))
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(secret)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${server.address().port}`
  try {
    const lines = [
      await bundle(directory, "Effect 3", join(root, "packages/http-client")),
      await bundle(directory, "Effect 4", join(line, "packages/http-client"))
    ]
    const node = (args) => run("node", args, { cwd: directory, env: { ...env, URL: url } }).then(JSON.parse)
    const results = lines.map(({ name }) => ({ name, cpu: [], loaded: [] }))
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, { outfile }] of lines.entries()) {
        results[index].cpu.push((await node([outfile, "calls"])).cpu)
        for (let time = 0; time < 3; time++) results[index].loaded.push((await node([outfile])).loaded)
      }
    }
    console.log(
      "| client on fetch | CPU a call | bundle, gzipped | cold import of the bundle |\n| --- | --- | --- | --- |"
    )
    for (const [index, { gzipped, name }] of lines.entries()) {
      const { cpu, loaded } = results[index]
      console.log(
        `| ${name} | ${median(cpu).toFixed(0)} µs | ${(gzipped / 1000).toFixed(0)} kB | ${
          median(loaded).toFixed(0)
        } ms |`
      )
    }
  } finally {
    server.close()
    server.closeAllConnections()
    rmSync(directory, { recursive: true, force: true })
  }
}

await main()
