import * as Testing from "@workspace-secrets/mock-server/Testing"
import assert from "node:assert/strict"
import { after, before, test } from "node:test"

const mock = Testing.server({ beforeAll: before, afterAll: after })

const whoami = async ({ apiKey, url }) => {
  const response = await fetch(`${url}/v1/whoami`, { headers: { authorization: `Bearer ${apiKey}` } })
  return response.status
}

let gone

test("has isolated secrets", async (t) => {
  gone = await mock.tenant(t, { faults: [{ operation: "whoami", nth: 1, error: { code: "UNAVAILABLE" } }] })
  assert.deepEqual([await whoami(gone), await whoami(gone)], [503, 200])
})

test("has other secrets in the next test", async (t) => {
  assert.deepEqual([await whoami(gone), await whoami(await mock.tenant(t))], [401, 200])
})
