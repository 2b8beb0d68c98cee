import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Target from "../src/Target.js"

const http = HttpClient.make(() => Effect.die("no HTTP here"))

const build = (options: Partial<Target.Options>) =>
  Target.Target.pipe(
    Effect.provide(Target.layer({
      baseUrl: "https://example.com",
      apiKey: Redacted.make("key"),
      workspaceId: "wksp_1",
      ...options
    })),
    Effect.provideService(HttpClient.HttpClient, http)
  )

describe("layer", () => {
  it.effect("takes the slash at the end of a base URL off", () =>
    Effect.gen(function*() {
      expect((yield* build({ baseUrl: "https://example.com/api//" })).baseUrl).toBe("https://example.com/api")
      expect((yield* build({ baseUrl: new URL("https://example.com") })).baseUrl).toBe("https://example.com")
    }))

  it.effect("has the HttpClient of its context, the global fetch, and values that are shown unless told otherwise", () =>
    Effect.gen(function*() {
      const service = yield* build({ fetch: undefined, writeOnlyValues: undefined })
      expect(service.httpClient).toBe(http)
      expect(service.fetch).toBe(globalThis.fetch)
      expect(service.writeOnlyValues).toBe(false)
      const fetch: typeof globalThis.fetch = () => Promise.reject(new Error("no fetch here"))
      expect(yield* build({ fetch, writeOnlyValues: true })).toMatchObject({ fetch, writeOnlyValues: true })
    }))
})
