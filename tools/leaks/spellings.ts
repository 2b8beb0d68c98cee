import { encodeHTML } from "entities"

/*
 * The spellings: how a secret may appear in a text. The leak tests of all packages use this list.
 */

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0")

const chars = (secret: string): ReadonlyArray<string> => [...secret]
const units = (secret: string): ReadonlyArray<string> => secret.split("")
const code = (char: string): number => char.codePointAt(0) ?? 0
const bytes = (secret: string): ReadonlyArray<number> => [...Buffer.from(secret)]

const json = (secret: string): string => JSON.stringify(secret).slice(1, -1)

const jsonEscaped = (secret: string): string => units(secret).map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`).join("")

const short: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\"
}

/** Go's `%q`, or `%+q` with `ascii`. */
const go = (ascii: boolean) => (secret: string): string =>
  chars(secret).map((char) =>
    char === "\""
      ? "\\\""
      : short[char] ??
        (code(char) < 0x20 || code(char) === 0x7f
          ? `\\x${hex(code(char), 2)}`
          : code(char) < 0x7f || !(ascii || /[\p{C}\p{Zl}\p{Zp}]/u.test(char))
          ? char
          : code(char) < 0x10000
          ? `\\u${hex(code(char), 4)}`
          : `\\U${hex(code(char), 8)}`)
  ).join("")

/** Python's `ascii()` of a text. */
const python = (secret: string): string =>
  chars(secret).map((char) =>
    char === "'" || char === "\\"
      ? `\\${char}`
      : char === "\n"
      ? "\\n"
      : char === "\r"
      ? "\\r"
      : char === "\t"
      ? "\\t"
      : code(char) >= 0x20 && code(char) < 0x7f
      ? char
      : code(char) < 0x100
      ? `\\x${hex(code(char), 2)}`
      : code(char) < 0x10000
      ? `\\u${hex(code(char), 4)}`
      : `\\U${hex(code(char), 8)}`
  ).join("")

/** Python's `repr()` of bytes. */
const pythonBytes = (secret: string): string =>
  bytes(secret).map((byte) =>
    byte === 0x5c || byte === 0x27
      ? `\\${String.fromCharCode(byte)}`
      : byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${hex(byte, 2)}`
  ).join("")

/** Protobuf's text format and C. */
const octal = (secret: string): string =>
  bytes(secret).map((byte) =>
    byte === 0x5c || byte === 0x22 || byte === 0x27
      ? `\\${String.fromCharCode(byte)}`
      : byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, "0")}`
  ).join("")

const percentAll = (secret: string): string => bytes(secret).map((byte) => `%${hex(byte, 2)}`).join("")

const names: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", "\"": "quot", "'": "apos" }

const html = (secret: string): string => secret.replace(/[&<>"']/g, (char) => `&${names[char] ?? ""};`)

const swapCase = (secret: string): string =>
  secret.replace(/[a-z]/gi, (char) => char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())

/** One prefix for each base64 alignment. */
const base64 = (before: string, encoding: "base64" | "base64url") => (secret: string): string =>
  Buffer.from(`${before}${secret}`).toString(encoding)

/** All spellings. A spelled secret may be alone or within a text. */
export const spellings: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "in JSON": json,
  "in JSON that escapes all": jsonEscaped,
  "in JSON that escapes all in capitals": (secret) =>
    jsonEscaped(secret).replace(/[a-f]/g, (digit) => digit.toUpperCase()),
  "in JSON that escapes slashes": (secret) => json(secret).replaceAll("/", "\\/"),
  "in JSON that escapes what HTML needs": (secret) =>
    json(secret).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${hex(code(char), 4)}`),
  "in JSON that escapes every other character": (secret) =>
    units(secret).map((unit, index) => index % 2 === 0 ? jsonEscaped(unit) : json(unit)).join(""),
  "in JSON that is in JSON": (secret) => json(json(secret)),
  "in JSON that escapes all and is in JSON": (secret) => json(jsonEscaped(secret)),
  "in JSON that is in JSON that is in JSON": (secret) => json(json(json(secret))),
  "by Go": go(false),
  "by Go in ASCII": go(true),
  "by Go in JSON": (secret) => json(go(true)(secret)),
  "by Python": python,
  "by Python in JSON": (secret) => json(python(secret)),
  "by Python as bytes": pythonBytes,
  "in octal": octal,
  "percent-encoded": encodeURIComponent,
  "percent-encoded in small letters": (secret) =>
    encodeURIComponent(secret).replace(/%../g, (byte) => byte.toLowerCase()),
  "percent-encoded as a whole": percentAll,
  "percent-encoded twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  "as a form": (secret) => new URLSearchParams({ "": secret }).toString().slice(1),
  "as a form in JSON": (secret) => encodeURIComponent(json(secret)),
  "in HTML": html,
  "in HTML with all names of Latin-1": (secret) => secret.replace(/[\0-\u00ff]+/g, encodeHTML),
  "in HTML by numbers": (secret) => chars(secret).map((char) => `&#${code(char)};`).join(""),
  "in HTML by hex numbers": (secret) => chars(secret).map((char) => `&#x${hex(code(char), 1).toUpperCase()};`).join(""),
  "in JSON in HTML": (secret) => html(json(secret)),
  "in HTML in JSON by Go": (secret) => json(html(secret)).replaceAll("&", "\\u0026"),
  "in hex": (secret) => Buffer.from(secret).toString("hex"),
  "in base64": base64("", "base64"),
  "in base64 behind one byte": base64("a", "base64"),
  "in base64 behind two bytes": base64("a:", "base64"),
  "in base64 behind many bytes": base64("someone: ", "base64"),
  "in base64 of JSON": (secret) => Buffer.from(JSON.stringify({ value: secret })).toString("base64"),
  "in base64 in lines": (secret) => Buffer.from(secret).toString("base64").replace(/.{8}/g, "$&\r\n"),
  "in base64 in a form": (secret) => encodeURIComponent(Buffer.from(secret).toString("base64")),
  "in base64url": base64("", "base64url"),
  "in base64url behind two bytes": base64("a:", "base64url"),
  "in capitals": (secret) => secret.toUpperCase(),
  "in small letters": (secret) => secret.toLowerCase(),
  "in swapped case": swapCase,
  "with other line ends": (secret) => secret.replaceAll("\n", "\r\n"),
  "in one line": (secret) => secret.replaceAll(/\s+/g, " "),
  "cut after sixteen characters": (secret) => secret.slice(0, Math.max(16, Math.ceil(secret.length / 2))),
  "cut after half of it, in JSON": (secret) => json(secret.slice(0, Math.max(16, Math.ceil(secret.length / 2))))
}

/** The parts of a secret that count as a leak: runs of letters and digits, in any case. */
export const partsOf = (secret: string): ReadonlyArray<string> => secret.toLowerCase().match(/[a-z0-9-]{8,}/g) ?? []

/** The letters and digits of a text, which do not change if a sink quotes, escapes or wraps it. */
const plain = (text: string): string =>
  text.toLowerCase().replaceAll(/\\+[nrt]/g, "").replaceAll(/[^\p{L}\p{N}]+/gu, "")

const RUN = 12

/**
 * Every fourth run of 12 characters in the middle of a spelling, so a text with 15 characters in a row contains one.
 * The ends are skipped: in base64 they depend on the neighbouring text.
 */
const runsOf = (spelled: string): ReadonlyArray<string> => {
  const text = plain(spelled)
  // A short one has a single run, in its middle.
  const edge = Math.floor(Math.min(text.length / 4, 32, Math.max(0, text.length - RUN) / 2))
  const count = Math.max(0, Math.floor((text.length - 2 * edge - RUN) / 4) + 1)
  return Array.from({ length: count }, (_, index) => text.slice(edge + 4 * index, edge + 4 * index + RUN))
}

/** A secret, or a secret and its spelling. */
export type Told = string | readonly [secret: string, spelled: string]

/** The traces of secrets that must not be in a text. */
export interface Traces {
  readonly parts: ReadonlySet<string>
  readonly runs: ReadonlySet<string>
}

const longParts = (secret: string): ReadonlyArray<string> => {
  const parts = partsOf(secret).map(plain).filter((part) => part.length >= 8)
  return parts.length === 0 ? [plain(secret)] : parts
}

/**
 * The parts of secrets, and runs of their spellings, because base64 contains no part. For a secret without long parts,
 * the whole secret.
 */
export const tracesOf = (secrets: ReadonlyArray<Told>): Traces => ({
  parts: new Set(secrets.flatMap((secret) => longParts(typeof secret === "string" ? secret : secret[0]))),
  runs: new Set(secrets.flatMap((secret) => runsOf(typeof secret === "string" ? secret : secret[1])))
})

/** Whether a text contains one of these traces. */
export const tells = (text: string, { parts, runs }: Traces): boolean => {
  const told = plain(text)
  if ([...parts].some((part) => told.includes(part))) {
    return true
  }
  for (let at = 0; runs.size > 0 && at + RUN <= told.length; at++) {
    if (runs.has(told.slice(at, at + RUN))) {
      return true
    }
  }
  return false
}
