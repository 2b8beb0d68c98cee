import * as ErrorResponse from "@workspace-secrets/core/ErrorResponse"
import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import type { FieldViolation } from "@workspace-secrets/core/FieldViolation"
import { Status } from "@workspace-secrets/core/Status"
import * as Either from "effect/Either"
import { type OperationName, UnexpectedResponse } from "../ClientError.js"
import { decodeJson, type Operation } from "./operation.js"
import { parseRetryAfter } from "./retryAfter.js"

/** A response that was read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** What reading a response needs to know of the call. */
export interface Context {
  /** Milliseconds since the Unix epoch, to read an HTTP date against. */
  readonly now: number
  readonly attempts: number
  /** Takes what the call must not show out of what the server wrote. */
  readonly redact: (text: string) => string
}

const MAX_VIOLATIONS = 10

const decodeStatus = decodeJson(Status, "a google.rpc.Status in JSON")

export const isOk = (status: number): boolean => status >= 200 && status < 300

export const requestId = (answer: Pick<Answer, "headers">, redact: Context["redact"]): string | undefined => {
  const id = answer.headers["x-request-id"]
  return id === undefined || id === "" ? undefined : redact(id)
}

const transient: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])

const reads: ReadonlySet<OperationName> = new Set(["list", "get", "whoami"])

// After a 500, what writes may be half done.
const isRetryable = (operation: OperationName, status: number): boolean =>
  transient.has(status) || (status === 500 && reads.has(operation))

/** A response that breaks the contract, and where. */
export const unexpected = (
  operation: OperationName,
  answer: Pick<Answer, "headers" | "status">,
  context: Context,
  violations: ReadonlyArray<FieldViolation>,
  code?: number
): UnexpectedResponse =>
  new UnexpectedResponse({
    operation,
    status: answer.status,
    ...code === undefined ? {} : { code },
    contentType: answer.headers["content-type"] && context.redact(answer.headers["content-type"]),
    requestId: requestId(answer, context.redact),
    // Where the response is wrong is told by its own keys.
    violations: violations.slice(0, MAX_VIOLATIONS).map(({ description, field }) => ({
      field: context.redact(field),
      description
    })),
    retryAfter: parseRetryAfter(answer.headers["retry-after"], context.now),
    isRetryable: isRetryable(operation, answer.status),
    attempts: context.attempts
  })

const redactEntries = (map: Readonly<Record<string, string>>, redact: Context["redact"]) =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [redact(key), redact(value)]))

/** What a server says of an error, without what the call must not show. */
const redactStatus = (status: Status, redact: Context["redact"]): Status => ({
  code: status.code,
  message: redact(status.message),
  details: status.details.map((detail) =>
    "fieldViolations" in detail
      ? {
        ...detail,
        fieldViolations: detail.fieldViolations.map(({ description, field }) => ({
          field: redact(field),
          description: redact(description)
        }))
      }
      : "reason" in detail
      ? {
        "@type": detail["@type"],
        reason: redact(detail.reason),
        ...detail.domain === undefined ? {} : { domain: redact(detail.domain) },
        ...detail.metadata === undefined ? {} : { metadata: redactEntries(detail.metadata, redact) }
      }
      : "retryDelay" in detail || detail["@type"] === undefined
      ? detail
      : { "@type": redact(detail["@type"]) }
  )
})

/** Reads a response: the operation's result, the error that the server answers, or what is wrong with the response. */
export const read = <A, E extends { readonly _tag: ErrorTable.Tag }>(
  operation: Operation<A, E>,
  answer: Answer,
  context: Context
): Either.Either<A, E | UnexpectedResponse> => {
  const broken = (violations: ReadonlyArray<FieldViolation>, code?: number) =>
    unexpected(operation.name, answer, context, violations, code)
  if (isOk(answer.status)) {
    return Either.mapLeft(operation.decode(answer.body), (violations) => broken(violations))
  }
  // A browser hides a redirect that it was told not to follow: status 0.
  if (answer.status < 400) {
    return Either.left(broken([{ field: "", description: "Expected no redirect" }]))
  }
  return Either.flatMap(
    Either.mapLeft(decodeStatus(answer.body), (violations) => broken(violations)),
    (status) =>
      Either.left(
        ErrorResponse.fromResponse<E>(operation.errors, {
          status: answer.status,
          body: redactStatus(status, context.redact),
          retryAfter: parseRetryAfter(answer.headers["retry-after"], context.now),
          requestId: requestId(answer, context.redact),
          operation: operation.name,
          attempts: context.attempts,
          isRetryable: answer.status !== 500 || reads.has(operation.name)
        }) ??
          broken([{ field: "code", description: "Expected an error that this operation can have" }], status.code)
      )
  )
}
