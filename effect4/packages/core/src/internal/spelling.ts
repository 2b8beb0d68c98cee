import { entities } from "./entities.js"

/*
 * Decodes a text level by level: each view decodes the escapes of its parent. Secrets are decoded in the same way, so a
 * secret that looks like an escape sequence is found, too.
 */

/** A text, or a decoded form of one. */
export interface View {
  readonly text: string
  /** The text for a case-insensitive search. It has the same length as `text`. */
  readonly folded: string
  /** Where it comes from, if it is decoded. */
  readonly origin: Origin | undefined
}

/** The parts of a decoded text: where each starts in this text, and its start and end in the parent. */
interface Origin {
  readonly parent: View
  readonly at: ReadonlyArray<number>
  readonly from: ReadonlyArray<number>
  readonly to: ReadonlyArray<number>
}

const fold = (text: string): string => {
  const folded = text.toLowerCase()
  return folded.length === text.length
    ? folded
    : text.replace(/[^]/g, (unit) => unit.toLowerCase().length === 1 ? unit.toLowerCase() : unit)
}

const viewOf = (text: string, origin?: Origin): View => ({ text, folded: fold(text), origin })

/** Converts a range of a view to a range of the original text. */
export const locate = ({ origin, text }: View, start: number, end: number): readonly [start: number, end: number] => {
  if (origin === undefined) {
    return [start, end]
  }
  const { at, from, parent, to } = origin
  // A part that is not decoded has as many characters as in the parent.
  const isCopy = (part: number) =>
    (to[part] ?? 0) - (from[part] ?? 0) === (at[part + 1] ?? text.length) - (at[part] ?? 0)
  const first = partOf(at, start)
  const last = partOf(at, end - 1)
  return locate(
    parent,
    isCopy(first) ? (from[first] ?? 0) + start - (at[first] ?? 0) : from[first] ?? 0,
    isCopy(last) ? (from[last] ?? 0) + end - (at[last] ?? 0) : to[last] ?? 0
  )
}

const partOf = (at: ReadonlyArray<number>, index: number): number => {
  let low = 0
  let high = at.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((at[middle] ?? 0) <= index) {
      low = middle
    } else {
      high = middle - 1
    }
  }
  return low
}

const letters: Readonly<Record<string, string>> = {
  0: "\0",
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v"
}

const ofCode = (digits: string, radix: number): string | undefined => {
  const code = Number.parseInt(digits, radix)
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/** The UTF-8 bytes of one character, each byte as a Latin-1 character. */
const SEQUENCE = /[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}/g

const ofSequence = (bytes: string): string => {
  try {
    return decodeURIComponent(bytes.replace(/[^]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`))
  } catch {
    // The bytes are overlong or half of a surrogate pair.
    return bytes
  }
}

/** Decodes UTF-8 in a text of Latin-1 characters. */
const ofBytes = (bytes: string): string => bytes.replace(SEQUENCE, ofSequence)

const ofDigits = (digits: string, radix: number): string =>
  digits.replace(radix === 16 ? /../g : /.../g, (byte) => String.fromCharCode(Number.parseInt(byte, radix)))

/** Decodes an escape sequence; `undefined` if it is not one. */
const decode = (token: string): string | undefined => {
  const mark = token.charAt(1).toLowerCase()
  switch (token.charAt(0)) {
    case "\\":
      return token.length < 3
        ? letters[mark] ?? token.slice(1)
        : mark === "u"
        ? ofCode(token.replace(/[^0-9a-f]/gi, ""), 16)
        : ofBytes(mark === "x" ? ofDigits(token.replace(/\\x/gi, ""), 16) : ofDigits(token.replaceAll("\\", ""), 8))
    case "%":
      return mark === "u" ? ofCode(token.slice(2), 16) : ofBytes(ofDigits(token.replaceAll("%", ""), 16))
    case "&": {
      const name = token.slice(1).replace(";", "")
      return mark !== "#"
        ? entities.get(name) ?? entities.get(name.toLowerCase())
        : name.charAt(1).toLowerCase() === "x"
        ? ofCode(name.slice(2), 16)
        : ofCode(name.slice(1), 10)
    }
    default:
      return /^[\s+]/.test(token) ? " " : ofSequence(token)
  }
}

const oneOf = (...parts: ReadonlyArray<RegExp>): RegExp => new RegExp(parts.map(({ source }) => source).join("|"), "g")

const BACKSLASHES = [
  /(?:\\[xX][0-9a-fA-F]{2})+/,
  /(?:\\[0-3][0-7]{2})+/,
  /\\(?:U[0-9a-fA-F]{8}|[uU](?:\{[0-9a-fA-F]{1,6}\}|[0-9a-fA-F]{4})|[^]|$)/
]
const PERCENT = [/(?:%[0-9a-fA-F]{2})+/, /%[uU][0-9a-fA-F]{4}/]
const HTML = [/&(?:#\d{1,9}|#[xX][0-9a-fA-F]{1,7}|[a-zA-Z]{2,16}\d{0,2});?/]

const all = oneOf(...BACKSLASHES, ...PERCENT, ...HTML, SEQUENCE, /[\s+]+/)

/** Each kind of escapes alone: a secret may look like an escape of another kind. */
const each = [oneOf(...BACKSLASHES), oneOf(...PERCENT, /\+/), oneOf(...HTML)]

/** Servers may fold white space. */
const SPACE = /\s+/g

/** Decodes the escapes of a view. Returns the same view if it has none. */
const read = (view: View, escapes: RegExp): View => {
  const { text } = view
  const at: Array<number> = []
  const from: Array<number> = []
  const to: Array<number> = []
  const parts: Array<string> = []
  let length = 0
  let done = 0
  const push = (part: string, start: number, end: number) => {
    at.push(length)
    from.push(start)
    to.push(end)
    parts.push(part)
    length += part.length
  }
  for (const { 0: token, index } of text.matchAll(escapes)) {
    const decoded = decode(token)
    if (decoded !== undefined && decoded !== token) {
      if (index > done) {
        push(text.slice(done, index), done, index)
      }
      push(decoded, index, index + token.length)
      done = index + token.length
    }
  }
  if (done === 0) {
    return view
  }
  push(text.slice(done), done, text.length)
  return viewOf(parts.join(""), { parent: view, at, from, to })
}

/** Removes white space: base64 may be split into lines. */
const squeeze = (view: View): View => {
  const at: Array<number> = []
  const from: Array<number> = []
  const to: Array<number> = []
  let text = ""
  for (const { 0: part, index } of view.text.matchAll(/\S+/g)) {
    at.push(text.length)
    from.push(index)
    to.push(index + part.length)
    text += part
  }
  return viewOf(text, { parent: view, at, from, to })
}

/** Limits the decoded forms of a text, such as JSON in JSON in JSON, percent-encoded twice. */
const MAX_VIEWS = 40

/** Returns the text and its decoded forms: all kinds of escapes at once, and each kind in any order, level by level. */
export const views = (text: string): ReadonlyArray<View> => {
  const found = new Map<string, View>([[text, viewOf(text)]])
  for (const kind of [all, ...each, ...each]) {
    // Also visits the views that it adds, because a Map is iterated in insertion order.
    for (const view of found.values()) {
      if (found.size === MAX_VIEWS) {
        break
      }
      const next = read(view, kind)
      found.set(next.text, next)
    }
  }
  const spaced = [...found.values()].filter((view) => /\s/.test(view.text))
  return [...found.values(), ...spaced.map((view) => read(view, SPACE)), ...spaced.map(squeeze)]
}
