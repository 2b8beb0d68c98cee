import type { ConnectionErrorReason } from "../../ClientError.js"

const reasons = new Map<unknown, ConnectionErrorReason>([
  ["ENOTFOUND", "HostNotFound"],
  ["EAI_AGAIN", "HostNotFound"],
  ["ECONNREFUSED", "ConnectionRefused"],
  ["ECONNRESET", "ConnectionLost"],
  ["EPIPE", "ConnectionLost"],
  ["UND_ERR_SOCKET", "ConnectionLost"],
  ["ETIMEDOUT", "TimedOut"],
  ["UND_ERR_CONNECT_TIMEOUT", "TimedOut"],
  ["UND_ERR_HEADERS_TIMEOUT", "TimedOut"],
  ["CERT_HAS_EXPIRED", "CertificateRejected"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "CertificateRejected"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "CertificateRejected"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CertificateRejected"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "CertificateRejected"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "CertificateRejected"]
])

/** The codes that an error and its causes have, from the outside in. */
export const codesOf = (error: unknown): ReadonlyArray<unknown> => {
  const codes: Array<unknown> = []
  let cause = error
  for (let depth = 0; depth < 5 && typeof cause === "object" && cause !== null; depth++) {
    codes.push("code" in cause ? cause.code : undefined)
    cause = "cause" in cause ? cause.cause : undefined
  }
  return codes
}

/** A transport's error in fixed words, by the code that it or one of its causes has. Nothing else of it is looked at. */
export const reasonOf = (error: unknown): ConnectionErrorReason =>
  reasons.get(codesOf(error).find((code) => reasons.has(code))) ?? "NoResponse"
