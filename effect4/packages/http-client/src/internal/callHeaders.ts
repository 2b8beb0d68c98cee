import type * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Result from "effect/Result"

/** Headers that the client sets, connection headers, and headers that identify another origin or user. */
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

/** Validates the headers of a call and converts their names to lower case. Violations contain no values. */
export const checkHeaders = (
  input: unknown
): Result.Result<Readonly<Record<string, string>>, ReadonlyArray<FieldViolation.FieldViolation>> => {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return Result.fail([{ field: "headers", description: "Expected an object of strings" }])
  }
  const violations: Array<FieldViolation.FieldViolation> = []
  const headers: Record<string, string> = {}
  for (const [given, value] of Object.entries(input)) {
    const name = given.toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
      // The name is not quoted: it may be a whole header line with a value.
      violations.push({ field: "headers", description: "Expected names of letters, digits and hyphens" })
    } else if (isReserved(name)) {
      violations.push({ field: `headers.${name}`, description: "Expected no header that the client sets" })
    } else if (typeof value !== "string" || !/^[\t\x20-\x7e]*$/.test(value)) {
      violations.push({ field: `headers.${name}`, description: "Expected ASCII without line breaks" })
    } else if (Object.hasOwn(headers, name)) {
      violations.push({ field: `headers.${name}`, description: "Expected no duplicate header" })
    } else {
      headers[name] = value
    }
  }
  return violations.length === 0 ? Result.succeed(headers) : Result.fail(violations)
}
