import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/TestClock"
import type * as Behaviour from "../src/Behaviour.js"
import { ExpectationFailed } from "../src/internal/expect.js"
import * as Ledger from "../src/Ledger.js"
import * as Target from "../src/Target.js"
import type { Report } from "../src/WitnessReport.js"
import * as Memory from "./memory.js"

const behaviour = (id: string, more: Partial<Behaviour.Behaviour> = {}): Behaviour.Behaviour => ({
  id,
  operation: "get",
  provenance: "D",
  contested: [],
  statement: `says ${id} | *so*`,
  via: "wire",
  needs: [],
  layouts: [],
  rows: [],
  strain: undefined,
  run: Effect.void,
  ...more
})

const wrong = behaviour("WS-GET-002", {
  provenance: "A",
  rows: [[404, 5]],
  run: new ExpectationFailed({ message: "GET /v1/…: expected a, got canary-key" })
})

const targetOf = (memory: Memory.Memory) =>
  Target.layerFetch({ baseUrl: "https://example.com", apiKey: "canary-key", fetch: memory.fetch })

/** Creates a secret with the target's marker in its name, without deleting it. */
const leave = Effect.gen(function*() {
  const { fetch, marker } = yield* Target.Target
  yield* Effect.promise(() =>
    fetch("https://example.com/v1/workspace_secrets", {
      method: "POST",
      headers: { authorization: "Bearer canary-key" },
      body: JSON.stringify({ metadata: { name: marker } })
    })
  )
})

describe("run", () => {
  it.effect("returns the result of each behaviour", () =>
    Effect.gen(function*() {
      const told: Array<string> = []
      const entries = yield* Ledger.run({
        behaviours: [
          behaviour("WS-GET-001"),
          wrong,
          behaviour("WS-GET-003", { needs: ["otherTenant"] }),
          behaviour("WS-GET-004", { strain: "is too much" }),
          behaviour("WS-GET-005", { run: Effect.die(new RangeError("canary-key")) })
        ],
        gentle: true,
        onEntry: ({ behaviour }) => Effect.sync(() => void told.push(behaviour.id))
      })
      expect(entries.map(({ result }) => result)).toEqual([
        { _tag: "Passed" },
        { _tag: "Failed", message: "GET /v1/…: expected a, got <a key>" },
        { _tag: "Skipped", reason: "the target has no otherTenant" },
        { _tag: "Skipped", reason: "it is too much" },
        { _tag: "Failed", message: expect.stringMatching(/^RangeError: <a key>\n/) as string }
      ])
      expect(told.sort()).toEqual(["WS-GET-001", "WS-GET-002", "WS-GET-003", "WS-GET-004", "WS-GET-005"])
    }).pipe(Effect.provide(targetOf(Memory.make()))))

  it.effect("has a timeout for a behaviour", () =>
    Effect.gen(function*() {
      const stuck = Ledger.run({ behaviours: [behaviour("WS-GET-001", { run: Effect.never })], timeout: 5000 })
      const fiber = yield* Effect.fork(stuck)
      yield* TestClock.adjust(5000)
      expect(yield* Fiber.join(fiber)).toMatchObject([{
        result: { _tag: "Failed", message: "timed out after 5000 ms" }
      }])
    }).pipe(Effect.provide(targetOf(Memory.make()))))

  it.effect("deletes leftover secrets at the end and on interruption", () =>
    Effect.gen(function*() {
      const memory = Memory.make({ names: ["someone else's"] })
      const started = yield* Deferred.make<void>()
      const stuck = Effect.zipRight(Deferred.succeed(started, undefined), Effect.never)
      yield* Effect.gen(function*() {
        yield* Ledger.run({ behaviours: [behaviour("WS-GET-001", { run: leave })] })
        expect(memory.names()).toEqual(["someone else's"])
        const fiber = yield* Effect.fork(
          Ledger.run({ behaviours: [behaviour("WS-GET-001", { run: Effect.zipRight(leave, stuck) })] })
        )
        yield* Deferred.await(started)
        expect(memory.names()).toHaveLength(2)
        yield* Fiber.interrupt(fiber)
        expect(memory.names()).toEqual(["someone else's"])
      }).pipe(Effect.provide(targetOf(memory)))
    }))

  it.effect("logs that it could not delete them", () =>
    Effect.gen(function*() {
      const logged: Array<unknown> = []
      const logger = Logger.replace(Logger.defaultLogger, Logger.make(({ message }) => void logged.push(message)))
      yield* Ledger.run({ behaviours: [behaviour("WS-GET-001", { run: leave })] }).pipe(
        Effect.provide(targetOf(Memory.make({ deletes: 500, names: ["someone else's"] }))),
        Effect.provide(logger)
      )
      expect(logged).toEqual([["cannot clean up: DELETE /v1/workspace_secrets/id-0001 has status 500"]])
    }))
})

const passed = { _tag: "Passed" } as const
const failed = { _tag: "Failed", message: "expected a\n  got b" } as const
const skipped = { _tag: "Skipped", reason: "the target has no otherTenant" } as const

const list = behaviour("WS-LIST-001", { operation: "list", provenance: "P" })
const contested = behaviour("WS-GET-003", { provenance: "P", contested: ["values", "names"] })
const ofClient = behaviour("WS-CLIENT-001", { via: "client" })

const mock: Ledger.Column = {
  name: "mock",
  live: false,
  entries: [
    { behaviour: ofClient, result: passed },
    { behaviour: behaviour("WS-GET-001"), result: passed },
    { behaviour: wrong, result: failed },
    { behaviour: contested, result: passed },
    { behaviour: list, result: skipped }
  ]
}

const live: Ledger.Column = {
  name: "api.example.com",
  live: true,
  entries: [{ behaviour: behaviour("WS-GET-001"), result: passed }, { behaviour: wrong, result: failed }]
}

describe("toMarkdown", () => {
  it("has a table for each operation, with a column for each server", () => {
    expect(Ledger.toMarkdown([mock, live])).toBe(`## list: GET /v1/workspace\\_secrets

| id | | seen | behaviour | mock | api.example.com |
| --- | --- | --- | --- | --- | --- |
| WS-LIST-001 | P | wire | says WS-LIST-001 \\| \\*so\\* | skipped: the target has no otherTenant |  |

## get: GET /v1/workspace\\_secrets/{id}

| id | | seen | behaviour | mock | api.example.com |
| --- | --- | --- | --- | --- | --- |
| WS-GET-001 | D L | wire | says WS-GET-001 \\| \\*so\\* | passed | passed |
| WS-GET-002 | A | wire | says WS-GET-002 \\| \\*so\\* | failed | failed |
| WS-GET-003 | P, contested: values, names | wire | says WS-GET-003 \\| \\*so\\* | passed |  |
| WS-CLIENT-001 | D | client | says WS-CLIENT-001 \\| \\*so\\* | passed |  |
`)
  })
})

describe("with the report of a witness", () => {
  const report = (isLive: boolean): Report => ({
    version: 1,
    target: "https://api.example.com",
    isLive,
    seesAllWrites: false,
    startedAt: "2026-11-27T10:00:00.000Z",
    endedAt: "2026-11-27T11:00:00.000Z",
    counts: {},
    unknownFields: {},
    statements: [
      {
        id: "WS-LIST-001",
        result: "confirmed",
        confirmed: 14,
        contradicted: 0,
        problems: [],
        requestIds: [],
        lastAt: "2026-11-27T10:30:00.000Z"
      },
      {
        id: "WS-GET-003",
        result: "contradicted",
        confirmed: 1,
        contradicted: 8,
        problems: [{ expected: "expected a secret", times: 8 }],
        requestIds: ["0f3c"],
        lastAt: "2026-11-27T10:40:00.000Z"
      }
    ]
  })

  it("has an L with date and count for confirmed statements, and contested for contradicted ones", () => {
    const text = Ledger.toMarkdown([mock], report(true))
    expect(text).toContain("| WS-LIST-001 | P L (2026-11-27, 14 times in traffic) | wire |")
    expect(text).toContain(
      "| WS-GET-003 | P, contested: values, names, 2026-11-27, contradicted by 8 of 9 in traffic | wire |"
    )
    expect(Ledger.toText([mock], { traffic: report(true) })).toMatch(
      /WS-LIST-001 +P L says .* \(2026-11-27, 14 times in traffic\)$/m
    )
    const { behaviours } = JSON.parse(Ledger.toJson([mock], report(true))) as {
      readonly behaviours: ReadonlyArray<{ readonly id: string }>
    }
    expect(behaviours.find(({ id }) => id === "WS-LIST-001")).toMatchObject({
      verifiedLive: true,
      traffic: { confirmed: 14 }
    })
  })

  it("has no L for traffic of another server", () => {
    expect(Ledger.toMarkdown([mock], report(false))).toContain(
      "| WS-LIST-001 | P (2026-11-27, 14 times in traffic at https://api.example.com) | wire |"
    )
  })
})

describe("toJson", () => {
  it("has each behaviour with its letter and result, and no score", () => {
    const { behaviours, columns, ...rest } = JSON.parse(Ledger.toJson([mock, live])) as {
      readonly columns: unknown
      readonly behaviours: ReadonlyArray<unknown>
    }
    expect(rest).toEqual({})
    expect(columns).toEqual([{ name: "mock", live: false }, { name: "api.example.com", live: true }])
    expect(behaviours).toHaveLength(5)
    expect(behaviours.find((each) => (each as { readonly id: string }).id === "WS-GET-003")).toMatchObject({
      provenance: "P",
      contested: ["values", "names"]
    })
    expect(behaviours.slice(0, 2)).toEqual([
      {
        id: "WS-GET-001",
        operation: "get",
        provenance: "D",
        contested: [],
        verifiedLive: true,
        via: "wire",
        statement: "says WS-GET-001 | *so*",
        errors: [],
        results: { mock: { result: "passed" }, "api.example.com": { result: "passed" } }
      },
      {
        id: "WS-GET-002",
        operation: "get",
        provenance: "A",
        contested: [],
        verifiedLive: false,
        via: "wire",
        statement: "says WS-GET-002 | *so*",
        errors: [{ status: 404, code: 5 }],
        results: {
          mock: { result: "failed", message: "expected a\n  got b" },
          "api.example.com": { result: "failed", message: "expected a\n  got b" }
        }
      }
    ])
    expect(behaviours.find((each) => (each as { readonly id: string }).id === "WS-LIST-001")).toMatchObject({
      operation: "list",
      results: { mock: { result: "skipped", reason: "the target has no otherTenant" } }
    })
  })
})

describe("toText", () => {
  it("has a line for each behaviour, the failed and skipped ones, and a count per letter", () => {
    expect(Ledger.toText([mock, live])).toBe(`┌ mock
│ ┌ api.example.com

list: GET /v1/workspace_secrets
-   WS-LIST-001      P   says WS-LIST-001 | *so*

get: GET /v1/workspace_secrets/{id}
✓ ✓ WS-GET-001       D L says WS-GET-001 | *so*
✗ ✗ WS-GET-002       A   says WS-GET-002 | *so*
✓   WS-GET-003       P   says WS-GET-003 | *so* (contested: values, names)
✓   WS-CLIENT-001    D   says WS-CLIENT-001 | *so*

✗ WS-GET-002 says WS-GET-002 | *so*
  mock
  expected a
    got b

✗ WS-GET-002 says WS-GET-002 | *so*
  api.example.com
  expected a
    got b

- mock: the target has no otherTenant: WS-LIST-001

mock
  D  2 of 2 documented
  A  0 of 1 assumed
  contested  1 of 1
api.example.com
  D  1 of 1 documented, verified live (L)
  A  0 of 1 assumed, verified live (L)
`)
  })

  it("has colours only with the option", () => {
    expect(Ledger.toText([mock, live])).not.toContain("\u001b")
    expect(Ledger.toText([mock, live], { colours: true })).toContain("\u001b[31m✗\u001b[0m")
  })
})

describe("isClean", () => {
  it("is true if nothing failed", () => {
    expect(Ledger.isClean([mock])).toBe(false)
    expect(Ledger.isClean([{ ...mock, entries: mock.entries.filter(({ result }) => result !== failed) }])).toBe(true)
  })
})
