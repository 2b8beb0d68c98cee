import { describe, expect, it } from "@effect/vitest"
import { Cursor, type ListWorkspaceSecrets, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecretId, WorkspaceSecretNotFound } from "@workspace-secrets/core/WorkspaceSecret"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { leakingAnywhere } from "../../../tools/leaks/sinks.js"
import { spellings } from "../../../tools/leaks/spellings.js"
import { WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import * as ClientTest from "../src/WorkspaceSecretsClientTest.js"
import { canaryValue } from "./support/samples.js"

const id = WorkspaceSecretId.make("wsec_1")
const stripe = ClientTest.secret({ metadata: { id: "wsec_1", name: "Stripe" }, spec: { value: "sk_live_1" } })
const gone = new WorkspaceSecretNotFound({ message: "gone" })
const payload = { metadata: { name: "a" }, spec: {} }

/** A client with two pages that records its queries. */
const twoPages = () => {
  const asked: Array<{ readonly limit?: number | undefined; readonly cursor?: string | undefined }> = []
  const page = (params: (typeof asked)[number] = {}) => {
    asked.push(params)
    return params.cursor === undefined ? ClientTest.page([stripe], "2") : ClientTest.page([ClientTest.secret()])
  }
  return { asked, page }
}

describe("layer", () => {
  it.effect("returns the given answers, also failures", () =>
    Effect.gen(function*() {
      const secrets = yield* WorkspaceSecretsClient
      const { spec } = yield* secrets.get(id)
      expect(spec.value && Redacted.value(spec.value)).toBe("sk_live_1")
      expect(yield* Effect.flip(secrets.delete(id))).toBe(gone)
      expect(yield* secrets.withResponse.get(id)).toEqual({
        value: stripe,
        response: { status: 200, headers: {}, requestId: undefined, attempts: 1 }
      })
      expect(yield* Effect.flip(secrets.withResponse.delete(id))).toBe(gone)
    }).pipe(Effect.provide(ClientTest.layer({ get: () => Effect.succeed(stripe), delete: () => gone }))))

  it.effect("streams the pages of its list", () =>
    Effect.gen(function*() {
      const { asked, page } = twoPages()
      const secrets = ClientTest.make({ list: (params?: ListWorkspaceSecrets) => Effect.sync(() => page(params)) })
      const all = yield* Stream.runCollect(secrets.stream({ limit: 1 }))
      expect([...all].map(({ metadata }) => metadata.name)).toEqual(["Stripe", "Test"])
      expect(asked).toEqual([{ limit: 1 }, { limit: 1, cursor: "2" }])
    }))

  it.effect("ends the stream at a page with an empty cursor", () =>
    Effect.gen(function*() {
      const pages = [
        ClientTest.page([stripe], ""),
        new WorkspaceSecretPage({ items: [stripe], pagination: { nextCursor: Cursor.make("") } })
      ]
      for (const page of pages) {
        const secrets = ClientTest.make({ list: () => Effect.succeed(page) })
        expect(Chunk.size(yield* Stream.runCollect(Stream.take(secrets.stream(), 9)))).toBe(1)
        const client = ClientTest.makeClient({ list: () => Promise.resolve(page) })
        const names = yield* Effect.promise(async () => {
          const names: Array<string> = []
          for await (const { metadata } of client.listAll()) {
            names.push(metadata.name)
            if (names.length === 9) {
              break
            }
          }
          return names
        })
        expect(names).toEqual(["Stripe"])
      }
    }))

  it.effect("dies with the name of an operation without an answer", () =>
    Effect.gen(function*() {
      const secrets = ClientTest.make()
      const { withResponse } = secrets
      const calls = {
        list: [secrets.list(), withResponse.list(), Stream.runDrain(secrets.stream())],
        create: [secrets.create(payload), withResponse.create(payload)],
        get: [secrets.get(id), withResponse.get(id)],
        update: [secrets.update(id, payload), withResponse.update(id, payload)],
        delete: [secrets.delete(id), withResponse.delete(id)],
        whoami: [secrets.whoami(), withResponse.whoami()]
      }
      for (const [name, effects] of Object.entries<ReadonlyArray<Effect.Effect<unknown, unknown>>>(calls)) {
        for (const effect of effects) {
          const cause = yield* Effect.flip(Effect.sandbox(effect))
          expect(Cause.isDieType(cause) && String(cause.defect)).toBe(
            `Error: unexpected call of ${name}: add ${name} to the answers of the test client`
          )
        }
      }
    }))
})

describe("makeClient", () => {
  it("returns the given answers, and rejects other operations with their name", async () => {
    const { asked, page } = twoPages()
    await using secrets = ClientTest.makeClient({
      list: (params) => Promise.resolve(page(params)),
      delete: () => Promise.reject(gone),
      whoami: () => Promise.resolve(ClientTest.profile({ spec: { email: "a@example.com" } }))
    })
    expect((await secrets.whoami()).spec.email).toBe("a@example.com")
    expect((await secrets.withResponse.whoami()).response.status).toBe(200)
    await expect(secrets.delete("wsec_1")).rejects.toBe(gone)
    const names: Array<string> = []
    for await (const { metadata } of secrets.listAll({ limit: 1 })) {
      names.push(metadata.name)
    }
    expect(names).toEqual(["Stripe", "Test"])
    expect(asked).toEqual([{ limit: 1 }, { limit: 1, cursor: "2" }])
    const calls = {
      create: [() => secrets.create(payload), () => secrets.withResponse.create(payload)],
      get: [() => secrets.get("wsec_1"), () => secrets.withResponse.get("wsec_1")],
      update: [() => secrets.update("wsec_1", payload), () => secrets.withResponse.update("wsec_1", payload)]
    }
    for (const [name, functions] of Object.entries<ReadonlyArray<() => Promise<unknown>>>(calls)) {
      for (const call of functions) {
        await expect(call()).rejects.toThrow(`unexpected call of ${name}`)
      }
    }
  })
})

describe("secret", () => {
  it("has the given fields", () => {
    expect(stripe.metadata).toMatchObject({ id: "wsec_1", name: "Stripe" })
    expect(() => ClientTest.secret({ metadata: { id: "" } })).toThrow()
  })

  it.effect.each(Object.entries(spellings))(
    "does not print its value, in the encoding %s",
    ([, spell]) =>
      Effect.gen(function*() {
        const value = spell(canaryValue)
        const secret = ClientTest.secret({ spec: { value } })
        const page = ClientTest.page([secret], "2")
        const secrets = ClientTest.make({ get: () => Effect.succeed(secret) })
        const defect = yield* Effect.flip(Effect.sandbox(secrets.create({ ...payload, spec: secret.spec })))
        expect(yield* leakingAnywhere([secret, page, secrets, defect], [canaryValue, value])).toEqual([])
      })
  )
})
