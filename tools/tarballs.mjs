// Packs each package as `npm publish` would, and checks the content. `npm run tarballs` builds, packs, prints the
// sizes, and fails for missing files, unexpected files, and broken source maps.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { SourceMap } from "node:module"
import { tmpdir } from "node:os"
import { join, posix } from "node:path"
import { fileURLToPath } from "node:url"
import { npm } from "./npm.mjs"
import { nx } from "./nx.mjs"
import { root, workspaces } from "./workspaces.mjs"

/** The limits of each tarball: kilobytes packed, kilobytes unpacked, and files. */
const limits = JSON.parse(readFileSync(new URL("tarballs.json", import.meta.url), "utf8"))

/** The packages that are published, with their manifests. */
export const published = () =>
  workspaces()
    .map(({ directory, modules, text }) => ({ directory, modules, manifest: JSON.parse(text) }))
    .filter(({ manifest }) => manifest.private !== true)

/** Builds the packages if a source changed, and packs them into a directory. */
export const pack = async (directory) => {
  const lines = []
  if (await nx(["run-many", "-t", "build", "--output-style=static"], (line) => lines.push(line)) !== 0) {
    throw new Error(`The build failed:\n${lines.join("\n")}`)
  }
  mkdirSync(directory, { recursive: true })
  return Promise.all(
    published().map(async ({ directory: from, manifest, modules }) => {
      const out = await npm(["pack", "--json", "--pack-destination", directory], { cwd: join(root, from) })
      const [{ entryCount, filename, size, unpackedSize }] = JSON.parse(out)
      return {
        name: manifest.name,
        directory: from,
        manifest,
        modules,
        tarball: join(directory, filename),
        size: { packed: size / 1000, unpacked: unpackedSize / 1000, files: entryCount }
      }
    })
  )
}

const unpack = async (tarball, directory) => {
  mkdirSync(directory, { recursive: true })
  const [code] = await once(
    spawn("tar", ["-xzf", tarball, "-C", directory, "--strip-components=1"], { stdio: "inherit" }),
    "close"
  )
  if (code !== 0) throw new Error(`tar could not unpack ${tarball}`)
}

const filesOf = (directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(directory.length + 1).replaceAll("\\", "/"))
    .sort()

const forUsers =
  /^(package\.json|openapi\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/cjs\/package\.json|dist\/(esm|cjs)\/.+\.(js|d\.ts)(\.map)?|dist\/bin\/(.+\.js|LICENSES\.txt)|dist\/ui\/(index\.html|[a-z]+-[0-9A-Z]{8}\.(js|css)|LICENSES\.txt)|src\/.+\.ts)$/
const forTests =
  /(^|\/)(tests?|__tests__|fixtures|coverage)\/|\.(test|spec|bench)\.|(^|\/)(vitest|tsup|eslint)\.config\./

const ofManifest = (manifest) => {
  const wrong = []
  const expect = (holds, message) => holds || wrong.push(`package.json: ${message}`)
  for (const field of ["name", "version", "description"]) expect(manifest[field], `no ${field}`)
  expect(manifest.license === "Apache-2.0", "license is not Apache-2.0")
  expect(manifest.type === "module", "type is not module")
  expect(manifest.sideEffects === false, "sideEffects is not false")
  expect(manifest.engines?.node, "engines.node is missing")
  for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
    expect(manifest.scripts?.[script] === undefined, `the script ${script} would run at its users'`)
  }
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    expect(!/^(file|link|workspace|git|https?):|^\*$/.test(range), `${name}@${range} is no range of versions`)
  }
  return wrong
}

// That `exports` and `bin` name files that exist, in the right order, is checked by publint and attw (target `packaging`).
const ofBundles = ({ bin = {} }, has) =>
  Object.entries(bin).flatMap(([name, target]) => {
    const licences = posix.join(posix.dirname(target.replace("./", "")), "LICENSES.txt")
    return licences.startsWith("dist/bin/") && !has(licences)
      ? [`bin.${name}: ${licences}, of what is bundled, is not in the package`]
      : []
  })

/** Matches a declaration at the start of a line, in ES modules and CommonJS. */
const declaration = /^(?:export )?(?:async )?(?:const|let|class|function\*?) ([A-Za-z_$][\w$]*)/

/** Checks that each declared name of a built module maps to a source line with that name. */
const ofMap = (path, code, map, has, read) => {
  const sources = map.sources.map((source) => posix.join(posix.dirname(path), map.sourceRoot ?? "", source))
  const missing = sources.filter((source) => !has(source))
  // A module with types only compiles to nothing, without sources.
  if (sources.length === 0) return /^\s*[^\s/]/m.test(code) ? [`${path}.map: has no sources`] : []
  if (missing.length > 0) return missing.map((source) => `${path}.map: its source ${source} is not in the package`)
  const [source] = sources
  const original = read(source).split("\n")
  const mapped = new SourceMap(map)
  const astray = code.split("\n").flatMap((line, index) => {
    const name = declaration.exec(line)?.[1]
    // esbuild's prologue of a CommonJS module has no source; its names start with __.
    if (name === undefined || name.startsWith("__") || !original.some((text) => text.includes(name))) return []
    const { originalLine } = mapped.findEntry(index, line.indexOf(name))
    return original[originalLine]?.includes(name) === true ? [] : [name]
  })
  return astray.length === 0 ? [] : [`${path}.map: leads ${astray.join(", ")} to other lines of ${source}`]
}

// Bundled commands have no source maps: most sources of their dependencies are not published.
const ofMaps = (files, has, read) =>
  files.filter((path) => /^dist\/(esm|cjs)\/.+\.(js|d\.ts)$/.test(path)).flatMap((path) => {
    const code = read(path)
    const name = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(code)?.[1]
    if (name === undefined) return [`${path}: has no source map`]
    const map = posix.join(posix.dirname(path), name)
    if (!has(map)) return [`${path}: its map ${map} is not in the package`]
    const content = JSON.parse(read(map))
    if (path.endsWith(".js")) return ofMap(path, code, content, has, read)
    return content.sources
      .map((source) => posix.join(posix.dirname(path), content.sourceRoot ?? "", source))
      .filter((source) => !has(source))
      .map((source) => `${map}: its source ${source} is not in the package`)
  })

/** The problems of an unpacked package, one line each. */
export const problemsOf = (directory) => {
  const files = filesOf(directory)
  const has = (path) => files.includes(path)
  const read = (path) => readFileSync(join(directory, path), "utf8")
  const manifest = JSON.parse(read("package.json"))
  const wrong = ofManifest(manifest)

  if (!has("README.md")) wrong.push("README.md is missing")
  else if (!read("README.md").startsWith(`# ${manifest.name}\n`)) {
    wrong.push(`README.md does not begin with # ${manifest.name}`)
  }
  if (!has("LICENSE")) wrong.push("LICENSE is missing")
  else if (read("LICENSE") !== readFileSync(join(root, "LICENSE"), "utf8")) {
    wrong.push("LICENSE is not that of the repository")
  }

  for (const path of files) {
    if (!forUsers.test(path) || forTests.test(path)) wrong.push(`${path}: is not for users`)
    if (statSync(join(directory, path)).size === 0) wrong.push(`${path}: is empty`)
    if (read(path).includes(root)) wrong.push(`${path}: names a directory of this machine`)
  }
  return [...wrong, ...ofBundles(manifest, has), ...ofMaps(files, has, read)]
}

/** The sizes over their limits. */
export const oversized = (name, size, limit) =>
  limit === undefined
    ? [`has no limits; add them to tools/tarballs.json`]
    : ["packed", "unpacked", "files"].filter((key) => !(size[key] <= limit[key])).map((key) =>
      `${key}: ${Math.ceil(size[key])}, over the limit of ${limit[key]} in tools/tarballs.json`
    )

/** Checks packed packages, prints their sizes, and returns the problems. */
export const check = async (packed, directory) => {
  const cell = (size, limit, unit) => `${size.toFixed(0)} of ${limit ?? "?"}${unit}`.padEnd(18)
  console.log(`${"package".padEnd(36)}${"packed".padEnd(18)}${"unpacked".padEnd(18)}files`)
  const wrong = []
  for (const { modules, name, size, tarball } of packed) {
    const limit = limits[name]
    console.log(
      name.padEnd(36) + cell(size.packed, limit?.packed, " kB") + cell(size.unpacked, limit?.unpacked, " kB") +
        cell(size.files, limit?.files, "").trimEnd()
    )
    const unpacked = join(directory, name)
    await unpack(tarball, unpacked)
    const missing = modules.filter((module) => !existsSync(join(unpacked, "src", module)))
    wrong.push(
      ...[
        ...problemsOf(unpacked),
        ...missing.map((module) => `src/${module} is missing, which the source maps lead to`),
        ...oversized(name, size, limit)
      ].map((problem) => `${name}: ${problem}`)
    )
  }
  return wrong
}

const main = async () => {
  const directory = mkdtempSync(join(tmpdir(), "tarballs-"))
  try {
    const wrong = await check(await pack(join(directory, "packed")), join(directory, "unpacked"))
    if (wrong.length > 0) {
      console.error(`\n${wrong.join("\n")}`)
      process.exitCode = 1
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
