import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import { expect, test } from "vitest"

test("is refused without the scope", async () => {
  await using server = await MockServer.start()
  await using tenant = await server.tenant({ scopes: [] })
  const list = () =>
    fetch(`${tenant.url}/v1/workspace_secrets`, { headers: { authorization: `Bearer ${tenant.apiKey}` } })

  expect((await list()).status).toBe(403)
  await tenant.control.settings.set({ scopes: ["secrets:manage"] })
  expect((await list()).status).toBe(200)
})
