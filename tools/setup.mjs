// Installs the dependencies of the lock file if needed. Uses only Node, because it runs before anything is installed.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const minimum = [20, 19]

const packagesOf = (path) => {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")).packages
  } catch (error) {
    if (error.code === "ENOENT") return undefined
    throw error
  }
}

/** Returns why an install is needed: "first run", or the packages that differ; otherwise `undefined`. */
const missing = () => {
  const wanted = packagesOf("package-lock.json")
  const installed = packagesOf("node_modules/.package-lock.json")
  if (wanted === undefined) return undefined
  if (installed === undefined) return "first run"
  const differing = Object.keys(wanted).filter((path) => {
    // The root has no entry; npm omits optional packages of other platforms.
    if (path === "") return false
    const [is, should] = [installed[path], wanted[path]]
    if (is === undefined) return should.optional !== true
    return is.version !== should.version || is.integrity !== should.integrity || is.link !== should.link
  })
  if (differing.length === 0) return undefined
  const names = differing.slice(0, 3).map((path) => path.replace(/^.*node_modules\//, ""))
  return `${names.join(", ")}${differing.length > 3 ? ` and ${differing.length - 3} more` : ""} changed`
}

/** Installs missing dependencies, and exits if that fails. Prints nothing if nothing is missing. */
export const setup = () => {
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major < minimum[0] || (major === minimum[0] && minor < minimum[1])) {
    console.error(`Node ${minimum.join(".")} or newer is needed; this is Node ${process.versions.node}.`)
    process.exit(1)
  }
  const reason = missing()
  if (reason === undefined) return
  console.error(`Installing dependencies (${reason}) …`)
  // npm's output goes to stderr, to keep the stdout of the following program clean.
  const npm = process.env.npm_execpath
  const [command, args] = npm === undefined ? ["npm", []] : [process.execPath, [npm]]
  const { error, signal, status } = spawnSync(command, [...args, "ci", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: npm === undefined && process.platform === "win32"
  })
  if (status === 0) return
  const cause = error?.message ?? (signal === null ? `exit code ${status}` : signal)
  console.error(`npm ci failed (${cause}); see its output above.`)
  process.exit(status ?? 1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup()
