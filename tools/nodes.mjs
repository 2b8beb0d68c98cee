// Installs newer versions of Node from the npm registry, which has their binaries as packages without install scripts.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { npm } from "./npm.mjs"
import { root } from "./workspaces.mjs"

/** The tested release of each line. */
const versions = ["22.23.3", "24.21.0", "26.10.0"]

/** The platforms with binaries in the registry. */
const platforms = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"])

const cache = join(root, "node_modules/.cache/workspace-secrets/node")

const install = async (version, platform) => {
  const directory = join(cache, version)
  const binaries = join(directory, "node_modules", `node-${platform}`, "bin")
  if (!existsSync(binaries)) {
    // Renamed into place, so that an interrupted run leaves nothing incomplete.
    const staging = `${directory}.${process.pid}`
    mkdirSync(staging, { recursive: true })
    writeFileSync(join(staging, "package.json"), "{\"private\":true}\n")
    await npm(["install", "--prefer-offline", "--ignore-scripts", `node-${platform}@${version}`], { cwd: staging })
    rmSync(directory, { recursive: true, force: true })
    renameSync(staging, directory)
  }
  return binaries
}

/** The directory of a `node` of at least this version: the current one, or one from the registry. */
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

/** The current Node and each newer line: version and directory. */
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
