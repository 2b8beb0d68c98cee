// Writes the `exports` of every workspace from the modules on top of its `src` and those that `index.ts` names; with `--check` it only compares.
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { workspaces } from "./workspaces.mjs"

const conditions = (module) => {
  const built = (format, extension) => `./dist/${format}/${module.replace(/ts$/, extension)}`
  return {
    "@workspace-secrets/source": `./src/${module}`,
    import: { types: built("esm", "d.ts"), default: built("esm", "js") },
    require: { types: built("cjs", "d.ts"), default: built("cjs", "js") }
  }
}

/** The `exports` of a package with these public modules and exported files. */
export const exportsOf = (open, documents = []) => {
  const subpath = (name) => name === "index" ? "." : `./${name}`
  return {
    "./package.json": "./package.json",
    ...Object.fromEntries(
      open.map(([name, module]) => [subpath(name), conditions(module)]).sort(([a], [b]) => a < b ? -1 : 1)
    ),
    ...Object.fromEntries(documents.map((document) => [`./${document}`, `./${document}`]))
  }
}

const difference = (actual = {}, expected) => {
  const missing = Object.keys(expected).filter((key) => !(key in actual)).map((key) => `  missing: ${key}`)
  const extra = Object.keys(actual).filter((key) => !(key in expected)).map((key) => `  no such module: ${key}`)
  const changed = Object.keys(expected)
    .filter((key) => key in actual && JSON.stringify(actual[key]) !== JSON.stringify(expected[key]))
    .map((key) =>
      `  differs: ${key}\n    is        ${JSON.stringify(actual[key])}\n    should be ${JSON.stringify(expected[key])}`
    )
  const lines = [...missing, ...extra, ...changed]
  return lines.length === 0 && JSON.stringify(actual) !== JSON.stringify(expected) ? ["  the order of the keys"] : lines
}

const main = (check) => {
  const stale = workspaces().flatMap(({ directory, documents, manifest, open, text }) => {
    const content = JSON.parse(text)
    const expected = exportsOf(open, documents)
    const lines = difference(content.exports, expected)
    if (lines.length === 0) return []
    if (!check) {
      writeFileSync(manifest, JSON.stringify({ ...content, exports: expected }, null, 2) + "\n")
    }
    return [`${content.name} (${directory}/package.json)\n${lines.join("\n")}`]
  })

  if (stale.length > 0) {
    console.error(`${check ? "The exports differ from src" : "Wrote the exports"}:\n${stale.join("\n")}`)
    if (check) {
      console.error("To fix: npm run exports")
      process.exitCode = 1
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"))
