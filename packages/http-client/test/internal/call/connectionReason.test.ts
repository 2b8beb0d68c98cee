import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "vitest"
import { reasonOf } from "../../../src/internal/call/connectionReason.js"

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
