// Generated sequences of requests against the mock server, held against a model: `npm run generated -- --help`.
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { setup } from "./setup.mjs"
import { root } from "./workspaces.mjs"

setup()
const viteNode = createRequire(import.meta.url).resolve("vite-node/vite-node.mjs")
const app = join(root, "apps/mock-server")
// In this very process, so that signals and the exit code need no passing on.
process.argv = [
  process.execPath,
  viteNode,
  "--config",
  join(app, "vitest.proof.config.ts"),
  join(app, "proof/main.ts"),
  ...process.argv.slice(2)
]
await import(pathToFileURL(viteNode).href)
