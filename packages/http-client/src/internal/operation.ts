import * as ApiError from "@workspace-secrets/core/ApiError"
import type { ErrorClass } from "@workspace-secrets/core/ErrorResponse"
import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Profile } from "@workspace-secrets/core/Profile"
import {
  WorkspaceSecret,
  WorkspaceSecretAlreadyExists,
  WorkspaceSecretNotFound
} from "@workspace-secrets/core/WorkspaceSecret"
import * as Either from "effect/Either"
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

/** The errors of an operation that a server can answer. */
type Answered<E> = Exclude<E, CallTimeout | ConnectionError | UnexpectedResponse>

/**
 * What a response means to an operation. `errors` names each class, so that the compiler holds it against the
 * operation's error type, in both directions.
 */
export interface Operation<A, E extends { readonly _tag: ErrorTable.Tag }> {
  readonly name: OperationName
  readonly errors: { readonly [Tag in E["_tag"]]: ErrorClass<Extract<E, { readonly _tag: Tag }>> }
  /** Reads the body of a 2xx; fails with what was expected of it. */
  readonly decode: (body: string) => Either.Either<A, ReadonlyArray<FieldViolation.FieldViolation>>
  /** Whether a 2xx without its body is a failure. */
  readonly needsBody: boolean
}

/** Reads JSON. A SyntaxError quotes the text, so it goes no further than here. */
export const parseJson = (
  text: string,
  expected: string
): Either.Either<unknown, ReadonlyArray<FieldViolation.FieldViolation>> => {
  try {
    return Either.right(JSON.parse(text))
  } catch {
    return Either.left([{ field: "", description: `Expected ${expected}` }])
  }
}

/** Reads JSON of a schema. A ParseError holds the text, so it goes no further than here. */
export const decodeJson = <A, I>(schema: Schema.Schema<A, I>, expected: string) => {
  const decode = Schema.decodeUnknownEither(schema, { errors: "all" })
  return (text: string): Either.Either<A, ReadonlyArray<FieldViolation.FieldViolation>> => {
    const json = parseJson(text, expected)
    if (Either.isLeft(json)) {
      return Either.left(json.left)
    }
    const decoded = decode(json.right)
    return Either.isRight(decoded)
      ? Either.right(decoded.right)
      : Either.left(FieldViolation.fromParseError(decoded.left))
  }
}

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

const decodeSecret = decodeJson(WorkspaceSecret, "a WorkspaceSecret in JSON")

export const list: Operation<WorkspaceSecretPage, Answered<ListError>> = {
  name: "list",
  errors: { ...common, NotFound: ApiError.NotFound },
  decode: decodeJson(WorkspaceSecretPage, "a WorkspaceSecretPage in JSON"),
  needsBody: true
}

/** A page of a list that goes on: one that leads back to a cursor seen before would go on for ever. */
export const listOnwards = (seen: ReadonlySet<string>): typeof list => ({
  ...list,
  decode: (body) =>
    Either.filterOrLeft(
      list.decode(body),
      ({ pagination: { nextCursor } }) => nextCursor === undefined || !seen.has(nextCursor),
      () => repeated
    )
})

const repeated = [
  { field: "pagination.nextCursor", description: "Expected a cursor that this list has not had before" }
]

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

/** A get on behalf of a create. */
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
  decode: () => Either.void,
  needsBody: false
}

export const whoami: Operation<Profile, Answered<WhoamiError>> = {
  name: "whoami",
  errors: { ...common, NotFound: ApiError.NotFound },
  decode: decodeJson(Profile, "a Profile in JSON"),
  needsBody: true
}
