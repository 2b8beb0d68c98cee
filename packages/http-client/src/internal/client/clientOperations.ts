import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import type { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import type { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import type { WorkspaceSecret, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { CallOptions, CreateOptions, StreamOptions } from "../../CallOptions.js"
import type { CreateError, DeleteError, ListError, OperationName, UpdateError } from "../../ClientError.js"
import { type Client, type Extras, observe, type Outcome, run, type Running } from "../call/runCall.js"
import * as CallSettings from "../options/callSettings.js"
import * as OperationResult from "../wire/operationResult.js"
import * as Request from "../wire/request.js"
import type { Target } from "../wire/target.js"
import { pages } from "./pageStream.js"

type OptionsOf = CallOptions & Pick<CreateOptions, "safeRetry"> & Pick<StreamOptions, "prefetch">

const refused = (operation: OperationName, field: string, description: string) =>
  InvalidArgument.fromViolations([{ field, description }], { operation, attempts: 0 })

const settingsOf = (client: Client, operation: OperationName, options: OptionsOf | undefined) =>
  options === undefined
    ? Either.right(client.settings)
    : Either.mapLeft(CallSettings.ofCall(client.settings, options), (violations) =>
      InvalidArgument.fromViolations(
        violations.map(({ description, field }) => ({ field: `options.${field}`, description })),
        { operation, attempts: 0 }
      ))

/** Runs an operation. Invalid arguments fail before a request is sent. */
const call = <C, A, E extends ListError | CreateError | UpdateError>(
  client: Client,
  operation: OperationName,
  options: OptionsOf | undefined,
  request: () => Either.Either<C, InvalidArgument>,
  body: (running: Running, request: C) => Effect.Effect<A, E>
): Effect.Effect<A, E | InvalidArgument> =>
  observe<A, E | InvalidArgument>(client, operation, ({ observation, secrets }) => {
    const settings = settingsOf(client, operation, options)
    if (Either.isLeft(settings)) {
      return Effect.fail(settings.left)
    }
    const made = request()
    return Either.isLeft(made)
      ? Effect.fail(made.left)
      : body({ client, observation, secrets, settings: settings.right }, made.right)
  })

/** Normalizes case and surrounding white space of a name. */
const folded = (name: string): string => name.trim().toLowerCase().toUpperCase()

/**
 * Whether a secret was created from a payload. A server may uppercase names and return no values (WIRE.md, Where the
 * sources disagree).
 */
const isMadeOf = ({ metadata, spec }: WorkspaceSecret, payload: CreateWorkspaceSecret): boolean => {
  const value = spec.value && Redacted.value(spec.value)
  return folded(metadata.name) === folded(payload.metadata.name)
    && (value === undefined || value === "" || payload.spec.value === undefined
      || value === Redacted.value(payload.spec.value))
}

/** A copy, because the caller may change the payload before the response. */
const copy = ({ metadata, spec: { value } }: CreateWorkspaceSecret): CreateWorkspaceSecret => ({
  metadata: { ...metadata },
  spec: value === undefined ? {} : { value: Redacted.make(Redacted.value(value)) }
})

/**
 * An earlier attempt with a lost response may have created the secret. This is so if the secret with the external id
 * matches the payload.
 */
const readBack = (
  running: Running,
  target: Target,
  payload: CreateWorkspaceSecret
): NonNullable<Extras<WorkspaceSecret, CreateError>["settle"]> => {
  const asked = copy(payload)
  return (error) => {
    const { externalId } = asked.metadata
    if (error._tag !== "WorkspaceSecretAlreadyExists" || externalId === undefined) {
      return undefined
    }
    const request = Request.get(target, { externalId })
    if (Either.isLeft(request)) {
      return undefined
    }
    const found = run(running, OperationResult.readBack, request.right, { isSafe: true }, running.client.routes.get)
    return Effect.matchEffect(found, {
      onFailure: (failure) => Effect.fail(failure._tag === "WorkspaceSecretNotFound" ? error : failure),
      onSuccess: (outcome) => isMadeOf(outcome.value, asked) ? Effect.succeed(outcome) : Effect.fail(error)
    })
  }
}

const checkSafeRetry = (
  payload: CreateWorkspaceSecret,
  options: CreateOptions | undefined
): Either.Either<boolean, InvalidArgument> =>
  options?.safeRetry !== true || (payload.metadata.externalId ?? "") !== ""
    ? Either.right(options?.safeRetry === true)
    : Either.left(
      refused("create", "metadata.externalId", "Expected an external id, by which safeRetry finds what was created")
    )

const checkPrefetch = (options: StreamOptions | undefined): Either.Either<number, InvalidArgument> => {
  const prefetch = options?.prefetch ?? 0
  return Number.isSafeInteger(prefetch) && prefetch >= 0
    ? Either.right(prefetch)
    : Either.left(refused("list", "options.prefetch", "Expected a whole number from 0"))
}

/** Not found after an attempt that may have deleted it means deleted. */
const gone: NonNullable<Extras<void, DeleteError>["settle"]> = (error, answered) =>
  error._tag === "WorkspaceSecretNotFound" ? Effect.succeed({ value: undefined, ...answered }) : undefined

/** The operations of a client. Each returns the value and its response. */
export const operations = (client: Client, target: Target) => ({
  list: (params: ListWorkspaceSecrets = {}, options?: CallOptions) =>
    call(
      client,
      "list",
      options,
      () => Request.query(params),
      (running, query) => run(running, OperationResult.list, Request.list(target, query))
    ),

  stream: (params: ListWorkspaceSecrets = {}, options?: StreamOptions): Stream.Stream<WorkspaceSecret, ListError> =>
    Either.match(
      Either.all([Request.query(params), settingsOf(client, "list", options), checkPrefetch(options)]),
      {
        onLeft: (error): Stream.Stream<never, InvalidArgument> => Stream.fail(error),
        onRight: ([first, settings, prefetch]) =>
          pages<ListError>(
            (query, refuse) =>
              observe(client, "list", ({ observation, secrets }) =>
                Effect.map(
                  run(
                    { client, observation, secrets, settings },
                    OperationResult.listOnwards(refuse),
                    Request.list(target, query)
                  ),
                  ({ value }) => value
                )),
            first,
            prefetch
          )
      }
    ),

  create: (payload: CreateWorkspaceSecret, options?: CreateOptions) =>
    call(
      client,
      "create",
      options,
      () =>
        Either.flatMap(Request.create(target, payload), (request) =>
          Either.map(checkSafeRetry(payload, options), (isSafe) => ({ request, isSafe }))),
      (running, { isSafe, request }) =>
        run(
          running,
          OperationResult.create,
          request,
          isSafe ? { isSafe, settle: readBack(running, target, payload) } : {}
        )
    ),

  get: (ref: WorkspaceSecretRef, options?: CallOptions) =>
    call(
      client,
      "get",
      options,
      () => Request.get(target, ref),
      (running, request) => run(running, OperationResult.get, request)
    ),

  update: (ref: WorkspaceSecretRef, payload: UpdateWorkspaceSecret, options?: CallOptions) =>
    call(
      client,
      "update",
      options,
      () => Request.update(target, ref, payload),
      (running, request) => run(running, OperationResult.update, request)
    ),

  delete: (ref: WorkspaceSecretRef, options?: CallOptions) =>
    call(
      client,
      "delete",
      options,
      () => Request.remove(target, ref),
      (running, request) => run(running, OperationResult.remove, request, { settle: gone })
    ),

  whoami: (options?: CallOptions) =>
    call(
      client,
      "whoami",
      options,
      () => Either.right(Request.whoami(target)),
      (running, request) => run(running, OperationResult.whoami, request)
    )
})

export const infoOf = ({ answer, attempts, redact }: Outcome<unknown>) => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) {
      headers[name.toLowerCase()] = redact(value)
    }
  }
  return { status: answer.status, headers, requestId: headers["x-request-id"] || undefined, attempts }
}
