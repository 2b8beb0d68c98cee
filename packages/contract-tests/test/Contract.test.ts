import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll } from "vitest"
import type * as Behaviour from "../src/Behaviour.js"
import { contract } from "../src/Contract.js"
import * as Target from "../src/Target.js"
import * as Memory from "./memory.js"

const behaviour = (id: string, more: Partial<Behaviour.Behaviour>): Behaviour.Behaviour => ({
  id,
  operation: "get",
  provenance: "D",
  contested: [],
  statement: "a test",
  via: "wire",
  needs: [],
  layouts: [],
  rows: [],
  strain: undefined,
  run: Effect.void,
  ...more
})

const ran: Array<string> = []
const runs = (id: string, more: Partial<Behaviour.Behaviour> = {}) =>
  behaviour(id, { ...more, run: Effect.sync(() => void ran.push(id)) })

const memory = Memory.make({ names: ["someone else's"] })

const makesAndLeaves = behaviour("WS-GET-901", {
  run: Effect.gen(function*() {
    const { baseUrl, fetch, marker, workspaceId } = yield* Target.Target
    expect(workspaceId).toBe("wksp_found")
    yield* Effect.promise(() =>
      fetch(`${baseUrl}/v1/workspace_secrets`, {
        method: "POST",
        headers: { authorization: "Bearer canary-key" },
        body: JSON.stringify({ metadata: { name: `${marker} left` } })
      })
    )
    expect(memory.names()).toHaveLength(2)
  })
})

describe("of a running server", () => {
  contract({
    name: "by its options",
    baseUrl: "https://example.com",
    apiKey: "canary-key",
    fetch: memory.fetch,
    behaviours: [makesAndLeaves, runs("WS-GET-902"), runs("WS-GET-903", { strain: "is too much" })]
  })

  contract({
    baseUrl: "https://example.com",
    apiKey: "canary-key",
    workspaceId: "wksp_found",
    fetch: memory.fetch,
    gentle: true,
    behaviours: [
      runs("WS-GET-911"),
      runs("WS-GET-912", { strain: "is too much" }),
      runs("WS-GET-913", { needs: ["otherTenant"] })
    ]
  })

  afterAll(() => {
    // The suite skips behaviours that are too much for the server or that the target lacks options for.
    expect([...ran].sort()).toEqual(["WS-GET-902", "WS-GET-903", "WS-GET-911"])
    expect(memory.names()).toEqual(["someone else's"])
  })
})

let alive = 0
const running = Layer.scoped(
  Target.Target,
  Effect.gen(function*() {
    yield* Effect.acquireRelease(Effect.sync(() => ++alive), () => Effect.sync(() => --alive))
    return yield* Target.Target
  }).pipe(Effect.provide(
    Target.layerFetch({ baseUrl: "https://example.com", apiKey: "canary-key", fetch: memory.fetch })
  ))
)

describe("of a layer", () => {
  // Nothing is started if tests are only listed or skipped.
  beforeAll(() => expect(alive).toBe(0))
  afterAll(() => expect(alive).toBe(0))

  contract("that starts a server", running, {
    behaviours: [behaviour("WS-GET-921", { run: Effect.sync(() => expect(alive).toBe(1)) })]
  })
})

describe("the file's own tests", () => {
  it.effect("have their test services after a contract", () =>
    Effect.gen(function*() {
      expect(yield* Clock.currentTimeMillis).toBe(0)
    }))

  it.effect("have no service of the contract", () =>
    Effect.gen(function*() {
      const { context } = yield* Effect.runtime<never>()
      expect(context.unsafeMap.has(Target.Target.key)).toBe(false)
    }))
})
