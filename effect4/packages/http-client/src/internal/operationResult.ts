import * as ApiError from "@workspace-secrets/core/ApiError"
import type { ErrorClass } from "@workspace-secrets/core/ErrorResponse"
import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Profile } from "@workspace-secrets/core/Profile"
import type { Mask } from "@workspace-secrets/core/Redaction"
import {
  WorkspaceSecret,
  WorkspaceSecretAlreadyExists,
  WorkspaceSecretNotFound
} from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type {
  CallTimeout,
  ConnectionError,
  CreateError,
  DeleteError,
  GetError,
  ListError,
  OperationName,
  UnexpectedResponse,
  UpdateError,
  WhoamiError
} from "../ClientError.js"
import { at, boundItems, boundLabels } from "./responseLimits.js"

/** The errors of an operation that a response can contain. */
type Answered<E> = Exclude<E, CallTimeout | ConnectionError | UnexpectedResponse>

/**
 * How an operation reads a response. `errors` has every class, so that the compiler compares it with the operation's
 * error type in both directions.
 */
export interface Operation<A, E extends { readonly _tag: ErrorTable.Tag }> {
  readonly name: OperationName
  readonly errors: { readonly [Tag in E["_tag"]]: ErrorClass<Extract<E, { readonly _tag: Tag }>> }
  /**
   * Decodes the body of a 2xx response. Fails with masked violations. A large body returns an Effect, which yields to
   * other fibers.
   */
  readonly decode: (body: string, mask?: Mask) => Decoded<A> | Effect.Effect<Decoded<A>>
  /** Whether a 2xx response without a body is a failure. */
  readonly needsBody: boolean
}

type Refusal = ReadonlyArray<FieldViolation.FieldViolation>

type Decoded<A> = Result.Result<A, Refusal>

/** Parses JSON. The SyntaxError is dropped because it quotes the text. */
export const parseJson = (text: string, expected: string): Decoded<unknown> => {
  try {
    return Result.succeed(JSON.parse(text))
  } catch {
    return Result.fail([{ field: "", description: `Expected ${expected}` }])
  }
}

/** The maximum number of reported violations of a response. */
export const MAX_VIOLATIONS = 10

/** Decodes parsed JSON. The ParseError is dropped because it contains the input. */
export const decodeOf = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all" })
  return (json: unknown, mask?: Mask): Decoded<A> =>
    Result.mapError(decode(json), (error) => FieldViolation.fromSchemaError(error, { mask, limit: MAX_VIOLATIONS }))
}

/** Parses and decodes JSON, after its limits are checked. */
export const decodeJson = <A, I>(
  schema: Schema.Codec<A, I>,
  expected: string,
  bound: (json: unknown) => Decoded<unknown> = Result.succeed
) => {
  const decode = decodeOf(schema)
  return (text: string, mask?: Mask): Decoded<A> => {
    const json = parseJson(text, expected)
    if (Result.isFailure(json)) {
      return Result.fail(json.failure)
    }
    // A short body needs no check of its limits.
    const bounded = text.length > SHORT ? bound(json.success) : json
    return Result.isFailure(bounded) ? Result.fail(bounded.failure) : decode(bounded.success, mask)
  }
}

/** Bodies up to this number of characters are decoded without checking limits. */
const SHORT = 16 * 1024

const common = {
  InvalidArgument: ApiError.InvalidArgument,
  FailedPrecondition: ApiError.FailedPrecondition,
  Unauthenticated: ApiError.Unauthenticated,
  PermissionDenied: ApiError.PermissionDenied,
  Unimplemented: ApiError.Unimplemented,
  Aborted: ApiError.Aborted,
  ResourceExhausted: ApiError.ResourceExhausted,
  Cancelled: ApiError.Cancelled,
  Internal: ApiError.Internal,
  Unavailable: ApiError.Unavailable,
  DeadlineExceeded: ApiError.DeadlineExceeded
}

const decodeSecret = decodeJson(WorkspaceSecret, "a WorkspaceSecret in JSON", boundLabels)

const decodeShortPage = decodeJson(WorkspaceSecretPage, "a WorkspaceSecretPage in JSON")
const decodePage = decodeOf(WorkspaceSecretPage)
const decodeItem = decodeOf(WorkspaceSecret)

/** How many items are decoded at a time: more than a page of this API has (WIRE.md, List). */
const SLICE = 500

/** Lets timers and interruptions run. */
const pause = Effect.callback<void>((resume) => {
  const timer = setTimeout(() => resume(Effect.void))
  return Effect.sync(() => clearTimeout(timer))
})

/** Decodes a page item by item, until the maximum number of violations. */
const readItems = Effect.fnUntraced(function*(
  page: WorkspaceSecretPage,
  json: ReadonlyArray<unknown>,
  mask: Mask | undefined
): Effect.fn.Return<Decoded<WorkspaceSecretPage>> {
  const items: Array<WorkspaceSecret> = []
  const violations: Array<FieldViolation.FieldViolation> = []
  for (let index = 0; index < json.length && violations.length < MAX_VIOLATIONS; index++) {
    if (index > 0 && index % SLICE === 0) {
      yield* pause
    }
    const item = Result.flatMap(boundLabels(json[index]), (json) => decodeItem(json, mask))
    if (Result.isSuccess(item)) {
      items.push(item.success)
    } else {
      for (const { description, field } of item.failure) {
        violations.push({ field: joined(`items[${index}]`, field), description })
      }
    }
  }
  return violations.length > 0
    ? Result.fail(violations)
    : Result.succeed(new WorkspaceSecretPage({ ...page, items }, { disableChecks: true }))
})

const joined = (parent: string, field: string): string =>
  field === "" || field.startsWith("[") ? parent + field : `${parent}.${field}`

export const list: Operation<WorkspaceSecretPage, Answered<ListError>> = {
  name: "list",
  errors: { ...common, NotFound: ApiError.NotFound },
  decode: (text, mask) => {
    if (text.length <= SHORT) {
      return decodeShortPage(text, mask)
    }
    const json = Result.flatMap(parseJson(text, "a WorkspaceSecretPage in JSON"), boundItems)
    if (Result.isFailure(json)) {
      return Result.fail(json.failure)
    }
    const items = at(json.success, "items")
    const page = decodePage(Array.isArray(items) ? { ...json.success as object, items: [] } : json.success, mask)
    return Result.isFailure(page) || !Array.isArray(items) ? page : readItems(page.success, items, mask)
  },
  needsBody: true
}

/** Reads a page of a stream. `refuse` returns what is wrong with its cursor. */
export const listOnwards = (refuse: (page: WorkspaceSecretPage) => string | undefined): typeof list => ({
  ...list,
  decode: (body, mask) => {
    const check = (page: Decoded<WorkspaceSecretPage>): Decoded<WorkspaceSecretPage> =>
      Result.flatMap(page, (page) => {
        const description = refuse(page)
        return description === undefined
          ? Result.succeed(page)
          : Result.fail([{ field: "pagination.nextCursor", description }])
      })
    const decoded = list.decode(body, mask)
    return Result.isResult(decoded) ? check(decoded) : Effect.map(decoded, check)
  }
})

export const create: Operation<WorkspaceSecret, Answered<CreateError>> = {
  name: "create",
  errors: { ...common, NotFound: ApiError.NotFound, WorkspaceSecretAlreadyExists },
  decode: decodeSecret,
  needsBody: true
}

export const get: Operation<WorkspaceSecret, Answered<GetError>> = {
  name: "get",
  errors: { ...common, WorkspaceSecretNotFound },
  decode: decodeSecret,
  needsBody: true
}

/** The get of a `create` with `safeRetry`. */
export const readBack: typeof get = { ...get, name: "create" }

export const update: Operation<WorkspaceSecret, Answered<UpdateError>> = {
  name: "update",
  errors: { ...common, WorkspaceSecretNotFound, WorkspaceSecretAlreadyExists },
  decode: decodeSecret,
  needsBody: true
}

// `delete` is a reserved word.
export const remove: Operation<void, Answered<DeleteError>> = {
  name: "delete",
  errors: { ...common, WorkspaceSecretNotFound },
  decode: () => Result.succeed(undefined),
  needsBody: false
}

export const whoami: Operation<Profile, Answered<WhoamiError>> = {
  name: "whoami",
  errors: { ...common, NotFound: ApiError.NotFound },
  decode: decodeJson(Profile, "a Profile in JSON", boundLabels),
  needsBody: true
}
