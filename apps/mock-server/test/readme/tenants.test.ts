import { expect, layer } from "@effect/vitest"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

layer(MockServer.layerInProcess())("a program that asks too often", (it) => {
  it.scoped("is told to wait, once", () =>
    Effect.gen(function*() {
      const server = yield* MockServer.MockServer
      const { apiKey, control, url } = yield* server.tenant({
        faults: [{ operation: "list", nth: 2, error: { code: "RESOURCE_EXHAUSTED", retryAfter: 1 } }],
        assertFaultsHit: true
      })
      const list = Effect.promise(() =>
        server.fetch(`${url}/v1/workspace_secrets`, { headers: { authorization: `Bearer ${Redacted.value(apiKey)}` } })
      )

      const answers = yield* Effect.all([list, list, list])

      expect(answers.map(({ status }) => status)).toEqual([200, 429, 200])
      yield* control.journal.expect({ operation: "list" }, { times: 3 })
    }))
})
