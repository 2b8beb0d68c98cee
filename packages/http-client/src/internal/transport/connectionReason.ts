import type { ConnectionErrorReason } from "../../ClientError.js"

/** The X.509 verification errors, by their OpenSSL names (`x509_vfy.h`). Node reports unknown ones as UNSPECIFIED. */
const certificateErrors: ReadonlySet<string> = new Set(
  `
UNSPECIFIED UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_CRL UNABLE_TO_DECRYPT_CERT_SIGNATURE
UNABLE_TO_DECRYPT_CRL_SIGNATURE UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY CERT_SIGNATURE_FAILURE CRL_SIGNATURE_FAILURE
CERT_NOT_YET_VALID CERT_HAS_EXPIRED CRL_NOT_YET_VALID CRL_HAS_EXPIRED ERROR_IN_CERT_NOT_BEFORE_FIELD
ERROR_IN_CERT_NOT_AFTER_FIELD ERROR_IN_CRL_LAST_UPDATE_FIELD ERROR_IN_CRL_NEXT_UPDATE_FIELD OUT_OF_MEM
DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT_LOCALLY
UNABLE_TO_VERIFY_LEAF_SIGNATURE CERT_CHAIN_TOO_LONG CERT_REVOKED NO_ISSUER_PUBLIC_KEY PATH_LENGTH_EXCEEDED
INVALID_PURPOSE CERT_UNTRUSTED CERT_REJECTED SUBJECT_ISSUER_MISMATCH AKID_SKID_MISMATCH
AKID_ISSUER_SERIAL_MISMATCH KEYUSAGE_NO_CERTSIGN UNABLE_TO_GET_CRL_ISSUER UNHANDLED_CRITICAL_EXTENSION
KEYUSAGE_NO_CRL_SIGN UNHANDLED_CRITICAL_CRL_EXTENSION INVALID_NON_CA PROXY_PATH_LENGTH_EXCEEDED
KEYUSAGE_NO_DIGITAL_SIGNATURE PROXY_CERTIFICATES_NOT_ALLOWED INVALID_EXTENSION INVALID_POLICY_EXTENSION
NO_EXPLICIT_POLICY DIFFERENT_CRL_SCOPE UNSUPPORTED_EXTENSION_FEATURE UNNESTED_RESOURCE PERMITTED_VIOLATION
EXCLUDED_VIOLATION SUBTREE_MINMAX APPLICATION_VERIFICATION UNSUPPORTED_CONSTRAINT_TYPE
UNSUPPORTED_CONSTRAINT_SYNTAX UNSUPPORTED_NAME_SYNTAX CRL_PATH_VALIDATION_ERROR PATH_LOOP
SUITE_B_INVALID_VERSION SUITE_B_INVALID_ALGORITHM SUITE_B_INVALID_CURVE SUITE_B_INVALID_SIGNATURE_ALGORITHM
SUITE_B_LOS_NOT_ALLOWED SUITE_B_CANNOT_SIGN_P_384_WITH_P_256 HOSTNAME_MISMATCH EMAIL_MISMATCH
IP_ADDRESS_MISMATCH DANE_NO_MATCH EE_KEY_TOO_SMALL CA_KEY_TOO_SMALL CA_MD_TOO_WEAK INVALID_CALL STORE_LOOKUP
NO_VALID_SCTS PROXY_SUBJECT_NAME_VIOLATION OCSP_VERIFY_NEEDED OCSP_VERIFY_FAILED OCSP_CERT_UNKNOWN
UNSUPPORTED_SIGNATURE_ALGORITHM SIGNATURE_ALGORITHM_MISMATCH SIGNATURE_ALGORITHM_INCONSISTENCY INVALID_CA
PATHLEN_INVALID_FOR_NON_CA PATHLEN_WITHOUT_KU_KEY_CERT_SIGN KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA
ISSUER_NAME_EMPTY SUBJECT_NAME_EMPTY MISSING_AUTHORITY_KEY_IDENTIFIER MISSING_SUBJECT_KEY_IDENTIFIER
EMPTY_SUBJECT_ALT_NAME EMPTY_SUBJECT_SAN_NOT_CRITICAL CA_BCONS_NOT_CRITICAL AUTHORITY_KEY_IDENTIFIER_CRITICAL
SUBJECT_KEY_IDENTIFIER_CRITICAL CA_CERT_MISSING_KEY_USAGE EXTENSIONS_REQUIRE_VERSION_3 EC_KEY_EXPLICIT_PARAMS
RPK_UNTRUSTED
`.trim().split(/\s/)
)

// The message of fetch for a blocked port (such as 25, by the Fetch standard). The error has no code.
const BAD_PORT = "bad port"

const reasons: ReadonlyMap<string, ConnectionErrorReason> = new Map<string, ConnectionErrorReason>([
  ["ENOTFOUND", "HostNotFound"],
  ["ENODATA", "HostNotFound"],
  ["ECONNREFUSED", "ConnectionRefused"],
  ["ENETUNREACH", "HostUnreachable"],
  ["EHOSTUNREACH", "HostUnreachable"],
  ["ENETDOWN", "HostUnreachable"],
  ["EHOSTDOWN", "HostUnreachable"],
  ["EADDRNOTAVAIL", "HostUnreachable"],
  ["EAFNOSUPPORT", "HostUnreachable"],
  ["UND_ERR_PRX_TLS", "HostUnreachable"],
  // libuv's code for a failed handshake.
  ["EPROTO", "TlsHandshakeFailed"],
  ["ETIMEDOUT", "TimedOut"],
  ["ESOCKETTIMEDOUT", "TimedOut"],
  ["ERR_TLS_HANDSHAKE_TIMEOUT", "TimedOut"],
  ["UND_ERR_CONNECT_TIMEOUT", "TimedOut"],
  ["UND_ERR_HEADERS_TIMEOUT", "TimedOut"],
  ["UND_ERR_BODY_TIMEOUT", "TimedOut"],
  ["ECONNRESET", "ConnectionLost"],
  ["ECONNABORTED", "ConnectionLost"],
  ["ENETRESET", "ConnectionLost"],
  ["ENOTCONN", "ConnectionLost"],
  ["ESHUTDOWN", "ConnectionLost"],
  ["EPIPE", "ConnectionLost"],
  ["ERR_SOCKET_CLOSED", "ConnectionLost"],
  ["ERR_STREAM_PREMATURE_CLOSE", "ConnectionLost"],
  ["UND_ERR_DESTROYED", "ConnectionLost"],
  ["UND_ERR_SOCKET", "ConnectionLost"],
  ["ERR_BAD_PORT", "RequestRefused"],
  ["ERR_NO_FETCH", "RequestRefused"],
  ["ERR_STREAM_BODY", "RequestRefused"],
  ["ERR_TRANSPORT_CLOSED", "RequestRefused"],
  ["ERR_UNESCAPED_CHARACTERS", "RequestRefused"],
  ["UND_ERR_CLOSED", "RequestRefused"],
  ["UND_ERR_INVALID_ARG", "RequestRefused"],
  ["UND_ERR_INVALID_RETURN_VALUE", "RequestRefused"],
  ["UND_ERR_NOT_SUPPORTED", "RequestRefused"]
])

/** OpenSSL errors of an established connection. All others belong to the handshake. */
const AFTER_HANDSHAKE =
  /BAD_RECORD|DECRYPTION_FAILED|RECORD_OVERFLOW|RECORD_LENGTH|UNEXPECTED_|INTERNAL_ERROR|CLOSE_NOTIFY|IS_SHUTDOWN|USER_CANCELLED|NO_RENEGOTIATION/

const patterns: ReadonlyArray<readonly [pattern: RegExp, reason: ConnectionErrorReason]> = [
  [/^EAI_/, "HostNotFound"],
  [/^ERR_TLS_CERT_/, "CertificateRejected"],
  [/^ERR_INVALID_/, "RequestRefused"]
]

const reasonOfCode = (code: string): ConnectionErrorReason | undefined =>
  reasons.get(code)
    ?? (certificateErrors.has(code)
      ? "CertificateRejected"
      : code.startsWith("ERR_SSL_")
      ? AFTER_HANDSHAKE.test(code) ? "ConnectionLost" : "TlsHandshakeFailed"
      : patterns.find(([pattern]) => pattern.test(code))?.[1])

/** The reasons with which the request cannot have reached the server. */
const unsent: ReadonlySet<ConnectionErrorReason> = new Set([
  "HostNotFound",
  "ConnectionRefused",
  "CertificateRejected",
  "TlsHandshakeFailed",
  "RequestRefused"
])

/** The reasons for which a retry cannot succeed. */
const permanent: ReadonlySet<ConnectionErrorReason> = new Set([
  "CertificateRejected",
  "TlsHandshakeFailed",
  "RequestRefused"
])

/** The fields of a transport's error that have a fixed set of values. Nothing else is read. */
interface Cause {
  readonly code: string | undefined
  readonly syscall: unknown
  /** Whether one of our transports knows that it sent nothing. */
  readonly isUnsent: boolean
  /** The errors of a connection attempt to several addresses, one per address. */
  readonly causes: ReadonlyArray<Cause>
}

const MAX_DEPTH = 5
const MAX_ADDRESSES = 16

const property = (input: object, key: string): unknown => key in input ? Reflect.get(input, key) : undefined

/** An error and its causes, outermost first. */
const chainOf = (error: unknown, depth = 0): ReadonlyArray<Cause> => {
  if (depth >= MAX_DEPTH || typeof error !== "object" || error === null) {
    return []
  }
  const code = property(error, "code")
  const errors = property(error, "errors")
  const self: Cause = {
    code: typeof code === "string" && /^\w{1,64}$/.test(code)
      ? code
      : property(error, "message") === BAD_PORT
      ? "ERR_BAD_PORT"
      : undefined,
    syscall: property(error, "syscall"),
    isUnsent: property(error, "isUnsent") === true,
    causes: Array.isArray(errors)
      ? errors.slice(0, MAX_ADDRESSES).flatMap((one) => chainOf(one, depth + 1).slice(0, 1))
      : []
  }
  return [self, ...chainOf(property(error, "cause"), depth + 1)]
}

const reasonOfCause = ({ causes, code, syscall }: Cause): ConnectionErrorReason | undefined =>
  (code === undefined ? undefined : reasonOfCode(code))
    ?? (syscall === "getaddrinfo" ? "HostNotFound" : syscall === "connect" ? "HostUnreachable" : undefined)
    ?? first(causes)

const first = (causes: ReadonlyArray<Cause>): ConnectionErrorReason | undefined => {
  for (const cause of causes) {
    const reason = reasonOfCause(cause)
    if (reason !== undefined) {
      return reason
    }
  }
  return undefined
}

/** Whether no connection was opened. */
const isUnconnected = (cause: Cause): boolean => {
  const { causes, code, isUnsent, syscall } = cause
  if (isUnsent || syscall === "connect" || syscall === "getaddrinfo") {
    return true
  }
  if (causes.length > 0) {
    return causes.every(isUnconnected)
  }
  const reason = reasonOfCause(cause)
  return reason !== undefined && unsent.has(reason)
    || reason === "HostUnreachable" && syscall === undefined
    || code === "UND_ERR_CONNECT_TIMEOUT" || code === "ERR_TLS_HANDSHAKE_TIMEOUT"
}

/** The classification of a transport's error. */
export interface Failure {
  readonly reason: ConnectionErrorReason
  /** Whether the request may have reached the server. */
  readonly mayBeSent: boolean
  /** Whether a retry may succeed. */
  readonly isRetryable: boolean
}

/** Classifies a transport's error by the codes and system calls of it and its causes. The outermost known code decides. */
export const failureOf = (error: unknown): Failure => {
  const chain = chainOf(error)
  const refused = chain.length > 0 && isRefusal(error)
  const reason = refused ? "RequestRefused" : first(chain) ?? "NoResponse"
  return { reason, mayBeSent: !refused && !chain.some(isUnconnected), isRetryable: !permanent.has(reason) }
}

/** A request that the platform could not construct. */
const isRefusal = (error: unknown): boolean =>
  typeof error === "object" && error !== null && property(error, "_tag") === "RequestError"
  && property(error, "reason") !== "Transport"

/** Whether an error or one of its causes has this code. */
export const hasCode = (error: unknown, code: string): boolean => chainOf(error).some((cause) => cause.code === code)

/** Returns the outermost code of an error and its causes. */
export const codeOf = (error: unknown): string | undefined =>
  chainOf(error).flatMap((cause) => [cause, ...cause.causes]).find(({ code }) => code !== undefined)?.code
