// Writes apps/mock-server/openapi.json from the API that is declared in its `src`; with `--check` it only compares.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { nx } from "./nx.mjs"
import { setup } from "./setup.mjs"
import { root } from "./workspaces.mjs"

const server = join(root, "apps/mock-server")
const file = join(server, "openapi.json")

setup()
const lines = []
if (await nx(["run", "@workspace-secrets/mock-server:build"], (line) => lines.push(line)) !== 0) {
  console.error(lines.join("\n"))
  process.exit(1)
}

const { format, openApiDocument } = await import(
  pathToFileURL(join(server, "dist/esm/documents/OpenApiDocument.js")).href
)
const text = format(openApiDocument)

if (!process.argv.includes("--check")) {
  writeFileSync(file, text)
} else if (readFileSync(file, "utf8") !== text) {
  console.error("apps/mock-server/openapi.json differs from what src declares.\nTo fix: npm run openapi")
  process.exitCode = 1
}
