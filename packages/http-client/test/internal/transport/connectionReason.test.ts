import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "vitest"
import { failureOf } from "../../../src/internal/transport/connectionReason.js"

const request = HttpClientRequest.get("https://example.com")
const coded = (code: unknown, cause?: unknown) => Object.assign(new Error("canary", { cause }), { code })

const reasonOf = (error: unknown) => failureOf(error).reason

describe("failureOf", () => {
  it.each([
    ["ENOTFOUND", "HostNotFound"],
    ["EAI_AGAIN", "HostNotFound"],
    ["ECONNREFUSED", "ConnectionRefused"],
    ["ECONNRESET", "ConnectionLost"],
    ["UND_ERR_SOCKET", "ConnectionLost"],
    ["ETIMEDOUT", "TimedOut"],
    ["UND_ERR_CONNECT_TIMEOUT", "TimedOut"],
    ["UND_ERR_BODY_TIMEOUT", "TimedOut"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "CertificateRejected"],
    ["CERT_NOT_YET_VALID", "CertificateRejected"],
    ["INVALID_CA", "CertificateRejected"],
    ["UNSPECIFIED", "CertificateRejected"],
    ["EE_KEY_TOO_SMALL", "CertificateRejected"],
    ["ERR_TLS_CERT_ALTNAME_FORMAT", "CertificateRejected"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "TlsHandshakeFailed"],
    ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", "ConnectionLost"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "TlsHandshakeFailed"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "TlsHandshakeFailed"],
    ["EAI_FAIL", "HostNotFound"],
    ["ENETUNREACH", "HostUnreachable"],
    ["EHOSTUNREACH", "HostUnreachable"],
    ["UND_ERR_INVALID_ARG", "RequestRefused"],
    ["EWHATEVER", "NoResponse"],
    [7, "NoResponse"],
    ["constructor", "NoResponse"]
  ])("takes the code %s of a platform error's cause for %s", (code, reason) => {
    const cause = new TypeError("fetch failed", { cause: coded(code) })
    expect(reasonOf(new HttpClientError.RequestError({ request, reason: "Transport", cause }))).toBe(reason)
  })

  it("uses the outermost known code", () => {
    expect(reasonOf(coded("EWHATEVER", coded("ETIMEDOUT", coded("ECONNRESET"))))).toBe("TimedOut")
  })

  it.each([[undefined], [null], ["ECONNRESET"], [new Error("ECONNRESET")], [{}]])(
    "takes %j for no response",
    (error) => {
      expect(reasonOf(error)).toBe("NoResponse")
    }
  )

  it("ends for circular causes", () => {
    const circle = new Error("a")
    circle.cause = circle
    expect(reasonOf(circle)).toBe("NoResponse")
  })
})
