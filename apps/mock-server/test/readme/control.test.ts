import * as ControlClient from "@workspace-secrets/mock-server/ControlClient"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Redacted from "effect/Redacted"
import { expect, test } from "vitest"

test("puts faults from another process", async () => {
  const controlToken = Redacted.make("control-token")
  await using server = await MockServer.start({ controlToken })

  const control = ControlClient.makePromise({ url: server.url, token: controlToken })
  const { apiKey, id } = await control.create()
  await control.tenant(id).faults.put([{ operation: "whoami", error: { code: "UNAVAILABLE" } }])

  const headers = { authorization: `Bearer ${Redacted.value(apiKey)}` }
  expect((await fetch(`${server.url}/v1/whoami`, { headers })).status).toBe(503)
  await control.tenant(id).faults.assertAllHit()
})
