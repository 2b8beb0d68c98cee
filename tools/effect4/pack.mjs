// Packs the packages for Effect 4 as `npm publish` would.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { environmentOf4, install4, line } from "../effect4.mjs"
import { npm } from "../npm.mjs"

/** Packs the built packages into a directory. */
export const pack4 = (directory, env) =>
  Promise.all(["core", "http-client"].map(async (folder) => {
    const from = join(line, "packages", folder)
    const [{ filename }] = JSON.parse(
      await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", directory], { cwd: from, env })
    )
    const manifest = JSON.parse(readFileSync(join(from, "package.json"), "utf8"))
    return { name: manifest.name, directory: from, manifest, tarball: join(directory, filename) }
  }))

/** Installs the dependencies of the build, builds the packages, and packs them into a directory. */
export const build4 = async (directory) => {
  const env = await environmentOf4()
  await install4(env)
  await npm(["run", "build"], { cwd: line, env })
  return pack4(directory, env)
}
