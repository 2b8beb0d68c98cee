import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as Fetch from "@workspace-secrets/http-client/fetch"
import * as Node from "@workspace-secrets/http-client/node"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { inspect } from "node:util"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { gzipSync } from "node:zlib"
import { leaking, logged, printed } from "../../../tools/leaks/sinks.js"
import * as Seal from "../src/Seal.js"
import * as Witness from "../src/Witness.js"
import * as WitnessHttpClient from "../src/WitnessHttpClient.js"
import * as Report from "../src/WitnessReport.js"
import { type Answering, leaksIn, requestsOfAll, secretsOfAll, serving, tellingAll, until } from "./witnessing.js"

const page = JSON.stringify({ items: [], pagination: { nextCursor: "" } })

const ours = { authorization: "Bearer a-key" }

const watching = (seal: Seal.Seal = Seal.make()) => {
  const shown: Array<Witness.Shown> = []
  return { shown, witness: Witness.make({ seal, onShown: (one) => shown.push(one) }) }
}

/** A server and its observed client. */
const started = (answer: Answering, path = "") =>
  Effect.gen(function*() {
    const url = yield* serving(answer)
    const { shown, witness } = watching()
    const http = WitnessHttpClient.make(yield* HttpClient.HttpClient, { witness, target: new URL(`${url}${path}`) })
    return { url: `${url}${path}`, shown, witness, http }
  })

/** A client that answers without a server. */
const answering = (respond: (request: HttpClientRequest.HttpClientRequest) => Response) =>
  HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, respond(request))))

const target = new URL("https://api.example/base")
const list = HttpClientRequest.get(`${target.href}/v1/workspace_secrets`, { headers: ours })

const headers = { "content-type": "application/json", "x-request-id": "0f3c" }

const watched = (http: HttpClient.HttpClient) => {
  const { shown, witness } = watching()
  return { shown, witness, http: WitnessHttpClient.make(http, { witness, target }) }
}

const result = (witness: Witness.Witness, id: string) => Witness.resultOf(witness.findings.get(id))

describe("an observed client", () => {
  const transports = [
    ["fetch", FetchHttpClient.layer],
    ["node:http", NodeHttpClient.layer],
    ["undici", NodeHttpClient.layerUndici],
    ["fetch of ours", Fetch.layer()],
    ["undici of ours", Node.layer()]
  ] as const

  it.scopedLive.each(transports)(
    "works as before, and shows what it sees, over %s",
    ([_, transport]) =>
      Effect.gen(function*() {
        const made = {
          metadata: {
            id: "wsecret_01J00000000000000000000000",
            accountId: "account_01J00000000000000000000000",
            createdAt: "2026-01-01T00:00:00.000Z",
            name: "name",
            profileId: "profile_01J00000000000000000000000",
            workspaceId: "workspace_01J00000000000000000000000",
            externalId: "",
            labels: {}
          },
          spec: { value: "the value" }
        }
        const answers = new Map(
          [
            ["GET", [404, JSON.stringify({ code: 5, message: "no", details: [] })]],
            ["POST", [200, JSON.stringify(made)]]
          ] as const
        )
        const url = yield* serving(({ method }) => answers.get(method as "GET") ?? [200, "{}"])
        const { shown, witness } = watching()
        const client = yield* Layer.build(
          WorkspaceSecretsClient.layer({ apiKey: Redacted.make("a-key"), baseUrl: url, retry: false }).pipe(
            Layer.provide(WitnessHttpClient.layer({ witness, target: new URL(url) })),
            Layer.provide(transport)
          )
        )
        const secrets = yield* Effect.provide(WorkspaceSecretsClient.WorkspaceSecretsClient, client)
        const secret = yield* secrets.create({
          metadata: { name: "name" },
          spec: { value: Redacted.make("the value") }
        })
        expect(secret.metadata.id).toBe(made.metadata.id)
        expect((yield* Effect.flip(secrets.get(secret.metadata.id)))._tag).toBe("WorkspaceSecretNotFound")
        yield* secrets.delete(secret.metadata.id)
        expect(witness.counts).toMatchObject({ exchanges: 3, cutOff: 0, unreadable: 0, withoutKey: 0 })
        expect(shown.map(({ request }) => request)).toEqual([
          "POST /v1/workspace_secrets",
          "GET /v1/workspace_secrets/{id}",
          "DELETE /v1/workspace_secrets/{id}"
        ])
        expect(result(witness, "WS-TRANSPORT-004")).toBe("confirmed")
        expect(result(witness, "WS-TRANSPORT-005")).toBe("confirmed")
      })
  )

  const readings = [
    ["text", (response: HttpClientResponse.HttpClientResponse) => response.text],
    ["json", (response: HttpClientResponse.HttpClientResponse) => Effect.map(response.json, JSON.stringify)],
    [
      "arrayBuffer",
      (response: HttpClientResponse.HttpClientResponse) =>
        Effect.map(response.arrayBuffer, (body) => Buffer.from(body).toString())
    ],
    [
      "urlParamsBody",
      (response: HttpClientResponse.HttpClientResponse) =>
        Effect.map(response.urlParamsBody, (params) => params[0]?.[0] ?? "")
    ],
    [
      "stream",
      (response: HttpClientResponse.HttpClientResponse) => response.stream.pipe(Stream.decodeText(), Stream.mkString)
    ]
  ] as const

  for (const [name, transport] of transports) {
    it.scopedLive.each(readings)(`sees a body that is read as %s, over ${name}`, ([_, read]) =>
      Effect.gen(function*() {
        const { http, url, witness } = yield* started(() => [200, page])
        const response = yield* http.get(`${url}/v1/workspace_secrets`, { headers: ours })
        expect(witness.counts.exchanges).toBe(0)
        expect(yield* read(response)).toBe(page)
        expect(witness.counts).toMatchObject({ exchanges: 1, cutOff: 0, unreadable: 0 })
        expect(result(witness, "WS-LIST-001")).toBe("confirmed")
      }).pipe(Effect.provide(transport)))
  }

  it.effect("does not change form data, and counts it as unreadable", () =>
    Effect.gen(function*() {
      const body = new URLSearchParams({ a: "b" })
      const { http, witness } = watched(answering(() => new Response(body)))
      const form = yield* Effect.flatMap(http.execute(list), (response) => response.formData)
      expect(form.get("a")).toBe("b")
      expect(witness.counts).toMatchObject({ exchanges: 1, unreadable: 1 })
    }))

  it.effect("keeps status, headers, cookies and printed form of a response", () =>
    Effect.gen(function*() {
      const http = HttpClient.withTracerPropagation(
        answering(() => new Response(page, { status: 201, headers: { "set-cookie": "a=1" } })),
        false
      )
      const plain = yield* http.execute(list)
      const response = yield* watched(http).http.execute(list)
      expect(response.toJSON()).toEqual(plain.toJSON())
      expect([response.toString(), inspect(response)]).toEqual([plain.toString(), inspect(plain)])
      expect([response.status, response.headers, response.cookies, response.remoteAddress, response.request.url])
        .toEqual([plain.status, plain.headers, plain.cookies, plain.remoteAddress, plain.request.url])
      expect([yield* response.text, yield* response.text, yield* response.json]).toEqual([page, page, JSON.parse(page)])
    }))

  it.effect("observes only requests below the base URL", () =>
    Effect.gen(function*() {
      const { http, shown, witness } = watched(answering(() => new Response(page, { headers })))
      for (const url of ["https://api.example/v1/whoami", "https://other.example/base/v1/whoami", "no url"]) {
        yield* Effect.ignore(http.get(url, { headers: ours }))
      }
      yield* http.get("https://api.example/basement/v1/whoami", { headers: ours })
      expect(witness.counts.exchanges).toBe(0)
      yield* Effect.flatMap(http.execute(list), ({ text }) => text)
      expect(shown.map(({ request }) => request)).toEqual(["GET /v1/workspace_secrets"])
    }))

  it.effect("sees the changes that the wrapped client makes to a request", () =>
    Effect.gen(function*() {
      const below = answering(() => new Response(page, { headers })).pipe(
        HttpClient.mapRequest(HttpClientRequest.bearerToken("a-key")),
        HttpClient.mapRequest(HttpClientRequest.prependUrl(target.href))
      )
      const { http, witness } = watched(below)
      yield* Effect.flatMap(http.get("/v1/workspace_secrets"), ({ json }) => json)
      expect(witness.counts).toMatchObject({ exchanges: 1, withoutKey: 0 })
      expect(result(witness, "WS-LIST-001")).toBe("confirmed")
    }))

  it.effect("sees the response if the wrapped client fails for its status", () =>
    Effect.gen(function*() {
      const body = JSON.stringify({ code: 5, message: "no" })
      const { http, witness } = watched(
        HttpClient.filterStatusOk(answering(() => new Response(body, { status: 404, headers })))
      )
      const error = yield* Effect.flip(http.execute(list))
      expect(error).toMatchObject({ _tag: "ResponseError", reason: "StatusCode", description: "non 2xx status code" })
      expect(error._tag === "ResponseError" ? yield* error.response.text : "").toBe(body)
      expect(witness.counts).toMatchObject({ exchanges: 1, cutOff: 0 })
      expect(result(witness, "WS-TRANSPORT-005")).toBe("confirmed")
    }))

  it.effect("counts a request that got no response as cut off", () =>
    Effect.gen(function*() {
      const failing = HttpClient.make((request) => new RequestError({ request, reason: "Transport" }))
      const { http, witness } = watched(failing)
      expect((yield* Effect.flip(http.execute(list))).reason).toBe("Transport")
      expect(witness.counts).toMatchObject({ exchanges: 1, cutOff: 1 })
    }))

  it.effect("forwards an interruption, before the response and while it is read", () =>
    Effect.gen(function*() {
      let interrupted = 0
      const never = Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted++))
      const begun = yield* Deferred.make<void>()
      const waiting = Effect.zipRight(Deferred.succeed(begun, undefined), never)
      const first = watched(HttpClient.make(() => waiting))
      const fiber = yield* Effect.fork(first.http.execute(list))
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      expect([interrupted, first.witness.counts.cutOff]).toEqual([1, 1])

      const endless = new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), { headers })
      const second = watched(answering(() => endless))
      const response = yield* second.http.execute(list)
      const reading = yield* Effect.fork(response.text)
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(reading)
      expect(second.witness.counts).toMatchObject({ exchanges: 1, cutOff: 1 })
    }))

  it.effect("counts a truncated or partly read body as cut off", () =>
    Effect.gen(function*() {
      let parts = 0
      const { http, witness } = watched(answering(() =>
        new Response(
          new ReadableStream({
            pull: (controller) =>
              parts++ % 2 === 0 ? controller.enqueue(new Uint8Array([123])) : controller.error(new Error("reset"))
          }),
          { headers }
        )
      ))
      yield* Effect.flip(Effect.flatMap(http.execute(list), ({ text }) => text))
      expect(witness.counts.cutOff).toBe(1)
      yield* Effect.flip(Effect.flatMap(http.execute(list), ({ stream }) => Stream.runDrain(stream)))
      expect(witness.counts.cutOff).toBe(2)
      yield* Effect.flatMap(http.execute(list), ({ stream }) => Stream.runDrain(Stream.take(stream, 1)))
      expect(witness.counts).toMatchObject({ exchanges: 3, cutOff: 3 })
    }))

  it.effect("does not wait for the body of a response without one", () =>
    Effect.gen(function*() {
      const { http, witness } = watched(answering(() => new Response(null, { status: 204, headers })))
      yield* http.execute(HttpClientRequest.del(`${target.href}/v1/workspace_secrets/a`, { headers: ours }))
      yield* http.execute(HttpClientRequest.head(list.url, { headers: ours }))
      expect(witness.counts).toMatchObject({ exchanges: 2, cutOff: 0 })
    }))

  it.live("counts an unread response as cut off after garbage collection", () =>
    Effect.gen(function*() {
      setFlagsFromString("--expose-gc")
      const gc = runInNewContext("gc") as () => void
      const { http, witness } = watched(answering(() => new Response(page, { headers })))
      yield* Effect.asVoid(http.execute(list))
      yield* until(() => {
        gc()
        return witness.counts.cutOff === 1
      })
      expect(witness.counts.exchanges).toBe(1)
    }))

  it.effect("does not read bodies that are large, streamed, forms or compressed", () =>
    Effect.gen(function*() {
      const { http, witness } = watched(answering(({ headers: { "x-answer": answer } }) =>
        new Response(
          answer === "large" ? " ".repeat(4 * 1024 * 1024 + 1) : answer === "zipped" ? gzipSync(page) : page,
          {
            headers: { ...headers, ...(answer === undefined ? {} : { "content-encoding": "gzip" }) }
          }
        )
      ))
      const read = (request: HttpClientRequest.HttpClientRequest, how: "text" | "stream") =>
        Effect.flatMap(
          http.execute(request),
          (response) => how === "text" ? Effect.asVoid(response.text) : Stream.runDrain(response.stream)
        )
      const answered = (with_: string) => HttpClientRequest.setHeader(list, "x-answer", with_)
      yield* read(answered("large"), "text")
      yield* read(answered("large"), "stream")
      expect(witness.counts).toMatchObject({ exchanges: 2, tooLarge: 2, unreadable: 0 })
      // A transport that decompresses may keep the header.
      yield* read(answered("unzipped"), "text")
      expect(result(witness, "WS-LIST-001")).toBe("confirmed")
      yield* read(answered("zipped"), "text")
      expect(witness.counts.unreadable).toBe(1)
      const create = (body: HttpBody.HttpBody) => HttpClientRequest.setBody(HttpClientRequest.post(list.url), body)
      yield* read(create(HttpBody.stream(Stream.make(new Uint8Array([1])))), "text")
      yield* read(create(HttpBody.formData(new FormData())), "text")
      yield* read(create(HttpBody.raw(new Blob([]))), "text")
      yield* read(HttpClientRequest.setHeader(create(HttpBody.text("x")), "content-encoding", "gzip"), "text")
      expect(witness.counts).toMatchObject({ exchanges: 8, unreadable: 5, foreign: 0 })
    }))

  it.effect("sees a body sent as bytes or as text", () =>
    Effect.gen(function*() {
      const error = JSON.stringify({ code: 3, message: "no" })
      const json = "application/json"
      const { http, witness } = watched(answering(() => new Response(error, { status: 400, headers })))
      for (
        const body of [
          HttpBody.text("{broken", json),
          HttpBody.raw("{broken", { contentType: json }),
          HttpBody.uint8Array(Buffer.from("{"), json)
        ]
      ) {
        const request = HttpClientRequest.post(list.url, { body, headers: ours })
        yield* Effect.flatMap(http.execute(request), ({ text }) => text)
      }
      expect(witness.findings.get("WS-ERR-014")).toMatchObject({ confirmed: 3, contradicted: 0 })
    }))

  it.scopedLive("shows no value and no key in results, a report, an error or a log", () =>
    Effect.gen(function*() {
      const { http, shown, url, witness } = yield* started(tellingAll())
      const errors: Array<unknown> = []
      const requests = requestsOfAll()
      for (const { body, headers, method, path } of requests) {
        const request = HttpClientRequest.make(method as "POST")(`${url}${path}`, { headers })
        yield* http.execute(body === undefined ? request : HttpClientRequest.bodyText(request, body)).pipe(
          Effect.flatMap(({ text }) => text),
          Effect.catchAllCause((cause) => Effect.sync(() => errors.push(cause)))
        )
      }
      expect(errors).toEqual([])
      expect(witness.counts).toMatchObject({ exchanges: requests.length, unreadable: 0, cutOff: 0 })
      expect(shown.length).toBeGreaterThan(20)
      const totals = Report.makeTotals()
      shown.forEach(totals.add)
      const head = { version: 1, target: url, isLive: false, seesAllWrites: false, startedAt: "" } as const
      const report = Report.make(head, totals, witness.counts, 0)
      const kept = [shown, witness, report, Report.toMarkdown(report), http]
      expect(leaksIn(kept.map((one) => JSON.stringify(one)).join("\n"))).toEqual([])
      const prints = [...kept.flatMap((one) => printed(one)), ...(yield* logged(kept))]
      expect(leaking(prints, ...secretsOfAll)).toEqual([])
    }).pipe(Effect.provide(FetchHttpClient.layer)))

  it.effect("keeps working if the witness fails, and shows nothing of the exchange", () =>
    Effect.gen(function*() {
      const broken = (): Seal.Seal => (text) => {
        throw new Error(`cannot seal ${text}`)
      }
      const { shown, witness } = watching(broken())
      const http = WitnessHttpClient.make(answering(() => new Response(page, { headers })), { witness, target })
      expect(yield* Effect.flatMap(http.execute(list), ({ text }) => text)).toBe(page)
      expect(witness.counts).toMatchObject({ exchanges: 1, unreadable: 1 })
      expect(shown).toEqual([])
    }))
})
