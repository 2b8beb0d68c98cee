import { describe, expect, it } from "@effect/vitest"
import * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import { nameOf } from "@workspace-secrets/core/RpcCode"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import * as MockServer from "../../src/MockServer.js"
import * as Fault from "../../src/world/Fault.js"
import { described } from "../described.js"
import { expectError, send, sendJson, type Server, type WireSecret } from "../wire.js"

const problems = (rules: unknown): ReadonlyArray<string> =>
  Either.match(Fault.parse(rules), { onLeft: (lines) => lines, onRight: () => [] })

const close = { close: true } as const

const rule = described(Fault.FaultRule)

describe("a rule", () => {
  it.each<readonly [unknown, ReadonlyArray<string>]>([
    [{}, ["faults: Expected an array"]],
    [[1], ["faults[0]: Expected an object (FaultRule)"]],
    [[{}], ["faults[0]: Has no effect: set delayMillis, error, close or body"]],
    [[{ ...close, operatoin: "get" }], ["faults[0].operatoin: Unexpected"]],
    [[{ ...close, operation: "canary" }], [
      "faults[0].operation: Expected an operation, or an array of them: list, create, get, update, delete or whoami"
    ]],
    [[{ ...close, operation: [] }], [
      "faults[0].operation: Expected an operation, or an array of them: list, create, get, update, delete or whoami"
    ]],
    [[{ ...close, nth: 0, times: 0.5, probability: 0, id: "" }], [
      "faults[0].id: Expected a non-empty string",
      "faults[0].nth: Expected a whole number from 1 to 2^53 - 1",
      "faults[0].times: Expected a whole number from 1 to 2^53 - 1",
      "faults[0].probability: Expected a number above 0 and at most 1"
    ]],
    [[{ ...close, probability: 1.1, when: "canary", delayMillis: 0 }], [
      "faults[0].probability: Expected a number above 0 and at most 1",
      "faults[0].when: Expected before or after",
      "faults[0].delayMillis: Expected a whole number of milliseconds, 1 to 3600000"
    ]],
    [[{ ...close, operation: ["get", "list"], id: "a" }], [
      "faults[0].id: Can never match: only get, update and delete have an id in their path, list has none"
    ]],
    [[{ ...close, operation: "create", externalId: "a" }], [
      "faults[0].externalId: Can never match: only get, update and delete have an id in their path, create has none"
    ]],
    [[{ ...close, id: "external_id:a" }], [
      "faults[0].id: Can never match: no id begins with external_id:; use externalId"
    ]],
    [[{ ...close, error: { code: "INTERNAL" } }], [
      "faults[0].close: Cannot be combined with error"
    ]],
    [[{ ...close, body: "cut" }], ["faults[0].close: Cannot be combined with body"]],
    [[{ body: "cut", when: "after" }], ["faults[0].when: Requires delayMillis, error or close"]],
    [[{ error: { code: "OK" } }], [
      "faults[0].error.code: Expected INVALID_ARGUMENT, FAILED_PRECONDITION, UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND, UNIMPLEMENTED, ALREADY_EXISTS, ABORTED, RESOURCE_EXHAUSTED, CANCELLED, INTERNAL, UNKNOWN, DATA_LOSS, UNAVAILABLE, DEADLINE_EXCEEDED"
    ]],
    [[{ error: { code: "INVALID_ARGUMENT", status: 500, retryAfterAs: "date" } }], [
      "faults[0].error.status: Expected 400 or 413 or 415 for INVALID_ARGUMENT",
      "faults[0].error.retryAfterAs: Requires retryAfter"
    ]],
    [[{ error: { code: "INTERNAL", details: [{}], retryAfter: -1 } }], [
      "faults[0].error.details[0][\"@type\"]: Required, and missing",
      "faults[0].error.retryAfter: Expected a whole number of seconds, 0 to 2147483647"
    ]],
    [[{ ...close, operation: ["get", "list"] }, { ...close, operation: "get", nth: 2 }], [
      "faults[1]: Can never be applied: faults[0] is applied to every request that it matches"
    ]],
    [[close, { ...close, id: "a" }], [
      "faults[1]: Can never be applied: faults[0] is applied to every request that it matches"
    ]],
    [[{ ...close, id: "a" }, { ...close, operation: "get", id: "a" }], [
      "faults[1]: Can never be applied: faults[0] is applied to every request that it matches"
    ]],
    [[{ ...close, operation: ["get", "update", "delete"] }, { ...close, id: "a" }], [
      "faults[1]: Can never be applied: faults[0] is applied to every request that it matches"
    ]],
    [[{ ...close, operation: ["get", "update", "delete"] }, { ...close, externalId: "a" }], [
      "faults[1]: Can never be applied: faults[0] is applied to every request that it matches"
    ]],
    [[{ ...close, externalId: "a" }, { ...close, operation: "get", externalId: "a" }], [
      "faults[1]: Can never be applied: faults[0] is applied to every request that it matches"
    ]]
  ])("is rejected with all problems (%$)", (rules, expected) => {
    expect(problems(rules)).toEqual(expected)
  })

  it.each<readonly [unknown]>([
    [[{ ...close, times: 1 }, close]],
    [[{ ...close, nth: 1 }, close]],
    [[{ ...close, probability: 0.5 }, close]],
    [[{ ...close, operation: "get" }, close]],
    [[{ ...close, id: "a" }, { ...close, id: "b" }]],
    [[{ ...close, externalId: "a" }, { ...close, id: "b" }]],
    [[{ ...close, externalId: "a" }, { ...close, externalId: "b" }]],
    [[{ ...close, operation: "get" }, { ...close, operation: ["get", "list"] }]],
    [[{ ...close, operation: "get" }, { ...close, id: "a" }]],
    [[{ name: "slow", operation: ["get"], id: "a", externalId: "b", nth: 2, times: 3, delayMillis: 1, body: "html" }]]
  ])("is accepted: %j", (rules) => {
    expect(problems(rules)).toEqual([])
  })

  it.each<readonly [unknown, unknown]>([
    [{ operation: "update" }, { operation: "patch" }],
    [{ operation: ["update", "delete"] }, { operation: "" }],
    [{ id: "a", externalId: "b" }, { id: 7 }],
    [{ name: "a" }, { name: "" }],
    [{ nth: 1 }, { nth: 0 }],
    [{ nth: 2 ** 53 - 1 }, { nth: 1.5 }],
    [{ times: 1 }, { times: "1" }],
    [{ probability: 1 }, { probability: 1.01 }],
    [{ probability: 0.01 }, { probability: 0 }],
    [{ delayMillis: 1 }, { delayMillis: 0 }],
    [{ delayMillis: 3_600_000 }, { delayMillis: 3_600_001 }],
    [{ delayMillis: 7 }, { delayMillis: 7.5 }],
    [{ close: true }, { close: false }],
    [{ when: "after" }, { when: "" }],
    [{ body: "halfJson" }, { body: "json" }],
    [{ error: { code: "UNAVAILABLE", status: 503 } }, { error: { code: "UNAVAILABLE", status: 503.5 } }],
    [{ error: { code: "UNKNOWN", retryAfter: 0 } }, { error: { code: "UNKNOWN", retryAfter: -1 } }],
    [{ error: { code: "UNKNOWN", retryAfter: 7 } }, { error: { code: "UNKNOWN", retryAfter: 0.5 } }],
    [{ error: { code: "ABORTED", retryAfter: 7, retryAfterAs: "seconds" } }, {
      error: { code: "ABORTED", retryAfterAs: 7 }
    }],
    [{ error: { code: "INTERNAL" } }, { error: { code: "OK" } }],
    [{ error: { code: "INTERNAL" } }, { error: { code: 13 } }],
    [{ error: { code: "INTERNAL", message: "" } }, { error: { code: "INTERNAL", message: 7 } }],
    [{ error: { code: "INTERNAL", details: [{ "@type": "a" }] } }, { error: { code: "INTERNAL", details: [{}] } }]
  ])("is parsed and described alike: %j is valid, %j is not", (right, wrong) => {
    expect(rule.takes(right)).toEqual({ read: true, described: true })
    expect(rule.takes(wrong)).toEqual({ read: false, described: false })
  })

  it("has a maximum Retry-After", () => {
    const error = (retryAfter: number) => [{ error: { code: "UNAVAILABLE", retryAfter } }]
    expect(problems(error(2 ** 31 - 1))).toEqual([])
    expect(problems(error(2 ** 31))).toEqual([
      "faults[0].error.retryAfter: Expected a whole number of seconds, 0 to 2147483647"
    ])
  })

  it("describes details and close in its schema", () => {
    expect(problems([{ error: { code: "INTERNAL", details: [7] } }, { close: "yes" }])).toEqual([
      "faults[0].error.details[0]: Expected an object with an @type",
      "faults[1].close: Expected true"
    ])
  })

  it("has identifiers in documents", () => {
    expect([rule.name, described(Fault.FaultError).name, described(Fault.FaultStatus).name]).toEqual([
      "FaultRule",
      "FaultError",
      "FaultStatus"
    ])
    expect(described(Fault.FaultStatus).takes({ name: "a", rule: close, calls: 2, hits: 1 })).toEqual({
      read: true,
      described: true
    })
    expect(described(Fault.FaultStatus).takes({ name: "a", rule: close, calls: 2 })).toEqual({
      read: false,
      described: false
    })
  })

  const hits = (rules: ReadonlyArray<Fault.FaultRule>, requests: number, chance = () => 0) => {
    const faults = new Fault.Faults(chance)
    faults.put(rules)
    const names = Array.from(
      { length: requests },
      () => faults.hit({ operation: "get", id: "a", externalId: undefined })?.name ?? ""
    )
    return { names, counts: faults.status.map(({ calls, hits }) => [calls, hits]) }
  }

  it("is applied from its nth request on, `times` times, and leaves the rest to later rules", () => {
    expect(hits([{ ...close, name: "b", nth: 2 }], 4)).toEqual({ names: ["", "b", "", ""], counts: [[4, 1]] })
    expect(hits([{ ...close, nth: 2, times: 2 }], 4).names).toEqual(["", "faults[0]", "faults[0]", ""])
    expect(hits([{ ...close, name: "a", times: 1 }, { ...close, name: "b", times: 1 }], 3)).toEqual({
      names: ["a", "b", ""],
      counts: [[3, 1], [3, 1]]
    })
    expect(hits([{ ...close, name: "a", nth: 1 }, { ...close, name: "b", nth: 2 }], 3).names).toEqual(["a", "b", ""])
    let drawn = 0
    expect(hits([{ ...close, probability: 0.5 }], 3, () => [0.5, 0.4, 0.9][drawn++] ?? 1).names).toEqual([
      "",
      "faults[0]",
      ""
    ])
  })
})

const transports = {
  "a socket": MockServer.layer(),
  "no socket": MockServer.layerInProcess()
}

const secrets = "/v1/workspace_secrets"

for (const [what, layer] of Object.entries(transports)) {
  describe(`faults on a server with ${what}`, () => {
    /** A tenant for the test. */
    const world = (options: MockServer.TenantOptions = {}) =>
      Effect.gen(function*() {
        const server = yield* MockServer.MockServer
        const tenant = yield* server.tenant(options)
        const asked: Server = { ...tenant, fetch: what === "a socket" ? globalThis.fetch : server.fetch }
        const json = <A = WireSecret>(method: string, path: string, body?: unknown) =>
          Effect.promise(() => sendJson<A>(asked, method, path, body))
        return {
          ...tenant,
          asked,
          json,
          fails: (path: string, init?: RequestInit) =>
            Effect.flip(Effect.tryPromise({ try: () => send(asked, path, init), catch: (error) => error }))
        }
      })
    const test = (name: string, body: Effect.Effect<void, unknown, MockServer.MockServer>) =>
      it.effect(name, () => body.pipe(Effect.provide(layer)), 20_000)

    test(
      "return any row of the error table, with its headers",
      Effect.scoped(Effect.gen(function*() {
        const { control, json } = yield* world({ clock: { type: "fixed", at: "2026-01-01T00:00:00.000Z" } })
        for (const { code, status } of ErrorTable.rows) {
          const name = nameOf(code)
          yield* control.faults.put([{ error: { code: name ?? "INTERNAL", status } }])
          const answer = yield* json("GET", `${secrets}/a`)
          expect(expectError(answer, status, code)).toEqual({
            code,
            message: "a fault that a test injected",
            details: []
          })
          expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null)
        }
        const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "BUSY", metadata: { a: "b" } }]
        yield* control.faults.put([
          { operation: "whoami", error: { code: "UNAVAILABLE", message: "not now", details, retryAfter: 3 } },
          { error: { code: "RESOURCE_EXHAUSTED", retryAfter: 90, retryAfterAs: "date" } }
        ])
        const whoami = yield* json("GET", "/v1/whoami")
        expect([whoami.status, whoami.headers.get("retry-after"), whoami.body]).toEqual([503, "3", {
          code: 14,
          message: "not now",
          details
        }])
        const list = yield* json("GET", secrets)
        expect([list.status, list.headers.get("retry-after")]).toEqual([429, "Thu, 01 Jan 2026 00:01:30 GMT"])
      }))
    )

    test(
      "happen before the operation, which is then not run, or after its change was made",
      Effect.scoped(Effect.gen(function*() {
        const { control, fails, json } = yield* world()
        const init = {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ metadata: { name: "a" }, spec: {} })
        }
        const size = Effect.map(json<{ items: Array<unknown> }>("GET", secrets), ({ body }) => body.items.length)
        const operation = "create" as const
        yield* control.faults.put([
          { operation, times: 1, error: { code: "INTERNAL" } },
          { operation, times: 1, close: true },
          { operation, times: 1, when: "after", error: { code: "INTERNAL" } },
          { operation, times: 1, when: "after", close: true },
          { operation, times: 1, body: "cut" }
        ])
        expect([(yield* json("POST", secrets, { metadata: { name: "a" }, spec: {} })).status, yield* size]).toEqual([
          500,
          0
        ])
        expect(yield* fails(secrets, init)).toBeInstanceOf(TypeError)
        expect(yield* size).toBe(0)
        expect([(yield* json("POST", secrets, { metadata: { name: "a" }, spec: {} })).status, yield* size]).toEqual([
          500,
          1
        ])
        const closed = yield* fails(secrets, init)
        expect([String(closed), yield* size]).toEqual(["TypeError: fetch failed", 2])
        expect(String(yield* fails(secrets, init))).toBe("TypeError: terminated")
        expect(yield* size).toBe(3)
        yield* control.faults.assertAllHit
      }))
    )

    test(
      "break the body: half of it, HTML, half a JSON document, empty",
      Effect.scoped(Effect.gen(function*() {
        const { asked, control } = yield* world()
        yield* control.faults.put([
          { nth: 1, body: "html" },
          { nth: 2, body: "halfJson" },
          { nth: 3, body: "empty" },
          { nth: 4, body: "html", error: { code: "UNAVAILABLE" } },
          { nth: 5, body: "cut", error: { code: "UNAVAILABLE" } }
        ])
        const ask = Effect.promise(async () => {
          const response = await asked.fetch(`${asked.url}/v1/whoami`, {
            headers: { authorization: `Bearer ${Redacted.value(asked.apiKey)}` }
          })
          const text = await response.text().catch((error) => String(error))
          return [response.status, response.headers.get("content-type"), text]
        })
        expect(yield* ask).toEqual([200, "text/html", expect.stringMatching(/^<!DOCTYPE html>/)])
        const [status, type, half] = yield* ask
        expect([status, type]).toEqual([200, "application/json"])
        expect(() => JSON.parse(String(half)) as unknown).toThrow(SyntaxError)
        expect(yield* ask).toEqual([200, "application/json", ""])
        expect(yield* ask).toEqual([503, "text/html", expect.stringMatching(/^<!DOCTYPE html>/)])
        expect(yield* ask).toEqual([503, "application/json", "TypeError: terminated"])
      }))
    )

    test(
      "match by operation in both layouts, and by id and external id",
      Effect.scoped(Effect.gen(function*() {
        const { control, json, workspaceId } = yield* world()
        const { metadata: { id } } =
          (yield* json("POST", secrets, { metadata: { name: "a", externalId: "x" }, spec: {} })).body
        const scoped = `/v1/workspaces/${workspaceId}/workspace_secrets`
        const seen = (path: string) => Effect.map(json("GET", path), ({ status }) => status)
        const paths = [
          `${secrets}/${id}`,
          `${secrets}/external_id:x`,
          `${scoped}/${id}`,
          `${scoped}/external_id:x`,
          `${secrets}/other`,
          secrets
        ]
        const error = { code: "ABORTED" } as const
        yield* control.faults.put([{ id, error }])
        expect(yield* Effect.forEach(paths, seen)).toEqual([409, 409, 409, 409, 404, 200])
        yield* control.faults.put([{ externalId: "x", operation: "get", error }])
        expect(yield* Effect.forEach(paths, seen)).toEqual([409, 409, 409, 409, 404, 200])
        yield* control.faults.put([{ externalId: "gone", error }, { operation: ["list"], error }])
        expect(yield* Effect.forEach(paths, seen)).toEqual([200, 200, 200, 200, 404, 409])
        expect((yield* control.faults.list).map(({ calls, hits }) => [calls, hits])).toEqual([[0, 0], [1, 1]])
        expect(yield* Effect.flip(control.faults.assertAllHit)).toMatchObject({
          _tag: "FaultsNotHit",
          message: "faults that were never applied: faults[0] (requests that matched: 0)"
        })
        yield* control.faults.clear
        expect(yield* Effect.forEach(paths, seen)).toEqual([200, 200, 200, 200, 404, 200])
      }))
    )

    test(
      "are applied with a probability that is repeatable by the tenant's seed, also after a reset",
      Effect.scoped(Effect.gen(function*() {
        const { control, json } = yield* world({
          randomSeed: 1,
          clock: { type: "fixed", at: 0 },
          faults: [{ operation: "whoami", probability: 0.5, error: { code: "UNAVAILABLE" } }]
        })
        const run = Effect.map(
          Effect.forEach(Array.from({ length: 20 }), () => json("GET", "/v1/whoami")),
          (answers) =>
            answers.map(({ headers, status, text }) => [status, headers.get("x-request-id"), headers.get("date"), text])
        )
        const first = yield* run
        expect(new Set(first.map(([status]) => status))).toEqual(new Set([200, 503]))
        yield* json("POST", secrets, { metadata: { name: "a" }, spec: {} })
        yield* control.faults.put([{ close: true }])
        yield* control.reset
        expect(yield* run).toEqual(first)
        expect((yield* control.faults.list).map(({ calls }) => calls)).toEqual([20])
      }))
    )

    test(
      "fail a test that did not trigger them, with assertFaultsHit",
      Effect.gen(function*() {
        const faults = [{ name: "unused", close: true }] as const
        expect(Exit.isSuccess(yield* Effect.exit(Effect.scoped(world({ faults }))))).toBe(true)
        const exit = yield* Effect.exit(Effect.scoped(world({ faults, assertFaultsHit: true })))
        expect(inspect(exit, { depth: 5 })).toContain("faults that were never applied: unused")
        const hit = Effect.flatMap(
          world({ faults: [{ error: { code: "INTERNAL" } }], assertFaultsHit: true }),
          ({ json }) => json("GET", secrets)
        )
        expect(Exit.isSuccess(yield* Effect.exit(Effect.scoped(hit)))).toBe(true)
      })
    )

    test(
      "delay a response, until the client closes the connection",
      Effect.scoped(Effect.gen(function*() {
        const { asked, control } = yield* world({
          faults: [{ operation: "create", when: "after", delayMillis: 3_600_000 }, {
            operation: "list",
            delayMillis: 1
          }]
        })
        const controller = new AbortController()
        const answer = asked.fetch(`${asked.url}${secrets}`, {
          method: "POST",
          headers: { authorization: `Bearer ${Redacted.value(asked.apiKey)}`, "content-type": "application/json" },
          body: JSON.stringify({ metadata: { name: "a" }, spec: { value: "canary" } }),
          signal: controller.signal
        }).then(() => "answered", (error) => String(error))
        // The change is made before its response is sent. This shows a client that treats a timeout as a failure.
        while ((yield* control.snapshot).workspaceSecrets.length === 0) {
          yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        }
        controller.abort()
        expect(yield* Effect.promise(() => answer)).toContain("AbortError")
        const [entry] = yield* control.journal.waitFor({ operation: "create" })
        expect(entry).toMatchObject({ operation: "create", fault: "faults[0]" })
        expect(entry?.response).toBeUndefined()
      }))
    )

    test(
      "belong to one tenant",
      Effect.scoped(Effect.gen(function*() {
        const one = yield* world({ faults: [{ error: { code: "INTERNAL" } }] })
        const two = yield* world()
        expect([(yield* one.json("GET", secrets)).status, (yield* two.json("GET", secrets)).status]).toEqual([500, 200])
      }))
    )
  })
}

describe("the size of rules", () => {
  const rule = (error: object) => ({ error: { code: "UNAVAILABLE", ...error } })

  it("is limited: their number, and the length of an error", () => {
    const many = (length: number) => Array.from({ length }, (_, i) => ({ id: `${i}`, close: true }))
    expect(Either.isRight(Fault.parse(many(100)))).toBe(true)
    expect(Fault.parse(many(101))).toEqual(Either.left(["faults: Expected at most 100 rules"]))
    expect(Fault.parse(Array.from({ length: 100_000 }, () => 7))).toEqual(
      Either.left(["faults: Expected at most 100 rules"])
    )
    expect(Either.isRight(Fault.parse([rule({ message: "m".repeat(4096) })]))).toBe(true)
    expect(Fault.parse([rule({ message: "m".repeat(4097) })]))
      .toEqual(Either.left(["faults[0].error.message: Expected at most 4096 characters"]))
    for (const field of ["name", "id", "externalId"]) {
      const named = (length: number) => Fault.parse([{ ...rule({}), [field]: "n".repeat(length) }])
      expect(Either.isRight(named(1024))).toBe(true)
      expect(named(1025)).toEqual(Either.left([`faults[0].${field}: Expected at most 1024 characters`]))
    }
    const details = (length: number) => [{ "@type": "a", "b": "c".repeat(length - "[{'@type':'a','b':''}]".length) }]
    const tooLong = Either.left(["faults[0].error.details: Expected JSON of at most 65536 characters"])
    expect(Either.isRight(Fault.parse([rule({ details: details(65_536) })]))).toBe(true)
    expect(Fault.parse([rule({ details: details(65_537) })])).toEqual(tooLong)
    expect(Fault.parse([rule({ details: [{ "@type": "a", "b": 1n }] })])).toEqual(tooLong)
  })
})

describe("the rules of a tenant", () => {
  const faultsOf = (...rules: ReadonlyArray<Fault.FaultRule>) => {
    const faults = new Fault.Faults(() => 0.5)
    faults.put(rules)
    return faults
  }
  const countsOf = (faults: Fault.Faults) => faults.status.map(({ calls, hits, name }) => [name, calls, hits])
  const whoami = { operation: "whoami", id: undefined, externalId: undefined }

  it("keep their counts when others are added or removed", () => {
    const faults = faultsOf({ name: "first", close: true, times: 1 })
    expect([faults.hit(whoami)?.name, faults.hit(whoami)?.name]).toEqual(["first", undefined])
    faults.add([{ close: true, times: 1 }])
    expect(faults.hit(whoami)?.name).toBe("faults[1]")
    expect(countsOf(faults)).toEqual([["first", 3, 1], ["faults[1]", 1, 1]])
    expect([faults.remove("second"), faults.remove("first"), faults.remove("first")]).toEqual([false, true, false])
    expect(countsOf(faults)).toEqual([["faults[1]", 1, 1]])
    expect([faults.isEmpty, faults.remove("faults[1]"), faults.isEmpty]).toEqual([false, true, true])
  })

  it("have no count before the first request, nor after they are put again", () => {
    expect(new Fault.Faults(() => 0.5).status).toEqual([])
    const faults = faultsOf(close)
    faults.hit(whoami)
    faults.put([close])
    expect(countsOf(faults)).toEqual([["faults[0]", 0, 0]])
  })

  it("get a name that no other has, unless they have their own", () => {
    const faults = faultsOf({ ...close, times: 1 }, { name: "faults[3]", close: true, times: 1 })
    faults.add([close, close, { name: "faults[0]", close: true }])
    expect(countsOf(faults).map(([name]) => name)).toEqual([
      "faults[0]",
      "faults[3]",
      "faults[2]",
      "faults[4]",
      "faults[0]"
    ])
    expect(faults.remove("faults[0]")).toBe(true)
    expect(countsOf(faults).map(([name]) => name)).toEqual(["faults[3]", "faults[2]", "faults[4]"])
  })

  it("draw a random number only where a rule has a probability", () => {
    let draws = 0
    const faults = new Fault.Faults(() => draws++)
    faults.put([
      { probability: 0.5, operation: "get", ...close },
      { probability: 1, operation: "list", ...close },
      close
    ])
    expect([faults.hit(whoami), faults.hit({ ...whoami, operation: "list" })].map((hit) => hit?.name)).toEqual([
      "faults[2]",
      "faults[1]"
    ])
    expect(draws).toBe(0)
    const get = { ...whoami, operation: "get" }
    expect([faults.hit(get)?.name, faults.hit(get)?.name]).toEqual(["faults[0]", "faults[2]"])
    expect(draws).toBe(2)
  })
})
