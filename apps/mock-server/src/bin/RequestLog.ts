/**
 * The request log: a line for each request, for a person to read.
 */
import type { ObservedRequest } from "../api/Dispatcher.js"

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

const words = new Set(["", "v1", "workspaces", "workspace_secrets", "whoami", "openapi.json", "docs", "_mock"])

/** Whether it has the form of the ids that the server generates for secrets and workspaces. */
const isId = (segment: string): boolean => /^(?:wsecret|workspace)_[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(segment)

/** Replaces text of the request, because it may be a misplaced value or key. */
const HIDDEN = "{…}"

/** Whether the path is valid, so that it contains no misplaced value. */
const isRight = ({ operation, response }: ObservedRequest): boolean =>
  operation !== undefined && response !== undefined && response.status < 300

const pathOf = (told: ObservedRequest): string =>
  // Safe: failed requests to the control API come without their path, and the paths of others contain only names that the server knows.
  told.path.startsWith("/_mock/") ? told.path : told.path.split("/").map((segment) =>
    segment.startsWith("external_id:")
      ? `external_id:${HIDDEN}`
      : words.has(segment) || isId(segment) || isRight(told)
      ? segment
      : HIDDEN
  ).join("/")

/** Parameters whose values cannot be secrets. */
const plain: Readonly<Record<string, RegExp>> = {
  limit: /^\d{1,9}$/,
  sortOrder: /^(?:asc|desc)$/,
  includeInfo: /^(?:true|false)$/
}

const named = new Set([...Object.keys(plain), "cursor", "prefix", "query", "labels"])

const queryOf = ({ query }: ObservedRequest): string => {
  const parts = Object.entries(query).map(([name, value]) =>
    named.has(name) ? `${name}=${plain[name]?.test(value) === true ? value : HIDDEN}` : HIDDEN
  )
  return parts.length === 0 ? "" : `?${parts.join("&")}`
}

/** Makes a rule's name printable on one line. */
const printable = (text: string): string => text.slice(0, 100).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?")

const paint = (status: number, text: string): string => {
  const colour = status < 400 ? 32 : status < 500 ? 33 : 31
  return `\x1b[${colour}m${text}\x1b[39m`
}

const brokenAs = (broken: string): string =>
  broken === "closed" ? "closed without a response" : broken === "cut" ? "cut in the middle" : `${broken} for a body`

/**
 * Formats a line: end time, status, method, path, duration, tenant, applied fault, and how the response was broken. It contains only text
 * of the request that cannot be a value or a key.
 */
export const line = (told: ObservedRequest, at: Date, colours: boolean): string => {
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
    ...(response === undefined ? ["the client closed the connection"] : []),
    ...(response?.broken === undefined ? [] : [brokenAs(response.broken)])
  ].join("  ")
}
