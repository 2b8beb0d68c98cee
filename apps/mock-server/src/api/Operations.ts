import * as HttpApi from "@effect/platform/HttpApi"
import type * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import type * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import { codec } from "@workspace-secrets/core/Codec"
import type { WireError } from "@workspace-secrets/core/ErrorResponse"
import { snakeCase } from "@workspace-secrets/core/FieldName"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { withEmptyValues } from "@workspace-secrets/core/UnsetFields"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { isNow } from "./Now.js"
import { requestFields } from "./RequestFields.js"
import type * as Routes from "./Routes.js"

/** The decoded payload and the decoded result of a call. */
export interface Trace {
  payload: unknown
  success: unknown
}

/** Options of the operations of an API. */
export interface Options {
  /** Whether unknown fields are rejected instead of ignored. */
  readonly isStrict: boolean
  /**
   * Whether a result is immutable and all operations encode it in the same way. Its JSON is then cached. Default: no result.
   */
  readonly isLasting?: (success: unknown) => success is object
}

/** A declared operation that can be run: it decodes the request, calls the handler, and encodes the result as JSON text. */
export interface Operation<Context> {
  readonly _tag: "Operation"
  readonly name: string
  readonly hasPayload: boolean
  readonly encodePayload: (payload: unknown) => unknown
  readonly encodeSuccess: (success: unknown) => unknown
  /** Writes the decoded payload and result to `trace`. */
  readonly run: (
    context: Context,
    trace: Trace,
    params: Readonly<Record<string, string>>,
    query: string,
    payload: unknown
  ) => Effect.Effect<string, WireError>
}

/*
 * A reflected API has lost the types of its endpoints, so everything here is `unknown` and goes through the endpoint's schemas. The type
 * `Handlers` makes sure that each handler fits its endpoint.
 */
type AnyHandler<Context> = (
  request: Context & { readonly path: unknown; readonly urlParams: unknown; readonly payload: unknown }
) => Effect.Effect<unknown, WireError>

type Decoder = (input: unknown) => Either.Either<unknown, ReadonlyArray<FieldViolation.FieldViolation>>

/*
 * The limits of `isLarge`. Of larger input, only the first problem is reported: collecting all is far slower than decoding valid input.
 */
const LONG = 1000
const LARGE = 20_000

/** Whether input has an array or object with more than `LONG` members, or more than `LARGE` members in total. */
const isLarge = (input: unknown): boolean => {
  let left = LARGE
  const visit = (value: unknown): boolean => {
    if (typeof value !== "object" || value === null) {
      return false
    }
    const items: ReadonlyArray<unknown> = Array.isArray(value) ? value : Object.values(value)
    left -= items.length
    return items.length > LONG || left < 0 || items.some(visit)
  }
  return visit(input)
}

const decoder = (schema: Option.Option<Schema.Schema.All>, options: Options): Decoder =>
  Option.match(schema, {
    onNone: () => () => Either.right(undefined),
    onSome: (schema) => {
      const read = options.isStrict ? Either.right : requestFields(schema)
      const decodeWith = (errors: "all" | "first") =>
        codec(schema as Schema.Schema<unknown, unknown>, {
          errors,
          onExcessProperty: options.isStrict ? "error" : "ignore"
        }).decode
      const [all, first] = [decodeWith("all"), decodeWith("first")]
      return (input) =>
        Either.flatMap(
          read(input),
          // Collecting all problems is slow, so only invalid input is decoded in that mode.
          (fields) =>
            Either.orElse(
              first(fields),
              (error) =>
                Either.mapLeft(isLarge(fields) ? Either.left(error) : all(fields), FieldViolation.fromParseError)
            )
        )
    }
  })

const encoder = (schema: Schema.Schema.All) => {
  const { encode } = codec(schema as Schema.Schema<unknown, unknown>)
  return (value: unknown): unknown => Either.getOrThrowWith(encode(value), identity)
}

/** The parameters by name. A repeated parameter has an array of values, which every schema rejects. */
const readQuery = (query: URLSearchParams): Readonly<Record<string, string | ReadonlyArray<string>>> =>
  Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name)
      return [name, values.length === 1 ? values[0] ?? "" : values]
    })
  )

const explainRepetition = (query: URLSearchParams) => (violation: FieldViolation.FieldViolation) =>
  [violation.field, snakeCase(violation.field)].some((name) => query.getAll(name).length > 1)
    ? { field: violation.field, description: "given more than once; a parameter has one value" }
    : violation

const refuse = (
  violations: ReadonlyArray<FieldViolation.FieldViolation>,
  query: URLSearchParams
): Either.Either<never, InvalidArgument> =>
  Either.left(InvalidArgument.fromViolations(violations.map(explainRepetition(query))))

const NOTHING: Readonly<Record<string, string>> = {}
const NO_QUERY = new URLSearchParams()

type Write = (success: unknown, encode: (success: unknown) => unknown) => string

/** The maximum number of characters of a cached text. The memory for secrets is counted without their texts. */
const MAX_CACHED = 2048

// Caches encoded results: secrets are read far more often than changed, and encoding is the slowest part of a request.
const writer = ({ isLasting }: Options): Write => {
  const texts = new WeakMap<object, string>()
  return (success, encode) => {
    if (isLasting?.(success) !== true) {
      return JSON.stringify(encode(success))
    }
    let text = texts.get(success)
    if (text === undefined) {
      text = JSON.stringify(encode(success))
      if (text.length <= MAX_CACHED) {
        texts.set(success, text)
      }
    }
    return text
  }
}

const operationOf = <Context>(
  endpoint: HttpApiEndpoint.HttpApiEndpoint<string, HttpMethod>,
  handler: AnyHandler<Context>,
  options: Options,
  textOf: Write
): Operation<Context> => {
  const path = decoder(endpoint.pathSchema, { isStrict: false })
  const urlParams = decoder(endpoint.urlParamsSchema, options)
  const payload = decoder(endpoint.payloadSchema, options)
  const encodeSet = encoder(endpoint.successSchema)
  const complete = withEmptyValues(endpoint.successSchema)
  const encode = (success: unknown) => complete(encodeSet(success))
  return {
    _tag: "Operation",
    name: endpoint.name,
    hasPayload: Option.isSome(endpoint.payloadSchema),
    encodePayload: Option.match(endpoint.payloadSchema, {
      onNone: () => (payload: unknown) => payload,
      onSome: encoder
    }),
    encodeSuccess: encode,
    run: (context, trace, params, query, body) => {
      const search = query === "" ? NO_QUERY : new URLSearchParams(query)
      const decodedPath = path(params)
      if (Either.isLeft(decodedPath)) {
        return refuse(decodedPath.left, search)
      }
      const decodedQuery = urlParams(query === "" ? NOTHING : readQuery(search))
      if (Either.isLeft(decodedQuery)) {
        return refuse(decodedQuery.left, search)
      }
      const decodedBody = payload(body)
      if (Either.isLeft(decodedBody)) {
        return refuse(decodedBody.left, search)
      }
      trace.payload = decodedBody.right
      const write = (success: unknown) => {
        const text = textOf(success, encode)
        trace.success = success
        return text
      }
      const result = handler({
        ...context,
        path: decodedPath.right,
        urlParams: decodedQuery.right,
        payload: decodedBody.right
      })
      return isNow(result)
        ? Either.map(result, write)
        : Effect.map(result, write)
    }
  }
}

/** Makes the operations of a declared API. Handlers are by endpoint name. */
export const operations = <Context>() =>
<Id extends string, Groups extends HttpApiGroup.HttpApiGroup.Any, E, R>(
  api: HttpApi.HttpApi<Id, Groups, E, R>,
  handlers: Readonly<Record<string, unknown>>,
  options: Options = { isStrict: false }
): ReadonlyArray<Routes.Route<Operation<Context>>> => {
  const routes: Array<Routes.Route<Operation<Context>>> = []
  const textOf = writer(options)
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint }) => {
      const { method, name, path } = endpoint
      const target = operationOf<Context>(endpoint, handlers[name] as AnyHandler<Context>, options, textOf)
      routes.push({ method, path, target })
    }
  })
  return routes
}
