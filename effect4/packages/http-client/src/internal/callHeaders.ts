import type * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Result from "effect/Result"

/** What the client says itself, what a connection is held together by, and what would tell the API who else one is. */
const reserved = new Set([
  "accept",
  "accept-charset",
  "accept-encoding",
  "authorization",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "date",
  "expect",
  "host",
  "keep-alive",
  "origin",
  "referer",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via"
])

const isReserved = (name: string) => reserved.has(name) || /^(proxy|sec)-/.test(name)

/** Reads a call's own headers, with names in lower case. What is wrong with them names a header and shows no value. */
export const checkHeaders = (
  input: unknown
): Result.Result<Readonly<Record<string, string>>, ReadonlyArray<FieldViolation.FieldViolation>> => {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return Result.fail([{ field: "headers", description: "Expected an object of names and values" }])
  }
  const violations: Array<FieldViolation.FieldViolation> = []
  const headers: Record<string, string> = {}
  for (const [given, value] of Object.entries(input)) {
    const name = given.toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
      // The name may be a whole line of a header, value and all.
      violations.push({ field: "headers", description: "Expected names of letters, digits and hyphens" })
    } else if (isReserved(name)) {
      violations.push({ field: `headers.${name}`, description: "Expected other headers than those the client sets" })
    } else if (typeof value !== "string" || !/^[\t\x20-\x7e]*$/.test(value)) {
      violations.push({ field: `headers.${name}`, description: "Expected a text of ASCII without line breaks" })
    } else if (Object.hasOwn(headers, name)) {
      violations.push({ field: `headers.${name}`, description: "Expected each header once" })
    } else {
      headers[name] = value
    }
  }
  return violations.length === 0 ? Result.succeed(headers) : Result.fail(violations)
}
