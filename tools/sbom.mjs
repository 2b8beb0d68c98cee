// Writes a CycloneDX SBOM for each published package: its dependencies from the lock file, and its bundled packages.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { npm } from "./npm.mjs"
import { nx } from "./nx.mjs"
import { setup } from "./setup.mjs"
import { published } from "./tarballs.mjs"
import { root } from "./workspaces.mjs"

const purl = (name, version) => `pkg:npm/${name.replace("@", "%40")}@${version}`

/** Parses the bundled packages from a text of licences: a line such as `effect 3.22.4 (MIT)` precedes each licence. */
export const bundled = (licences) =>
  [...licences.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\d+\S*) \(([^()]+)\)$/gm)]
    .map(([, name, version, license]) => ({
      "bom-ref": `${name}@${version}`,
      type: "library",
      name,
      version,
      scope: "required",
      purl: purl(name, version),
      licenses: [{ license: { id: license } }]
    }))

/** Makes one package the subject, instead of the whole repository, and adds its bundled packages. */
export const bomOf = (bom, { name, version }, more = []) => {
  const ref = `${name}@${version}`
  const whole = bom.metadata.component["bom-ref"]
  const component = bom.components.find((component) => component["bom-ref"] === ref)
  if (component === undefined) throw new Error(`npm sbom does not have ${ref}`)
  const known = new Set(bom.components.map((component) => component["bom-ref"]))
  const added = more.filter((component) => !known.has(component["bom-ref"]))
  const ofPackage = bom.dependencies.find((dependency) => dependency.ref === ref)?.dependsOn ?? []
  return {
    ...bom,
    metadata: { ...bom.metadata, component },
    components: [...bom.components.filter((other) => other !== component), ...added],
    dependencies: [
      { ref, dependsOn: [...new Set([...ofPackage, ...more.map((component) => component["bom-ref"])])] },
      ...bom.dependencies.filter((dependency) => dependency.ref !== ref && dependency.ref !== whole),
      ...added.map((component) => ({ ref: component["bom-ref"], dependsOn: [] }))
    ]
  }
}

/** Writes a file for each published package, and returns the paths. The packages must be built. */
export const writeBoms = async (directory) => {
  mkdirSync(directory, { recursive: true })
  const files = []
  for (const { directory: from, manifest } of published()) {
    const args = ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only", "--workspace", from]
    const bom = JSON.parse(await npm(args, { cwd: root }))
    const isBundled = Object.values(manifest.bin ?? {}).some((path) => /^(?:\.\/)?dist\/bin\//.test(path))
    const licences = isBundled ? readFileSync(join(root, from, "dist/bin/LICENSES.txt"), "utf8") : ""
    const file = join(directory, `${manifest.name.replace(/^@/, "").replace("/", "-")}-${manifest.version}.cdx.json`)
    writeFileSync(file, `${JSON.stringify(bomOf(bom, manifest, bundled(licences)), null, 2)}\n`)
    files.push(file)
  }
  return files
}

const main = async () => {
  setup()
  if (await nx(["run-many", "-t", "build", "--output-style=static"]) !== 0) throw new Error("The build failed")
  for (const file of await writeBoms(join(root, "sbom"))) console.log(file)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
