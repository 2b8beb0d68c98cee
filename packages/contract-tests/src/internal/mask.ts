import * as Redaction from "@workspace-secrets/core/Redaction"
import type * as Redacted from "effect/Redacted"

/*
 * What may be printed of a request or an answer. Values of secrets and keys may not, whatever a server does with them:
 * the suite runs against real servers, with real keys and with secrets of others in the same workspace.
 */

const OPEN = "contract-tests-value["
const CLOSE = "]"
const MAX_LENGTH = 400
// Around what may be cut, once keys are out of it: half a key would not be found. JSON has neither of them unescaped.
const BEGIN = "\u0002"
const END = "\u0003"
const MASKED_VALUE = "<a value>"

/** A value that is known for one wherever it turns up: whole, or cut off at its end. */
export const markedValue = (content: string): string => `${OPEN}${content}${CLOSE}`

// The bracket may be escaped, or in other case what stands before it.
const hideValues = (text: string): string =>
  text.replaceAll(/contract-tests-value(?:\[[^\]]*\]?|[^\s"]*)/gi, () => MASKED_VALUE)

/** Takes keys and the suite's own values out of a text, and then cuts what `show` has found to be long. */
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

/** Prints a piece of JSON without values, for a message that goes through `make`. */
export const show = (u: unknown): string => `${BEGIN}${JSON.stringify(withoutValues(u)) ?? "nothing"}${END}`
