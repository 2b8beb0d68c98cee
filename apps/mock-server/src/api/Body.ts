/**
 * Request bodies: limits, content type, and JSON.
 *
 * @since 0.1.0
 */
import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import * as Either from "effect/Either"

/**
 * The maximum size of a body in bytes: 1 MiB (WIRE.md, Errors: 413).
 *
 * @since 0.1.0
 * @category constants
 */
export const maxBytes = 1024 * 1024

/**
 * The prefix of all paths of the control API.
 *
 * @since 0.1.0
 * @category constants
 */
export const controlRoot = "/_mock/"

/**
 * The maximum size of a body for a request target, in bytes: 1 MiB, or 64 MiB for the control API, whose seeds and snapshots hold whole
 * workspaces.
 *
 * @since 0.1.0
 * @category rules
 */
export const limitOf = (target: string): number => target.startsWith(controlRoot) ? 64 * maxBytes : maxBytes

/**
 * The error for a body that is too large: 413.
 *
 * @since 0.1.0
 * @category errors
 */
export const tooLarge = (limit: number = maxBytes): InvalidArgument =>
  new InvalidArgument({ status: 413, message: `the body is larger than ${limit / maxBytes} MiB (${limit} bytes)` })

/**
 * Whether a `content-length` header announces a body that is too large.
 *
 * @since 0.1.0
 * @category rules
 */
export const announcesTooMuch = (contentLength: string | undefined, limit: number = maxBytes): boolean =>
  contentLength !== undefined && Number(contentLength) > limit

/** The parameters of a media type by name. Values may be quoted (RFC 9110, 5.6.6). */
const parametersOf = (contentType: string): ReadonlyArray<readonly [name: string, value: string]> =>
  [...contentType.matchAll(/;\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g)]
    .map(([, name = "", quoted, value]) => [name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? value ?? ""])

/** Whether a charset is UTF-8 or its subset ASCII, by the labels of the Encoding standard, such as `utf8`. */
const isUtf8 = (label: string): boolean => {
  if (/^\s*(us-)?ascii\s*$/i.test(label)) {
    return true
  }
  try {
    return new TextDecoder(label).encoding === "utf-8"
  } catch {
    // Not the label of an encoding.
    return false
  }
}

const isJson = (contentType: string): boolean =>
  /^\s*application\/(?:[^\s/+;]+\+)?json\s*(?:;|$)/i.test(contentType)
  && parametersOf(contentType).every(([name, value]) => name !== "charset" || isUtf8(value))

/** The content codings of a body, without `identity`, which means none (RFC 9110, 8.4). */
const codingsOf = (contentEncoding: string): ReadonlyArray<string> =>
  contentEncoding.split(",").map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity")

const unsupported = (message: string) => Either.left(new InvalidArgument({ status: 415, message }))

/**
 * Fails for a body that is not JSON in UTF-8, or is compressed (WIRE.md, Errors: 415). A missing content type means JSON.
 *
 * @since 0.1.0
 * @category rules
 */
export const checkType = (
  contentType: string | undefined,
  contentEncoding?: string
): Either.Either<void, InvalidArgument> => {
  const [coding] = codingsOf(contentEncoding ?? "")
  if (coding !== undefined) {
    const name = /^[\w-]{1,20}$/.test(coding) ? ` ${coding}` : ""
    return unsupported(`the content coding${name} is not supported; send the body without content-encoding`)
  }
  return contentType === undefined || isJson(contentType)
    ? Either.void
    : unsupported("the body must be JSON in UTF-8; send content-type: application/json")
}

/**
 * The maximum nesting of objects and arrays in a body, as in protobuf's parsers. It bounds the recursion of everything that walks through a
 * body.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxDepth = 100

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x5b, 0x5d]

/** With this bit set, `[` becomes `{` and `]` becomes `}`. */
const BRACE = 0x20

/**
 * Whether JSON has more than `levels` levels. It scans the bytes before they are parsed, because the parser needs half a second and much
 * memory for a million brackets. Bytes of characters beyond ASCII never look like brackets or quotes.
 */
const isDeeper = (bytes: Uint8Array, levels: number): boolean => {
  let depth = 0
  let isText = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    if (byte === QUOTE) {
      isText = !isText
    } else if (isText) {
      i += byte === BACKSLASH ? 1 : 0
    } else if ((byte & ~BRACE) === OPEN) {
      if (++depth > levels) {
        return true
      }
    } else if ((byte & ~BRACE) === CLOSE) {
      depth--
    }
  }
  return false
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

/**
 * Parses the JSON of a body. The error never quotes the body, because it may contain a secret.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (bytes: Uint8Array): Either.Either<unknown, InvalidArgument> => {
  if (bytes.length === 0) {
    return Either.left(
      InvalidArgument.fromViolations([{ field: "", description: "the body is empty; expected a JSON object" }])
    )
  }
  if (isDeeper(bytes, maxDepth)) {
    return Either.left(
      InvalidArgument.fromViolations([{ field: "", description: `the body has more than ${maxDepth} levels` }])
    )
  }
  try {
    return Either.right(JSON.parse(utf8.decode(bytes)))
  } catch {
    // The errors of the decoder and the parser are dropped: they quote the body.
    return Either.left(
      InvalidArgument.fromViolations([{ field: "", description: "the body is not valid JSON in UTF-8" }])
    )
  }
}
