/**
 * From a request to an answer, whatever the transport: finds the route, knows the key, reads what was sent, calls the handler and writes
 * what came out. Every way that this can end is an answer of the API's own shape (WIRE.md, Errors).
 *
 * @since 0.1.0
 */
import * as HttpApi from "@effect/platform/HttpApi"
import type * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import { Internal, InvalidArgument, NotFound, PermissionDenied, Unimplemented } from "@workspace-secrets/core/ApiError"
import * as ErrorResponse from "@workspace-secrets/core/ErrorResponse"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import { Status } from "@workspace-secrets/core/Status"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Api } from "./Api.js"
import * as Body from "./Body.js"
import { type Document, documents } from "./Documents.js"
import type { Handlers, Request } from "./Handlers.js"
import * as Routes from "./Routes.js"
import type { Tenant } from "./Tenant.js"
import { Tenants } from "./Tenant.js"
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

interface Operation {
  readonly _tag: "Operation"
  readonly hasPayload: boolean
  readonly run: (
    tenant: Tenant,
    params: Readonly<Record<string, string>>,
    query: URLSearchParams,
    payload: unknown
  ) => Effect.Effect<unknown, Failure>
}

/*
 * The endpoints of a reflected API have lost their types: a handler fits its endpoint by the type `Handlers`, which is made from the
 * same declaration. From there on all is `unknown`, through the endpoint's own schemas.
 */
type AnyHandler = (request: Request<never>) => Effect.Effect<unknown, Failure>

type Violations = ReadonlyArray<FieldViolation.FieldViolation>

const decoder = (schema: Option.Option<Schema.Schema.All>): (input: unknown) => Either.Either<unknown, Violations> => {
  if (Option.isNone(schema)) {
    return () => Either.right(undefined)
  }
  const decode = Schema.decodeUnknownEither(schema.value as Schema.Schema<unknown, unknown>, { errors: "all" })
  return (input) => Either.mapLeft(decode(input), FieldViolation.fromParseError)
}

const operationOf = (endpoint: HttpApiEndpoint.HttpApiEndpoint<string, HttpMethod>, handler: AnyHandler): Operation => {
  const path = decoder(endpoint.pathSchema)
  const urlParams = decoder(endpoint.urlParamsSchema)
  const payload = decoder(endpoint.payloadSchema)
  const encode = Schema.encodeUnknownSync(endpoint.successSchema as Schema.Schema<unknown, unknown>)
  return {
    _tag: "Operation",
    hasPayload: Option.isSome(endpoint.payloadSchema),
    run: (tenant, params, query, body) =>
      Either.all({ path: path(params), urlParams: urlParams(readQuery(query)), payload: payload(body) }).pipe(
        Either.match({
          onLeft: (violations) => Effect.fail(InvalidArgument.fromViolations(violations.map(explainRepetition(query)))),
          onRight: (request) =>
            Effect.map(handler({ tenant, ...request } as Request<never>), (success) => encode(success))
        })
      )
  }
}

/** The parameters by name; one that is given more than once has all of its values, which no parameter of the API takes. */
const readQuery = (query: URLSearchParams): Readonly<Record<string, string | ReadonlyArray<string>>> =>
  Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name)
      return [name, values.length === 1 ? values[0] ?? "" : values]
    })
  )

const explainRepetition = (query: URLSearchParams) => (violation: FieldViolation.FieldViolation) =>
  query.getAll(violation.field).length > 1
    ? { field: violation.field, description: "given more than once; a parameter has one value" }
    : violation

const operations = (handlers: Handlers): ReadonlyArray<Routes.Route<Operation>> => {
  const routes: Array<Routes.Route<Operation>> = []
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint }) => {
      const { method, name, path } = endpoint
      const handler = handlers[name as keyof Handlers] as AnyHandler
      routes.push({ method, path, target: operationOf(endpoint, handler) })
    }
  })
  return routes
}

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

const headerSize = (headers: Incoming["headers"]): number =>
  Object.entries(headers).reduce((size, [name, value]) => size + name.length + String(value ?? "").length, 0)

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
 * Makes the dispatcher for some handlers: it never fails. A defect is answered with INTERNAL, and logged without what was sent.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  handlers: Handlers,
  options: Options = {}
): Effect.Effect<(incoming: Incoming) => Effect.Effect<Outgoing>, never, Tenants> =>
  Effect.gen(function*() {
    const tenants = yield* Tenants
    const mint = yield* PrefixedUlid.makeMonotonic
    const find = Routes.make<Operation | Document>(
      [...operations(handlers), ...documents],
      [...unservedOperations, ...options.unservedOperations ?? []]
    )

    const call = (
      operation: Operation,
      params: Readonly<Record<string, string>>,
      query: string,
      incoming: Incoming
    ) =>
      Effect.gen(function*() {
        const tenant = yield* tenants.authenticate(single(incoming.headers["authorization"]))
        const { workspaceId } = params
        if (workspaceId !== undefined && workspaceId !== tenant.workspaceId && workspaceId !== tenant.workspaceAlias) {
          return yield* new PermissionDenied({ message: "this key has no part in that workspace" })
        }
        let payload: unknown = undefined
        if (operation.hasPayload) {
          yield* Body.checkType(single(incoming.headers["content-type"]))
          payload = yield* Body.parse(yield* incoming.body)
        }
        return yield* operation.run(tenant, params, new URLSearchParams(query), payload)
      })

    const answerTo = (
      { params, target }: Extract<Routes.Match<Operation | Document>, { _tag: "Found" }>,
      query: string,
      incoming: Incoming,
      requestId: string
    ): Effect.Effect<Outgoing, Failure> =>
      target._tag === "Document"
        ? Effect.map(target.text, (body) => ({
          status: 200,
          headers: { "content-type": target.contentType, "x-request-id": requestId, ...target.headers },
          body
        }))
        : Effect.map(call(target, params, query, incoming), (success) => answer(200, success, requestId))

    return (incoming) =>
      Effect.flatMap(mint("req"), (requestId) => {
        const fail = (error: Failure, headers?: Readonly<Record<string, string>>) =>
          Effect.succeed(answerError(error, requestId, headers))
        if (headerSize(incoming.headers) > maxHeaderSize) {
          return fail(headersTooLarge())
        }
        const mark = incoming.target.indexOf("?")
        const path = mark === -1 ? incoming.target : incoming.target.slice(0, mark)
        const match = find(incoming.method, path)
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
          case "Found":
            return answerTo(match, mark === -1 ? "" : incoming.target.slice(mark), incoming, requestId).pipe(
              Effect.catchAll((error) =>
                fail(error, error.status === 401 ? { "www-authenticate": "Bearer" } : undefined)
              ),
              Effect.catchAllDefect((defect) =>
                Effect.zipRight(
                  Effect.logError(`unexpected failure of ${requestId}`, Cause.die(nameOf(defect))),
                  fail(new Internal({ message: "the mock server failed unexpectedly; its log says more" }))
                )
              )
            )
        }
      })
  })

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
