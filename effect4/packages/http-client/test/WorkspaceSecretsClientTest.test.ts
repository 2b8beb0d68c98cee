import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId, WorkspaceSecretNotFound } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { layer, page, profile, secret } from "../src/WorkspaceSecretsClientTest.js"

const id = WorkspaceSecretId.make("wsecret_1")

describe("WorkspaceSecretsClientTest", () => {
  it.effect("answers from a plain object", () =>
    Effect.gen(function*() {
      const secrets = yield* WorkspaceSecretsClient
      expect((yield* secrets.get(id)).metadata.name).toBe("Stripe")
      expect((yield* Effect.flip(secrets.delete(id)))._tag).toBe("WorkspaceSecretNotFound")
      expect(yield* Stream.runCollect(secrets.stream())).toHaveLength(2)
      expect((yield* secrets.withResponse.whoami()).response.status).toBe(200)
    }).pipe(Effect.provide(layer({
      get: () => Effect.succeed(secret({ metadata: { name: "Stripe" } })),
      delete: () => new WorkspaceSecretNotFound({ message: "no such secret" }),
      list: (params) => Effect.succeed(page([secret()], params?.cursor === undefined ? "1" : "")),
      whoami: () => Effect.succeed(profile())
    }))))

  it.effect("dies with the name of an operation without an answer", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit((yield* WorkspaceSecretsClient).get(id))
      expect(String(exit)).toContain("unexpected call of get")
    }).pipe(Effect.provide(layer())))
})
