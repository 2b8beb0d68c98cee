import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The modules that start a program when they are imported: ESM only, and no entry of `exports`. */
export const launchers = new Set(["bin.ts", "main.ts"])

/** Every workspace of the repository: its directory, its manifest, the modules of its `src` and the documents that it exports. */
export const workspaces = () =>
  ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => {
        const directory = join(parent, entry.name)
        const manifest = join(root, directory, "package.json")
        return {
          directory,
          manifest,
          text: readFileSync(manifest, "utf8"),
          modules: modulesOf(join(root, directory)),
          documents: ["openapi.json"].filter((name) => existsSync(join(root, directory, name)))
        }
      })
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
