import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import { afterAll, beforeAll, expect, test } from "vitest"

let server: MockServer.RunningServer

beforeAll(async () => {
  server = await MockServer.start()
})
afterAll(() => server.stop())

test("the same requests give the same bytes", async () => {
  await using tenant = await server.tenant({
    randomSeed: 1,
    clock: { type: "stepping", at: "2026-01-01T00:00:00.000Z", stepMillis: 1000 }
  })
  const create = async () => {
    const response = await fetch(`${tenant.url}/v1/workspace_secrets`, {
      method: "POST",
      headers: { authorization: `Bearer ${tenant.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ metadata: { name: "db-password" }, spec: { value: "hunter2" } })
    })
    return [response.headers.get("date"), response.headers.get("x-request-id"), await response.text()]
  }

  const first = await create()
  expect(first[0]).toBe("Thu, 01 Jan 2026 00:00:00 GMT")
  expect(await create()).not.toEqual(first)
  await tenant.control.reset()
  expect(await create()).toEqual(first)
})
