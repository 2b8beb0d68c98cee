import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { reasonOf, send } from "../../src/internal/send.js"

const request = HttpClientRequest.get("https://example.com")
const coded = (code: unknown, cause?: unknown) => Object.assign(new Error("canary", { cause }), { code })

describe("reasonOf", () => {
  it.each([
    ["ENOTFOUND", "HostNotFound"],
    ["EAI_AGAIN", "HostNotFound"],
    ["ECONNREFUSED", "ConnectionRefused"],
    ["ECONNRESET", "ConnectionLost"],
    ["UND_ERR_SOCKET", "ConnectionLost"],
    ["ETIMEDOUT", "TimedOut"],
    ["UND_ERR_CONNECT_TIMEOUT", "TimedOut"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "CertificateRejected"],
    ["EWHATEVER", "NoResponse"],
    [7, "NoResponse"],
    ["constructor", "NoResponse"]
  ])("takes the code %s of a platform error's cause for %s", (code, reason) => {
    const cause = new TypeError("fetch failed", { cause: coded(code) })
    expect(reasonOf(new HttpClientError.RequestError({ request, reason: "Transport", cause }))).toBe(reason)
  })

  it("takes the outermost code that it knows", () => {
    expect(reasonOf(coded("EWHATEVER", coded("ETIMEDOUT", coded("ECONNRESET"))))).toBe("TimedOut")
  })

  it.each([[undefined], [null], ["ECONNRESET"], [new Error("ECONNRESET")], [{}]])(
    "takes %j for no response",
    (error) => {
      expect(reasonOf(error)).toBe("NoResponse")
    }
  )

  it("does not run around in circles", () => {
    const circle = new Error("a")
    circle.cause = circle
    expect(reasonOf(circle)).toBe("NoResponse")
  })
})

describe("send", () => {
  it("keeps nothing of the platform's error", async () => {
    const http = HttpClient.make((request) =>
      new HttpClientError.RequestError({ request, reason: "Transport", cause: coded("ECONNRESET") })
    )
    const operation = { name: "get", needsBody: true } as const
    const sending = { call: { request }, redact: (text: string) => text, operation, attempts: 3 }
    const error = await Effect.runPromise(Effect.flip(send(http, sending)))
    expect({ ...error }).toEqual({
      _tag: "ConnectionError",
      reason: "ConnectionLost",
      operation: "get",
      isRetryable: true,
      attempts: 3
    })
    expect(error.cause).toBeUndefined()
  })
})
