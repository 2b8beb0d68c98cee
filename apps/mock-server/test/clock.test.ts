import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as MockServer from "../src/MockServer.js"
import { sendJson, type WirePage, type WireSecret } from "./wire.js"

describe("a server whose clock steps back", () => {
  it.effect("keeps its secrets apart, pages through each of them once, and says when it was by the clock", () =>
    Effect.gen(function*() {
      const server = yield* MockServer.MockServer
      const json = <A>(method: string, path: string, body?: unknown) =>
        Effect.promise(() => sendJson<A>(server, method, `/v1/workspace_secrets${path}`, body))
      const times = [1_700_000_000_000, 1_700_000_000_000 - 3_600_000, 1_700_000_000_000, 0, 1_700_000_000_001]
      const made: Array<WireSecret> = []
      for (const [i, time] of times.entries()) {
        yield* TestClock.setTime(time)
        const { body, headers } = yield* json<WireSecret>("POST", "", {
          metadata: { name: `${i}` },
          spec: { value: "v" }
        })
        expect(Date.parse(headers.get("date") ?? "")).toBe(Math.floor(time / 1000) * 1000)
        expect(Date.parse(body.metadata.createdAt)).toBe(time)
        made.push(body)
      }
      const ids = made.map(({ metadata }) => metadata.id)
      expect(new Set(ids).size).toBe(times.length)
      for (const order of ["asc", "desc"]) {
        const seen: Array<string> = []
        let cursor = ""
        do {
          yield* TestClock.setTime(seen.length * 1000)
          const { body } = yield* json<WirePage>("GET", `?limit=1&sortOrder=${order}&cursor=${cursor}`)
          seen.push(...body.items.map(({ metadata }) => metadata.name))
          cursor = body.pagination.nextCursor ?? ""
        } while (cursor !== "")
        const oldestFirst = ["3", "1", "0", "2", "4"]
        expect(seen).toEqual(order === "asc" ? oldestFirst : [...oldestFirst].reverse())
      }
      const { entries } = yield* server.control.journal.list()
      expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 1))
      expect(entries.filter(({ durationMillis }) => durationMillis < 0)).toEqual([])
    }).pipe(Effect.provide(MockServer.layerInProcess())))
})
