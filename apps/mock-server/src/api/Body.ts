/**
 * Bodies of requests: how large they may be, what type they are of, and what is in them.
 *
 * @since 0.1.0
 */
import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import * as Either from "effect/Either"

/**
 * The most bytes that a body may have: 1 MiB (WIRE.md, Errors: 413).
 *
 * @since 0.1.0
 * @category constants
 */
export const maxBytes = 1024 * 1024

/**
 * What the paths of the control API begin with.
 *
 * @since 0.1.0
 * @category constants
 */
export const controlRoot = "/_mock/"

/**
 * The most bytes that the body of a request to this target may have: 1 MiB; 64 MiB for the control API, whose seeds and snapshots are
 * whole workspaces.
 *
 * @since 0.1.0
 * @category rules
 */
export const limitOf = (target: string): number => target.startsWith(controlRoot) ? 64 * maxBytes : maxBytes

/**
 * The refusal of a body that is larger.
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

/** The parameters of a media type, by name; a value can be quoted (RFC 9110, 5.6.6). */
const parametersOf = (contentType: string): ReadonlyArray<readonly [name: string, value: string]> =>
  [...contentType.matchAll(/;\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g)]
    .map(([, name = "", quoted, value]) => [name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? value ?? ""])

/** Whether a label stands for UTF-8 or for ASCII, which is a part of it: by the labels of the Encoding standard, such as `utf8`. */
const isUtf8 = (label: string): boolean => {
  if (/^\s*(us-)?ascii\s*$/i.test(label)) {
    return true
  }
  try {
    return new TextDecoder(label).encoding === "utf-8"
  } catch {
    // A label that no encoding has.
    return false
  }
}

const isJson = (contentType: string): boolean =>
  /^\s*application\/(?:[^\s/+;]+\+)?json\s*(?:;|$)/i.test(contentType)
  && parametersOf(contentType).every(([name, value]) => name !== "charset" || isUtf8(value))

/** The content codings of a body besides `identity`, which is none (RFC 9110, 8.4). */
const codingsOf = (contentEncoding: string): ReadonlyArray<string> =>
  contentEncoding.split(",").map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity")

const unsupported = (message: string) => Either.left(new InvalidArgument({ status: 415, message }))

/**
 * Refuses a body that is not JSON in UTF-8, or is compressed (WIRE.md, Errors: 415). A body that says nothing of its type is taken for JSON.
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
    : unsupported("the body has to be JSON in UTF-8; send content-type: application/json")
}

/**
 * The most levels of objects and arrays that a body may have one in another, as in protobuf's own parsers: what walks through it calls itself
 * for each of them.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxDepth = 100

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x5b, 0x5d]

/** `{` and `}` are `[` and `]` with this bit. */
const BRACE = 0x20

/**
 * Whether JSON goes deeper than that. It looks at the bytes, before they are parsed: a million brackets would take the parser half a second,
 * and memory for each. No byte of a character beyond ASCII is one that it looks for.
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
 * Reads the JSON in a body. What the refusal says never quotes the body: a secret is in there.
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
    // Both refusals, of the decoder and of the parser, would quote what they refuse.
    return Either.left(
      InvalidArgument.fromViolations([{ field: "", description: "the body is not valid JSON in UTF-8" }])
    )
  }
}
