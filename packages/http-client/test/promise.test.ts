import { describe, expect, it } from "@effect/vitest"
import type { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import type { ServerResponse } from "node:http"
import { expectTypeOf, vi } from "vitest"
import { leaking, leakingAnywhere, printed } from "../../../tools/leaks/sinks.js"
import * as Node from "../src/node.js"
import {
  CallTimeout,
  type Client,
  ClientClosed,
  ConnectionError,
  Duration,
  InvalidArgument,
  InvalidClientOptions,
  makeClient,
  type Options,
  Redacted,
  ResourceExhausted,
  UnexpectedResponse,
  WorkspaceSecret,
  WorkspaceSecretNotFound
} from "../src/promise.js"
import { canaries, canaryKey, canaryValue, page, profile, secret } from "./support/samples.js"
import { type Received, type Reply, serve } from "./support/server.js"
import { record } from "./support/tracer.js"

/** A server and its client, for the lifetime of the scope. */
const start = (reply: (request: Received) => Reply, options: Partial<Options> = {}) =>
  Effect.gen(function*() {
    const server = yield* serve(reply)
    const secrets = yield* Effect.acquireRelease(
      Effect.sync(() => makeClient({ apiKey: "key", baseUrl: server.url, retry: false, ...options })),
      (client) => Effect.promise(() => client.close())
    )
    return { ...server, secrets }
  })

/** The rejection of a promise. */
const rejected = (promise: Promise<unknown>) =>
  Effect.promise(() =>
    promise.then(
      () => {
        throw new Error("It was not rejected")
      },
      (reason: unknown) => reason
    )
  )

/** A server whose responses never end, with its connections. */
const stalling = (body: string) =>
  Effect.gen(function*() {
    const arrived = yield* Deferred.make<ServerResponse>()
    const closed = yield* Deferred.make<void>()
    const reply: Reply = (response) => {
      response.once("close", () => Deferred.unsafeDone(closed, Effect.void))
      if (body !== "") {
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" }).write(body)
      }
      Deferred.unsafeDone(arrived, Effect.succeed(response))
    }
    return { arrived: Deferred.await(arrived), closed: Deferred.await(closed), reply }
  })

const namesOf = async (all: AsyncIterable<WorkspaceSecret>, most = Infinity) => {
  const names: Array<string> = []
  for await (const { metadata } of all) {
    names.push(metadata.name)
    if (names.length === most) {
      break
    }
  }
  return names
}

const three = ({ path = "" }: Received): Reply => ({
  body: path.includes("cursor=3") ? page(["d"]) : path.includes("cursor=2") ? page(["c"], "3") : page(["a", "b"], "2")
})

const transports = [["fetch", undefined], ["undici", Node.layer({ keepAliveTimeout: "1 minute" })]] as const

describe.each(transports)("over %s", (_, transport) => {
  it.scopedLive("each operation is sent correctly, with plain strings for ids and values", () =>
    Effect.gen(function*() {
      const { received, secrets } = yield* start(
        ({ method, path }) =>
          method === "DELETE"
            ? { status: 204 }
            : {
              body: path?.endsWith("whoami") === true ? profile : path?.includes("?") === true ? page(["a"]) : secret
            },
        {
          transport,
          apiKey: Redacted.make("My other key")
        }
      )
      yield* Effect.promise(async () => {
        const { items } = await secrets.list({ limit: 10, cursor: "c" })
        expect(items[0]).toBeInstanceOf(WorkspaceSecret)
        await secrets.create({ metadata: { name: "a", externalId: "e" }, spec: { value: "v" } })
        await secrets.create({ metadata: { name: "b" }, spec: { value: Redacted.make("w") } })
        const got = await secrets.get({ externalId: "café/1" }, { headers: { "x-team": "billing" } })
        expect(got.spec.value && Redacted.value(got.spec.value)).toBe("value")
        await secrets.update("wsec_1", { spec: { value: "x" }, updateMask: ["spec.value"] })
        expect(await secrets.delete("wsec_1")).toBeUndefined()
        expect((await secrets.whoami()).spec.email).toBe("email")
        const { withResponse } = secrets
        for (
          const { response } of [
            await withResponse.list({ limit: 1 }),
            await withResponse.create({ metadata: { name: "c" }, spec: { value: "y" } }),
            await withResponse.get("wsec_1"),
            await withResponse.update("wsec_1", { metadata: { name: "d" } }),
            await withResponse.delete("wsec_1"),
            await withResponse.whoami()
          ]
        ) {
          expect(response).toMatchObject({ status: response.status === 204 ? 204 : 200, attempts: 1 })
        }
      })
      const path = "/v1/workspace_secrets"
      expect(received.map(({ body, method, path }) => `${method} ${path} ${body}`)).toEqual([
        `GET ${path}?limit=10&cursor=c `,
        `POST ${path} {"metadata":{"name":"a","externalId":"e"},"spec":{"value":"v"}}`,
        `POST ${path} {"metadata":{"name":"b"},"spec":{"value":"w"}}`,
        `GET ${path}/external_id%3Acaf%C3%A9%2F1 `,
        `PATCH ${path}/wsec_1 {"spec":{"value":"x"},"updateMask":"spec.value"}`,
        `DELETE ${path}/wsec_1 `,
        "GET /v1/whoami ",
        `GET ${path}?limit=1 `,
        `POST ${path} {"metadata":{"name":"c"},"spec":{"value":"y"}}`,
        `GET ${path}/wsec_1 `,
        `PATCH ${path}/wsec_1 {"metadata":{"name":"d"},"updateMask":"metadata.name"}`,
        `DELETE ${path}/wsec_1 `,
        "GET /v1/whoami "
      ])
      expect(received[3]?.headers).toMatchObject({ authorization: "Bearer My other key", "x-team": "billing" })
    }))

  it.scopedLive("a call is rejected with the plain error", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(({ path = "" }): Reply =>
        path.endsWith("missing")
          ? { status: 404, body: { code: 5, message: "no such secret" } }
          : path.endsWith("limited")
          ? { status: 429, body: { code: 8, message: "slow down" }, headers: { "retry-after": "7" } }
          : path.endsWith("html")
          ? { status: 502, body: "<html>" }
          : path.endsWith("slow")
          ? () => {}
          : (response) => response.destroy(), { transport })
      const missing = yield* rejected(secrets.get("missing"))
      expect(missing).toBeInstanceOf(WorkspaceSecretNotFound)
      expect(missing).toBeInstanceOf(Error)
      expect(missing).toMatchObject({
        _tag: "WorkspaceSecretNotFound",
        message: "no such secret",
        status: 404,
        code: 5,
        operation: "get",
        requestId: "req-1",
        isRetryable: false,
        attempts: 1
      })
      const limited = yield* rejected(secrets.get("limited"))
      expect(limited instanceof ResourceExhausted && limited.retryAfter && Duration.toMillis(limited.retryAfter))
        .toBe(7000)
      expect(yield* rejected(secrets.get("html"))).toBeInstanceOf(UnexpectedResponse)
      expect(yield* rejected(secrets.get("slow", { deadline: 50 }))).toBeInstanceOf(CallTimeout)
      expect(yield* rejected(secrets.get("reset"))).toBeInstanceOf(ConnectionError)
      expect(yield* rejected(secrets.list({ limit: -1 }))).toBeInstanceOf(InvalidArgument)
    }))

  it.scopedLive.each(["headers", "body"])(
    "a signal that aborts before the %s rejects the call with its reason, and closes the connection",
    (until) =>
      Effect.gen(function*() {
        const { arrived, closed, reply } = yield* stalling(until === "body" ? "{" : "")
        const { secrets } = yield* start(() => reply, { transport })
        const controller = new AbortController()
        const reason = yield* Effect.fork(rejected(secrets.get("wsec_1", { signal: controller.signal })))
        yield* arrived
        const why = new Error("changed my mind")
        controller.abort(why)
        expect(yield* reason).toBe(why)
        yield* closed
      })
  )

  it.scopedLive("all secrets come page by page, from the start each time, with the parameters of the call", () =>
    Effect.gen(function*() {
      const { received, secrets } = yield* start(three, { transport })
      const params = { limit: 2, labels: { env: "prod" } }
      const all = secrets.listAll(params)
      params.labels.env = "dev"
      expect(received).toHaveLength(0)
      expect(yield* Effect.promise(() => namesOf(all))).toEqual(["a", "b", "c", "d"])
      expect(received.map(({ path }) => path)).toEqual(
        ["", "&cursor=2", "&cursor=3"].map((cursor) => `/v1/workspace_secrets?limit=2&labels=env%3Dprod${cursor}`)
      )
      expect(yield* Effect.promise(() => namesOf(all, 2))).toEqual(["a", "b"])
      expect(received).toHaveLength(4)
    }))

  it.scopedLive("leaving the loop early cancels the pages in flight", () =>
    Effect.gen(function*() {
      const { arrived, closed, reply } = yield* stalling("{")
      const { secrets } = yield* start(
        ({ path = "" }) => path.includes("cursor") ? reply : { body: page(["a"], "2") },
        {
          transport
        }
      )
      yield* Effect.promise(async () => {
        for await (const _ of secrets.listAll({}, { prefetch: 1 })) {
          await Effect.runPromise(arrived)
          break
        }
      })
      yield* closed
    }))

  it.scopedLive("close waits for the calls in flight, closes the connections, and refuses later calls", () =>
    Effect.gen(function*() {
      const { arrived, reply } = yield* stalling("")
      const { received, secrets, server } = yield* start(
        ({ path = "" }) => path.endsWith("slow") ? reply : { body: secret },
        { transport }
      )
      // No keep-alive hint: closing the client must close the connection.
      server.keepAliveTimeout = 0
      const closed: Array<Effect.Effect<void>> = []
      server.on("connection", (socket) => {
        const ended = Deferred.unsafeMake<void>(FiberId.none)
        socket.on("close", () => Deferred.unsafeDone(ended, Effect.void))
        closed.push(Deferred.await(ended))
      })
      yield* Effect.promise(() => secrets.get("quick"))
      const slow = secrets.get("slow")
      const response = yield* arrived
      let isClosed = false
      const closing = secrets.close().then(() => {
        isClosed = true
      })
      const refused = yield* rejected(secrets.whoami())
      expect(refused).toBeInstanceOf(ClientClosed)
      expect(refused).toMatchObject({
        operation: "whoami",
        attempts: 0,
        isRetryable: false,
        message: "whoami failed: the client is closed"
      })
      expect(isClosed).toBe(false)
      response.end(JSON.stringify(secret))
      expect((yield* Effect.promise(() => slow)).metadata.name).toBe("name")
      yield* Effect.promise(() => closing)
      yield* Effect.promise(() => secrets[Symbol.asyncDispose]())
      expect(yield* rejected(namesOf(secrets.listAll()))).toBeInstanceOf(ClientClosed)
      expect(received).toHaveLength(2)
      if (transport !== undefined) {
        // fetch does not expose its connections.
        expect(closed.length).toBeGreaterThan(0)
        yield* Effect.all(closed)
      }
    }))

  it.scopedLive("the end of an `await using` block closes the client", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(() => ({ body: secret }), { transport })
      yield* Effect.promise(() => secrets[Symbol.asyncDispose]())
      expect(yield* rejected(secrets.whoami())).toBeInstanceOf(ClientClosed)
    }))
})

describe("a signal", () => {
  it.scopedLive("that is already aborted or invalid sends nothing", () =>
    Effect.gen(function*() {
      const { received, secrets } = yield* start(() => ({ body: secret }))
      const reason = yield* rejected(secrets.get("wsec_1", { signal: AbortSignal.abort() }))
      expect(reason).toMatchObject({ name: "AbortError" })
      const controller = new AbortController()
      const error = yield* rejected(secrets.get("wsec_1", { signal: controller as never }))
      expect(error).toMatchObject({
        _tag: "InvalidArgument",
        operation: "get",
        attempts: 0,
        message: "options.signal: Expected an AbortSignal"
      })
      expect(received).toHaveLength(0)
    }))

  it.scopedLive("has one listener for all its calls, removed after them", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(() => ({ body: secret }))
      const { signal } = new AbortController()
      const add = vi.spyOn(signal, "addEventListener")
      const remove = vi.spyOn(signal, "removeEventListener")
      yield* Effect.promise(() => Promise.all(Array.from({ length: 20 }, () => secrets.get("wsec_1", { signal }))))
      expect(new Set(add.mock.calls.map(([, listener]) => listener)).size).toBe(1)
      expect(remove.mock.calls.map(([, listener]) => listener)).toEqual([add.mock.calls[0]?.[1]])
    }))

  it.scopedLive("ends a loop over all secrets with its reason", () =>
    Effect.gen(function*() {
      const { received, secrets } = yield* start(three)
      const controller = new AbortController()
      const names: Array<string> = []
      const loop = async () => {
        for await (const { metadata } of secrets.listAll({}, { signal: controller.signal })) {
          names.push(metadata.name)
          if (metadata.name === "b") {
            controller.abort("enough")
          }
        }
      }
      expect(yield* rejected(loop())).toBe("enough")
      expect(names).toEqual(["a", "b"])
      expect(received).toHaveLength(1)
    }))
})

describe("a loop over all secrets", () => {
  it.scopedLive("is rejected with the error of a page", () =>
    Effect.gen(function*() {
      const { secrets } = yield* start(({ path = "" }) =>
        path.includes("cursor") ? { status: 403, body: { code: 7, message: "no" } } : { body: page(["a"], "2") }
      )
      expect(yield* rejected(namesOf(secrets.listAll()))).toMatchObject({ _tag: "PermissionDenied", operation: "list" })
      expect(yield* rejected(namesOf(secrets.listAll({ limit: -1 })))).toMatchObject({ _tag: "InvalidArgument" })
    }))

  it.scopedLive("ends when the client closes, with its pages in flight", () =>
    Effect.gen(function*() {
      const { arrived, closed, reply } = yield* stalling("{")
      const { secrets } = yield* start(({ path = "" }) => path.includes("cursor") ? reply : { body: page(["a"], "2") })
      const all = secrets.listAll({}, { prefetch: 1 })[Symbol.asyncIterator]()
      expect(yield* Effect.promise(() => all.next())).toMatchObject({ value: { metadata: { name: "a" } } })
      yield* arrived
      yield* Effect.promise(() => secrets.close())
      yield* closed
      expect(yield* rejected(all.next())).toBeInstanceOf(ClientClosed)
      expect(yield* Effect.promise(() => all.next())).toEqual({ done: true, value: undefined })
    }))
})

describe("makeClient", () => {
  const thrown = (options: unknown) => {
    try {
      return makeClient(options as Options)
    } catch (error) {
      return error
    }
  }

  it.each([
    [{ apiKey: undefined }, ["apiKey"]],
    [{ apiKey: `${canaryKey} ` }, ["apiKey"]],
    [{ apiKey: ` ${canaryKey}` }, ["apiKey"]],
    [{ apiKey: 7 }, ["apiKey"]],
    [{ apiKey: "key", baseUrl: "http://example.com", deadline: 0 }, ["baseUrl", "deadline"]],
    [{ apiKey: "key", transport: Node.layer }, ["transport"]]
  ])("throws what is wrong with its options (%$)", (options, fields) => {
    const error = thrown(options)
    expect(error).toBeInstanceOf(InvalidClientOptions)
    expect(error instanceof InvalidClientOptions && error.violations.map(({ field }) => field)).toEqual(fields)
    expect(leaking(printed(error), ...canaries)).toEqual([])
  })

  it.scopedLive("lets the transport's layer set up a tracer", () =>
    Effect.gen(function*() {
      const { spans, tracer } = record()
      const { secrets } = yield* start(() => ({ body: secret }), {
        transport: Layer.merge(Node.layer(), Layer.setTracer(tracer))
      })
      yield* Effect.promise(() => secrets.get("wsec_1"))
      expect(spans.map(({ name }) => name)).toEqual(["WorkspaceSecretsClient.get", "GET /v1/workspace_secrets/{id}"])
    }))
})

describe("neither key nor value is shown", () => {
  it.scopedLive("by a client, or by the results and rejections of its calls", () =>
    Effect.gen(function*() {
      const echo = `got ${canaryValue} and ${canaryKey}, in ${JSON.stringify([canaryValue, canaryKey])}`
      const withValue = { ...secret, spec: { value: canaryValue } }
      const { secrets } = yield* start(({ method, path = "" }): Reply =>
        path.endsWith("broken")
          ? { body: JSON.stringify(withValue).slice(0, -1) }
          : path.endsWith("slow")
          ? () => {}
          : path.endsWith("reset")
          ? (response) => response.destroy()
          : method === "PATCH"
          ? { status: 409, body: { code: 10, message: echo }, headers: { "x-request-id": canaryKey } }
          : { body: path.includes("?") ? { ...page([]), items: [withValue] } : withValue }, { apiKey: canaryKey })
      const signal = AbortSignal.timeout(50)
      const things = [
        secrets,
        yield* Effect.promise(() => secrets.get("wsec_1")),
        yield* Effect.promise(() => secrets.withResponse.get("wsec_1")),
        yield* Effect.promise(() => secrets.create({ metadata: { name: "a" }, spec: { value: canaryValue } })),
        yield* Effect.promise(() => secrets.list({ limit: 1 })),
        secrets.listAll(),
        yield* Effect.promise(() => secrets.listAll({ limit: 1 })[Symbol.asyncIterator]().next()),
        yield* rejected(secrets.update("wsec_1", { spec: { value: canaryValue } })),
        yield* rejected(secrets.update("wsec_1", { spec: canaryValue } as never)),
        yield* rejected(secrets.create({ metadata: { name: 7 }, spec: { value: canaryValue } } as never)),
        yield* rejected(secrets.create({ metadata: { name: "a" }, spec: { value: [canaryValue] } } as never)),
        yield* rejected(secrets.create(canaryValue as never)),
        yield* rejected(secrets.get("broken")),
        yield* rejected(secrets.get("reset")),
        yield* rejected(secrets.get("slow", { deadline: 20 })),
        yield* rejected(secrets.update("slow", { spec: { value: canaryValue } }, { signal }))
      ]
      expect(yield* leakingAnywhere(things, ...canaries)).toEqual([])
    }))
})

describe("types", () => {
  it("accept plain strings instead of brands, and keep other types", () => {
    expectTypeOf<Parameters<Client["get"]>[0]>().toEqualTypeOf<string | { readonly externalId: string }>()
    type Payload = Parameters<Client["create"]>[0]
    expectTypeOf<Payload["spec"]["value"]>().toEqualTypeOf<string | Redacted.Redacted<string> | undefined>()
    expectTypeOf<Payload["metadata"]["externalId"]>().toEqualTypeOf<string | undefined>()
    type Update = Parameters<Client["update"]>[1]
    expectTypeOf<"metadata.name">().toExtend<NonNullable<Update["updateMask"]>[number]>()
    expectTypeOf<string>().not.toExtend<NonNullable<Update["updateMask"]>[number]>()
    expectTypeOf<NonNullable<Parameters<Client["list"]>[0]>["sortOrder"]>().toEqualTypeOf<"asc" | "desc" | undefined>()
    expectTypeOf<WorkspaceSecretId>().toExtend<Parameters<Client["get"]>[0]>()
    expectTypeOf<Client>().toExtend<AsyncDisposable>()
  })
})
