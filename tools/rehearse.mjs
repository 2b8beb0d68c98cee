// Rehearses two releases in a clone of the committed state, with a local registry. An empty project installs the first
// release and upgrades to the second. Nothing leaves the machine.
import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { environment, npm, run } from "./npm.mjs"
import { root } from "./workspaces.mjs"

const help = `
Rehearses two releases against a registry (verdaccio) on this machine: versions, changelogs, order, install, upgrade.

  npm run release:rehearse            2 minutes, 15 at most; what is not committed is no part of it
  npm run release:rehearse -- --keep  leaves the clone, the registry's storage and the project for a look
`

/** The last release that runs on Node 20. */
const verdaccioVersion = "6.8.0"

const started = performance.now()
const say = (message) => console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`)

const expect = (holds, message) => {
  if (!holds) throw new Error(message)
}

/** Installs verdaccio on first use. It is not a dependency because nothing else needs its 327 packages. */
const verdaccio = async () => {
  const directory = join(root, "node_modules/.cache/workspace-secrets/verdaccio", verdaccioVersion)
  if (!existsSync(directory)) {
    say("installing verdaccio, this once")
    const staging = `${directory}.${process.pid}`
    mkdirSync(staging, { recursive: true })
    // One of its dependencies needs a tag of node-fetch that a registry may not have.
    const manifest = { private: true, overrides: { "node-fetch": "2.7.0" } }
    writeFileSync(join(staging, "package.json"), JSON.stringify(manifest))
    await npm(["install", "--prefer-offline", "--ignore-scripts", `verdaccio@${verdaccioVersion}`], { cwd: staging })
    renameSync(staging, directory)
  }
  return join(directory, "node_modules/verdaccio/bin/verdaccio")
}

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  server.close()
  await once(server, "close")
  return port
}

/** Starts an empty registry without an upstream, which accepts packages from this machine. */
const startRegistry = async (directory) => {
  const bin = await verdaccio()
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    join(directory, "config.yaml"),
    `
storage: ./storage
auth: { htpasswd: { file: ./htpasswd, max_users: -1 } }
packages: { "@workspace-secrets/*": { access: $all, publish: $all } }
web: { enable: false }
log: { type: stdout, format: json, level: http }
`
  )
  const port = await freePort()
  const child = spawn(process.execPath, [bin, "--config", "config.yaml", "--listen", `127.0.0.1:${port}`], {
    cwd: directory,
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"]
  })
  const kill = () => child.kill("SIGKILL")
  process.once("exit", kill)
  let log = ""
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (log += chunk))
  const closed = once(child, "close")
  const url = `http://127.0.0.1:${port}/`
  const ready = async () => {
    for (let attempt = 0; attempt < 300; attempt++) {
      expect(child.exitCode === null, `verdaccio ended:\n${log}`)
      const answered = await fetch(`${url}-/ping`, { signal: AbortSignal.timeout(1000) }).then(
        ({ ok }) => ok,
        () => false
      )
      if (answered) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`verdaccio does not answer:\n${log}`)
  }
  await ready()
  return {
    url,
    published: () =>
      log.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line))
        .filter(({ request, status }) => request?.method === "PUT" && status === 201)
        .map(({ request }) => decodeURIComponent(request.url).slice(1)),
    stop: async () => {
      process.off("exit", kill)
      child.kill("SIGTERM")
      await closed
    }
  }
}

const names = ["core", "http-client", "contract-tests", "mock-server"].map((name) => `@workspace-secrets/${name}`)
const names4 = names.slice(0, 2)
const [core, client, contract, server] = names

const main = async () => {
  const { values } = parseArgs({ options: { help: { type: "boolean" }, keep: { type: "boolean" } } })
  if (values.help === true) return console.log(help.trim())

  const directory = mkdtempSync(join(realpathSync(tmpdir()), "rehearsal-"))
  const clone = join(directory, "clone")
  const project = join(directory, "project")
  const project4 = join(directory, "project4")
  let registry
  try {
    registry = await startRegistry(join(directory, "registry"))
    say(`verdaccio ${verdaccioVersion} listens on ${registry.url}`)

    // npm needs a token to publish; this registry ignores it.
    const settings = `@workspace-secrets:registry=${registry.url}\n//${
      new URL(registry.url).host
    }/:_authToken=rehearsal\n`
    writeFileSync(join(directory, "npmrc"), settings)
    const author = { name: "Rehearsal", email: "rehearsal@localhost" }
    const env = environment({
      npm_config_userconfig: join(directory, "npmrc"),
      npm_config_prefer_offline: "true",
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email
    })
    const git = (...args) => run("git", args, { cwd: clone, env })
    const inClone = (args) => npm(args, { cwd: clone, env, seconds: 300 })
    const inProject = (args) => npm(args, { cwd: project, env })
    const versionsIn = (manifestOf) => Object.fromEntries(names.map((name) => [name, manifestOf(name).version]))
    const folder = (name) => name === server ? "apps/mock-server" : name.replace("@workspace-secrets", "packages")
    const manifestIn = (name) => JSON.parse(readFileSync(join(clone, folder(name), "package.json"), "utf8"))
    const changelog = (name) => readFileSync(join(clone, folder(name), "CHANGELOG.md"), "utf8")

    await run("git", ["clone", "--quiet", "--no-hardlinks", root, clone], { env })
    const commit = (await git("rev-parse", "--short", "HEAD")).trim()
    await inClone(["ci"])
    say(`cloned ${commit} and installed what it needs`)

    const version = async (what) => {
      const before = versionsIn(manifestIn)
      await inClone(["run", "release:version"])
      await inClone(["ci", "--dry-run"])
      await git("add", "--all")
      await git("commit", "--quiet", "--message", what)
      const after = versionsIn(manifestIn)
      for (const name of names) {
        if (before[name] === after[name]) continue
        say(`${name} ${before[name]} -> ${after[name]}`)
        expect(changelog(name).includes(`## ${after[name]}\n`), `The changelog of ${name} has no ${after[name]}`)
      }
      return after
    }
    const release = async (expected) => {
      const before = registry.published().length
      await inClone(["run", "release", "--", "--registry", registry.url])
      const order = registry.published().slice(before)
      say(order.length === 0 ? "published nothing again" : `published in this order: ${order.join(", ")}`)
      expect(
        order.length === expected.length && expected.every((name) => order.includes(name)),
        "Others were to be published"
      )
      // The packages for Effect 4 have the same names, and come last in the same order.
      for (const name of order.slice(0, names.length)) {
        const early = Object.keys(manifestIn(name).dependencies ?? {}).filter((dependency) =>
          order.indexOf(dependency) > order.indexOf(name)
        )
        expect(early.length === 0, `${name} was published before ${early.join(", ")}`)
      }
    }
    const use = async (expected) => {
      await inProject(["ls", "--all"])
      const lock = JSON.parse(readFileSync(join(project, "node_modules/.package-lock.json"), "utf8")).packages
      for (const name of [...names, "effect"]) {
        const copies = Object.keys(lock).filter((path) => path.endsWith(`node_modules/${name}`))
        expect(copies.length === 1, `${copies.length} copies of ${name}`)
      }
      const installed = versionsIn((name) => lock[`node_modules/${name}`])
      expect(JSON.stringify(installed) === JSON.stringify(expected), `Installed ${JSON.stringify(installed)}`)
      const program = `
        import { start } from "${server}/MockServer"
        import { layer, WorkspaceSecretsClient } from "${client}/WorkspaceSecretsClient"
        import * as FetchTransport from "${client}/fetch"
        import * as Effect from "effect/Effect"
        import * as Layer from "effect/Layer"
        import * as Redacted from "effect/Redacted"
        const server = await start()
        const options = { apiKey: Redacted.make(server.apiKey), baseUrl: server.url }
        const program = Effect.flatMap(WorkspaceSecretsClient, (secrets) => secrets.list())
        const page = await Effect.runPromise(
          Effect.provide(program, Layer.provide(layer(options), FetchTransport.layer()))
        )
        console.log(page.items.length + " secrets")
        await server.stop()`
      const out = await run(process.execPath, ["--input-type=module", "-e", program], { cwd: project, env })
      expect(out === "0 secrets\n", `The program printed ${out}`)
      say("installed, one copy of each, and a program with it runs")
    }

    const tagsOf = async (name) => {
      const response = await fetch(new URL(name.replace("/", "%2f"), registry.url))
      return (await response.json())["dist-tags"]
    }
    const checkTags = async (versions) => {
      for (const name of names4) {
        const tags = await tagsOf(name)
        expect(tags.latest === versions[name], `${name}: latest is ${tags.latest}`)
        expect(tags.effect4 === "2.0.0", `${name}: effect4 is ${tags.effect4}`)
      }
      say("latest is the release for Effect 3, effect4 the one for Effect 4")
    }
    const use4 = async () => {
      mkdirSync(project4)
      writeFileSync(join(project4, "package.json"), "{\"private\":true,\"type\":\"module\"}\n")
      const options = { cwd: project4, env }
      await npm(["install", ...names4.map((name) => `${name}@effect4`), "effect@4.1"], options)
      await npm(["ls", "--all"], options)
      const program = `
        import { WorkspaceSecretsClient } from "${client}/WorkspaceSecretsClient"
        import { workspaceSecret } from "${core}/Examples"
        console.log(typeof WorkspaceSecretsClient, workspaceSecret.metadata.name)`
      const out = await run(process.execPath, ["--input-type=module", "-e", program], options)
      expect(out === "function name\n", `The program printed ${out}`)
      say("installed for Effect 4, and a program with it runs")
    }

    const first = await version("Release what there is")
    await release([...names, ...names4])
    await checkTags(first)
    await use4()

    mkdirSync(project)
    writeFileSync(join(project, "package.json"), "{\"private\":true,\"type\":\"module\"}\n")
    await inProject(["install", ...names, "@effect/platform", "@effect/vitest@0.30", "vitest@3", "effect@3"])
    await use(first)

    // Nothing is published twice, and an interrupted release can be repeated.
    await release([])

    // A bump outside the dependents' ranges, so they are released, too.
    const changeset = `---\n"${core}": minor\n"${client}": patch\n---\n\nThe rehearsal changed something.\n`
    writeFileSync(join(clone, ".changeset/rehearsed-change.md"), changeset)
    const second = await version("Release a change")
    expect(
      changelog(core).includes("The rehearsal changed something."),
      "The changelog of core does not say what changed"
    )
    for (const name of [client, contract, server]) {
      expect(manifestIn(name).dependencies[core] === `^${second[core]}`, `${name} still needs the core before`)
    }
    await release(names)
    await checkTags(second)
    await inProject(["install", ...names.map((name) => `${name}@latest`)])
    await use(second)
    say("both releases went through")
  } finally {
    await registry?.stop()
    if (values.keep === true) console.log(`Everything is in ${directory}`)
    else rmSync(directory, { recursive: true, force: true })
  }
}

setTimeout(() => {
  console.error("The rehearsal took over 15 minutes")
  process.exit(1)
}, 900_000).unref()

await main().catch((error) => {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
})
