// What our server takes to start in process, to make a tenant, and to answer from a large workspace and from a small one.
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

const { start, startInProcess } = await import("@workspace-secrets/mock-server/MockServer")

/** A workspace of so many secrets, of which a page full, evenly spread, has something that the others have not. */
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

/** What is asked of both workspaces; each list gives a full page. */
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

/** The middle of several, in which starting and stopping take turns. */
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

/** The time of each request to each workspace, the two asked in turn. */
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

const sample = async () => ({
  socket: await startMillis(() => start()),
  inProcess: await startMillis(() => startInProcess()),
  tenant: await tenantMillis(),
  requests: await requestMillis()
})

await sample()
serve({ small: SMALL, large: LARGE }, sample)
