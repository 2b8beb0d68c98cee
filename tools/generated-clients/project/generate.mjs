// Generates the three clients from the documents in this directory.
import { createClient } from "@hey-api/openapi-ts"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import openapiTS, { astToString } from "openapi-typescript"
import { generate } from "orval"

mkdirSync("generated")
writeFileSync(
  "generated/openapi-typescript.ts",
  astToString(await openapiTS(readFileSync("openapi.json", "utf8"), { silent: true }))
)
await createClient({
  input: "./openapi.json",
  output: { path: "generated/hey-api", tsConfigPath: null },
  logs: { level: "silent", file: false },
  plugins: ["@hey-api/typescript", "@hey-api/sdk", "@hey-api/client-fetch"]
})
await generate({
  input: "./openapi.json",
  output: { target: "generated/orval.ts", client: "fetch", baseUrl: { getBaseUrlFromSpecification: true } }
})
