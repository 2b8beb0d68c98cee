// Runs a program from its sources, without a build.
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"

export const viteNode = createRequire(import.meta.url).resolve("vite-node/vite-node.mjs")

/** Runs it in this process, so that signals and the exit code need no forwarding. `config` resolves the packages. */
export const runFromSources = async (config, file) => {
  process.argv = [process.execPath, viteNode, "--config", config, file, ...process.argv.slice(2)]
  await import(pathToFileURL(viteNode).href)
}
