import * as Either from "effect/Either"
import type { Answer } from "./api.js"
import { every, type Expecting, holds } from "./expect.js"

/** Fails unless it holds for each of these answers. */
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

/** Fails unless an answer says that it is JSON. */
export const isJsonAnswer = hasHeader(
  "content-type",
  (type) => /^application\/json(;\s*charset=utf-8)?$/i.test(type)
)

/** Fails unless an answer has the id of its request. */
export const hasRequestId = hasHeader("x-request-id", (id) => id !== "")

/** The methods of an `Allow`, in the order of the alphabet; HEAD and OPTIONS may be there or not. */
const allowed = (header: string | null): string =>
  (header ?? "").split(",").map((method) => method.trim().toUpperCase())
    .filter((method) => method !== "HEAD" && method !== "OPTIONS")
    .sort().join(", ")

/** Fails unless the `Allow` of an answer has these methods, which are in the order of the alphabet. */
export const allows = ({ headers, request }: Answer, methods: string): Expecting<void> => {
  const allow = headers.get("allow")
  return holds(
    allowed(allow) === methods,
    `${request}: expected Allow: ${methods}, got ${allow ?? "none"}`,
    `expected Allow: ${methods}, got ${allow === null ? "none" : "other methods"}`
  )
}

/** The header names or methods of a list in a header, in lower case. */
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

/** Fails unless the answer to a preflight allows the API's requests of this method from this origin. */
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
      // Without it, a browser sends the simple ones.
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

/** Fails unless an answer lets a page of this origin read it, with the headers that a client needs. */
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
