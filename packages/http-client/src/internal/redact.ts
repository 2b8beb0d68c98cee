import * as Redacted from "effect/Redacted"

const MASK = "<redacted>"

/** Below this, a secret is found all over any text by chance, and taking it out would leave shreds. */
const MIN_LENGTH = 4

const shortEscapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }

const unescape = (escape: string): string =>
  escape.length === 6
    ? String.fromCharCode(Number.parseInt(escape.slice(2), 16))
    : escape.length === 2
    ? shortEscapes[escape.charAt(1)] ?? escape.charAt(1)
    : escape

/** Takes a secret out of a text that holds it in JSON's escapes, whichever of them the writer has chosen. */
const redactEscaped = (text: string, secret: string): string => {
  const starts: Array<number> = []
  let plain = ""
  for (const match of text.matchAll(/\\u[0-9a-fA-F]{4}|\\["\\/bfnrt]|[^]/g)) {
    starts.push(match.index)
    plain += unescape(match[0])
  }
  let out = ""
  let from = 0
  for (let at = plain.indexOf(secret); at !== -1; at = plain.indexOf(secret, from)) {
    out += text.slice(starts[from], starts[at]) + MASK
    from = at + secret.length
  }
  return out + text.slice(starts[from] ?? text.length)
}

/**
 * Takes these secrets out of what a server wrote, as they are and as JSON escapes them. White space at their ends does
 * not count, since a server may have trimmed it. Those under four characters stay.
 */
export const redact = (secrets: ReadonlyArray<Redacted.Redacted<string>>) => (text: string): string => {
  const plain = secrets
    .map((secret) => Redacted.value(secret).trim())
    .filter((secret) => secret.length >= MIN_LENGTH)
    // One may hold another.
    .sort((a, b) => b.length - a.length)
  return plain.reduce((out, secret) => {
    const rest = out.replaceAll(secret, () => MASK)
    return rest.includes("\\") ? redactEscaped(rest, secret) : rest
  }, text)
}
