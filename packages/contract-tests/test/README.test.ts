import { expect, it, vi } from "@effect/vitest"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { behaviours } from "../src/Behaviours.js"
import { serving } from "./witnessing.js"

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")

const readme = read("../README.md")

it("shows the file that runs the suite against the mock server", () => {
  expect(readme).toContain(`\`\`\`ts\n${read("../../../apps/mock-server/test/contract.test.ts")}\`\`\``)
})

it("says how many behaviours there are", () => {
  expect(readme).toContain(` ${behaviours.length} behaviours`)
})

it.scopedLive("shows a program with a witness, which prints the contradictions", () =>
  Effect.gen(function*() {
    expect(readme).toContain(`\`\`\`ts\n${read("readme/witness.ts")}\`\`\``)
    const url = yield* serving(() => [200, JSON.stringify({ metadata: { id: "id", name: "n", createdAt: null } })])
    vi.stubEnv("CADENYA_BASE_URL", url)
    vi.stubEnv("CADENYA_API_KEY", "a-key")
    const warn = vi.spyOn(console, "warn").mockReturnValue()
    yield* Effect.addFinalizer(() => Effect.sync(() => warn.mockRestore()))
    yield* Effect.addFinalizer(() => Effect.sync(() => vi.unstubAllEnvs()))
    const { client, witness } = yield* Effect.promise(() => import("./readme/witness.js"))
    const whoami = Effect.flatMap(WorkspaceSecretsClient.WorkspaceSecretsClient, (secrets) => secrets.whoami())
    expect((yield* Effect.flip(Effect.provide(whoami, client)))._tag).toBe("UnexpectedResponse")
    expect(witness.counts).toMatchObject({ exchanges: 1, withoutKey: 0 })
    expect(warn.mock.calls.flat()).toEqual([
      "DRIFT WS-TRANSPORT-017: metadata.createdAt: expected no null, got one (request id 0f3c)"
    ])
  }))
