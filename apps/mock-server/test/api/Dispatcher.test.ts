import { describe, expect, it } from "@effect/vitest"
import { Unavailable } from "@workspace-secrets/core/ApiError"
import { Profile } from "@workspace-secrets/core/Profile"
import { Status } from "@workspace-secrets/core/Status"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"
import { leaking } from "../../../../tools/leaks/sinks.js"
import { spellings } from "../../../../tools/leaks/spellings.js"
import * as Dispatcher from "../../src/api/Dispatcher.js"
import * as Handlers from "../../src/api/Handlers.js"
import { publishedOperations } from "../../src/api/PublishedOperations.js"
import { documents } from "../../src/documents/DocumentRoutes.js"
import { openApiDocument } from "../../src/documents/OpenApiDocument.js"
import * as Tenant from "../../src/world/Tenant.js"
import { WorkspaceSecrets } from "../../src/world/WorkspaceSecrets.js"

const services = WorkspaceSecrets.Default

/** A dispatcher with one tenant, whose API key is `key`, and with some handlers replaced. */
const makeWith = (handlers: Partial<Handlers.Handlers>, options?: Dispatcher.Options) =>
  Effect.gen(function*() {
    const tenants = new Tenant.Tenants(yield* Tenant.surroundings)
    const registration = yield* tenants.add({ apiKey: Redacted.make("key") })
    const own = yield* Handlers.make
    const dispatch = Dispatcher.make({ ...own, ...handlers }, tenants, options)
    return { dispatch, tenant: registration.tenant, tenants, registration }
  })

const incoming = (method: string, target: string, rest: Partial<Dispatcher.Incoming> = {}): Dispatcher.Incoming => ({
  method,
  target,
  headers: { authorization: "Bearer key" },
  body: Effect.succeed(new Uint8Array(0)),
  ...rest
})

const whoami = incoming("GET", "/v1/whoami")

/** Collects everything that Effect's loggers print. */
const record = (lines: Array<string>) =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make((options) => {
      lines.push(
        Logger.stringLogger.log(options),
        Logger.logfmtLogger.log(options),
        JSON.stringify(Logger.structuredLogger.log(options)),
        Cause.pretty(options.cause, { renderErrorCause: true }),
        inspect(options, { depth: 20 })
      )
    })
  )

const decodeStatus = Schema.decodeUnknownSync(Schema.parseJson(Status))

const VALUE = "canary-value-\"<é>\"\n"

const told = Object.values(spellings).map((spell) => [VALUE, spell(VALUE)] as const)

/** Errors with a secret in every text. */
const defects = {
  "an error": () => new Error("canary"),
  "an error of a message in several lines, some like frames": () =>
    new Error("can\n    at canary (canary.js:1:1)\n at canary"),
  "an error with a cause": () => new TypeError("canary", { cause: new Error("canary") }),
  "an error with fields": () => Object.assign(new Error("canary"), { value: "canary" }),
  "a string": () => "canary",
  "an object": () => ({ message: "canary", toString: () => "canary" }),
  "null": () => null,
  ...Object.fromEntries(
    Object.entries(spellings).map(([how, spell]) => [`spelled ${how}`, () => new Error(spell(VALUE))])
  )
}

describe("a request in flight", () => {
  const body = JSON.stringify({ metadata: { name: "name" }, spec: {} })

  const changes: Readonly<Record<string, (tenant: Tenant.Tenant) => unknown>> = {
    "a reset": (tenant) => tenant.reset(),
    "a restore": (tenant) => tenant.restore(tenant.snapshot()),
    "a seed": (tenant) => tenant.replace({})
  }

  for (const [what, change] of Object.entries(changes)) {
    it.effect(`during ${what} gets ABORTED, whether it waited for its body or for a fault, and changes nothing`, () =>
      Effect.gen(function*() {
        const { dispatch, tenant } = yield* makeWith({})
        const sent = yield* Deferred.make<Uint8Array>()
        const post = incoming("POST", "/v1/workspace_secrets", { body: Deferred.await(sent) })
        const slow = yield* Effect.fork(dispatch(post))
        yield* Effect.yieldNow()
        tenant.faults.put([{ operation: "create", delayMillis: 1000 }])
        const delayed = yield* Effect.fork(
          dispatch(incoming("POST", "/v1/workspace_secrets", { body: Effect.succeed(new TextEncoder().encode(body)) }))
        )
        yield* Effect.yieldNow()
        change(tenant)
        yield* Deferred.succeed(sent, new TextEncoder().encode(body))
        yield* TestClock.adjust("1 seconds")
        for (const fiber of [slow, delayed]) {
          const { body, status } = yield* Fiber.join(fiber)
          expect([status, decodeStatus(body).code]).toEqual([409, 10])
        }
        expect(tenant.secrets.size).toBe(0)
        expect(tenant.journal.list().entries.length).toBe(what === "a reset" ? 0 : 2)
        tenant.faults.put([])
        const next = incoming("POST", "/v1/workspace_secrets", { body: Effect.succeed(new TextEncoder().encode(body)) })
        expect((yield* dispatch(next)).status).toBe(200)
        expect(tenant.journal.list().entries.at(-1)?.sequence).toBe(what === "a reset" ? 1 : 3)
      }).pipe(Effect.provide(services)))
  }

  const ends: Readonly<
    Record<string, (tenants: Tenant.Tenants, registration: Tenant.Registration) => unknown>
  > = {
    "a removal of its world": (tenants, registration) => tenants.remove(registration),
    "a replacement of its world": (tenants, { apiKey }) => tenants.replace({ apiKey })
  }

  for (const [what, end] of Object.entries(ends)) {
    it.effect(`during ${what} gets ABORTED, and changes nothing`, () =>
      Effect.gen(function*() {
        const { dispatch, registration, tenant, tenants } = yield* makeWith({})
        const sent = yield* Deferred.make<Uint8Array>()
        const post = incoming("POST", "/v1/workspace_secrets", { body: Deferred.await(sent) })
        const slow = yield* Effect.fork(dispatch(post))
        yield* Effect.yieldNow()
        end(tenants, registration)
        yield* Deferred.succeed(sent, new TextEncoder().encode(body))
        const answer = yield* Fiber.join(slow)
        expect([answer.status, decodeStatus(answer.body).code]).toEqual([409, 10])
        expect(tenant.secrets.size).toBe(0)
      }).pipe(Effect.provide(services)))
  }

  it.effect("is run if its world stays, because a new one in its place would be invalid", () =>
    Effect.gen(function*() {
      const { dispatch, registration: { apiKey }, tenants } = yield* makeWith({})
      const sent = yield* Deferred.make<Uint8Array>()
      const post = incoming("POST", "/v1/workspace_secrets", { body: Deferred.await(sent) })
      const slow = yield* Effect.fork(dispatch(post))
      yield* Effect.yieldNow()
      yield* Effect.flip(tenants.replace({ apiKey, randomSeed: -1 }))
      yield* Deferred.succeed(sent, new TextEncoder().encode(body))
      expect((yield* Fiber.join(slow)).status).toBe(200)
    }).pipe(Effect.provide(services)))

  it.effect("during a reset, whose client then closes the connection, is not in the journal", () =>
    Effect.gen(function*() {
      const { dispatch, tenant } = yield* makeWith({})
      const fiber = yield* Effect.fork(dispatch(incoming("POST", "/v1/workspace_secrets", { body: Effect.never })))
      yield* Effect.yieldNow()
      tenant.reset()
      yield* Fiber.interrupt(fiber)
      expect(tenant.journal.list()).toEqual({ entries: [], dropped: 0, overflowed: false })
    }).pipe(Effect.provide(services)))
})

describe("a defect of a handler", () => {
  for (const [what, make] of Object.entries(defects)) {
    it.effect(`gets INTERNAL, and is logged without its message: ${what}`, () => {
      const lines: Array<string> = []
      return Effect.gen(function*() {
        const { dispatch } = yield* makeWith({ whoami: () => Effect.die(make()) })
        const { body, headers, status } = yield* dispatch(whoami)
        expect(status).toBe(500)
        expect(decodeStatus(body)).toEqual({
          code: 13,
          message: "the mock server failed unexpectedly; see its log",
          details: []
        })
        expect(headers["content-type"]).toBe("application/json")
        const requestId = headers["x-request-id"]
        expect(requestId).toMatch(/^req_[0-9A-Z]{26}$/)
        const log = lines.join("\n")
        expect(log).toContain(`unexpected failure of ${requestId}`)
        expect(leaking([{ how: what, text: log + body + JSON.stringify(headers) }], "canary", ...told)).toEqual([])
      }).pipe(Effect.provide(services), Effect.provide(record(lines)))
    })
  }

  it.effect("is logged with its class and stack frames", () => {
    const lines: Array<string> = []
    return Effect.gen(function*() {
      const { dispatch } = yield* makeWith({
        whoami: () => {
          throw new RangeError("canary")
        }
      })
      expect((yield* dispatch(whoami)).status).toBe(500)
      expect(lines.join("\n")).toContain("RangeError")
      expect(lines.join("\n")).toContain("Dispatcher.test.ts")
      expect(lines.join("\n")).not.toContain("canary")
    }).pipe(Effect.provide(services), Effect.provide(record(lines)))
  })

  it.effect("happens when a result does not fit its schema", () => {
    const lines: Array<string> = []
    return Effect.gen(function*() {
      const { dispatch, tenant } = yield* makeWith({
        whoami: () =>
          Effect.succeed(
            Object.assign(Object.create(Profile.prototype) as Profile, { metadata: "canary", spec: "canary" })
          )
      })
      expect((yield* dispatch(whoami)).status).toBe(500)
      expect(lines.join("\n")).toContain("unexpected failure")
      expect(lines.join("\n")).not.toContain("canary")
      expect(tenant.secrets.size).toBe(0)
    }).pipe(Effect.provide(services), Effect.provide(record(lines)))
  })

  it.effect("does not affect the next request", () =>
    Effect.gen(function*() {
      let calls = 0
      const { dispatch } = yield* makeWith({
        whoami: ({ tenant }) => ++calls === 1 ? Effect.die("first") : Effect.succeed(tenant.profile)
      })
      expect((yield* dispatch(whoami)).status).toBe(500)
      expect((yield* dispatch(whoami)).status).toBe(200)
    }).pipe(Effect.provide(services), Effect.provide(record([]))))
})

describe("a failure of a handler", () => {
  it.effect("gets the status of its row with Retry-After, and is not logged", () => {
    const lines: Array<string> = []
    return Effect.gen(function*() {
      const { dispatch } = yield* makeWith({
        whoami: () => Effect.fail(new Unavailable({ message: "not now", retryAfter: Duration.millis(1500) }))
      })
      const { body, headers, status } = yield* dispatch(whoami)
      expect({ status, retryAfter: headers["retry-after"], body: JSON.parse(body) as unknown }).toEqual({
        status: 503,
        retryAfter: "2",
        body: { code: 14, message: "not now", details: [] }
      })
      expect(lines).toEqual([])
    }).pipe(Effect.provide(services), Effect.provide(record(lines)))
  })
})

describe("the dispatcher", () => {
  it.effect("gives every response its own request id, in the order of the requests", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* makeWith({})
      const targets = ["/v1/whoami", "/nothing", "/v1/workspace_secrets/%zz", "/v1/workspace_secrets/none"]
      const answers = yield* Effect.forEach([...targets, ...targets], (target) => dispatch(incoming("GET", target)))
      const ids = answers.map(({ headers }) => headers["x-request-id"])
      expect(ids).toEqual([...new Set(ids)].sort())
      expect(answers.map(({ status }) => status)).toEqual([200, 404, 400, 404, 200, 404, 400, 404])
    }).pipe(Effect.provide(services)))

  it.effect("rejects headers over 16 KiB before anything else", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* makeWith({})
      const ask = (target: string, headers: Dispatcher.Incoming["headers"]) =>
        Effect.map(dispatch(incoming("GET", target, { headers })), ({ status }) => status)
      const authorization = "Bearer key"
      const used = "authorization".length + authorization.length + "x".length
      const fits = "a".repeat(Dispatcher.maxHeaderSize - used)
      expect(yield* ask("/v1/whoami", { authorization, x: fits })).toBe(200)
      expect(yield* ask("/v1/whoami", { authorization, x: `${fits}a` })).toBe(400)
      expect(yield* ask("/v1/whoami", { authorization, x: [fits.slice(0, 8000), fits.slice(8000)] })).toBe(400)
      expect(yield* ask("/nothing", { x: `${fits}a`.repeat(2) })).toBe(400)
      expect(yield* ask("/v1/whoami", { authorization, x: undefined })).toBe(200)
    }).pipe(Effect.provide(services)))

  it.effect("reads a body only with a valid key, in the right workspace, and as JSON", () =>
    Effect.gen(function*() {
      let reads = 0
      const { dispatch, tenant } = yield* makeWith({})
      const body = Effect.sync(() => {
        reads++
        return new TextEncoder().encode("{}")
      })
      const ask = (method: string, target: string, headers: Dispatcher.Incoming["headers"]) =>
        Effect.map(dispatch({ method, target, headers, body }), ({ status }) => [status, reads])
      const authorization = "Bearer key"
      expect(yield* ask("POST", "/v1/workspace_secrets", {})).toEqual([401, 0])
      expect(yield* ask("POST", "/v1/workspaces/other/workspace_secrets", { authorization })).toEqual([403, 0])
      expect(yield* ask("POST", "/v1/workspace_secrets", { authorization, "content-type": "text/plain" })).toEqual([
        415,
        0
      ])
      expect(yield* ask("PUT", "/v1/workspace_secrets", { authorization })).toEqual([405, 0])
      expect(yield* ask("GET", "/v1/workspace_secrets", { authorization })).toEqual([200, 0])
      expect(yield* ask("DELETE", "/v1/workspace_secrets/a", { authorization })).toEqual([404, 0])
      expect(yield* ask("POST", `/v1/workspaces/${tenant.workspaceId}/workspace_secrets`, { authorization })).toEqual([
        400,
        1
      ])
    }).pipe(Effect.provide(services)))

  it.effect("says how to send an API key if there is none", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* makeWith({})
      const { headers, status } = yield* dispatch(incoming("GET", "/v1/whoami", { headers: {} }))
      expect([status, headers["www-authenticate"]]).toEqual([401, "Bearer"])
    }).pipe(Effect.provide(services)))

  it.effect("splits the target at the first question mark", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* makeWith({})
      const ask = (target: string) => Effect.map(dispatch(incoming("GET", target)), ({ status }) => status)
      expect(yield* ask("/v1/whoami?")).toBe(200)
      expect(yield* ask("/v1/whoami?a=?&b=/v1/nothing")).toBe(200)
      expect(yield* ask("/v1/workspace_secrets?limit=1?")).toBe(400)
      expect(yield* ask("?/v1/whoami")).toBe(404)
    }).pipe(Effect.provide(services)))

  it.effect("distinguishes a missing route from a missing secret by header and message, and names the nearest route", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* makeWith({})
      const ask = (target: string) =>
        Effect.map(dispatch(incoming("GET", target)), ({ body, headers, status }) => ({
          status,
          missingRoute: headers["x-mock-missing-route"],
          ...decodeStatus(body)
        }))
      expect(yield* ask("/v1/workspace-secrets/canary?query=canary")).toEqual({
        status: 404,
        missingRoute: "true",
        code: 5,
        message: "no such route: the API has nothing at this path; the nearest is GET /v1/workspace_secrets/{id}",
        details: []
      })
      expect(yield* ask("/a/b/c/d/e")).toMatchObject({
        missingRoute: "true",
        message: "no such route: the API has nothing at this path"
      })
      expect(yield* ask("/v1/workspace_secrets/none")).toEqual({
        status: 404,
        missingRoute: undefined,
        code: 5,
        message: "no such secret in this workspace",
        details: []
      })
    }).pipe(Effect.provide(services)))

  it.effect("answers UNIMPLEMENTED for a published operation that is not served, with or without a key", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* makeWith({}, { unservedOperations: [{ method: "POST", path: "/v1/things/:id" }] })
      for (const headers of [{}, { authorization: "Bearer key" }]) {
        const { body, status } = yield* dispatch(incoming("POST", "/v1/things/a", { headers }))
        expect([status, decodeStatus(body).code]).toEqual([501, 12])
        expect(decodeStatus(body).message).toContain("does not serve POST /v1/things/{id};")
      }
      const { headers, status } = yield* dispatch(incoming("GET", "/v1/things/a"))
      expect([status, headers["allow"]]).toEqual([405, "POST"])
    }).pipe(Effect.provide(services)))

  it.effect("answers every published operation: those that are not served get 501 with their names", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* makeWith({})
      expect(publishedOperations).toHaveLength(142)
      const served: Array<string> = []
      for (const { method, path } of publishedOperations) {
        const operation = `${method} ${path.replace(/(?<=\/):(\w+)/g, "{$1}")}`
        const { body, status } = yield* dispatch(incoming(method, path.replace(/(?<=\/):\w+/g, "x"), { headers: {} }))
        if (status === 501) {
          expect(decodeStatus(body).message).toContain(`does not serve ${operation};`)
        } else {
          expect([operation, status]).toEqual([operation, 401])
          served.push(operation)
        }
      }
      expect(served).toEqual([
        "GET /v1/whoami",
        "GET /v1/workspaces/{workspaceId}/workspace_secrets",
        "POST /v1/workspaces/{workspaceId}/workspace_secrets",
        "DELETE /v1/workspaces/{workspaceId}/workspace_secrets/{id}",
        "GET /v1/workspaces/{workspaceId}/workspace_secrets/{id}",
        "PATCH /v1/workspaces/{workspaceId}/workspace_secrets/{id}"
      ])
      expect((yield* dispatch(incoming("POST", "/v1/things/a"))).status).toBe(404)
    }).pipe(Effect.provide(services)))

  it.effect("serves its documents without a key, and only for GET and HEAD", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* makeWith({}, { documents })
      const ask = (method: string, target: string) => dispatch(incoming(method, target, { headers: {} }))
      const first = yield* ask("GET", "/openapi.json")
      expect(first.status).toBe(200)
      expect(first.headers["content-type"]).toBe("application/json")
      expect(first.headers["x-request-id"]).toMatch(/^req_/)
      expect(JSON.parse(first.body)).toEqual(openApiDocument)
      expect((yield* ask("GET", "/openapi.json?a=b")).body).toBe(first.body)
      expect((yield* ask("POST", "/openapi.json")).headers["allow"]).toBe("GET, HEAD")
    }).pipe(Effect.provide(services)))
})
