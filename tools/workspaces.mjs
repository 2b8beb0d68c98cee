import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The module that starts a package's command. */
export const launcher = "bin.ts"

/** Whether a module belongs to the command, which is bundled and cannot be imported. */
export const isOfCommand = (module) => module === launcher || module.startsWith("bin/")

/**
 * The packages: directory, manifest, modules of `src`, public modules, and exported documents.
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

/** The TypeScript modules of a package, as sorted POSIX paths relative to `src`. */
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
 * The public modules of a package, as pairs of subpath and module: those directly in `src`, and those in folders that
 * `index.ts` exports. All others are private.
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
