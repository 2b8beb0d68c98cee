import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { beforeAll, vi } from "vitest"
import { page, profile, secret } from "./support/samples.js"
import { serve } from "./support/server.js"

/** Loads a second copy of the package, as with two installs or with CommonJS next to ES modules. */
const copy = async () => {
  vi.resetModules()
  return {
    client: await import("../src/WorkspaceSecretsClient.js"),
    fetch: await import("../src/fetch.js"),
    node: await import("../src/node.js"),
    promise: await import("../src/promise.js")
  }
}

type Copy = Awaited<ReturnType<typeof copy>>

let one: Copy
let two: Copy

beforeAll(async () => {
  one = await copy()
  two = await copy()
})

const id = WorkspaceSecretId.make("wsec_1")
const payload = { metadata: { name: "name" }, spec: { value: Redacted.make("value") } }

const operations = {
  list: [page([]), "list"],
  create: [secret, "create"],
  get: [secret, "get"],
  update: [secret, "update"],
  delete: [{}, "delete"],
  whoami: [profile, "whoami"]
} as const

const call = (secrets: Context.Tag.Service<Copy["client"]["WorkspaceSecretsClient"]>) => ({
  list: () => secrets.list(),
  create: () => secrets.create(payload),
  get: () => secrets.get(id),
  update: () => secrets.update(id, payload),
  delete: () => secrets.delete(id),
  whoami: () => secrets.whoami()
})

const connect = (transport: "fetch" | "node", baseUrl: string) =>
  one.client.layer({ apiKey: Redacted.make("key"), baseUrl, retry: { baseDelay: 0 } }).pipe(
    Layer.provide(two[transport].layer()),
    Layer.build,
    // The other copy's tag finds the service.
    Effect.map(Context.get(two.client.WorkspaceSecretsClient))
  )

describe.each(["fetch", "node"] as const)(
  "a client with the %s transport of another copy of the package",
  (transport) => {
    it("is of another copy", () => {
      expect(one.client.WorkspaceSecretsClient).not.toBe(two.client.WorkspaceSecretsClient)
      expect(one.promise.WorkspaceSecretNotFound).not.toBe(two.promise.WorkspaceSecretNotFound)
    })

    it.scopedLive("sends each operation once, and reads its response", () =>
      Effect.gen(function*() {
        for (const [body, name] of Object.values(operations)) {
          const { received, url } = yield* serve(() => ({ body }))
          const secrets = yield* connect(transport, url)
          yield* call(secrets)[name]() as Effect.Effect<unknown, unknown>
          expect(received).toHaveLength(1)
        }
      }))

    it.scopedLive.each(
      [
        ["WorkspaceSecretNotFound", 404, { code: 5, message: "no" }, 1],
        ["Unavailable", 503, { code: 14, message: "no" }, 3],
        ["PermissionDenied", 403, { code: 7, message: "no" }, 1],
        ["UnexpectedResponse", 200, { no: "secret" }, 1],
        ["UnexpectedResponse", 404, "<html>", 1],
        ["UnexpectedResponse", 500, "x".repeat(100_000), 3]
      ] as const
    )("reads %s of %s", ([tag, status, body, attempts]) =>
      Effect.gen(function*() {
        const { received, url } = yield* serve(() => ({ status, body }))
        const secrets = yield* connect(transport, url)
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ _tag: tag, status, attempts })
        expect(received).toHaveLength(attempts)
      }))

    it.scopedLive("reads a broken connection and a broken response", () =>
      Effect.gen(function*() {
        const { url } = yield* serve(({ method }) => (response) => {
          if (method === "GET") {
            response.writeHead(200, { "content-length": "100" })
            response.write("{", () => response.destroy())
          } else {
            response.destroy()
          }
        })
        const secrets = yield* connect(transport, url)
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ reason: "IncompleteResponse", attempts: 3 })
        expect(yield* Effect.flip(secrets.delete(id))).toMatchObject({ reason: "ConnectionLost", attempts: 3 })
      }))

    it.scopedLive("knows that the transport did not send a request", () =>
      Effect.gen(function*() {
        const { url } = yield* Effect.scoped(serve(() => ({})))
        const secrets = yield* connect(transport, url)
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ reason: "ConnectionRefused", attempts: 3 })
      }))
  }
)

describe("a client for promises of another copy", () => {
  it.scopedLive("rejects with errors that both copies know", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(() => ({ status: 404, body: { code: 5, message: "no" } }))
      const secrets = one.promise.makeClient({ apiKey: "key", baseUrl: url, transport: two.node.layer() })
      const error = yield* Effect.flip(Effect.tryPromise({ try: () => secrets.get("wsec_1"), catch: (error) => error }))
      expect([one, two].map(({ promise }) => promise.isError(error, "WorkspaceSecretNotFound"))).toEqual([true, true])
      expect([one, two].map(({ promise }) => promise.isError(error, "NotFound"))).toEqual([false, false])
      yield* Effect.promise(() => secrets.close())
    }))

  it("recognizes nothing else as an error", () => {
    for (const input of [undefined, null, "NotFound", new Error("NotFound"), {}, { _tag: "NotFound" }]) {
      expect(one.promise.isError(input, "NotFound")).toBe(false)
    }
  })
})
