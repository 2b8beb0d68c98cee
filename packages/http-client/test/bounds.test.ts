import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import type { InvalidArgument } from "@workspace-secrets/core/ApiError"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import type { ServerResponse } from "node:http"
import type { UnexpectedResponse } from "../src/ClientError.js"
import { make } from "../src/WorkspaceSecretsClient.js"
import { client, json } from "./support/memory.js"
import { page, secret } from "./support/samples.js"
import { startOver, transports } from "./support/transports.js"

const MIB = 1024 * 1024
const id = WorkspaceSecretId.make("id")

/** As many zeros as fit in 16 MiB. */
const zeros = (before: string, after: string) => `${before}${"0,".repeat((16 * MIB - 200) / 2)}0${after}`

const listOf = (body: string) =>
  Effect.flatMap(client(() => json(body)), ({ service }) => Effect.flip(service.list())) as Effect.Effect<
    UnexpectedResponse
  >

describe("a response of 16 MiB", () => {
  it.effect("whose items are zeros is refused for their number", () =>
    Effect.gen(function*() {
      const error = yield* listOf(zeros("{\"items\":[", "],\"pagination\":{}}"))
      expect(error).toMatchObject({
        _tag: "UnexpectedResponse",
        violations: [{ field: "items", description: "Expected at most 10000 items" }]
      })
    }))

  it.effect("with invalid items is decoded up to the tenth violation", () =>
    Effect.gen(function*() {
      const items = Array.from({ length: 10_000 }, () => 0)
      const error = yield* listOf(JSON.stringify({ items, pagination: {} }))
      expect(error.violations.map(({ field }) => field)).toEqual(Array.from({ length: 10 }, (_, i) => `items[${i}]`))
    }))

  it.effect("with very many labels is refused for their number", () =>
    Effect.gen(function*() {
      const labels = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 0]))
      const body = JSON.stringify({ ...secret, metadata: { ...secret.metadata, labels } })
      const violation = { field: "metadata.labels", description: "Expected at most 1000 labels" }
      const { service } = yield* client(() => json(body))
      expect(yield* Effect.flip(service.get(id))).toMatchObject({ violations: [violation] })
      const error = yield* listOf(`{"items":[${body}],"pagination":{}}`)
      expect(error.violations).toEqual([{ ...violation, field: "items[0].metadata.labels" }])
    }))

  it.effect("with a page of 10,000 secrets is read completely", () =>
    Effect.gen(function*() {
      const names = Array.from({ length: 10_000 }, (_, i) => `n${i}`)
      const { service } = yield* client(() => json(page(names, "next")))
      const read = yield* service.list()
      expect(read.items.map(({ metadata }) => metadata.name)).toEqual(names)
      expect(read.pagination).toEqual({ nextCursor: "next" })
    }), 60_000)
})

describe("a page that takes long to decode", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `n${i}`)
  const body = JSON.stringify(page(names))
  const http = (asked: () => void) =>
    HttpClient.make((request) =>
      Effect.sync(() => {
        asked()
        return HttpClientResponse.fromWeb(request, json(body))
      })
    )

  it.live("is cancelled at the deadline", () =>
    Effect.gen(function*() {
      const service = yield* make({ apiKey: Redacted.make("key"), retry: false, deadline: "1 millis" }).pipe(
        Effect.provideService(HttpClient.HttpClient, http(() => {}))
      )
      expect(yield* Effect.flip(service.list())).toMatchObject({ _tag: "CallTimeout", scope: "call" })
    }), 60_000)

  it.live("can be interrupted, and lets timers run in between", () =>
    Effect.gen(function*() {
      const running: Array<Fiber.RuntimeFiber<unknown, unknown>> = []
      let ran = false
      const service = yield* make({ apiKey: Redacted.make("key"), retry: false }).pipe(
        Effect.provideService(
          HttpClient.HttpClient,
          http(() => {
            setTimeout(() => {
              ran = true
              running.forEach((fiber) => fiber.unsafeInterruptAsFork(fiber.id()))
            })
          })
        )
      )
      const fiber = yield* Effect.fork(service.list())
      running.push(fiber)
      const exit = yield* Fiber.await(fiber)
      expect([ran, exit._tag]).toEqual([true, "Failure"])
    }), 60_000)
})

describe("an error", () => {
  const failing = (body: unknown) =>
    Effect.flatMap(client(() => json(body, { status: 400 })), ({ service }) => Effect.flip(service.get(id)))

  it.effect("has at most 100 details, and violations, and 4,096 characters in each text", () =>
    Effect.gen(function*() {
      const violation = { field: "a", description: "b" }
      const details = [
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: Array.from({ length: 200 }, () => violation)
        },
        ...Array.from({ length: 200 }, () => ({}))
      ]
      const error = yield* failing({ code: 3, message: `${"\\".repeat(20_000)}x`, details })
      expect(error).toMatchObject({ _tag: "InvalidArgument", message: "\\".repeat(4096) })
      expect((error as InvalidArgument).details).toHaveLength(100)
      expect((error as InvalidArgument).fieldViolations).toHaveLength(100)
    }))

  it.effect("has at most 4,096 characters of a request id and of a content type", () =>
    Effect.gen(function*() {
      const headers = { "x-request-id": "r".repeat(12_000), "content-type": "c".repeat(12_000) }
      const errorOf = (body: unknown) =>
        Effect.flatMap(
          client(() => json(body, { status: 400, headers })),
          ({ service }) => Effect.flip(service.get(id))
        )
      expect(yield* errorOf({ code: 3, message: "" })).toMatchObject({ requestId: "r".repeat(4096) })
      expect(yield* errorOf("<html>")).toMatchObject({ requestId: "r".repeat(4096), contentType: "c".repeat(4096) })
    }))

  it.effect("whose details are zeros is refused for ten of them", () =>
    Effect.gen(function*() {
      const error = yield* failing(`{"code":3,"details":[${"0,".repeat(30_000)}0]}`)
      expect((error as UnexpectedResponse).violations).toHaveLength(10)
    }))

  for (const [name, transport] of transports) {
    it.scoped(`has a body of at most 64 KiB, over ${name}`, () =>
      Effect.gen(function*() {
        const bodies = [
          zeros("{\"code\":3,\"details\":[", "]}"),
          JSON.stringify({ code: 3, message: `\\${"x".repeat(16 * MIB - 200)}` }),
          "x".repeat(64 * 1024 + 1)
        ]
        for (const body of bodies) {
          const { secrets } = yield* startOver(transport)(() => ({ status: 400, body }))
          expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
            _tag: "UnexpectedResponse",
            status: 400,
            violations: [{ field: "", description: "Expected a body of at most 64 KiB" }]
          })
        }
        const message = "x".repeat(64 * 1024 - 100)
        const { secrets } = yield* startOver(transport)(() => ({ status: 400, body: { code: 3, message } }))
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
          _tag: "InvalidArgument",
          message: "x".repeat(4096)
        })
      }))
  }
})

describe("a body that is not UTF-8", () => {
  const broken = Buffer.from([0xff, 0xfe, 0xc3])
  const withBytes = (json: unknown, status: number) => {
    const [before = "", after = ""] = JSON.stringify(json).split("HERE")
    const body = Buffer.concat([Buffer.from(before), broken, Buffer.from(after)])
    return (response: ServerResponse) => {
      response.writeHead(status, { "content-type": "application/json" })
      response.end(body)
    }
  }

  for (const [name, transport] of transports) {
    it.scoped(`is refused with the invalid field, over ${name}`, () =>
      Effect.gen(function*() {
        const cases = [
          [
            { ...secret, spec: { value: "é HERE" } },
            200,
            "spec.value",
            "Expected well-formed Unicode: no lone surrogates"
          ],
          [
            { ...secret, metadata: { ...secret.metadata, name: "HERE" } },
            200,
            "metadata.name",
            "Expected well-formed Unicode: no lone surrogates"
          ],
          [{ ...secret, unknown: "HERE" }, 200, "", "Expected UTF-8"],
          [{ code: 5, message: "HERE" }, 404, "message", "Expected well-formed Unicode: no lone surrogates"]
        ] as const
        for (const [body, status, field, description] of cases) {
          const { secrets } = yield* startOver(transport)(() => withBytes(body, status))
          expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
            _tag: "UnexpectedResponse",
            violations: [{ field, description }]
          })
        }
        const { secrets } = yield* startOver(transport)(() => ({
          body: JSON.stringify({ ...secret, spec: { value: "HERE" } }).replace("HERE", "\\ud800")
        }))
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ violations: [{ field: "spec.value" }] })
      }))
  }
})

describe("a rejected certificate", () => {
  it.effect("is permanent, so the call is sent once", () =>
    Effect.gen(function*() {
      let sent = 0
      const http = HttpClient.make((request) => {
        sent++
        const cause = Object.assign(new Error("certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" })
        return new HttpClientError.RequestError({ request, reason: "Transport", cause })
      })
      const service = yield* make({ apiKey: Redacted.make("key"), retry: { baseDelay: 0 } }).pipe(
        Effect.provideService(HttpClient.HttpClient, http)
      )
      expect(yield* Effect.flip(service.get(id))).toMatchObject({
        _tag: "ConnectionError",
        reason: "CertificateRejected",
        isRetryable: false,
        attempts: 1
      })
      expect(sent).toBe(1)
    }))
})
