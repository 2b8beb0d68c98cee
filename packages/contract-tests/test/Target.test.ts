import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { leaking, printed } from "../../../tools/leaks/sinks.js"
import * as Target from "../src/Target.js"
import * as Memory from "./memory.js"

const http = HttpClient.make(() => Effect.die("no HTTP here"))

const required = { baseUrl: "https://example.com", apiKey: Redacted.make("canary-key") }

const build = (options: Partial<Target.Options>) =>
  Target.Target.pipe(
    Effect.provide(Target.layer({ ...required, workspaceId: "wksp_1", ...options })),
    Effect.provideService(HttpClient.HttpClient, http)
  )

const found = (options: Partial<Target.Options>) =>
  Effect.provide(Target.Target, Target.layerFetch({ ...required, ...options }))

describe("layer", () => {
  it.effect("removes the trailing slash of a base URL", () =>
    Effect.gen(function*() {
      expect((yield* build({ baseUrl: "https://example.com/api//" })).baseUrl).toBe("https://example.com/api")
      expect((yield* build({ baseUrl: new URL("https://example.com") })).baseUrl).toBe("https://example.com")
    }))

  it.effect("defaults to the HttpClient of its context, our client, both layouts, and both answers of disagreements", () =>
    Effect.gen(function*() {
      const service = yield* build({})
      expect(service.httpClient).toBe(http)
      expect(service.client).toBe(WorkspaceSecretsClient)
      expect(service.layouts).toEqual(["unscoped", "scoped"])
      expect([service.writeOnlyValues, service.uppercaseNames, service.omitUnsetFields]).toEqual([
        undefined,
        undefined,
        undefined
      ])
      const client = { ...WorkspaceSecretsClient }
      const told = { client, writeOnlyValues: true, uppercaseNames: false, omitUnsetFields: true }
      expect(yield* build({ ...told, paths: "scoped" })).toMatchObject({ ...told, layouts: ["scoped"] })
    }))

  it.effect("uses the same workspace for restricted keys", () =>
    Effect.gen(function*() {
      const { archivedTenant, disabledTenant, restrictedTenant } = yield* build({
        restrictedTenant: { apiKey: "canary-restricted" },
        disabledTenant: { apiKey: "canary-disabled" },
        archivedTenant: { apiKey: "canary-archived", workspaceId: "wksp_3" }
      })
      const workspaces = [restrictedTenant, disabledTenant, archivedTenant].map((tenant) => tenant?.workspaceId)
      expect(workspaces).toEqual(["wksp_1", "wksp_1", "wksp_3"])
    }))

  it.effect("refuses a base URL with a password, without quoting it", () =>
    Effect.gen(function*() {
      for (const baseUrl of ["https://me:canary@example.com", new URL("https://canary@example.com/v1")]) {
        expect((yield* Effect.flip(build({ baseUrl }))).message).toBe(
          "baseUrl: Expected a URL without user name and password"
        )
      }
    }))

  it.effect("accepts keys as strings, and redacts them", () =>
    Effect.gen(function*() {
      const service = yield* build({
        apiKey: "canary-key",
        otherTenant: { apiKey: "canary-other", workspaceId: "wksp_2" }
      })
      expect(Redacted.value(service.apiKey)).toBe("canary-key")
      expect(service.otherTenant).toEqual({ apiKey: Redacted.make("canary-other"), workspaceId: "wksp_2" })
      expect(leaking(printed(service), "canary-key", "canary-other")).toEqual([])
    }))

  it.effect("has a different marker each time", () =>
    Effect.gen(function*() {
      const markers = [(yield* build({})).marker, (yield* build({})).marker]
      expect(markers[0]).toMatch(/^contract-tests-\d{8}$/)
      expect(markers[1]).not.toBe(markers[0])
    }))
})

describe("layerFetch", () => {
  it.effect("uses the same fetch for the client", () =>
    Effect.gen(function*() {
      const { asked, fetch } = Memory.make()
      const { httpClient } = yield* found({ fetch, workspaceId: "wksp_1" })
      yield* httpClient.get("https://example.com/v1/whoami")
      expect(asked).toEqual(["GET /v1/whoami"])
    }))

  it.effect("reads the workspace of a key from an existing secret", () =>
    Effect.gen(function*() {
      const { asked, fetch } = Memory.make({ names: ["someone else's"] })
      expect((yield* found({ fetch })).workspaceId).toBe("wksp_found")
      expect(asked).toEqual(["GET /v1/workspace_secrets?limit=1"])
    }))

  it.effect("creates and deletes a secret to read the workspace of a key, if there is none", () =>
    Effect.gen(function*() {
      const { asked, fetch, names } = Memory.make()
      expect((yield* found({ fetch })).workspaceId).toBe("wksp_found")
      expect(names()).toEqual([])
      expect(asked.map((request) => request.replace(/\d+$/, "…"))).toEqual([
        "GET /v1/workspace_secrets?limit=…",
        "POST /v1/workspace_secrets",
        "DELETE /v1/workspace_secrets/id-…"
      ])
    }))

  it.effect("says why it cannot read the workspace, without the key", () =>
    Effect.gen(function*() {
      const { fetch } = Memory.make()
      const refused = yield* Effect.flip(found({ fetch, apiKey: "another-canary" }))
      expect(refused.message).toBe(
        "cannot find out the workspace of the key: GET /v1/workspace_secrets has status 401; give workspaceId, or another key"
      )
      const offline: typeof globalThis.fetch = () => Promise.reject(new TypeError("nobody at canary-key"))
      expect((yield* Effect.flip(found({ fetch: offline }))).message).toBe(
        "GET /v1/workspace_secrets?limit=1: expected an answer, got TypeError: nobody at <a key>"
      )
    }))
})

describe("cleanUp", () => {
  const left = (options: Parameters<typeof Memory.make>[0], mine: ReadonlyArray<string>) =>
    Effect.gen(function*() {
      const memory = Memory.make(options)
      const { fetch, names } = memory
      const result = yield* Effect.gen(function*() {
        const { marker } = yield* Target.Target
        for (const name of mine) {
          yield* Effect.promise(() =>
            fetch("https://example.com/v1/workspaces/wksp_found/workspace_secrets", {
              method: "POST",
              headers: { authorization: "Bearer canary-key" },
              body: JSON.stringify({ metadata: { name: name.replace("?", marker) } })
            })
          )
        }
        return yield* Effect.either(Target.cleanUp)
      }).pipe(Effect.provide(Target.layerFetch({ ...required, fetch, workspaceId: "wksp_found" })))
      return { result, names: names() }
    })

  it.effect("deletes only secrets with the target's marker in their name, page by page", () =>
    Effect.gen(function*() {
      const names = ["someone else's", "contract-tests-1"]
      const mine = ["?-a", "x-?-b", "?-c", "?-d", "?-e"]
      expect(yield* left({ names }, mine)).toMatchObject({ result: { right: 5 }, names })
      // A server that ignores the filter.
      expect(yield* left({ names, filters: false }, mine)).toMatchObject({ result: { right: 5 }, names })
    }))

  it.effect("works on a server with scoped paths only", () =>
    Effect.gen(function*() {
      expect(yield* left({ unscoped: false }, ["?-a"])).toMatchObject({ result: { right: 1 }, names: [] })
    }))

  it.effect("names a secret that it could not delete", () =>
    Effect.gen(function*() {
      const { result } = yield* left({ deletes: 500 }, ["?-a"])
      expect(result).toMatchObject({
        left: { message: "cannot clean up: DELETE /v1/workspace_secrets/id-0000 has status 500" }
      })
    }))
})
