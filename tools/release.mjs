// Publishes the packages whose version is not in the registry, dependencies first, so that every published package can
// be installed. Can be repeated after a failure.
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { build4 } from "./effect4/pack.mjs"
import { npm, run } from "./npm.mjs"
import { writeBoms } from "./sbom.mjs"
import { setup } from "./setup.mjs"
import { check, pack } from "./tarballs.mjs"
import { root } from "./workspaces.mjs"

const help = `
Publishes the packages whose version the registry does not have, dependencies first: those for Effect 3 with the dist-tag latest, those
for Effect 4 with the dist-tag effect4.

  npm run release -- --dry-run            prints what would be published, in which order
  npm run release                         publishes to npm's registry, as the current npm user
  npm run release -- --registry http://…  publishes to another registry

Publishes the committed state. Fails if changesets are pending: run npm run release:version first. See docs/releasing.md.
`

/** Sorts packages: dependencies first. */
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

/** Whether a registry has a version of a package. Fails if the registry does not answer. */
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
    const packed4 = await build4(mkdtempSync(join(directory, "packed4-")))
    for (const { manifest: { publishConfig, version }, name, tarball } of [...inOrder(packed), ...inOrder(packed4)]) {
      if (await has(registry, name, version)) {
        console.log(`${name}@${version} was published before`)
        continue
      }
      // npm needs an explicit tag latest for a version below an existing one, such as 0.2.0 after 2.0.0.
      const tag = publishConfig.tag ?? "latest"
      if (!dryRun) await npm(["publish", tarball, "--registry", registry, "--tag", tag], { cwd: root })
      console.log(`${name}@${version} ${dryRun ? "would be published" : "published"} with the tag ${tag}`)
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
