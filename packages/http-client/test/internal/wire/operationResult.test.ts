import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import { describe, expect, it } from "vitest"
import { leaking, printed } from "../../../../../tools/leaks/sinks.js"
import * as Operation from "../../../src/internal/wire/operationResult.js"
import * as Response from "../../../src/internal/wire/response.js"
import type { Answer } from "../../../src/internal/wire/response.js"

const context = { now: 0, attempts: 1, redact: identity<string> }
const answer = (status: number, body: unknown, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", "x-request-id": "req-1", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body)
})

/** Short bodies are decoded synchronously. */
const read = <A, E extends { readonly _tag: ErrorTable.Tag }>(...args: Parameters<typeof Response.read<A, E>>) => {
  const result = Response.read<A, E>(...args)
  if (!Either.isEither(result)) {
    throw new Error("it took its time")
  }
  return result
}

const { create, get, list, remove, update, whoami } = Operation
const operations = { list, create, get, update, delete: remove, whoami }
const errorOf = (name: keyof typeof operations, response: Answer) =>
  Either.getOrThrow(Either.flip(read<unknown, never>(operations[name], response, context)))

type Row = readonly [status: number, code: number, tag: string, isRetryable: boolean]

/** The errors of every operation (WIRE.md, Errors). */
const rows: ReadonlyArray<Row> = [
  [400, 3, "InvalidArgument", false],
  [413, 3, "InvalidArgument", false],
  [415, 3, "InvalidArgument", false],
  [400, 9, "FailedPrecondition", false],
  [401, 16, "Unauthenticated", false],
  [403, 7, "PermissionDenied", false],
  [405, 12, "Unimplemented", false],
  [501, 12, "Unimplemented", false],
  [409, 10, "Aborted", false],
  [429, 8, "ResourceExhausted", true],
  [499, 1, "Cancelled", false],
  [500, 13, "Internal", true],
  [500, 2, "Internal", true],
  [500, 15, "Internal", false],
  [503, 14, "Unavailable", true],
  [504, 4, "DeadlineExceeded", true]
]

const notFound: Row = [404, 5, "NotFound", false]
const secretNotFound: Row = [404, 5, "WorkspaceSecretNotFound", false]
const alreadyExists: Row = [409, 6, "WorkspaceSecretAlreadyExists", false]
const noConflict: Row = [409, 6, "UnexpectedResponse", false]

/** The errors of single operations (WIRE.md, Errors). */
const own = {
  list: [notFound, noConflict],
  create: [notFound, alreadyExists],
  get: [secretNotFound, noConflict],
  update: [secretNotFound, alreadyExists],
  delete: [secretNotFound, noConflict],
  whoami: [notFound, noConflict]
} satisfies Record<keyof typeof operations, ReadonlyArray<Row>>

describe.each(Object.keys(own) as Array<keyof typeof own>)("an error in response to %s", (operation) => {
  const reads = ["list", "get", "whoami"].includes(operation)
  // After a 500, a write may be half executed.
  const rowsOf = [...rows, ...own[operation]].map(([status, code, tag, isRetryable]) =>
    [status, code, tag, isRetryable && (status !== 500 || reads)] as const
  )

  it.each(rowsOf)("with status %i and code %i is %s", (status, code, tag, isRetryable) => {
    const error = errorOf(operation, answer(status, { code, message: "words" }, { "retry-after": "7" }))
    expect({ ...error, message: error.message }).toMatchObject({
      _tag: tag,
      status,
      code,
      isRetryable,
      operation,
      requestId: "req-1",
      attempts: 1,
      retryAfter: Duration.seconds(7),
      ...tag === "UnexpectedResponse"
        ? { violations: [{ field: "code", description: "Expected an error of this operation" }] }
        : { message: "words", details: [] }
    })
  })

  it.each([
    ["HTML", 502, "<html>canary</html>", "", true],
    ["nothing", 500, "", "", reads],
    ["half a JSON", 503, "{\"code\": 14, \"mess", "", true],
    ["null", 408, "null", "", true],
    ["JSON of another shape", 429, { error: "canary" }, "code", true],
    ["a code that is no number", 501, { code: "canary" }, "code", false],
    ["a message that is no text", 404, { code: 5, message: ["canary"] }, "message", false]
  ])("with %s for a body is unexpected", (_, status, body, field, isRetryable) => {
    const error = errorOf(operation, answer(status, body, { "content-type": "text/html", "retry-after": "7" }))
    expect({ ...error }).toEqual({
      _tag: "UnexpectedResponse",
      operation,
      status,
      contentType: "text/html",
      requestId: "req-1",
      violations: [{ field, description: expect.stringMatching(/^(Expected|Required)/) as string }],
      retryAfter: Duration.seconds(7),
      isRetryable,
      attempts: 1
    })
    expect(leaking(printed(error), "canary")).toEqual([])
  })
})
