/**
 * The request log: a line for each request, for a person to read.
 */
import type { Told } from "../api/Dispatcher.js"

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

const words = new Set(["", "v1", "workspaces", "workspace_secrets", "whoami", "openapi.json", "docs", "_mock"])

const isId = (segment: string): boolean => /^(?:wsec|wksp)_[0-9A-HJKMNP-TV-Z]{26}$/.test(segment)

/** What stands for what was sent: somebody may have sent a value or a key in its place. */
const HIDDEN = "{…}"

/** Whether all of its path is known to lead somewhere. */
const isRight = ({ operation, response }: Told): boolean =>
  operation !== undefined && response !== undefined && response.status < 300

const pathOf = (told: Told): string =>
  // The path of a request to the control API has nothing in it but names of the server's own.
  told.path.startsWith("/_mock/") ? told.path : told.path.split("/").map((segment) =>
    segment.startsWith("external_id:")
      ? `external_id:${HIDDEN}`
      : words.has(segment) || isId(segment) || isRight(told)
      ? segment
      : HIDDEN
  ).join("/")

/** The parameters whose values can be no secret. */
const plain: Readonly<Record<string, RegExp>> = {
  limit: /^\d{1,9}$/,
  sortOrder: /^(?:asc|desc)$/,
  includeInfo: /^(?:true|false)$/
}

const named = new Set([...Object.keys(plain), "cursor", "prefix", "query", "labels"])

const queryOf = ({ query }: Told): string => {
  const parts = Object.entries(query).map(([name, value]) =>
    named.has(name) ? `${name}=${plain[name]?.test(value) === true ? value : HIDDEN}` : HIDDEN
  )
  return parts.length === 0 ? "" : `?${parts.join("&")}`
}

/** A name that somebody gave to a rule: it is to stay in its line. */
const printable = (text: string): string => text.slice(0, 100).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?")

const paint = (status: number, text: string): string => {
  const colour = status < 400 ? 32 : status < 500 ? 33 : 31
  return `\x1b[${colour}m${text}\x1b[39m`
}

const brokenAs = (broken: string): string =>
  broken === "closed" ? "closed instead of answered" : broken === "cut" ? "cut in the middle" : `${broken} for a body`

/**
 * The line: when it ended, status, method, path, how long it took and whose it was; then the rule that hit it, and what became of the answer.
 * Of what was sent, only what can be neither a value nor a key is in it.
 */
export const line = (told: Told, at: Date, colours: boolean): string => {
  const { durationMillis, fault, method, response, tenant } = told
  const status = response === undefined ? "---" : String(response.status)
  return [
    at.toISOString(),
    colours && response !== undefined ? paint(response.status, status) : status,
    (methods.has(method) ? method : HIDDEN).padEnd(6),
    `${pathOf(told)}${queryOf(told)}`,
    `${durationMillis.toFixed(1)} ms`,
    ...(tenant === undefined ? [] : [tenant]),
    ...(fault === undefined ? [] : [`fault: ${printable(fault)}`]),
    ...(response === undefined ? ["the client went away"] : []),
    ...(response?.broken === undefined ? [] : [brokenAs(response.broken)])
  ].join("  ")
}
