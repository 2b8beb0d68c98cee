import * as Either from "effect/Either"
import type { ErrorRow } from "../Behaviour.js"
import type { Answer } from "./api.js"
import { type Expecting, fail, same } from "./expect.js"
import { show } from "./mask.js"

export type Json = Readonly<Record<string, unknown>>

const isJson = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** Describes a response in a message. Of a body that is not JSON, only the size is shown: it may contain anything. */
export const whatCame = ({ body, headers, json, status }: Answer): string =>
  `status ${status} with ` + (
    Either.isRight(json)
      ? show(json.right)
      : `a body that is no JSON (${body.length} characters of ${headers.get("content-type") ?? "no content type"})`
  )

/** Describes a response without its content. */
export const whatKind = ({ json, status }: Answer): string =>
  `status ${status} with ${Either.isRight(json) ? "JSON" : "a body that is no JSON"}`

/** Fails unless the condition is true. */
export const that = (answer: Answer, condition: boolean, expected: string): Expecting<void> =>
  condition
    ? Either.void
    : fail(
      `${answer.request}: expected ${expected}, got ${whatCame(answer)}`,
      `expected ${expected}, got ${whatKind(answer)}`
    )

/** Returns the body of a 200 response, an object. */
export const ok = (answer: Answer): Expecting<Json> =>
  Either.gen(function*() {
    yield* that(answer, answer.status === 200, "status 200")
    return yield* object(answer)
  })

/** Returns the body, an object. */
export const object = (answer: Answer): Expecting<Json> =>
  Either.isRight(answer.json) && isJson(answer.json.right)
    ? Either.right(answer.json.right)
    : fail(
      `${answer.request}: expected an object in JSON, got ${whatCame(answer)}`,
      `expected an object in JSON, got ${whatKind(answer)}`
    )

/** Fails unless the body is this JSON, with keys in any order. */
export const isBody = (answer: Answer, expected: unknown): Expecting<void> =>
  Either.flatMap(ok(answer), (json) => same(json, expected, `${answer.request}:`))

/** Returns a nested object, or an empty object. */
export const at = (json: unknown, ...path: ReadonlyArray<string>): Json => {
  const found = path.reduce<unknown>((inner, key) => isJson(inner) ? inner[key] : undefined, json)
  return isJson(found) ? found : {}
}

const errorKeys = ["code", "details", "message"]

/** Returns the body of an error: a google.rpc.Status with this code and HTTP status, without other fields. */
export const refused = (answer: Answer, [status, code]: ErrorRow): Expecting<Json> =>
  Either.gen(function*() {
    yield* that(answer, answer.status === status, `status ${status} with code ${code}`)
    const body = yield* object(answer)
    const { details = [], message } = body
    yield* that(answer, body["code"] === code, `code ${code}`)
    yield* that(answer, typeof message === "string" && message !== "", "a message")
    yield* that(answer, Object.keys(body).every((key) => errorKeys.includes(key)), "code, message and details only")
    yield* that(
      answer,
      Array.isArray(details) && details.every((detail) => typeof at(detail)["@type"] === "string"),
      "details with an @type each"
    )
    return body
  })

export const INVALID_ARGUMENT: ErrorRow = [400, 3]
export const UNAUTHENTICATED: ErrorRow = [401, 16]
export const PERMISSION_DENIED: ErrorRow = [403, 7]
export const NOT_FOUND: ErrorRow = [404, 5]
export const METHOD_NOT_ALLOWED: ErrorRow = [405, 12]
export const ALREADY_EXISTS: ErrorRow = [409, 6]
export const TOO_LARGE: ErrorRow = [413, 3]
export const UNSUPPORTED_TYPE: ErrorRow = [415, 3]
export const NOT_SERVED: ErrorRow = [501, 12]

const BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
const ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"

/** Converts a name or a path to snake_case. */
export const snakeCase = (path: string): string => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The details of an error with this type. */
const detailsOf = ({ details }: Json, type: string): ReadonlyArray<Json> =>
  (Array.isArray(details) ? details : []).map((detail) => at(detail)).filter((detail) => detail["@type"] === type)

/** The google.rpc.ErrorInfo of an error. */
export const errorInfo = (answer: Answer, body: Json): Expecting<Json> => {
  const [info] = detailsOf(body, ERROR_INFO)
  return info === undefined
    ? fail(
      `${answer.request}: expected an ErrorInfo, got ${whatCame(answer)}`,
      `expected an ErrorInfo, got ${whatKind(answer)}`
    )
    : Either.right(info)
}

/** Fails unless a google.rpc.BadRequest of the error names this field or a nested one. The path may be in snake_case. */
export const names = (answer: Answer, field: string): Expecting<void> => namesIn(answer, [field, snakeCase(field)])

/** Fails unless the error names one of these paths or a nested one. */
export const namesIn = (answer: Answer, paths: ReadonlyArray<string>): Expecting<void> =>
  Either.gen(function*() {
    const violations = detailsOf(yield* refused(answer, INVALID_ARGUMENT), BAD_REQUEST)
      .flatMap((detail) => {
        const { fieldViolations } = at(detail)
        return Array.isArray(fieldViolations) ? fieldViolations.map((violation) => at(violation)) : []
      })
    yield* that(
      answer,
      violations.every(({ description, field }) => typeof field === "string" && typeof description === "string"),
      "a field and a description in each violation"
    )
    yield* that(
      answer,
      violations.some((violation) => paths.some((path) => isWithin(String(violation["field"]), path))),
      `a BadRequest that names ${paths[0]}`
    )
  })

const isWithin = (path: string, field: string): boolean =>
  path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`)

/** A page of a list. An empty cursor means unset (WIRE.md, List). */
export interface Page {
  readonly items: ReadonlyArray<Json>
  readonly nextCursor: string | undefined
}

export const page = (answer: Answer): Expecting<Page> =>
  Either.gen(function*() {
    const { items, pagination } = yield* ok(answer)
    const nextCursor = at(pagination)["nextCursor"]
    if (!Array.isArray(items) || !isJson(pagination) || (nextCursor !== undefined && typeof nextCursor !== "string")) {
      return yield* fail(
        `${answer.request}: expected a page, got ${whatCame(answer)}`,
        `expected a page, got ${whatKind(answer)}`
      )
    }
    return { items: items.map((item) => at(item)), nextCursor: nextCursor === "" ? undefined : nextCursor }
  })
