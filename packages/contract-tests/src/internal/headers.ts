import * as Either from "effect/Either"
import type { Answer } from "./api.js"
import { every, type Expecting, holds } from "./expect.js"

/** Fails unless the check succeeds for each response. */
export const all = (
  answers: ReadonlyArray<Answer>,
  check: (answer: Answer) => Expecting<void>
): Expecting<void> => every(answers.map(check))

const hasHeader =
  (name: string, isRight: (value: string) => boolean) => ({ headers, request, status }: Answer): Expecting<void> => {
    const value = headers.get(name)
    return holds(
      value !== null && isRight(value),
      `${request}, status ${status}: expected another ${name}, got ${value === null || value === "" ? "none" : value}`,
      `expected another ${name}, got ${value === null || value === "" ? "none" : "one that is not right"}`
    )
  }

/** Fails unless the content type is JSON. */
export const isJsonAnswer = hasHeader(
  "content-type",
  (type) => /^application\/json(;\s*charset=utf-8)?$/i.test(type)
)

/** Fails unless a response has a request id. */
export const hasRequestId = hasHeader("x-request-id", (id) => id !== "")

/** The sorted methods of an `Allow` header, without the optional HEAD and OPTIONS. */
const allowed = (header: string | null): string =>
  (header ?? "").split(",").map((method) => method.trim().toUpperCase())
    .filter((method) => method !== "HEAD" && method !== "OPTIONS")
    .sort().join(", ")

/** Fails unless `Allow` has these methods (sorted). */
export const allows = ({ headers, request }: Answer, methods: string): Expecting<void> => {
  const allow = headers.get("allow")
  return holds(
    allowed(allow) === methods,
    `${request}: expected Allow: ${methods}, got ${allow ?? "none"}`,
    `expected Allow: ${methods}, got ${allow === null ? "none" : "other methods"}`
  )
}

/** Parses a comma-separated header, in lower case. */
const listed = (header: string | null): ReadonlyArray<string> =>
  (header ?? "").split(",").map((name) => name.trim().toLowerCase())

/** Fails unless CORS allows this origin. */
export const allowsOrigin = ({ headers, request }: Answer, origin: string | undefined): Expecting<void> => {
  const allowed = headers.get("access-control-allow-origin")
  return holds(
    allowed === "*" || allowed === origin,
    `${request}: expected Access-Control-Allow-Origin with the origin or *, got ${allowed ?? "none"}`,
    `expected Access-Control-Allow-Origin with the origin or *, got ${allowed === null ? "none" : "another"}`
  )
}

/** Fails unless a preflight response allows the API's requests with this method from this origin. */
export const isPreflight = (answer: Answer, origin: string | undefined, method: string): Expecting<void> =>
  Either.gen(function*() {
    const { headers, request, status } = answer
    yield* holds(
      status >= 200 && status < 300,
      `${request}: expected a 2xx, got ${status}`,
      `expected a 2xx, got ${status}`
    )
    yield* allowsOrigin(answer, origin)
    const methods = listed(headers.get("access-control-allow-methods"))
    yield* holds(
      // Browsers send simple methods without it.
      methods.includes(method.toLowerCase()) || method === "GET" || method === "POST",
      `${request}: expected Access-Control-Allow-Methods with ${method}, got ${methods.join(", ")}`,
      "expected Access-Control-Allow-Methods with the method"
    )
    const names = listed(headers.get("access-control-allow-headers"))
    yield* holds(
      names.includes("authorization") && names.includes("content-type"),
      `${request}: expected Access-Control-Allow-Headers with authorization and content-type, got ${names.join(", ")}`,
      "expected Access-Control-Allow-Headers with authorization and content-type"
    )
  })

/** Fails unless a page of this origin can read the response and the headers that a client needs. */
export const isExposed = (answer: Answer, origin: string | undefined): Expecting<void> =>
  Either.gen(function*() {
    yield* allowsOrigin(answer, origin)
    const exposed = listed(answer.headers.get("access-control-expose-headers"))
    yield* holds(
      exposed.includes("x-request-id") && exposed.includes("retry-after"),
      `${answer.request}: expected Access-Control-Expose-Headers with x-request-id and Retry-After, got ${
        exposed.join(", ")
      }`,
      "expected Access-Control-Expose-Headers with x-request-id and Retry-After"
    )
  })
