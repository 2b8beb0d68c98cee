// Newer versions of Node than the one that runs, from the npm registry: it has their binaries as packages that need no
// script when they are installed.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { npm } from "./npm.mjs"
import { root } from "./workspaces.mjs"

/** The last release of each line that is tried. */
const versions = ["22.23.3", "24.21.0", "26.10.0"]

/** The platforms that the registry has binaries for. */
const platforms = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"])

const cache = join(root, "node_modules/.cache/workspace-secrets/node")

const install = async (version, platform) => {
  const directory = join(cache, version)
  const binaries = join(directory, "node_modules", `node-${platform}`, "bin")
  if (!existsSync(binaries)) {
    // Put into place as a whole: a run that was ended halfway leaves no half of it.
    const staging = `${directory}.${process.pid}`
    mkdirSync(staging, { recursive: true })
    writeFileSync(join(staging, "package.json"), "{\"private\":true}\n")
    await npm(["install", "--prefer-offline", "--ignore-scripts", `node-${platform}@${version}`], { cwd: staging })
    rmSync(directory, { recursive: true, force: true })
    renameSync(staging, directory)
  }
  return binaries
}

/** The directory of a `node` of at least this version: the one that runs, or one from the registry. */
export const nodeFrom = async (major, minor) => {
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split(".").map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) {
    return dirname(process.execPath)
  }
  const version = versions.find((version) => parseInt(version) > major)
  const platform = `${process.platform}-${process.arch}`
  if (version === undefined || !platforms.has(platform)) {
    throw new Error(`Node ${major}.${minor} or newer is needed; this is Node ${process.versions.node}.`)
  }
  return install(version, platform)
}

/** The Node that runs and each newer one that there is: its version and the directory of its `node`. */
export const nodes = async (say) => {
  const own = { version: process.versions.node, bin: dirname(process.execPath) }
  const platform = `${process.platform}-${process.arch}`
  const newer = versions.filter((version) => parseInt(version) > parseInt(own.version))
  if (!platforms.has(platform)) {
    say(`on Node ${own.version} alone: the registry has no other for ${platform}`)
    return [own]
  }
  const others = await Promise.all(newer.map(async (version) => ({ version, bin: await install(version, platform) })))
  return [own, ...others]
}
