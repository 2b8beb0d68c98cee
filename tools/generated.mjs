// Sends generated sequences of requests to the mock server, and compares it with a model: `npm run generated --
// --help`.
import { join } from "node:path"
import { setup } from "./setup.mjs"
import { root } from "./workspaces.mjs"

setup()
// Imported after the dependencies are installed.
const { runFromSources } = await import("./sources.mjs")
const app = join(root, "apps/mock-server")
await runFromSources(join(app, "vitest.proof.config.ts"), join(app, "proof/main.ts"))
