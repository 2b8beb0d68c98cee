// Holds the mock server, or another server, against the contract and prints the ledger: `npm run contract -- --help`.
import { join } from "node:path"
import { setup } from "./setup.mjs"
import { root } from "./workspaces.mjs"

setup()
// It needs what may have been missing until now.
const { runFromSources } = await import("./sources.mjs")
await runFromSources(join(root, "packages/contract-tests/vitest.config.ts"), join(root, "tools/contract.ts"))
