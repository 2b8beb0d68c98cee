// Runs a program from its sources, with nothing built.
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"

export const viteNode = createRequire(import.meta.url).resolve("vite-node/vite-node.mjs")

/** Runs it in this very process, so that signals and the exit code need no passing on. `config` says how packages are found. */
export const runFromSources = async (config, file) => {
  process.argv = [process.execPath, viteNode, "--config", config, file, ...process.argv.slice(2)]
  await import(pathToFileURL(viteNode).href)
}
