/**
 * From a request to an answer, whatever the transport: finds the route, knows the key, reads what was sent, calls the handler and writes
 * what came out. Every way that this can end is an answer of the API's own shape (WIRE.md, Errors).
 *
 * @since 0.1.0
 */
import { Internal, InvalidArgument, NotFound, PermissionDenied, Unimplemented } from "@workspace-secrets/core/ApiError"
import * as ErrorResponse from "@workspace-secrets/core/ErrorResponse"
import { Status } from "@workspace-secrets/core/Status"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { Api } from "./Api.js"
import * as Body from "./Body.js"
import { type Document, documents } from "./Documents.js"
import type { Handlers } from "./Handlers.js"
import { isNow } from "./internal/now.js"
import type { Operation } from "./internal/operations.js"
import { operations } from "./internal/operations.js"
import * as Routes from "./Routes.js"
import type { Tenant, Tenants } from "./Tenant.js"
import { unservedOperations } from "./UnservedOperations.js"

/**
 * A request as a transport hands it in.
 *
 * @since 0.1.0
 * @category models
 */
export interface Incoming {
  readonly method: string
  /** The request target as it was sent: path and query, still encoded. */
  readonly target: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** Reads the body, of at most `Body.maxBytes`; run once at the most, and not at all where the API takes none. */
  readonly body: Effect.Effect<Uint8Array, InvalidArgument>
}

/**
 * An answer as a transport sends it out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outgoing {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * The most characters that the header names and values of a request may have together.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxHeaderSize = 16 * 1024

type Failure = ErrorResponse.WireError

const encodeStatus = Schema.encodeSync(Status)

const answer = (
  status: number,
  body: unknown,
  requestId: string,
  headers?: Readonly<Record<string, string>>
): Outgoing => ({
  status,
  headers: { "content-type": "application/json", "x-request-id": requestId, ...headers },
  body: JSON.stringify(body)
})

/**
 * An error as an answer, for transports that have to refuse before there is a request to dispatch.
 *
 * @since 0.1.0
 * @category conversions
 */
export const answerError = (
  error: Failure,
  requestId: string,
  headers?: Readonly<Record<string, string>>
): Outgoing => {
  const response = ErrorResponse.toResponse(error)
  return answer(response.status, encodeStatus(response.body), requestId, { ...response.headers, ...headers })
}

const isOver = (headers: Incoming["headers"], max: number): boolean => {
  let size = 0
  for (const name in headers) {
    const value = headers[name]
    size += name.length + (typeof value === "string" ? value.length : String(value ?? "").length)
  }
  return size > max
}

/**
 * The refusal of a request whose headers are too large.
 *
 * @since 0.1.0
 * @category errors
 */
export const headersTooLarge = (): InvalidArgument =>
  new InvalidArgument({ message: `the request's headers are larger than 16 KiB (${maxHeaderSize} characters)` })

/**
 * What a dispatcher can be told.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Operations to answer with 501 UNIMPLEMENTED, besides those of `UnservedOperations`. */
  readonly unservedOperations?: ReadonlyArray<Routes.Endpoint> | undefined
}

/**
 * A dispatcher: it never fails. What can be answered at once is: the effect that it gives is then an `Either`, which a transport takes
 * without a fiber. A dispatch is one request; running its effect again is not another.
 *
 * @since 0.1.0
 * @category models
 */
export type Dispatch = (incoming: Incoming) => Effect.Effect<Outgoing>

/**
 * Makes the dispatcher for some handlers and tenants. A defect is answered with INTERNAL, and logged without what was sent.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (handlers: Handlers, tenants: Tenants, options: Options = {}): Dispatch => {
  const find = Routes.make<ApiOperation | Document>(
    [...operations<ApiContext>()(Api, handlers), ...documents],
    [...unservedOperations, ...options.unservedOperations ?? []]
  )

  return (incoming) => {
    const { headers, method, target } = incoming
    const caller = tenants.authenticate(single(headers["authorization"]))
    // What an answer tells of time and order is the tenant's, that of a refusal included.
    const { clock, ids } = Either.isRight(caller) ? caller.right : tenants.nobody
    const now = clock.tick()
    const requestId = ids.request(now)
    const date = clock.httpDate(now)

    const refuse = (error: Failure, more?: Readonly<Record<string, string>>): Outgoing =>
      answerError(
        error,
        requestId,
        error.status === 401 ? { date, "www-authenticate": "Bearer", ...more } : { date, ...more }
      )
    const fail = (error: Failure, more?: Readonly<Record<string, string>>) => Either.right(refuse(error, more))
    const end = (result: Either.Either<unknown, Failure>): Outgoing =>
      Either.isRight(result) ? answer(200, result.right, requestId, { date }) : refuse(result.left)
    const onDefect = (defect: unknown) =>
      Effect.as(
        Effect.logError(`unexpected failure of ${requestId}`, Cause.die(nameOf(defect))),
        refuse(new Internal({ message: "the mock server failed unexpectedly; its log says more" }))
      )

    if (isOver(headers, maxHeaderSize)) {
      return fail(headersTooLarge())
    }
    const mark = target.indexOf("?")
    const match = find(method, mark === -1 ? target : target.slice(0, mark))
    switch (match._tag) {
      case "NotFound":
        return fail(
          new NotFound({
            message: `no such route: the API has nothing at this path${
              match.nearest === undefined ? "" : `; the nearest is ${match.nearest}`
            }`
          }),
          { [Routes.missingRouteHeader]: "true" }
        )
      case "Unserved":
        return fail(
          new Unimplemented({ message: "the API has this operation, and the mock server does not serve it" })
        )
      case "MalformedPath":
        return fail(new InvalidArgument({ message: "the path is not percent-encoded UTF-8" }))
      case "MethodNotAllowed": {
        const allow = match.allow.join(", ")
        return fail(new Unimplemented({ status: 405, message: `this path takes ${allow}` }), { allow })
      }
      case "Found": {
        const { params, target: found } = match
        if (found._tag === "Document") {
          return found.text.pipe(
            Effect.map((body) => ({
              status: 200,
              headers: { "content-type": found.contentType, "x-request-id": requestId, date, ...found.headers },
              body
            })),
            Effect.catchAllDefect(onDefect)
          )
        }
        if (Either.isLeft(caller)) {
          return fail(caller.left)
        }
        try {
          const result = call(found, params, mark === -1 ? "" : target.slice(mark), caller.right, incoming)
          return isNow(result)
            ? Either.right(end(result))
            : result.pipe(Effect.either, Effect.map(end), Effect.catchAllDefect(onDefect))
        } catch (defect) {
          return onDefect(defect)
        }
      }
    }
  }
}

interface ApiContext {
  readonly tenant: Tenant
}

type ApiOperation = Operation<ApiContext>

const call = (
  operation: ApiOperation,
  params: Readonly<Record<string, string>>,
  query: string,
  tenant: Tenant,
  { body, headers }: Incoming
): Effect.Effect<unknown, Failure> => {
  const { workspaceId } = params
  if (workspaceId !== undefined && workspaceId !== tenant.workspaceId && workspaceId !== tenant.workspaceAlias) {
    return Either.left(new PermissionDenied({ message: "this key has no part in that workspace" }))
  }
  if (!operation.hasPayload) {
    return operation.run({ tenant }, params, query, undefined)
  }
  const type = Body.checkType(single(headers["content-type"]))
  return Either.isLeft(type) ? type : Effect.flatMap(body, (bytes) => {
    const payload = Body.parse(bytes)
    return Either.isLeft(payload) ? payload : operation.run({ tenant }, params, query, payload.right)
  })
}

/** What a log may have of a defect: its class and where it happened. A message can quote values. */
const nameOf = (defect: unknown): string => {
  if (!(defect instanceof Error)) {
    return typeof defect
  }
  // The stack begins with the message, lines of which can look like frames.
  const frames = (defect.stack ?? "").replace(defect.message, "").split("\n").filter((line) => /^\s+at /.test(line))
  return [defect.name, ...frames].join("\n")
}

const single = (header: string | ReadonlyArray<string> | undefined): string | undefined =>
  typeof header === "string" ? header : header?.join(", ")
