/**
 * From a request to a response, for every transport: authenticates, finds the route, decodes the request, calls the handler and encodes the
 * result. Every failure becomes an error of the API (WIRE.md, Errors).
 *
 * @since 0.1.0
 */
import {
  Aborted,
  Internal,
  InvalidArgument,
  NotFound,
  PermissionDenied,
  Unauthenticated,
  type Unavailable,
  Unimplemented
} from "@workspace-secrets/core/ApiError"
import * as ErrorResponse from "@workspace-secrets/core/ErrorResponse"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import { Status } from "@workspace-secrets/core/Status"
import { WorkspaceSecret, WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Hit, Subject } from "../world/Fault.js"
import { garbage, toResponse as faultResponse } from "../world/Fault.js"
import type { Answered, Exchange, JournalEntry } from "../world/Journal.js"
import type { Tenant, Tenants } from "../world/Tenant.js"
import { secretsScope } from "../world/TenantSettings.js"
import { Api } from "./Api.js"
import { baseUrlOf } from "./BaseUrl.js"
import * as Body from "./Body.js"
import { nameOf } from "./Defect.js"
import type { Document } from "./Document.js"
import type { Handlers } from "./Handlers.js"
import { isNow } from "./Now.js"
import { observer } from "./Observer.js"
import type { Operation } from "./Operations.js"
import { operations } from "./Operations.js"
import { publishedOperations } from "./PublishedOperations.js"
import * as Routes from "./Routes.js"

/**
 * A request, from a transport.
 *
 * @since 0.1.0
 * @category models
 */
export interface Incoming {
  readonly method: string
  /** The request target as sent: path and query, not decoded. */
  readonly target: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** The server's own URL, such as `http://127.0.0.1:8080`, for a request without a valid `Host`. */
  readonly origin?: string | undefined
  /** Reads the body, at most `Body.limitOf` bytes. Runs at most once, and not at all for operations without a body. */
  readonly body: Effect.Effect<Uint8Array, InvalidArgument | Unavailable>
}

/**
 * Starts writing a body without an end; the transport calls the returned function to stop it. `write` returns false, without writing, while
 * the client has not read earlier data. `fail` closes the connection after a defect.
 *
 * @since 0.1.0
 * @category models
 */
export type Live = (write: (text: string) => boolean, fail: (defect: unknown) => void) => () => void

/**
 * A response, for a transport.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outgoing {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** A body without an end, instead of `body`. */
  readonly live?: Live
  /** How a fault breaks the response: `closed` sends nothing, `cut` sends half of the body; then the connection closes. */
  readonly broken?: "closed" | "cut"
}

/**
 * The maximum total length of a request's header names and values, in characters.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxHeaderSize = 16 * 1024

type Failure = ErrorResponse.WireError

/**
 * The headers of every JSON response. They forbid caching and content sniffing.
 *
 * @since 0.1.0
 * @category constants
 */
export const jsonHeaders = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff"
} as const

const encodeStatus = Schema.encodeSync(Status)

const answer = (
  status: number,
  body: unknown,
  requestId: string,
  headers?: Readonly<Record<string, string>>
): Outgoing => ({
  status,
  headers: { ...jsonHeaders, "x-request-id": requestId, ...headers },
  body: JSON.stringify(body)
})

/**
 * The response for an error, for transports that reject a request before it is dispatched.
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
 * The error for a request whose headers are too large.
 *
 * @since 0.1.0
 * @category errors
 */
export const headersTooLarge = (): InvalidArgument =>
  new InvalidArgument({ message: `the request's headers are larger than 16 KiB (${maxHeaderSize} characters)` })

/**
 * Options of a dispatcher.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Operations that get 501 UNIMPLEMENTED, in addition to `PublishedOperations`. */
  readonly unservedOperations?: ReadonlyArray<Routes.Endpoint> | undefined
  /** Documents to serve, in addition to the operations. */
  readonly documents?: ReadonlyArray<Routes.Route<Document>> | undefined
  /** Called for each request when its response is sent, or when the client closed the connection first. If it throws, it is not called again. */
  readonly onRequest?: ((request: ObservedRequest) => void) | undefined
}

/**
 * A request and its response, as `onRequest` receives it: the data of the journal, without values and API keys. `response` is `undefined`
 * if the client closed the connection first.
 *
 * @since 0.1.0
 * @category models
 */
export interface ObservedRequest extends
  Pick<
    JournalEntry,
    "method" | "path" | "query" | "operation" | "id" | "externalId" | "durationMillis" | "fault" | "response"
  >
{
  /** The id of the tenant, which is not its key. `undefined` if the key was missing, malformed or unknown. */
  readonly tenant: string | undefined
}

/**
 * A dispatcher. Its effect never fails, and belongs to one request: do not run it twice. If the response is ready at once, the effect is an
 * `Either`, which a transport reads without a fiber.
 *
 * @since 0.1.0
 * @category models
 */
export type Dispatch = (incoming: Incoming) => Effect.Effect<Outgoing>

/**
 * Makes a dispatcher. A defect gets 500 INTERNAL, and is logged without data of the request.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (handlers: Handlers, tenants: Tenants, options: Options = {}): Dispatch => {
  const find = Routes.make<ApiOperation | Document>(
    [...operations<ApiContext>()(Api, handlers, { isStrict: false, isLasting: isSecret }), ...options.documents ?? []],
    [...publishedOperations, ...options.unservedOperations ?? []]
  )

  const tell = observer(options.onRequest)

  return (incoming) => {
    const { headers, method, target } = incoming
    const caller = tenants.authenticate(single(headers["authorization"]))
    // Date and request id of every response, errors included, come from the tenant's clock and ids.
    const { clock, ids, journal } = Either.isRight(caller) ? caller.right : tenants.nobody
    const now = clock.tick()
    const requestId = ids.request(now)
    const date = clock.httpDate(now)
    const exchange: Exchange = {
      requestId,
      receivedAt: now,
      startedAt: performance.now(),
      epoch: journal.epoch,
      method,
      target,
      headers,
      operation: undefined,
      ref: undefined,
      requestSize: 0,
      payload: undefined,
      success: undefined,
      failure: undefined,
      fault: undefined
    }

    const record = (answered: Answered | undefined) => {
      const recorded = journal.record(exchange, answered)
      tell(() => ({
        ...recorded.entry,
        tenant: Either.isRight(caller) ? tenants.idOf(caller.right) : undefined
      }))
    }
    const finish = (outgoing: Outgoing, broken?: Answered["broken"]): Outgoing => {
      const { body, headers, status } = outgoing
      record({ status, headers, size: body.length, broken })
      return outgoing
    }
    /** Waits until the tenant's changes are stored, then records the response. */
    const settle = (outgoing: Outgoing, broken?: Answered["broken"]): Effect.Effect<Outgoing> => {
      const settled = Either.isRight(caller) ? caller.right.settle() : undefined
      return settled === undefined ? Either.right(finish(outgoing, broken)) : Effect.match(settled, {
        onFailure: (error) => {
          exchange.success = undefined
          return finish(refuse(error))
        },
        onSuccess: () => finish(outgoing, broken)
      })
    }
    const refuse = (error: Failure, more?: Readonly<Record<string, string>>): Outgoing => {
      const response = ErrorResponse.toResponse(error)
      const body = encodeStatus(response.body)
      exchange.failure = body
      const challenge = error.status === 401 ? { "www-authenticate": "Bearer" } : undefined
      return answer(response.status, body, requestId, { date, ...response.headers, ...challenge, ...more })
    }
    const fail = (error: Failure, more?: Readonly<Record<string, string>>) => answerWith(refuse(error, more))
    const end = (result: Either.Either<string, Failure>): Outgoing =>
      Either.isRight(result)
        ? {
          status: 200,
          headers: { ...jsonHeaders, "x-request-id": requestId, date },
          body: result.right
        }
        : refuse(result.left)
    const onDefect = (defect: unknown) =>
      Effect.map(
        Effect.logError(`unexpected failure of ${requestId}`, Cause.die(nameOf(defect))),
        () => finish(refuse(new Internal({ message: "the mock server failed unexpectedly; see its log" })))
      )
    /** Handles defects, and clients that close the connection, for responses that are not ready at once. */
    const guard = (outgoing: Effect.Effect<Outgoing>): Effect.Effect<Outgoing> =>
      outgoing.pipe(
        Effect.catchAllDefect(onDefect),
        Effect.onInterrupt(() => Effect.sync(() => record(undefined)))
      )
    const answerWith = (outgoing: Outgoing): Effect.Effect<Outgoing> => {
      const settled = settle(outgoing)
      return isNow(settled) ? settled : guard(settled)
    }
    const afflict = ({ name, rule }: Hit, run: Effect.Effect<string, Failure>): Effect.Effect<Outgoing> =>
      Effect.gen(function*() {
        exchange.fault = name
        const { body, close, delayMillis, error, when = "before" } = rule
        const delay = delayMillis === undefined ? Effect.void : Effect.sleep(delayMillis)
        const isReplaced = error !== undefined || close !== undefined
        if (when === "before") {
          yield* delay
        }
        let outgoing = when === "before" && isReplaced ? answer(200, {}, requestId) : end(yield* Effect.either(run))
        if (when === "after") {
          yield* delay
        }
        if (error !== undefined) {
          const response = faultResponse(error, now)
          outgoing = answer(response.status, response.body, requestId, { date, ...response.headers })
          exchange.success = undefined
          exchange.failure = response.body
        }
        if (close !== undefined) {
          return yield* settle({ ...outgoing, broken: "closed" }, "closed")
        }
        if (body === undefined) {
          return yield* settle(outgoing)
        }
        if (body === "cut") {
          return yield* settle({ ...outgoing, broken: "cut" }, "cut")
        }
        const { body: text, contentType } = garbage[body]
        return yield* settle(
          { ...outgoing, headers: { ...outgoing.headers, "content-type": contentType }, body: text },
          body
        )
      })

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
          }, true),
          { [Routes.missingRouteHeader]: "true" }
        )
      case "Unserved":
        return fail(
          new Unimplemented({
            message:
              `the mock server does not serve ${match.operation}; of this API it serves the workspace secrets and GET /v1/whoami`
          })
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
          return guard(Effect.flatMap(found.content(baseUrlOf(incoming)), ({ body, headers }) =>
            settle({
              status: 200,
              headers: {
                ...found.contentType === jsonHeaders["content-type"]
                  ? jsonHeaders
                  : { "content-type": found.contentType },
                "x-request-id": requestId,
                date,
                ...headers
              },
              body
            })))
        }
        exchange.operation = found
        exchange.ref = params["id"]
        if (Either.isLeft(caller)) {
          return fail(caller.left)
        }
        const tenant = caller.right
        const { settings } = tenant
        if (settings.disabled === true) {
          return fail(new Unauthenticated({ message: "this API key is disabled" }))
        }
        const { workspaceId } = params
        if (workspaceId !== undefined && workspaceId !== tenant.workspaceId && workspaceId !== tenant.workspaceAlias) {
          return fail(new PermissionDenied({ message: "this key has no access to that workspace" }))
        }
        const isOfSecrets = found.name !== "whoami"
        if (isOfSecrets && settings.archived === true) {
          return fail(new PermissionDenied({ message: "this workspace is archived" }))
        }
        if (isOfSecrets && settings.scopes !== undefined && !settings.scopes.includes(secretsScope)) {
          return fail(PermissionDenied.missingScope(secretsScope, settings.scopes))
        }
        const { epoch } = tenant
        const run = () => call(found, exchange, params, mark === -1 ? "" : target.slice(mark), tenant, epoch, incoming)
        const hit = tenant.faults.isEmpty ? undefined : tenant.faults.hit(subjectOf(tenant, found.name, params["id"]))
        if (hit !== undefined) {
          return guard(afflict(hit, Effect.suspend(run)))
        }
        try {
          const result = run()
          return isNow(result)
            ? answerWith(end(result))
            : guard(Effect.flatMap(Effect.either(result), (result) => settle(end(result))))
        } catch (defect) {
          return onDefect(defect)
        }
      }
    }
  }
}

// Secrets are immutable: an update replaces them.
const isSecret = (success: unknown): success is WorkspaceSecret => success instanceof WorkspaceSecret

interface ApiContext {
  readonly tenant: Tenant
}

type ApiOperation = Operation<ApiContext>

const call = (
  operation: ApiOperation,
  exchange: Exchange,
  params: Readonly<Record<string, string>>,
  query: string,
  tenant: Tenant,
  epoch: number,
  { body, headers }: Incoming
): Effect.Effect<string, Failure> => {
  // The tenant may have been reset or removed while the request waited for its body or a fault's delay.
  const run = (payload: unknown): Effect.Effect<string, Failure> =>
    tenant.epoch === epoch
      ? operation.run({ tenant }, exchange, params, query, payload)
      : Either.left(
        new Aborted({
          message: "the data of this API key was reset, replaced or removed while the request was in flight"
        })
      )
  if (!operation.hasPayload) {
    return run(undefined)
  }
  const type = Body.checkType(single(headers["content-type"]), single(headers["content-encoding"]))
  return Either.isLeft(type) ? Either.left(type.left) : Effect.flatMap(body, (bytes) => {
    exchange.requestSize = bytes.length
    const payload = Body.parse(bytes)
    return Either.isLeft(payload)
      ? Either.left(payload.left)
      : run(payload.right)
  })
}

const EXTERNAL_ID = "external_id:"

/** The secret that a request addresses, by id and external id, whichever the request uses. */
const subjectOf = ({ secrets }: Tenant, operation: string, ref: string | undefined): Subject => {
  if (ref === undefined) {
    return { operation, id: undefined, externalId: undefined }
  }
  if (!ref.startsWith(EXTERNAL_ID)) {
    return { operation, id: ref, externalId: secrets.find(WorkspaceSecretId.make(ref))?.metadata.externalId }
  }
  const externalId = ref.slice(EXTERNAL_ID.length)
  return {
    operation,
    id: externalId === "" ? undefined : secrets.find({ externalId: ExternalId.make(externalId) })?.metadata.id,
    externalId
  }
}

const single = (header: string | ReadonlyArray<string> | undefined): string | undefined =>
  typeof header === "string" ? header : header?.join(", ")
