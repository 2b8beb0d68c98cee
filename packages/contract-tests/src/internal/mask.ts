import * as Redaction from "@workspace-secrets/core/Redaction"
import type * as Redacted from "effect/Redacted"

/*
 * Redacts requests and responses for messages. No value and no key may be printed: the suite runs against real servers,
 * with real keys and other people's secrets in the same workspace.
 */

const OPEN = "contract-tests-value["
const CLOSE = "]"
const MAX_LENGTH = 400
// Marks text that may be cut after keys are redacted: half a key would not be found. JSON contains neither character
// unescaped.
const BEGIN = "\u0002"
const END = "\u0003"
const MASKED_VALUE = "<a value>"

/** A value of the suite, whole or truncated. */
export const markedValue = (content: string): string => `${OPEN}${content}${CLOSE}`

// The bracket may be escaped, and the text before it in different case.
const hideValues = (text: string): string =>
  text.replaceAll(/contract-tests-value(?:\[[^\]]*\]?|[^\s"]*)/gi, () => MASKED_VALUE)

/** Redacts keys and the suite's values, then cuts the long texts marked by `show`. */
export const make = (keys: ReadonlyArray<Redacted.Redacted<string>>) => {
  const hideKeys = Redaction.make(keys, { mask: "<a key>" })
  return (text: string): string =>
    hideKeys(hideValues(text))
      .split(BEGIN)
      .map((part) => {
        const end = part.indexOf(END)
        return end === -1 ? part : cut(part.slice(0, end)) + part.slice(end + 1)
      })
      .join("")
}

const cut = (text: string): string =>
  text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)` : text

const withoutValues = (u: unknown): unknown =>
  Array.isArray(u)
    ? u.map(withoutValues)
    : typeof u === "object" && u !== null
    ? Object.fromEntries(
      Object.entries(u).map((
        [key, inner]
      ) => [key, key === "value" && inner !== null ? MASKED_VALUE : withoutValues(inner)])
    )
    : typeof u === "string"
    ? hideValues(u)
    : u

/** Formats JSON without values, for a message that passes through `make`. */
export const show = (u: unknown): string => `${BEGIN}${JSON.stringify(withoutValues(u)) ?? "nothing"}${END}`
