// Installs, checks and tests the Effect 4 line in `effect4`, on a supported Node.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { nodeFrom } from "./nodes.mjs"
import { environment, npm } from "./npm.mjs"
import { root } from "./workspaces.mjs"

export const line = join(root, "effect4")

const stamp = join(line, "node_modules/.workspace-secrets-lock")

/** The environment of the line's tools. */
export const environmentOf4 = async () => {
  // Its platform-node needs Node 22.19.
  const bin = await nodeFrom(22, 19)
  return environment({ PATH: `${bin}${delimiter}${process.env.PATH}` })
}

/** Installs the line's dependencies, unless those of its lock file are installed. */
export const install4 = async (env) => {
  const lock = readFileSync(join(line, "package-lock.json"), "utf8")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) {
    return
  }
  console.log("Installing the dependencies of the Effect 4 line …")
  await npm(["ci", "--ignore-scripts", "--prefer-offline"], { cwd: line, env, seconds: 300 })
  writeFileSync(stamp, lock)
}

const section = (what, command, args, options) => {
  console.log(`\n${what}`)
  const started = performance.now()
  const { error, status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options })
  if (error !== undefined || status !== 0) {
    console.error(error === undefined ? `${what} failed` : `${what} failed: ${error.message}`)
    process.exit(1)
  }
  console.log(`(${((performance.now() - started) / 1000).toFixed(1)} s)`)
}

const main = async () => {
  const env = await environmentOf4()
  await install4(env)
  const bin = (name) => join(line, "node_modules/.bin", name)
  section("Types", bin("tsc"), ["-p", "tsconfig.json"], { cwd: line, env })
  section("Lint", join(root, "node_modules/.bin/eslint"), ["--max-warnings", "0", "effect4"], { cwd: root })
  section("Tests", bin("vitest"), ["run"], { cwd: line, env })
  // The next steps use the compiled packages, as users do.
  section("Build", "npm", ["run", "build"], { cwd: line, env })
  section("Both lines", join(root, "node_modules/.bin/vitest"), ["run"], {
    cwd: join(root, "tools/effect4"),
    env: { ...process.env, EFFECT4_NODE: join(env.PATH.split(delimiter)[0], "node") }
  })
  section("Consumers", process.execPath, [join(root, "tools/effect4/consumers.mjs")], { cwd: root })
}

if (process.argv[1] === import.meta.filename) {
  await main()
}
