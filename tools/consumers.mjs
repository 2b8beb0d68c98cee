// Uses the packages as users do: packs them, installs the tarballs into empty projects outside the repository, and
// compiles and runs the projects on this Node and on newer ones. `npm run consumers -- --help` says more.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { nodes } from "./nodes.mjs"
import { environment, npm, run } from "./npm.mjs"
import { setup } from "./setup.mjs"
import { pack } from "./tarballs.mjs"
import { root } from "./workspaces.mjs"

const help = `
Installs the packed packages into empty projects outside the repository, and compiles and runs those.

  npm run consumers                    all of them: less than 3 minutes on 2 cores, 10 at most
  npm run consumers -- vitest browser  those whose name has one of these words in it
  npm run consumers -- --keep          leaves the projects for a look, and says where they are
`

const [core, client, server, contract] = ["core", "http-client", "mock-server", "contract-tests"]
  .map((name) => `@workspace-secrets/${name}`)

/** The output of a program that created, read and deleted a secret. */
const done = "created Billing database, got it, deleted, WorkspaceSecretNotFound"
const doneWithValue = "created Billing database, got its value, deleted, WorkspaceSecretNotFound"

/**
 * The projects: their files and packages, how they are compiled, what runs on each Node, and the expected output.
 * Packages come from the READMEs if `readmes` is set; otherwise they are pinned.
 */
const typescript = {
  template: "typescript",
  uses: [core, client, server],
  installs: ["effect", "@effect/platform", "typescript", "@types/node"],
  serves: true,
  compile: ["tsc", "-p", "."],
  programs: [{
    args: ["out/main.js"],
    prints: [
      "decoded: Billing database, <redacted>",
      ...["in process", "on a socket", "by the command"].map((name) => `${name}: ${doneWithValue}`)
    ]
  }]
}

/** Packages that only consumers use. */
const strangers = {
  "@rollup/plugin-commonjs": "29.0.3",
  "@rollup/plugin-node-resolve": "16.0.3",
  "happy-dom": "21.0.4",
  jsdom: "31.0.1",
  "undici-5": "npm:undici@5.29.0",
  "undici-6": "npm:undici@6.29.1",
  "undici-8": "npm:undici@8.13.1",
  webpack: "5.113.0"
}

const bundles = ["esbuild", "rollup", "vite", "webpack"]
  .flatMap((bundler) => ["inside", "outside"].map((where) => `${bundler}-${where}.mjs`))

const projects = [
  { ...typescript, name: "TypeScript, ES modules", type: "module" },
  { ...typescript, name: "TypeScript, CommonJS", type: "commonjs" },
  {
    name: "plain JavaScript",
    type: "module",
    template: "javascript",
    uses: [core, client, server],
    readmes: [core, client, server],
    programs: [
      ...["main.mjs", "main.cjs"].map((file) => ({
        args: [file],
        prints: ({ subpaths }) => [`loaded: ${subpaths}`, done]
      })),
      { args: ["--test", "--test-reporter=tap", "tenants.test.mjs"], matches: /^# pass 2$[^]*^# fail 0$/m }
    ]
  },
  {
    name: "a browser, bundled by Vite",
    type: "module",
    template: "browser",
    uses: [core, client, server],
    installs: ["effect", "@effect/platform", "typescript", "vite", "@edge-runtime/vm"],
    serves: true,
    compile: ["tsc", "-p", "."],
    bundle: ["vite", "build", "--logLevel", "error"],
    programs: [{
      args: ["main.mjs"],
      prints: ["of Node: nothing", "created Billing database, <redacted>, deleted, WorkspaceSecretNotFound"]
    }]
  },
  {
    name: "tests with Vitest",
    type: "module",
    template: "vitest",
    uses: [core, client, server, contract],
    readmes: [server, contract],
    installs: ["typescript", "@types/node"],
    compile: ["tsc", "-p", "."],
    programs: [{
      args: ["node_modules/vitest/vitest.mjs", "run", "--reporter=json"],
      passes: ({ numFailedTests, numPassedTests, numTotalTests }) =>
        numFailedTests === 0 && numPassedTests > 200 ? undefined : `${numPassedTests} of ${numTotalTests} tests passed`
    }]
  },
  {
    name: "two copies of the packages",
    type: "module",
    template: "copies",
    uses: [core, client],
    installs: ["effect", "@effect/platform", "undici-5", "undici-6", "undici-8"],
    programs: [{
      args: ["main.mjs"],
      prints: ["6 pairs of copies agree on 16 errors", "dispatchers of undici 5 and 6 are refused"]
    }]
  },
  {
    name: "tests in jsdom and happy-dom",
    type: "module",
    template: "dom",
    uses: [core, client],
    installs: ["effect", "@effect/platform", "vitest", "jsdom", "happy-dom"],
    // Their newest releases need the newest Node.
    newestNode: true,
    programs: ["jsdom", "happy-dom"].map((environment) => ({
      args: ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", "--silent", "--environment", environment],
      passes: ({ numFailedTests, numPassedTests, numTotalTests }) =>
        numFailedTests === 0 && numPassedTests === 7 ? undefined : `${numPassedTests} of ${numTotalTests} tests passed`
    }))
  },
  {
    name: "bundlers for Node",
    type: "module",
    template: "bundlers",
    uses: [core, client],
    installs: [
      "effect",
      "@effect/platform",
      "esbuild",
      "rollup",
      "@rollup/plugin-commonjs",
      "@rollup/plugin-node-resolve",
      "vite",
      "webpack"
    ],
    prepare: ["build.mjs"],
    programs: [{
      args: ["run.mjs"],
      prints: bundles.map((file) => `${file}: got Billing database, WorkspaceSecretNotFound`)
    }]
  }
]

const started = performance.now()
const say = (message) => console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`)

const { devDependencies, overrides } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const pinned = { ...overrides, ...devDependencies }

/** The arguments of `npm install` in a README, with tarballs instead of our packages. */
const ofReadme = (name, packed) => {
  const { manifest, readme } = packed.find((one) => one.name === name)
  const line = /^npm install (.+)$/m.exec(readme)?.[1]
  if (line === undefined) throw new Error(`The README of ${manifest.name} does not say how to install it`)
  return line.split(" ").map((arg) => packed.find((one) => one.name === arg)?.tarball ?? arg)
}

const install = async (project, directory, packed) => {
  // Our packages are not in the registry, so dependencies between them are installed from tarballs.
  const ours = project.uses.map((name) => packed.find((one) => one.name === name).tarball)
  const pins = (project.installs ?? []).map((name) => `${name}@${strangers[name] ?? pinned[name]}`)
  const lines = (project.readmes ?? []).map((name) => ofReadme(name, packed))
  for (const args of [...lines, pins].filter((args) => args.length > 0)) {
    await npm(["install", "--prefer-offline", ...new Set([...args, ...ours])], { cwd: directory })
  }
}

/** Fails unless the installed versions are compatible and singleton packages have one copy. */
const checkTree = async (project, directory, packed) => {
  await npm(["ls", "--all"], { cwd: directory })
  const { packages } = JSON.parse(readFileSync(join(directory, "node_modules/.package-lock.json"), "utf8"))
  for (const name of ["effect", "@effect/platform", ...project.uses]) {
    const copies = Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`))
    if (copies.length !== 1) throw new Error(`${copies.length} copies of ${name}: ${copies.join(", ")}`)
  }
  for (const name of project.uses) {
    for (const [peer, range] of Object.entries(packed.find((one) => one.name === name).manifest.peerDependencies)) {
      const installed = packages[`node_modules/${peer}`]?.version
      if (installed === undefined) throw new Error(`${name} needs ${peer}@${range}, and there is none`)
    }
  }
}

/** Every import path of a package, except those that need a test runner. */
const subpathsOf = (project, packed) =>
  project.uses.filter((name) => name !== contract).flatMap((name) =>
    Object.entries(packed.find((one) => one.name === name).manifest.exports)
      .filter(([, target]) => target !== null)
      .map(([subpath]) => `${name}${subpath.slice(1)}`)
  ).filter((path) => !path.endsWith(".json"))

/** Starts the installed mock server command, and returns its URL. */
const serve = async (directory, env) => {
  const child = spawn(join(directory, "node_modules/.bin/workspace-secrets-mock"), ["--port", "0"], {
    cwd: directory,
    env,
    stdio: ["ignore", "pipe", "inherit"]
  })
  const closed = once(child, "close")
  const kill = () => child.kill("SIGKILL")
  process.once("exit", kill)
  const stop = async () => {
    child.kill("SIGTERM")
    await closed
    process.off("exit", kill)
  }
  const found = {}
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^\s+(base URL|API key)\s+(\S+)$/.exec(line) ?? []
    if (name !== undefined) found[name] = value
    if (found["base URL"] !== undefined && found["API key"] !== undefined) break
  }
  if (found["API key"] === undefined) throw new Error("workspace-secrets-mock did not say where it listens")
  child.stdout.resume()
  return { env: { CADENYA_BASE_URL: found["base URL"], CADENYA_API_KEY: found["API key"] }, stop }
}

const runPrograms = async (project, directory, node, facts) => {
  const env = environment({ PATH: `${node.bin}${delimiter}${process.env.PATH}` })
  const running = project.serves === true ? await serve(directory, env) : undefined
  try {
    for (const { args, matches, passes, prints } of project.programs) {
      const out = await run("node", args, { cwd: directory, env: { ...env, ...running?.env } })
      if (passes !== undefined) {
        const wrong = passes(JSON.parse(out))
        if (wrong !== undefined) throw new Error(`${args.join(" ")}: ${wrong}`)
        continue
      }
      if (matches !== undefined) {
        if (!matches.test(out)) {
          throw new Error(`node ${args.join(" ")} printed\n${out}and should have matched ${matches}`)
        }
        continue
      }
      const expected = typeof prints === "function" ? prints(facts) : prints
      if (out.trimEnd() !== expected.join("\n")) {
        throw new Error(`node ${args.join(" ")} printed\n${out}and should have printed\n${expected.join("\n")}`)
      }
    }
  } finally {
    await running?.stop()
  }
}

const consume = async (project, directory, packed, all) => {
  const step = async (what, effect) => {
    const from = performance.now()
    try {
      await effect()
    } catch (error) {
      say(`${project.name}: ${what} FAILED`)
      throw new Error(`${project.name}, ${what}:\n${error instanceof Error ? error.message : error}`, { cause: error })
    }
    say(`${project.name}: ${what}, ${((performance.now() - from) / 1000).toFixed(1)} s`)
  }
  mkdirSync(directory, { recursive: true })
  cpSync(fileURLToPath(new URL(`consumers/${project.template}`, import.meta.url)), directory, { recursive: true })
  cpSync(fileURLToPath(new URL("consumers/server.mjs", import.meta.url)), join(directory, "server.mjs"))
  writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: project.type }))
  const subpaths = subpathsOf(project, packed)
  writeFileSync(join(directory, "subpaths.json"), JSON.stringify({ subpaths }))
  const imports = subpaths.map((path, index) => `export * as module${index} from "${path}"\n`)
  if (project.template === "typescript") writeFileSync(join(directory, "every.ts"), imports.join(""))

  await step("install", () => install(project, directory, packed))
  await step("one copy of each peer", () => checkTree(project, directory, packed))
  for (const [what, command] of [["compile", project.compile], ["bundle", project.bundle]]) {
    if (command === undefined) continue
    const [name, ...args] = command
    await step(what, () => run(join(directory, "node_modules/.bin", name), args, { cwd: directory }))
  }
  if (project.prepare !== undefined) {
    await step("bundle", () => run("node", project.prepare, { cwd: directory }))
  }
  for (const node of project.newestNode === true ? all.slice(-1) : all) {
    await step(
      `run on Node ${node.version}`,
      () => runPrograms(project, directory, node, { subpaths: subpaths.length })
    )
  }
}

/** Runs all jobs, two at a time, and returns the errors. */
const twoAtATime = async (jobs) => {
  const waiting = [...jobs]
  const failures = []
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      await job().catch((error) => failures.push(error))
    }
  }
  await Promise.all([work(), work()])
  return failures
}

const main = async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean" }, keep: { type: "boolean" } }
  })
  if (values.help === true) return console.log(help.trim())
  const chosen = projects.filter(({ name }) =>
    positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word.toLowerCase()))
  )
  if (chosen.length === 0) {
    throw new Error(`No project is named like that. There are:\n${projects.map(({ name }) => `  ${name}`).join("\n")}`)
  }

  setup()
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "consumers-"))
  try {
    const packed = (await pack(join(directory, "packed"))).map((one) => ({
      ...one,
      readme: readFileSync(join(root, one.directory, "README.md"), "utf8")
    }))
    say(`packed ${packed.length} packages`)
    const all = await nodes(say)
    say(`Node ${all.map(({ version }) => version).join(", ")}`)
    const failures = await twoAtATime(
      chosen.map((project, index) => () => consume(project, join(directory, `project-${index}`), packed, all))
    )
    if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join("\n\n"))
    say(`${chosen.length} projects passed on ${all.length} versions of Node`)
  } finally {
    if (values.keep === true) console.log(`The projects are in ${directory}`)
    else rmSync(directory, { recursive: true, force: true })
  }
}

// A hanging job must not block later steps.
setTimeout(() => {
  console.error("The consumers took over 10 minutes")
  process.exit(1)
}, 600_000).unref()

await main().catch((error) => {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
})
