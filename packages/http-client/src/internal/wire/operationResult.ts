import * as ApiError from "@workspace-secrets/core/ApiError"
import { codec } from "@workspace-secrets/core/Codec"
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
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
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
} from "../../ClientError.js"
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

type Decoded<A> = Either.Either<A, Refusal>

/** Parses JSON. The SyntaxError is dropped because it quotes the text. */
export const parseJson = (text: string, expected: string): Decoded<unknown> => {
  try {
    return Either.right(JSON.parse(text))
  } catch {
    return Either.left([{ field: "", description: `Expected ${expected}` }])
  }
}

/** The maximum number of reported violations of a response. */
export const MAX_VIOLATIONS = 10

/** Decodes parsed JSON. The ParseError is dropped because it contains the input. */
export const decodeOf = <A, I>(schema: Schema.Schema<A, I>) => {
  const { decode } = codec(schema, { errors: "all" })
  return (json: unknown, mask?: Mask): Decoded<A> =>
    Either.mapLeft(decode(json), (error) => FieldViolation.fromParseError(error, { mask, limit: MAX_VIOLATIONS }))
}

/** Parses and decodes JSON, after its limits are checked. */
export const decodeJson = <A, I>(
  schema: Schema.Schema<A, I>,
  expected: string,
  bound: (json: unknown) => Decoded<unknown> = Either.right
) => {
  const decode = decodeOf(schema)
  return (text: string, mask?: Mask): Decoded<A> => {
    const json = parseJson(text, expected)
    if (Either.isLeft(json)) {
      return Either.left(json.left)
    }
    // A short body needs no check of its limits.
    const bounded = text.length > SHORT ? bound(json.right) : json
    return Either.isLeft(bounded) ? Either.left(bounded.left) : decode(bounded.right, mask)
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

/** Lets timers and interruptions run. Uses a timer only if there is no other way, because tests may fake timers. */
const pause = Effect.async<void>((resume) => {
  if (typeof MessageChannel === "undefined") {
    const timer = setTimeout(() => resume(Effect.void))
    return Effect.sync(() => clearTimeout(timer))
  }
  const { port1, port2 } = new MessageChannel()
  const onmessage = () => {
    port1.close()
    resume(Effect.void)
  }
  Object.assign(port1, { onmessage })
  port2.postMessage(undefined)
  return Effect.sync(() => port1.close())
})

/** Decodes a page item by item, until the maximum number of violations. */
class PageDecoder {
  private readonly items: Array<WorkspaceSecret> = []
  private readonly violations: Array<FieldViolation.FieldViolation> = []
  private next = 0

  constructor(
    private readonly page: WorkspaceSecretPage,
    private readonly json: ReadonlyArray<unknown>,
    private readonly mask: Mask | undefined
  ) {}

  run(): Decoded<WorkspaceSecretPage> | Effect.Effect<Decoded<WorkspaceSecretPage>> {
    for (const end = Math.min(this.next + SLICE, this.json.length); this.next < end; this.next++) {
      this.read(this.next)
      if (this.violations.length >= MAX_VIOLATIONS) {
        return Either.left(this.violations)
      }
    }
    return this.next < this.json.length
      ? Effect.flatMap(pause, () => asEffect(this.run()))
      : this.violations.length > 0
      ? Either.left(this.violations)
      : Either.right(new WorkspaceSecretPage({ ...this.page, items: this.items }, true))
  }

  private read(index: number): void {
    const item = Either.flatMap(boundLabels(this.json[index]), (json) => decodeItem(json, this.mask))
    if (Either.isRight(item)) {
      this.items.push(item.right)
      return
    }
    for (const { description, field } of item.left) {
      this.violations.push({ field: joined(`items[${index}]`, field), description })
    }
  }
}

const joined = (parent: string, field: string): string =>
  field === "" || field.startsWith("[") ? parent + field : `${parent}.${field}`

const asEffect = <A>(decoded: Decoded<A> | Effect.Effect<Decoded<A>>): Effect.Effect<Decoded<A>> =>
  Either.isEither(decoded) ? Effect.succeed(decoded) : decoded

export const list: Operation<WorkspaceSecretPage, Answered<ListError>> = {
  name: "list",
  errors: { ...common, NotFound: ApiError.NotFound },
  decode: (text, mask) => {
    if (text.length <= SHORT) {
      return decodeShortPage(text, mask)
    }
    const json = Either.flatMap(parseJson(text, "a WorkspaceSecretPage in JSON"), boundItems)
    if (Either.isLeft(json)) {
      return Either.left(json.left)
    }
    const items = at(json.right, "items")
    const page = decodePage(Array.isArray(items) ? { ...json.right as object, items: [] } : json.right, mask)
    return Either.isLeft(page) || !Array.isArray(items) ? page : new PageDecoder(page.right, items, mask).run()
  },
  needsBody: true
}

/** Reads a page of a stream. `refuse` returns what is wrong with its cursor. */
export const listOnwards = (refuse: (page: WorkspaceSecretPage) => string | undefined): typeof list => ({
  ...list,
  decode: (body, mask) => {
    const check = (page: Decoded<WorkspaceSecretPage>): Decoded<WorkspaceSecretPage> =>
      Either.flatMap(page, (page) => {
        const description = refuse(page)
        return description === undefined
          ? Either.right(page)
          : Either.left([{ field: "pagination.nextCursor", description }])
      })
    const decoded = list.decode(body, mask)
    return Either.isEither(decoded) ? check(decoded) : Effect.map(decoded, check)
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
  decode: () => Either.void,
  needsBody: false
}

export const whoami: Operation<Profile, Answered<WhoamiError>> = {
  name: "whoami",
  errors: { ...common, NotFound: ApiError.NotFound },
  decode: decodeJson(Profile, "a Profile in JSON", boundLabels),
  needsBody: true
}
