// Generated sequences of requests against the mock server, held against a model: `npm run generated -- --help`.
import { join } from "node:path"
import { setup } from "./setup.mjs"
import { root } from "./workspaces.mjs"

setup()
// It needs what may have been missing until now.
const { runFromSources } = await import("./sources.mjs")
const app = join(root, "apps/mock-server")
await runFromSources(join(app, "vitest.proof.config.ts"), join(app, "proof/main.ts"))
