// Measures our server in process: start, new tenant, and requests to a large and a small workspace.
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { apiKey, secret } from "./answers.mjs"
import { serve } from "./processes.mjs"
import { seedOf } from "./servers.mjs"
import { median } from "./table.mjs"

const SMALL = 100
const LARGE = 100_000
const PAGE = 50
const STARTS = 30
const TENANTS = 1000
const ASKED = 60
const CREATES = 200
const inFlights = [1, 20, 100]

const { start, startInProcess } = await import("@workspace-secrets/mock-server/MockServer")

/** A workspace with this number of secrets. An evenly spread page of them matches the filters. */
const seed = (size) => ({
  accountId: secret.metadata.accountId,
  workspaceId: secret.metadata.workspaceId,
  workspaceSecrets: Array.from({ length: size }, (_, i) => {
    const isRare = i % (size / PAGE) === 0
    return {
      metadata: {
        ...secret.metadata,
        id: `id-${i}`,
        createdAt: new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString(),
        name: `${isRare ? "rare" : "usual"} secret ${i}`,
        externalId: `external-${i}`,
        labels: { team: `team-${i % 7}`, ...isRare ? { rare: "yes" } : {} }
      },
      spec: secret.spec
    }
  })
})

const list = (query) => `?limit=${PAGE}${query}`

/** The requests to both workspaces; each list returns a full page. */
const requests = {
  get: (size, i) => `/id-${i * 37 % size}`,
  "get by external id": (size, i) => `/external_id:external-${i * 37 % size}`,
  list: () => list(""),
  "list, oldest first": () => list("&sortOrder=asc"),
  "list by prefix": () => list("&prefix=rare"),
  "list by query": () => list("&query=RARE"),
  "list by label": () => list("&labels=rare%3Dyes"),
  "list by prefix of most": () => list("&prefix=usual")
}

const open = async (size) => {
  const server = await startInProcess({ seed: await seedOf(JSON.stringify(seed(size))) })
  const ask = async (path) => {
    const response = await server.fetch(`${server.url}/v1/workspace_secrets${path}`, {
      headers: { authorization: `Bearer ${apiKey}` }
    })
    const body = await response.json()
    if (!response.ok || (body.items !== undefined && body.items.length !== PAGE)) {
      throw new Error(`${path} of ${size} secrets: ${response.status}, ${body.items?.length ?? 0} items`)
    }
  }
  return { size, ask }
}

const workspaces = [await open(SMALL), await open(LARGE)]
const busy = await startInProcess()

const timed = async (f) => {
  const began = performance.now()
  const result = await f()
  return [performance.now() - began, result]
}

/** The median of several starts and stops. */
const startMillis = async (start) => {
  const times = []
  for (let i = 0; i < STARTS; i++) {
    const [time, server] = await timed(start)
    times.push(time)
    await server.stop()
  }
  return median(times)
}

const tenantMillis = async () => {
  const [time, tenants] = await timed(async () => {
    const made = []
    for (let i = 0; i < TENANTS; i++) made.push(await busy.tenant())
    return made
  })
  for (const tenant of tenants) await tenant.remove()
  return time / TENANTS
}

/** The time of each request, alternating between the workspaces. */
const requestMillis = async () => {
  const times = {}
  for (const [name, path] of Object.entries(requests)) {
    const samples = workspaces.map(() => [])
    for (let i = 0; i < ASKED; i++) {
      for (const [j, { ask, size }] of workspaces.entries()) samples[j].push((await timed(() => ask(path(size, i))))[0])
    }
    times[name] = samples.map(median)
  }
  return times
}

const directory = mkdtempSync(join(tmpdir(), "bench-writes-"))
process.on("exit", () => rmSync(directory, { recursive: true, force: true }))
const dataKeyFile = join(directory, "data.key")
writeFileSync(dataKeyFile, randomBytes(32).toString("hex"))

/** What a created secret outlasts, by how the server keeps it. */
const modes = {
  memory: await startInProcess(),
  dataDir: await startInProcess({ dataDir: join(directory, "plain") }),
  dataKeyFile: await startInProcess({ dataDir: join(directory, "encrypted"), dataKeyFile })
}

/** How many secrets are created in a second, so many at a time. */
const createRate = async (server, inFlight) => {
  let left = CREATES * Math.sqrt(inFlight)
  const total = left
  const lane = async () => {
    while (left-- > 0) {
      const response = await server.fetch(`${server.url}/v1/workspace_secrets`, {
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ metadata: { name: "created" }, spec: secret.spec })
      })
      if (!response.ok) throw new Error(`a create was answered with ${response.status}`)
      await response.arrayBuffer()
    }
  }
  const [millis] = await timed(() => Promise.all(Array.from({ length: inFlight }, lane)))
  return total / millis * 1000
}

const createRates = async () => {
  const rates = {}
  for (const [mode, server] of Object.entries(modes)) {
    rates[mode] = []
    for (const inFlight of inFlights) rates[mode].push(await createRate(server, inFlight))
  }
  return rates
}

const sample = async () => ({
  socket: await startMillis(() => start()),
  inProcess: await startMillis(() => startInProcess()),
  tenant: await tenantMillis(),
  requests: await requestMillis(),
  creates: await createRates()
})

await sample()
serve({ small: SMALL, large: LARGE }, sample)
