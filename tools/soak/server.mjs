// The server of a soak, in a child process, to measure its memory. Controlled over IPC.
import { start } from "@workspace-secrets/mock-server/MockServer"
import { measureMemory } from "./memory.mjs"

const [connections, journalSize, maxConnections] = process.argv.slice(2).map(Number)
const server = await start({ port: 0, journalSize, maxConnections })
const tenants = await Promise.all(Array.from({ length: connections }, () => server.tenant({ journalSize })))
/** For hostile peers, one of each kind. */
const strangers = await Promise.all(Array.from({ length: 3 }, () => server.tenant()))

const measure = async () => {
  const memory = measureMemory()
  const journals = await Promise.all(tenants.map(({ control }) => control.journal.list({})))
  return {
    ...memory,
    peak: process.resourceUsage().maxRSS * 1024,
    journal: Math.max(...journals.map(({ entries }) => entries.length)),
    dropped: journals.reduce((sum, { dropped }) => sum + dropped, 0)
  }
}

const reset = async () => {
  await Promise.all(tenants.map(({ control }) => control.reset()))
  return "reset"
}

process.on("message", async (message) => process.send(await (message === "reset" ? reset() : measure())))
process.on("disconnect", () => process.exit())
process.send({
  url: server.url,
  apiKeys: tenants.map(({ apiKey }) => apiKey),
  strangers: strangers.map(({ apiKey, id }) => ({ apiKey, id }))
})
