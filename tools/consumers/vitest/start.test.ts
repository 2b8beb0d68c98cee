import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import { afterAll, beforeAll, expect, test } from "vitest"

let server: MockServer.RunningServer

beforeAll(async () => {
  server = await MockServer.start()
})
afterAll(() => server.stop())

test("starts without secrets", async () => {
  const response = await fetch(`${server.url}/v1/workspace_secrets`, {
    headers: { authorization: `Bearer ${server.apiKey}` }
  })
  expect(await response.json()).toEqual({ items: [], pagination: { nextCursor: "" } })
})
