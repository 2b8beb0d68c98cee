import { layer } from "@workspace-secrets/http-client/node"
import { makeClient } from "@workspace-secrets/http-client/promise"

const secrets = makeClient({ apiKey: "key", baseUrl: process.env["CADENYA_BASE_URL"], transport: layer() })
const { metadata } = await secrets.get("wsecret_1")
const error = await secrets.get("status-404").catch((error) => error)
console.log(`got ${metadata.name}, ${error._tag}`)
await secrets.close()
