import * as Testing from "@workspace-secrets/mock-server/Testing"
import { afterAll, beforeAll, expect, test } from "vitest"

const mock = Testing.server({ beforeAll, afterAll })

test.concurrent("is told to wait, once", async (t) => {
  const { apiKey, url } = await mock.tenant(t, {
    faults: [{ operation: "whoami", nth: 1, error: { code: "RESOURCE_EXHAUSTED", retryAfter: 1 } }],
    assertFaultsHit: true
  })
  const ask = () => fetch(`${url}/v1/whoami`, { headers: { authorization: `Bearer ${apiKey}` } })
  expect([(await ask()).status, (await ask()).status]).toEqual([429, 200])
})

test.concurrent("has a world of its own", async (t) => {
  const { apiKey, url } = await mock.tenant(t)
  const response = await fetch(`${url}/v1/whoami`, { headers: { authorization: `Bearer ${apiKey}` } })
  expect(response.status).toBe(200)
})
