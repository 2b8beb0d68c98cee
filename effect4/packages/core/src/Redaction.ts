/**
 * Keeps secrets out of texts and errors.
 *
 * A masker finds a secret as it is, in other case, cut off at its end, and in the spellings of JSON (also in JSON that is in
 * JSON), Go, Python, URLs, HTML, hex and base64.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as internal from "./internal/cut.js"
import { locate, type View, views } from "./internal/spelling.js"

/**
 * What stands in the place of a secret.
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

/** Shorter secrets occur in any text by chance, and masking them would leave shreds. */
const MIN_LENGTH = 4

/** From this length on, a secret is found in other case, too. */
const MIN_FOLDED = 8

/** So much of the beginning of a secret counts as the secret. */
const HEAD = 16

/** How many of a secret's first characters are masked where the rest is cut off: half of them, at least 8 and at most 16. */
const headOf = (length: number): number => Math.min(length, HEAD, Math.max(MIN_FOLDED, Math.ceil(length / 2)))

/** So much of a secret is looked for. Making all spellings of a secret of 1 MiB would block the process for seconds. */
const MAX_LENGTH = 4096

/** The last characters of a part of a secret may be half of an escape, which is then spelled in another way. */
const MAX_ESCAPE = 16

interface Needle {
  /** Whether it is only the beginning of a secret. What follows it in a text is then masked to the end. */
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

/** The bytes of a text in UTF-8. Not TextEncoder: core needs nothing but the language. */
const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(
    encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")).match(/%..|./g) ?? [],
    (part) => part.length === 1 ? part.charCodeAt(0) : Number.parseInt(part.slice(1), 16)
  )

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** The base64 of bytes behind `shift` others: those of its characters that depend on these bytes alone. */
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

/** What a secret is encoded as, all of it at once. */
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

/** The beginning of a secret that is looked for, which ends between two characters of Unicode. */
const beginningOf = (secret: string): string => {
  const part = secret.slice(0, MAX_LENGTH)
  return /[\ud800-\udbff]$/.test(part) ? part.slice(0, -1) : part
}

const needlesOf = (secret: string): ReadonlyArray<Needle> => {
  const isPart = secret.length > MAX_LENGTH
  const part = isPart ? beginningOf(secret) : secret
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

const valueOf = (secret: Redacted.Redacted<string>): ReadonlyArray<string> => {
  try {
    const value = Redacted.value(secret).trim()
    return value.length >= MIN_LENGTH ? [value] : []
  } catch {
    // It was wiped.
    return []
  }
}

/**
 * Makes a masker of these secrets. They are read now: wiping them later changes nothing.
 *
 * White space at the ends of a secret does not count. Secrets under 4 characters are not masked, and those under 8 only in their
 * own case and whole. Of a longer one that is cut off, its first half is enough, or its first 16 characters; at least 8. Of a secret over
 * 4,096 characters the beginning is looked for, and what follows it in a text is masked to the end.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  secrets: ReadonlyArray<Redacted.Redacted<string>>,
  options: { readonly mask?: string | undefined } = {}
): Mask => {
  const values = [...new Set(secrets.flatMap(valueOf))]
  const { mask: shown = mask } = options
  let needles: ReadonlyArray<Needle> | undefined
  return (text) => {
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
    return found.length === 0 ? text : replace(text, found, shown)
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
 * Masks a text and then cuts it to so many characters: cut before, a part of a secret might be left that is not found.
 *
 * @since 0.1.0
 * @category masking
 */
export const cut: (self: Mask, text: string, length: number) => string = internal.cut

/**
 * A defect without what it may hold: an error of the same class name with the frames of its stack, without message, cause and
 * properties. What is no error becomes one without frames.
 *
 * @since 0.1.0
 * @category defects
 */
export class Defect extends Error {
  /** The name of the defect's class. */
  override readonly name: string

  constructor(defect: unknown, self: Mask = (text) => text) {
    super("The message of this defect is left out: it may hold a secret")
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

const isFrame = (line: string): boolean => /^\s+at \S.*$|^[^\s@]*@\S+:\d+:\d+$/.test(line)

/** The frames at the end of a stack. What stands before them is the message. */
const framesOf = (defect: unknown): ReadonlyArray<string> => {
  try {
    const stack: unknown = defect instanceof Error ? defect.stack : undefined
    const lines = typeof stack === "string" ? stack.split("\n") : []
    let first = lines.length
    while (first > 0 && isFrame(lines[first - 1] ?? "")) {
      first--
    }
    return lines.slice(first, first + MAX_FRAMES)
  } catch {
    return []
  }
}
