import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Agent, fetch } from "undici"
import { authority } from "../../../tools/certificate.js"
import * as Fetch from "../src/fetch.js"
import * as Node from "../src/node.js"
import { make } from "../src/WorkspaceSecretsClient.js"
import { secret } from "./support/samples.js"
import { serve } from "./support/server.js"
import { certificates, serveTls } from "./support/tls.js"
import { connectOver } from "./support/transports.js"

const id = WorkspaceSecretId.make("wsec_1")
const agent = new Agent({ connect: { ca: authority } })

const trusting = [
  ["undici", Node.layer({ dispatcher: agent })],
  [
    "fetch",
    Fetch.layer({
      fetch: ((url: URL, init: object) => fetch(url, { ...init, dispatcher: agent })) as typeof globalThis.fetch
    })
  ]
] as const

describe.each(trusting)("a server over TLS, over %s", (_, transport) => {
  it.scopedLive("is accepted if the authority issued its certificate", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTls(certificates.trusted, secret)
      const secrets = yield* connectOver(transport)(url)
      expect((yield* secrets.get(id)).metadata.name).toBe("name")
    }))

  it.scopedLive.each(["notYetValid", "notByAnAuthority", "weak"] as const)(
    "is refused with a certificate that is %s, once",
    (name) =>
      Effect.gen(function*() {
        const { url } = yield* serveTls(certificates[name], secret)
        const secrets = yield* connectOver(transport)(url, { retry: { baseDelay: 0 } })
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
          _tag: "ConnectionError",
          reason: "CertificateRejected",
          isRetryable: false,
          attempts: 1
        })
      })
  )

  it.scopedLive("is refused without a retry if it has no common protocol, or does not speak TLS", () =>
    Effect.gen(function*() {
      const old = yield* serveTls({ ...certificates.trusted, maxVersion: "TLSv1.1" }, secret)
      const plain = yield* serve(() => ({ body: secret }))
      for (const url of [old.url, plain.url.replace("http:", "https:")]) {
        const secrets = yield* connectOver(transport)(url, { retry: { baseDelay: 0 } })
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
          _tag: "ConnectionError",
          reason: "TlsHandshakeFailed",
          isRetryable: false,
          attempts: 1
        })
      }
    }))
})

describe.each(trusting)("a server that requires a client certificate, over %s", (_, transport) => {
  const wanting = { ...certificates.trusted, ca: authority, requestCert: true, rejectUnauthorized: true }

  it.scopedLive("refuses the handshake of TLS 1.2, once", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTls({ ...wanting, maxVersion: "TLSv1.2" }, secret)
      const secrets = yield* connectOver(transport)(url, { retry: { baseDelay: 0 } })
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
        _tag: "ConnectionError",
        reason: "TlsHandshakeFailed",
        isRetryable: false,
        attempts: 1
      })
    }))

  it.scopedLive("closes the connection of TLS 1.3 after the handshake, without a reason", () =>
    Effect.gen(function*() {
      const { url } = yield* serveTls({ ...wanting, minVersion: "TLSv1.3" }, secret)
      const secrets = yield* connectOver(transport)(url, { retry: { baseDelay: 0, maxAttempts: 2 } })
      expect(yield* Effect.flip(secrets.get(id))).toMatchObject({ reason: "ConnectionLost", attempts: 2 })
      const create = secrets.create({ metadata: { name: "a" }, spec: {} })
      expect(yield* Effect.flip(create)).toMatchObject({ reason: "ConnectionLost", attempts: 1 })
    }))
})

describe.each([["fetch", FetchHttpClient.layer], ["fetch of ours", Fetch.layer()]] as const)(
  "a port that fetch does not ask, over %s",
  (_, transport) => {
    it.scopedLive.each([1, 25, 6000])("is a mistake that stays: %i", (port) =>
      Effect.gen(function*() {
        const secrets = yield* connectOver(transport)(`http://127.0.0.1:${port}`, { retry: { baseDelay: 0 } })
        expect(yield* Effect.flip(secrets.get(id))).toMatchObject({
          _tag: "ConnectionError",
          reason: "RequestRefused",
          isRetryable: false,
          attempts: 1
        })
      }))
  }
)

/** A transport whose first request fails with this error; for the second one, the secret is not found. */
const failing = (cause: unknown) => {
  let sent = 0
  return HttpClient.make((request) =>
    sent++ === 0
      ? Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause }))
      : Effect.succeed(
        HttpClientResponse.fromWeb(request, new Response(`{"code":5,"message":"no such secret"}`, { status: 404 }))
      )
  )
}

const deleteOver = (cause: unknown) =>
  make({ apiKey: Redacted.make("key"), retry: { baseDelay: 0 } }).pipe(
    Effect.flatMap((secrets) => Effect.either(secrets.delete(id))),
    Effect.provideService(HttpClient.HttpClient, failing(cause))
  )

describe("a delete that finds nothing", () => {
  it.effect.each([
    { code: "ENETUNREACH", syscall: "connect" },
    { code: "EHOSTUNREACH" },
    { code: "EHOSTDOWN" },
    { code: "EADDRNOTAVAIL" },
    { code: "EAI_FAIL", syscall: "getaddrinfo" },
    { code: "ECONNREFUSED" },
    { code: "ETIMEDOUT", syscall: "connect" },
    { code: "UND_ERR_CONNECT_TIMEOUT" },
    { code: "ESOMETHING", syscall: "connect" },
    { errors: [{ code: "ETIMEDOUT", syscall: "connect" }, { code: "ENETUNREACH", syscall: "connect" }] },
    new TypeError("fetch failed", { cause: { errors: [{ code: "ECONNREFUSED", syscall: "connect" }] } })
  ])("fails when the attempt before got no connection: %j", (cause) =>
    Effect.gen(function*() {
      expect(yield* deleteOver(cause)).toMatchObject({ _tag: "Left", left: { _tag: "WorkspaceSecretNotFound" } })
    }))

  it.effect.each([
    { code: "ECONNRESET" },
    { code: "ETIMEDOUT", syscall: "read" },
    { code: "EHOSTUNREACH", syscall: "read" },
    { code: "UND_ERR_SOCKET" },
    { code: "UND_ERR_HEADERS_TIMEOUT" },
    { code: "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC" },
    { errors: [{ code: "ETIMEDOUT", syscall: "connect" }, { code: "ECONNRESET", syscall: "read" }] },
    { code: "ESOMETHING" }
  ])("succeeds when the attempt before may have deleted it: %j", (cause) =>
    Effect.gen(function*() {
      expect(yield* deleteOver(cause)).toMatchObject({ _tag: "Right" })
    }))
})

describe("a call that the transport refuses to send", () => {
  it.effect.each([
    { code: "UND_ERR_INVALID_ARG" },
    { code: "UND_ERR_NOT_SUPPORTED" },
    { code: "ERR_INVALID_ARG_TYPE" },
    { code: "ERR_INVALID_URL" }
  ])("is a mistake that stays: %j", (cause) =>
    Effect.gen(function*() {
      expect(yield* deleteOver(cause)).toMatchObject({
        _tag: "Left",
        left: { _tag: "ConnectionError", reason: "RequestRefused", isRetryable: false, attempts: 1 }
      })
    }))
})
