import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Dispatcher from "../../src/api/Dispatcher.js"
import * as MockServer from "../../src/MockServer.js"
import * as InProcess from "../../src/transport/InProcess.js"

const server = await Effect.runPromise(Effect.provide(MockServer.MockServer, MockServer.layerInProcess()))
const authorization = `Bearer ${Redacted.value(server.apiKey)}`
const secrets = `${server.url}/v1/workspace_secrets`
const json = { authorization, "content-type": "application/json" }
const create = JSON.stringify({ metadata: { name: "name" }, spec: {} })

/** A streaming body for Node's `fetch`. */
const streamed = (body: ReadableStream<Uint8Array>) => ({
  method: "POST",
  headers: json,
  body,
  duplex: "half" as const
})

const pieces = (...texts: ReadonlyArray<string>) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      texts.forEach((text) => controller.enqueue(new TextEncoder().encode(text)))
      controller.close()
    }
  })

describe("fetch in process", () => {
  it("accepts what fetch accepts: a string, a URL, a Request, a Request with options", async () => {
    const whoami = `${server.url}/v1/whoami`
    const request = new Request(whoami, { headers: { authorization } })
    const answers = await Promise.all([
      server.fetch(whoami, { headers: { authorization } }),
      server.fetch(new URL(whoami), { headers: [["Authorization", authorization]] }),
      server.fetch(request),
      server.fetch(new Request(whoami), { headers: new Headers({ authorization }) }),
      server.fetch("https://elsewhere.example/v1/whoami", { headers: { authorization } })
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(answers.every((answer) => answer instanceof Response)).toBe(true)
    expect((await server.fetch(request, { headers: {} })).status).toBe(401)
  })

  it("accepts a body as string, bytes, Blob and stream", async () => {
    const bytes = new TextEncoder().encode(create)
    const bodies = [create, bytes, bytes.buffer, new Blob([bytes], { type: "application/json" })]
    const answers = await Promise.all([
      ...bodies.map((body) => server.fetch(secrets, { method: "POST", headers: json, body })),
      server.fetch(secrets, streamed(pieces(create.slice(0, 5), create.slice(5))))
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it("answers HEAD like GET, without the body", async () => {
    const answer = await server.fetch(secrets, { method: "HEAD", headers: { authorization } })
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "application/json",
      ""
    ])
    expect((await server.fetch(secrets, { method: "HEAD" })).status).toBe(401)
  })

  it("rejects a body that is too large, announced or not", async () => {
    const large = "a".repeat(1024 * 1024 + 1)
    const announced = await server.fetch(secrets, {
      method: "POST",
      headers: { ...json, "content-length": "9999999" },
      body: "{}"
    })
    const texts = await server.fetch(secrets, { method: "POST", headers: json, body: large })
    const stream = await server.fetch(secrets, streamed(pieces(large.slice(0, 500_000), large.slice(500_000))))
    expect([announced.status, texts.status, stream.status]).toEqual([413, 413, 413])
  })

  it("rejects with the reason of an aborted signal, before and during a request", async () => {
    const reason = new Error("enough")
    await expect(server.fetch(secrets, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(server.fetch(secrets, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" })

    const controller = new AbortController()
    const begun = await Effect.runPromise(Deferred.make<void>())
    const body = new ReadableStream<Uint8Array>({
      pull: () => {
        Effect.runSync(Deferred.succeed(begun, void 0))
      }
    }, { highWaterMark: 0 })
    const answer = server.fetch(secrets, { ...streamed(body), signal: controller.signal })
    await Effect.runPromise(Deferred.await(begun))
    controller.abort(reason)
    await expect(answer).rejects.toBe(reason)
  })

  it("interrupts the handler of an aborted request", async () => {
    const begun = await Effect.runPromise(Deferred.make<void>())
    const interrupted = await Effect.runPromise(Deferred.make<void>())
    const dispatch = (): Effect.Effect<Dispatcher.Outgoing> =>
      Deferred.succeed(begun, void 0).pipe(
        Effect.zipRight(Effect.never),
        Effect.onInterrupt(() => Deferred.succeed(interrupted, void 0))
      )
    const fetch = await Effect.runPromise(Effect.scoped(InProcess.makeFetch(dispatch)))
    const controller = new AbortController()
    const answer = fetch("http://localhost/", { signal: controller.signal })
    await Effect.runPromise(Deferred.await(begun))
    controller.abort()
    await expect(answer).rejects.toMatchObject({ name: "AbortError" })
    await Effect.runPromise(Deferred.await(interrupted))
  })

  it("rejects with the error of a body's stream, without running the operation", async () => {
    const failure = new Error("the disk is gone")
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(create))
        controller.error(failure)
      }
    })
    const before = await (await server.fetch(secrets, { headers: json })).text()
    await expect(server.fetch(secrets, streamed(body))).rejects.toBe(failure)
    expect(await (await server.fetch(secrets, { headers: json })).text()).toBe(before)
  })

  it("rejects invalid requests as fetch does", async () => {
    await expect(server.fetch("/v1/whoami")).rejects.toBeInstanceOf(TypeError)
    await expect(server.fetch(secrets, { method: "GET", body: "{}" })).rejects.toBeInstanceOf(TypeError)
    await expect(server.fetch(secrets, { headers: { "not a name": "x" } })).rejects.toBeInstanceOf(TypeError)
    await expect(server.fetch(secrets, { method: "CONNECT" })).rejects.toBeInstanceOf(TypeError)
  })

  it("returns responses whose headers and body belong to the caller", async () => {
    const ask = () => server.fetch(`${server.url}/v1/whoami`, { headers: { authorization } })
    const one = await ask()
    one.headers.set("x-request-id", "changed")
    const two = await ask()
    expect(two.headers.get("x-request-id")).toMatch(/^req_/)
    expect(await two.json()).toEqual(await one.json())
  })
})

describe("HttpClient in process", () => {
  it.effect("reaches only the server of its layer", () =>
    Effect.gen(function*() {
      const { apiKey, url, workspaceId } = yield* MockServer.MockServer
      const client = yield* HttpClient.HttpClient
      const request = HttpClientRequest.post(`${url}/v1/workspaces/${workspaceId}/workspace_secrets`).pipe(
        HttpClientRequest.bearerToken(Redacted.value(apiKey)),
        HttpClientRequest.bodyUnsafeJson({ metadata: { name: "name" }, spec: { value: "value" } })
      )
      const response = yield* client.execute(request)
      expect(response.status).toBe(200)
      expect(yield* response.json).toMatchObject({ metadata: { workspaceId }, spec: { value: "value" } })
      expect(workspaceId).not.toBe(server.workspaceId)
    }).pipe(Effect.provide(MockServer.layerInProcess())))

  it.effect("opens no socket: every host is this server", () =>
    Effect.gen(function*() {
      const { apiKey } = yield* MockServer.MockServer
      const client = yield* HttpClient.HttpClient
      const request = HttpClientRequest.get("http://no-such-host.invalid/v1/whoami").pipe(
        HttpClientRequest.bearerToken(Redacted.value(apiKey))
      )
      expect((yield* client.execute(request)).status).toBe(200)
    }).pipe(Effect.provide(MockServer.layerInProcess())))
})
