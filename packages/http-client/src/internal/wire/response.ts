import * as ErrorResponse from "@workspace-secrets/core/ErrorResponse"
import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import type { FieldViolation } from "@workspace-secrets/core/FieldViolation"
import { cut } from "@workspace-secrets/core/Redaction"
import { Status } from "@workspace-secrets/core/Status"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { type OperationName, UnexpectedResponse } from "../../ClientError.js"
import { decodeOf, MAX_VIOLATIONS, type Operation, parseJson } from "./operationResult.js"
import { boundStatus, MAX_TEXT } from "./responseLimits.js"
import { parseRetryAfter } from "./retryAfter.js"
import { isWellFormed } from "./target.js"

/** A completely read response. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** The context for reading a response. */
export interface Context {
  /** Milliseconds since the Unix epoch, for `Retry-After` dates. */
  readonly now: number
  readonly attempts: number
  /** Redacts the secrets of the call. */
  readonly redact: (text: string) => string
}

const decodeStatus = decodeOf(Status)

export const isOk = (status: number): boolean => status >= 200 && status < 300

export const requestId = (answer: Pick<Answer, "headers">, redact: Context["redact"]): string | undefined => {
  const id = answer.headers["x-request-id"]
  return id === undefined || id === "" ? undefined : cut(redact, id, MAX_TEXT)
}

const transient: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])

const reads: ReadonlySet<OperationName> = new Set(["list", "get", "whoami"])

// After other 5xx errors, a write may be half executed. A 501 does not change on retry.
const isRetryable = (operation: OperationName, status: number): boolean =>
  transient.has(status) || (status >= 500 && status !== 501 && reads.has(operation))

/** Makes the error for a response that breaks the contract. */
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
    contentType: answer.headers["content-type"] && cut(context.redact, answer.headers["content-type"], MAX_TEXT),
    requestId: requestId(answer, context.redact),
    // The paths contain keys of the response.
    violations: violations.slice(0, MAX_VIOLATIONS).map(({ description, field }) => ({
      field: context.redact(field),
      description
    })),
    retryAfter: parseRetryAfter(answer.headers["retry-after"], context.now),
    isRetryable: isRetryable(operation, answer.status),
    attempts: context.attempts
  })

const notUtf8 = [{ field: "", description: "Expected UTF-8" }]

/** Reads a response. Returns the result of the operation, or fails with the server's error or `UnexpectedResponse`. */
export const read = <A, E extends { readonly _tag: ErrorTable.Tag }>(
  operation: Operation<A, E>,
  answer: Answer,
  context: Context
): Reading<A, E> | Effect.Effect<Reading<A, E>> => {
  if (!isOk(answer.status)) {
    return Either.left(readError(operation, answer, context))
  }
  const finish = (decoded: Either.Either<A, ReadonlyArray<FieldViolation>>): Reading<A, E> =>
    Either.isLeft(decoded)
      ? Either.left(unexpected(operation.name, answer, context, decoded.left))
      // Invalid UTF-8 was decoded to a lone surrogate; it may be in a field that no schema reads.
      : operation.needsBody && !isWellFormed(answer.body)
      ? Either.left(unexpected(operation.name, answer, context, notUtf8))
      : Either.right(decoded.right)
  const decoded = operation.decode(answer.body, context.redact)
  return Either.isEither(decoded) ? finish(decoded) : Effect.map(decoded, finish)
}

type Reading<A, E> = Either.Either<A, E | UnexpectedResponse>

const readError = <A, E extends { readonly _tag: ErrorTable.Tag }>(
  operation: Operation<A, E>,
  answer: Answer,
  context: Context
): E | UnexpectedResponse => {
  const broken = (violations: ReadonlyArray<FieldViolation>, code?: number) =>
    unexpected(operation.name, answer, context, violations, code)
  // Browsers hide redirects that are not followed: their status is 0.
  if (answer.status < 400) {
    return broken([{ field: "", description: "Expected no redirect" }])
  }
  const json = parseJson(answer.body, "a google.rpc.Status in JSON")
  if (Either.isLeft(json)) {
    return broken(json.left)
  }
  const status = decodeStatus(boundStatus(json.right, context.redact), context.redact)
  if (Either.isLeft(status)) {
    return broken(status.left)
  }
  return ErrorResponse.fromResponse<E>(operation.errors, {
    status: answer.status,
    body: status.right,
    retryAfter: parseRetryAfter(answer.headers["retry-after"], context.now),
    requestId: requestId(answer, context.redact),
    operation: operation.name,
    attempts: context.attempts,
    isRetryable: answer.status !== 500 || reads.has(operation.name)
  }) ?? broken([{ field: "code", description: "Expected an error of this operation" }], status.right.code)
}
