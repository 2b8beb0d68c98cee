import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The module that starts a package's command when it is run. */
export const launcher = "bin.ts"

/** Whether a module belongs to the command: it is bundled into one program, and nobody can import it. */
export const isOfCommand = (module) => module === launcher || module.startsWith("bin/")

/**
 * Every package that others can install or import: its directory, its manifest, the modules of its `src`, the open ones among them
 * and the documents that it exports.
 */
export const workspaces = () =>
  ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name))
      .map((directory) => ({ directory, text: readFileSync(join(root, directory, "package.json"), "utf8") }))
      .filter(({ text }) => JSON.parse(text).private !== true)
      .map(({ directory, text }) => ({
        directory,
        manifest: join(root, directory, "package.json"),
        text,
        modules: modulesOf(join(root, directory)),
        open: openModulesOf(join(root, directory)),
        documents: ["openapi.json"].filter((name) => existsSync(join(root, directory, name)))
      }))
  )

/** The TypeScript modules under the `src` of a package, as sorted POSIX paths relative to `src`. */
export const modulesOf = (directory) => {
  const walk = (relative) =>
    readdirSync(join(directory, "src", relative), { withFileTypes: true }).flatMap((entry) => {
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`
      return entry.isDirectory() ? walk(path) : path.endsWith(".ts") ? [path] : []
    })
  return existsSync(join(directory, "src")) ? walk("").sort() : []
}

/** What an `index.ts` re-exports as a namespace: \`export * as Fault from "./world/Fault.js"\`. */
const reExport = /^export \* as (\w+) from "\.\/(.+)\.js"$/gm

/**
 * The modules that a package can be imported by, as pairs of a subpath and a module: those on top of `src`, and those in its folders that
 * `index.ts` names. All others are closed.
 */
export const openModulesOf = (directory) => {
  const index = join(directory, "src/index.ts")
  const named = existsSync(index) ? [...readFileSync(index, "utf8").matchAll(reExport)] : []
  return [
    ...modulesOf(directory).filter((module) => !module.includes("/") && !isOfCommand(module))
      .map((module) => [module.replace(/\.ts$/, ""), module]),
    ...named.filter(([, , path]) => path.includes("/")).map(([, name, path]) => [name, `${path}.ts`])
  ]
}
