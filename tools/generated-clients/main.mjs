// Uses the OpenAPI documents of a running mock server as users do: with linters, three client generators, whose
// programs are compiled and run, and Newman. `npm run clients -- --help` says more.
import { build } from "esbuild"
import { createHash } from "node:crypto"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { environment, npm, run } from "../npm.mjs"
import { bundle, serve } from "../serve.mjs"
import { setup } from "../setup.mjs"
import { root } from "../workspaces.mjs"

const help = `
Starts the mock server, reads its OpenAPI documents, and
  - lints both with Redocly and Spectral
  - generates clients with openapi-typescript, @hey-api/openapi-ts and orval, compiles them with programs that use them,
    and runs those against the server
  - converts the document into a Postman collection that Newman runs

  npm run clients            half a minute on 2 cores, and a minute more the first time, which installs the tools
  npm run clients -- --keep  leaves what was generated for a look, and says where it is
`

const programs = ["openapi-fetch", "hey-api", "orval"]

const here = fileURLToPath(new URL(".", import.meta.url))
const started = performance.now()
const say = (message) => console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`)

/** Installs the tools of the lock file if missing, and returns their directory. */
const install = async () => {
  const lock = readFileSync(join(here, "package-lock.json"))
  const name = createHash("sha256").update(lock).digest("hex").slice(0, 16)
  const directory = join(root, "node_modules/.cache/workspace-secrets/generated-clients", name)
  if (!existsSync(directory)) {
    say("installing the generators, which takes a minute …")
    // Renamed into place, so that an interrupted run leaves nothing incomplete.
    const staging = `${directory}.${process.pid}`
    mkdirSync(staging, { recursive: true })
    for (const file of ["package.json", "package-lock.json"]) cpSync(join(here, file), join(staging, file))
    await npm(["ci", "--prefer-offline", "--ignore-scripts"], { cwd: staging, seconds: 300 })
    renameSync(staging, directory)
  }
  return directory
}

/** Starts a server with the profile of the document's examples. */
const start = (directory) => {
  const document = JSON.parse(readFileSync(join(root, "apps/mock-server/openapi.json"), "utf8"))
  const seed = { profile: document.components.examples.profile.value, workspaceAlias: "development" }
  const file = join(directory, "seed.json")
  writeFileSync(file, JSON.stringify(seed))
  return serve(["--seed-file", file])
}

const save = async (url, file) => {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered with ${response.status}`)
  const document = await response.json()
  const [{ url: named }] = document.servers
  if (named !== new URL(url).origin) throw new Error(`${url} names ${named} as its server`)
  writeFileSync(file, JSON.stringify(document))
}

const main = async () => {
  const { values } = parseArgs({ options: { help: { type: "boolean" }, keep: { type: "boolean" } } })
  if (values.help === true) return console.log(help.trim())
  setup()
  await bundle()
  const tools = await install()
  const directory = mkdtempSync(join(tools, "project-"))
  cpSync(join(here, "project"), directory, { recursive: true })
  const node = (args, env) => run(process.execPath, args, { cwd: directory, env })
  let running
  try {
    running = await start(directory)
    const { apiKey, url } = running
    const env = environment({ CADENYA_BASE_URL: url, CADENYA_API_KEY: apiKey })
    await save(`${url}/openapi.json`, join(directory, "openapi.json"))
    await save(`${url}/_mock/openapi.json`, join(directory, "control.json"))

    say(`lint: ${(await node(["lint.mjs", "openapi.json", "control.json"])).trim()}`)
    await node(["generate.mjs"])
    say(`generated clients: ${programs.join(", ")}`)
    await run(process.execPath, [join(tools, "node_modules/typescript/bin/tsc"), "-p", "."], { cwd: directory })
    say("they compile in strict mode")
    for (const program of programs) {
      await build({
        absWorkingDir: directory,
        entryPoints: [`${program}.ts`],
        outfile: join(directory, `${program}.mjs`),
        bundle: true,
        format: "esm",
        platform: "node",
        logLevel: "warning"
      })
      say(`${program}: ${(await node([`${program}.mjs`], env)).trim()}`)
    }
    say(`Newman: ${(await node(["collection.mjs"], env)).trim()}`)
  } finally {
    await running?.stop()
    if (values.keep === true) console.log(`What was generated is in ${directory}`)
    else rmSync(directory, { recursive: true, force: true })
  }
}

// A hanging job must not block later steps.
setTimeout(() => {
  console.error("The generated clients took over 10 minutes")
  process.exit(1)
}, 600_000).unref()

await main().catch((error) => {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
})
