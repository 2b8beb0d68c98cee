/**
 * Redacts secrets in texts and errors.
 *
 * A mask finds a secret verbatim, in different case, truncated, and as escaped by JSON (also nested JSON), Go, Python,
 * URLs and HTML, or encoded as hex or base64.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as internal from "./internal/cut.js"
import { locate, type View, views } from "./internal/spelling.js"

/**
 * The text that replaces a secret.
 *
 * @since 0.1.0
 * @category constants
 */
export const mask = "<redacted>"

/**
 * Replaces the secrets in a text. It never throws.
 *
 * @since 0.1.0
 * @category models
 */
export type Mask = (text: string) => string

/** Shorter secrets occur in any text by chance; masking them would make the text unreadable. */
const MIN_LENGTH = 4

/** From this length on, a secret is also found in different case. */
const MIN_FOLDED = 8

/** The start of a secret up to this length counts as the secret. */
const HEAD = 16

/** The shortest part of a truncated secret that is masked: half of it, at least 8 and at most 16 characters. */
const headOf = (length: number): number => Math.min(length, HEAD, Math.max(MIN_FOLDED, Math.ceil(length / 2)))

/** The searched length of a secret: making all spellings of 1 MiB would block the process for seconds. */
const MAX_LENGTH = 4096

/** A cut may split an escape sequence or a surrogate pair, so the last characters of a part may not match. */
const MAX_ESCAPE = 16

interface Needle {
  /** Whether this is only the start of a secret. The rest of the text is then masked, too. */
  readonly isPart: boolean
  readonly exact: string
  readonly folded: string
  readonly head: number
}

const needle = ({ folded, text }: Pick<View, "folded" | "text">, isPart: boolean): Needle => ({
  isPart,
  exact: text,
  folded,
  head: headOf(text.length)
})

/** The UTF-8 bytes of a text. TextEncoder is not part of the language, and core uses nothing else. */
const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(
    encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")).match(/%..|./g) ?? [],
    (part) => part.length === 1 ? part.charCodeAt(0) : Number.parseInt(part.slice(1), 16)
  )

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** The base64 of bytes that follow `shift` other bytes: only the characters that depend on these bytes alone. */
const base64 = (bytes: Uint8Array, shift: number): string => {
  let out = ""
  const first = Math.ceil(shift * 8 / 6)
  const end = Math.floor((shift + bytes.length) * 8 / 6)
  for (let index = first; index < end; index++) {
    const bit = index * 6 - shift * 8
    const byte = Math.floor(bit / 8)
    const pair = ((bytes[byte] ?? 0) << 8) | (bytes[byte + 1] ?? 0)
    out += alphabet.charAt((pair >> (10 - (bit - byte * 8))) & 63)
  }
  return out
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/** The hex and base64 forms of a secret. */
const encoded = (secret: string): ReadonlyArray<string> => {
  const escaped = JSON.stringify(secret).slice(1, -1)
  return [...new Set([secret, escaped])].map(bytesOf).flatMap((bytes) => [
    hex(bytes),
    ...[0, 1, 2].map((shift) => base64(bytes, shift)).flatMap((form) => [
      form,
      form.replaceAll("+", "-").replaceAll("/", "_")
    ])
  ]).filter((form) => form.length >= MIN_FOLDED - 1)
}

const needlesOf = (secret: string): ReadonlyArray<Needle> => {
  const isPart = secret.length > MAX_LENGTH
  const part = secret.slice(0, MAX_LENGTH)
  const forms = [part, ...encoded(part)].flatMap(views)
  const texts = new Map(forms.map((view) => [view.text, view]))
  return [...texts.values()].map((view) => needle(view, isPart)).filter(({ exact }) => exact.length >= MIN_LENGTH)
}

type Range = readonly [start: number, end: number]

const find = (view: View, { exact, folded, head, isPart }: Needle, found: Array<Range>): void => {
  const [text, secret] = exact.length < MIN_FOLDED ? [view.text, exact] : [view.folded, folded]
  const start = secret.slice(0, head)
  for (let at = text.indexOf(start); at !== -1;) {
    let length = head
    while (length < secret.length && text.charCodeAt(at + length) === secret.charCodeAt(length)) {
      length++
    }
    if (isPart && length > secret.length - MAX_ESCAPE) {
      found.push(locate(view, at, text.length))
      return
    }
    found.push(locate(view, at, at + length))
    at = text.indexOf(start, at + length)
  }
}

const valueOf = (secret: Redacted.Redacted<string>): string => {
  try {
    return Redacted.value(secret).trim()
  } catch {
    // The secret was wiped.
    return ""
  }
}

/**
 * Makes a mask for these secrets. It reads them at once: wiping them later has no effect.
 *
 * Secrets are trimmed. Secrets under 4 characters are not masked. Secrets under 8 characters are masked only if whole
 * and in the same case. A longer secret is also masked if truncated, if its first half or its first 16 characters
 * remain, but at least 8. For a secret over 4,096 characters, the mask searches its start, and masks the text from
 * there to the end.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  secrets: ReadonlyArray<Redacted.Redacted<string>>,
  options: { readonly mask?: string | undefined } = {}
): Mask => {
  const values = [...new Set(secrets.map(valueOf))].filter(({ length }) => length >= MIN_LENGTH)
  const { mask: shown = mask } = options
  let needles: ReadonlyArray<Needle> | undefined
  return (text) => {
    // The spellings of a long secret take milliseconds, and many messages are empty.
    if (values.length === 0 || text.length < MIN_LENGTH) {
      return text
    }
    needles ??= values.flatMap(needlesOf)
    const found: Array<Range> = []
    for (const view of views(text)) {
      for (const needle of needles) {
        find(view, needle, found)
      }
    }
    return replace(text, found, shown)
  }
}

const replace = (text: string, found: Array<Range>, shown: string): string => {
  found.sort(([a], [b]) => a - b)
  let out = ""
  let done = 0
  let masked = -1
  for (const [start, end] of found) {
    if (start > masked) {
      out += text.slice(done, start) + shown
    }
    masked = Math.max(masked, end)
    done = masked
  }
  return out + text.slice(done)
}

/**
 * Masks a text, then cuts it to `length` characters. Cutting first could leave a part of a secret that the mask does
 * not find.
 *
 * @since 0.1.0
 * @category masking
 */
export const cut: (self: Mask, text: string, length: number) => string = internal.cut

/**
 * A defect without its content: an error with the same class name and stack frames, without message, cause and
 * properties. A defect that is not an error has no frames.
 *
 * @since 0.1.0
 * @category defects
 */
export class Defect extends Error {
  /** The name of the defect's class. */
  override readonly name: string

  constructor(defect: unknown, self: Mask = (text) => text) {
    super("Message removed: it may contain a secret")
    this.name = self(classOf(defect))
    this.stack = [`${this.name}: ${this.message}`, ...framesOf(defect).map(self)].join("\n")
  }
}

const classOf = (defect: unknown): string => {
  try {
    const name: unknown = typeof defect === "object" && defect !== null ? defect.constructor.name : typeof defect
    return typeof name === "string" && /^[\w$]{1,100}$/.test(name) ? name : "Error"
  } catch {
    return "Error"
  }
}

const MAX_FRAMES = 50

const isFrame = (line: string): boolean => /^\s+at \S|^[^\s@]*@\S+:\d+:\d+$/.test(line)

/** The frames at the end of a stack; the lines before them are the message. */
const framesOf = (defect: unknown): ReadonlyArray<string> => {
  try {
    const stack: unknown = defect instanceof Error ? defect.stack : undefined
    const lines = typeof stack === "string" ? stack.split("\n") : []
    let first = lines.length
    while (isFrame(lines[first - 1] ?? "")) {
      first--
    }
    return lines.slice(first, first + MAX_FRAMES)
  } catch {
    return []
  }
}
