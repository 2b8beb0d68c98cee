import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { afterEach, vi } from "vitest"
import * as Fetch from "../src/fetch.js"
import { makeClient } from "../src/promise.js"
import { named, page, secret } from "./support/samples.js"
import { serve } from "./support/server.js"
import { connectOver } from "./support/transports.js"

const id = WorkspaceSecretId.make("wsec_1")

/** A signal without a reason, as in older polyfills. */
class OldSignal extends EventTarget {
  aborted = false
}

class OldController {
  readonly signal = new OldSignal()
  abort(): void {
    this.signal.aborted = true
    this.signal.dispatchEvent(new Event("abort"))
  }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe("with a foreign AbortController, such as that of a test DOM", () => {
  it.scopedLive("fetch sends without a signal", () =>
    Effect.gen(function*() {
      vi.stubGlobal("AbortController", OldController)
      const { received, url } = yield* serve(() => ({ body: secret }))
      const secrets = yield* connectOver(Fetch.layer())(url)
      expect((yield* secrets.get(id)).metadata.name).toBe("name")
      expect(received).toHaveLength(1)
    }))

  it.scopedLive("an interrupted call closes its connection when the response arrives", () =>
    Effect.gen(function*() {
      vi.stubGlobal("AbortController", OldController)
      const arrived = yield* Deferred.make<void>()
      const closed = yield* Deferred.make<void>()
      const { url } = yield* serve(() => (response) => {
        response.on("close", () => Deferred.unsafeDone(closed, Effect.void))
        response.writeHead(200, { "content-type": "application/json" }).write("{")
        Deferred.unsafeDone(arrived, Effect.void)
      })
      const secrets = yield* connectOver(Fetch.layer())(url)
      const fiber = yield* Effect.fork(secrets.get(id))
      yield* Deferred.await(arrived)
      yield* fiber.interruptAsFork(fiber.id())
      yield* Deferred.await(closed)
    }))
})

it.scopedLive("without an AbortController, fetch is called without a signal", () =>
  Effect.gen(function*() {
    vi.stubGlobal("AbortController", undefined)
    const fetch = vi.fn((_: unknown, init?: RequestInit) =>
      Promise.resolve(Response.json(init?.signal === null ? secret : {}))
    )
    const secrets = yield* connectOver(Fetch.layer({ fetch }))("https://example.com")
    expect((yield* secrets.get(id)).metadata.name).toBe("name")
  }))

describe("a signal without a reason", () => {
  it.scopedLive("rejects with an AbortError, before the call and during it", () =>
    Effect.gen(function*() {
      const arrived = yield* Deferred.make<void>()
      const { url } = yield* serve(() => () => Deferred.unsafeDone(arrived, Effect.void))
      const secrets = makeClient({ apiKey: "key", baseUrl: url })
      const controller = new OldController()
      const signal = controller.signal as unknown as AbortSignal
      const call = Effect.flip(
        Effect.tryPromise({ try: () => secrets.get("wsec_1", { signal }), catch: (error) => error })
      )
      const fiber = yield* Effect.fork(call)
      yield* Deferred.await(arrived)
      controller.abort()
      expect(yield* Effect.fromFiber(fiber)).toMatchObject({ name: "AbortError" })
      expect(yield* call).toMatchObject({ name: "AbortError" })
      yield* Effect.promise(() => secrets.close())
    }))
})

describe("with fake timers", () => {
  it.scopedLive("calls end, also for a long list", () =>
    Effect.gen(function*() {
      const names = Array.from({ length: 1500 }, (_, index) => `name ${index}`)
      const { url } = yield* serve(() => ({ body: { ...page([]), items: names.map(named) } }))
      const secrets = yield* connectOver(Fetch.layer())(url)
      vi.useFakeTimers()
      const { items } = yield* secrets.list()
      expect(items).toHaveLength(1500)
    }))
})

describe("fetch", () => {
  it.scopedLive("that is replaced later is used for later requests", () =>
    Effect.gen(function*() {
      const secrets = yield* connectOver(Fetch.layer())("https://example.com")
      const replaced = vi.fn(() => Promise.resolve(Response.json(secret)))
      vi.stubGlobal("fetch", replaced)
      expect((yield* secrets.get(id)).metadata.name).toBe("name")
      expect(replaced).toHaveBeenCalledTimes(1)
    }))

  it.scopedLive("that does not exist is a permanent error", () =>
    Effect.gen(function*() {
      const secrets = yield* connectOver(Fetch.layer())("https://example.com", { retry: { baseDelay: 0 } })
      vi.stubGlobal("fetch", undefined)
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
        reason: "RequestRefused",
        isRetryable: false,
        attempts: 1
      })
    }))
})
