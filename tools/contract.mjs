// Runs the contract suite against the mock server or another server, and prints the ledger: `npm run contract --
// --help`.
import { join } from "node:path"
import { setup } from "./setup.mjs"
import { root } from "./workspaces.mjs"

setup()
// Imported after the dependencies are installed.
const { runFromSources } = await import("./sources.mjs")
await runFromSources(join(root, "packages/contract-tests/vitest.config.ts"), join(root, "tools/contract.ts"))
