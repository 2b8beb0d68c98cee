// The client in a test DOM: `npx vitest run --environment jsdom`, or happy-dom.
import { layer as fetchLayer } from "@workspace-secrets/http-client/fetch"
import { layer as nodeLayer } from "@workspace-secrets/http-client/node"
import { isError, makeClient } from "@workspace-secrets/http-client/promise"
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest"
import { start } from "./server.mjs"

let server

beforeAll(async () => {
  server = await start()
})
afterEach(() => vi.useRealTimers())
afterAll(() => server.stop())

const transports = { fetch: fetchLayer(), node: nodeLayer() }

test("runs in a DOM", () => expect(typeof document).toBe("object"))

for (const [name, transport] of Object.entries(transports)) {
  const connect = () => makeClient({ apiKey: "key", baseUrl: server.url, transport })

  test(`calls all operations over ${name}, each with one request`, async () => {
    const secrets = connect()
    const before = server.requests()
    const { metadata } = await secrets.create({ metadata: { name: "Billing database" }, spec: { value: "value" } })
    expect((await secrets.get(metadata.id)).metadata.name).toBe("Billing database")
    await secrets.update(metadata.id, { metadata: { name: "Billing database" } })
    expect((await secrets.list()).items).toHaveLength(1)
    expect((await secrets.whoami()).metadata.name).toBe("name")
    await secrets.delete(metadata.id)
    expect(server.requests() - before).toBe(6)
    await secrets.close()
  })

  test(`rejects over ${name} with the server's error, and with the signal's reason`, async () => {
    const secrets = connect()
    const error = await secrets.get("status-404").catch((error) => error)
    expect(isError(error, "WorkspaceSecretNotFound")).toBe(true)
    const controller = new globalThis.AbortController()
    const call = secrets.get("never", { signal: controller.signal }).catch((error) => error)
    controller.abort()
    expect(await call).toMatchObject({ name: "AbortError" })
    const timeout = await secrets.get("never", { deadline: 50 }).catch((error) => error)
    expect(isError(timeout, "CallTimeout")).toBe(true)
    await secrets.close()
  })

  test(`calls over ${name} with fake timers`, async () => {
    const secrets = connect()
    await secrets.get("wsecret_1")
    vi.useFakeTimers()
    expect((await secrets.get("wsecret_1")).metadata.id).toBe("wsecret_1")
    vi.useRealTimers()
    await secrets.close()
  })
}
