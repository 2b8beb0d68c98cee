// Publishes the packages whose version the registry does not have, each after those it depends on, so that at no moment
// a package can be installed whose dependency cannot. Started again after a failure, it goes on where it stopped.
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { npm, run } from "./npm.mjs"
import { writeBoms } from "./sbom.mjs"
import { setup } from "./setup.mjs"
import { check, pack } from "./tarballs.mjs"
import { root } from "./workspaces.mjs"

const help = `
Publishes the packages whose version the registry does not have, each after those it depends on.

  npm run release -- --dry-run            says what would be published, in which order
  npm run release                         publishes to the registry that npm is set to, as the user that npm is logged in as
  npm run release -- --registry http://…  publishes there

What is published is the committed state, and no changeset may be waiting: run npm run release:version first.
docs/releasing.md tells the whole way.
`

/** Packages in an order in which each comes after those it depends on. */
export const inOrder = (packages) => {
  const names = new Set(packages.map(({ name }) => name))
  const done = new Map()
  let waiting = packages
  while (waiting.length > 0) {
    const ready = waiting.filter(({ manifest }) =>
      Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
        .every((dependency) => !names.has(dependency) || done.has(dependency))
    )
    if (ready.length === 0) throw new Error(`They depend on each other: ${waiting.map(({ name }) => name).join(", ")}`)
    for (const one of ready) done.set(one.name, one)
    waiting = waiting.filter(({ name }) => !done.has(name))
  }
  return [...done.values()]
}

/** Whether a registry has a version of a package. Fails when the registry cannot say. */
const has = async (registry, name, version) => {
  const response = await fetch(new URL(name.replace("/", "%2f"), registry), {
    headers: { accept: "application/vnd.npm.install-v1+json" },
    signal: AbortSignal.timeout(30_000)
  })
  if (response.status === 404) return false
  if (!response.ok) throw new Error(`${registry} answered ${response.status} when it was asked for ${name}`)
  return version in (await response.json()).versions
}

const release = async ({ dryRun, registry: given }) => {
  const registry = given ?? (await npm(["config", "get", "registry"], { cwd: root })).trim()
  const changed = (await run("git", ["status", "--porcelain"], { cwd: root })).trim()
  if (changed !== "" && !dryRun) throw new Error(`Commit these first:\n${changed}`)
  const waiting = readdirSync(join(root, ".changeset")).filter((file) => file.endsWith(".md") && file !== "README.md")
  if (waiting.length > 0 && !dryRun) {
    throw new Error(`Changesets wait to become versions: ${waiting.join(", ")}. Run npm run release:version`)
  }

  const directory = mkdtempSync(join(tmpdir(), "release-"))
  try {
    const packed = await pack(join(directory, "packed"))
    const wrong = await check(packed, join(directory, "unpacked"))
    if (wrong.length > 0) throw new Error(wrong.join("\n"))
    for (const file of await writeBoms(join(root, "sbom"))) console.log(file)
    for (const { manifest: { version }, name, tarball } of inOrder(packed)) {
      if (await has(registry, name, version)) {
        console.log(`${name}@${version} is there`)
        continue
      }
      if (!dryRun) await npm(["publish", tarball, "--registry", registry], { cwd: root })
      console.log(`${name}@${version} ${dryRun ? "would be published" : "published"}`)
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const main = async () => {
  const { values } = parseArgs({
    options: { "dry-run": { type: "boolean" }, help: { type: "boolean" }, registry: { type: "string" } }
  })
  if (values.help === true) return console.log(help.trim())
  setup()
  await release({ dryRun: values["dry-run"] === true, registry: values.registry })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
