// Holds the mock server, or another server, against the contract and prints the ledger: `npm run contract -- --help`.
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { setup } from "./setup.mjs"

const here = dirname(fileURLToPath(import.meta.url))

setup()
const viteNode = createRequire(import.meta.url).resolve("vite-node/vite-node.mjs")
// In this very process, so that signals and the exit code need no passing on.
process.argv = [
  process.execPath,
  viteNode,
  "--config",
  join(here, "../packages/contract-tests/vitest.config.ts"),
  join(here, "contract.ts"),
  ...process.argv.slice(2)
]
await import(pathToFileURL(viteNode).href)
