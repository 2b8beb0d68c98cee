// Installs packages that are too large to be dependencies of the repository, such as the peers of benchmarks: each in a
// separate directory, named by its version.
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { root } from "../workspaces.mjs"

const cache = join(root, "node_modules/.cache/workspace-secrets")

const TIMEOUT_MINUTES = 5

/** Where a peer is installed. */
export const directoryOf = ({ name, version }) => join(cache, `${name.replace("/", "+")}@${version}`)

/** A file of a peer's package or of its dependencies. */
export const fileOf = (peer, path) => join(directoryOf(peer), "node_modules", path)

/** Imports a peer. */
export const load = async (peer) => import(pathToFileURL(join(directoryOf(peer), "peer.mjs")).href)

const npm = (args, cwd) =>
  new Promise((resolve) => {
    const own = process.env.npm_execpath
    const [command, first] = own === undefined ? ["npm", []] : [process.execPath, [own]]
    const child = spawn(command, [...first, ...args], {
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: TIMEOUT_MINUTES * 60_000,
      shell: own === undefined && process.platform === "win32"
    })
    let errors = ""
    child.stderr.on("data", (chunk) => {
      errors += chunk
    })
    child.on("error", (error) => resolve(`npm could not be run: ${error.message}`))
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(undefined)
      if (signal !== null) return resolve(`npm took more than ${TIMEOUT_MINUTES} minutes`)
      const lines = [...errors.matchAll(/^npm (?:error|ERR!) (.*)$/gm)].map(([, line]) => line)
      const [reason = "no reason given"] = lines.filter((line) => !/^(code|syscall|errno) /.test(line))
      resolve(`npm install failed: ${reason}`)
    })
  })

const installOne = async (peer) => {
  const { imports = [], name, plugins = {}, version } = peer
  const target = directoryOf(peer)
  const draft = `${target}.part`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  const dependencies = { [name]: version, ...plugins }
  writeFileSync(join(draft, "package.json"), JSON.stringify({ private: true, dependencies }))
  // Imports are resolved relative to the importing file.
  writeFileSync(
    join(draft, "peer.mjs"),
    Object.entries(imports).map(([as, path]) => `export * as ${as} from ${JSON.stringify(path)}\n`).join("")
  )
  const failure = await npm(
    [
      "install",
      "--prefix",
      draft,
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--no-package-lock",
      "--fetch-retries=1",
      // A plugin uses this repository's copies, found in parent directories.
      ...Object.keys(plugins).length > 0 ? ["--legacy-peer-deps"] : []
    ],
    draft
  )
  if (failure === undefined) {
    renameSync(draft, target)
  } else {
    rmSync(draft, { recursive: true, force: true })
  }
  return failure
}

/** Installs missing peers. Returns the reasons for those that cannot be installed. */
export const install = async (peers, tell) => {
  const reasons = new Map()
  for (const peer of peers) {
    if (existsSync(directoryOf(peer))) continue
    const began = performance.now()
    tell(`Installing ${peer.name} ${peer.version} …`)
    const failure = await installOne(peer)
    tell(failure === undefined ? `  done in ${Math.round((performance.now() - began) / 1000)} s` : `  ${failure}`)
    if (failure !== undefined) reasons.set(peer.name, failure)
  }
  return reasons
}
