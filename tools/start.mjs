// Starts the bundled mock server, after installing and bundling if needed: `npm start -- --port 0`.
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { nx } from "./nx.mjs"
import { setup } from "./setup.mjs"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const server = join(root, "apps/mock-server")
const bin = join(server, "dist/bin/main.js")
const stamp = join(root, "node_modules/.cache/workspace-secrets/start")

/** A hash of the names, times and sizes of the bundle and of its source files. */
const fingerprint = () => {
  const hash = createHash("sha256")
  const add = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    hash.update(`${path} ${stat?.isFile() ? `${stat.mtimeMs} ${stat.size}` : ""}\n`)
    if (stat?.isDirectory()) readdirSync(path).sort().forEach((name) => add(join(path, name)))
  }
  for (const workspace of [server, join(root, "packages/core")]) {
    for (const name of ["src", "dist/bin", "dist/ui", "package.json", "tsconfig.build.json"]) add(join(workspace, name))
  }
  for (const name of ["src", "index.html", "package.json"]) add(join(root, "apps/console", name))
  for (const name of ["package-lock.json", "tsconfig.base.json", "tools"]) add(join(root, name))
  return hash.digest("hex")
}

const stamped = () => {
  try {
    return readFileSync(stamp, "utf8")
  } catch {
    return undefined
  }
}

setup()
// Nx needs seconds to find that nothing changed, so it runs only if a file changed.
if (stamped() !== fingerprint()) {
  const lines = []
  if (await nx(["run", "@workspace-secrets/mock-server:bundle"], (line) => lines.push(line)) !== 0) {
    console.error(lines.join("\n"))
    process.exit(1)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, fingerprint())
}

// Command-line options take precedence over the environment.
process.env.WORKSPACE_SECRETS_MOCK_SEED_FILE ||= join(server, "seeds/example.json")
process.argv = [process.execPath, bin, ...process.argv.slice(2)]

// The server runs in this process, so that signals and the exit code need no forwarding.
await import(pathToFileURL(bin).href)
