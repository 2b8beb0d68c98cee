/**
 * The client of the Workspace Secrets API.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import type { ListWorkspaceSecrets, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { Profile } from "@workspace-secrets/core/Profile"
import type { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import type { WorkspaceSecret, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as Chunk from "effect/Chunk"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type {
  CreateError,
  DeleteError,
  GetError,
  InvalidClientOptions,
  ListError,
  UpdateError,
  WhoamiError
} from "./ClientError.js"
import * as Operation from "./internal/operation.js"
import * as ClientOptions from "./internal/options.js"
import * as Request from "./internal/request.js"
import { run } from "./internal/run.js"
import { prepare } from "./internal/send.js"

/**
 * The client of the Workspace Secrets API.
 *
 * @since 0.1.0
 * @category tags
 */
export class WorkspaceSecretsClient extends Context.Tag("@workspace-secrets/http-client/WorkspaceSecretsClient")<
  WorkspaceSecretsClient,
  WorkspaceSecretsClient.Service
>() {}

/**
 * @since 0.1.0
 */
export declare namespace WorkspaceSecretsClient {
  /**
   * The operations of the API (WIRE.md, Operations). A request that breaks the API's rules fails with `InvalidArgument`
   * and is not sent.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Service {
    /** One page of the secrets, newest first unless `sortOrder` says otherwise. */
    readonly list: (params?: ListWorkspaceSecrets) => Effect.Effect<WorkspaceSecretPage, ListError>
    /**
     * All secrets, page by page, each page when it is needed; `limit` is the size of a page. The parameters are taken as
     * they are at the call. A cursor that comes a second time ends the stream with `UnexpectedResponse`.
     */
    readonly stream: (params?: ListWorkspaceSecrets) => Stream.Stream<WorkspaceSecret, ListError>
    /** Creates a secret. */
    readonly create: (payload: CreateWorkspaceSecret) => Effect.Effect<WorkspaceSecret, CreateError>
    /** The secret with this id or external id. */
    readonly get: (ref: WorkspaceSecretRef) => Effect.Effect<WorkspaceSecret, GetError>
    /** Writes the fields of the payload's mask, or without a mask the fields that the payload holds. */
    readonly update: (
      ref: WorkspaceSecretRef,
      payload: UpdateWorkspaceSecret
    ) => Effect.Effect<WorkspaceSecret, UpdateError>
    /** Deletes the secret with this id or external id. A second time it is not found. */
    readonly delete: (ref: WorkspaceSecretRef) => Effect.Effect<void, DeleteError>
    /** The profile that the key acts as. */
    readonly whoami: () => Effect.Effect<Profile, WhoamiError>
  }
}

/**
 * How a client is set up.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The key. Visible ASCII characters only. */
  readonly apiKey: Redacted.Redacted<string>
  /** Where the API is; a path is put before the API's own. `https://api.cadenya.com` where left out. */
  readonly baseUrl?: string | URL | undefined
  /** The id or alias of a workspace, for the paths that name it. Without one, the key's own workspace. */
  readonly workspaceId?: string | undefined
  /** Whether `baseUrl` may be http for another host than this one. It shows the key to the network. */
  readonly allowInsecureHttp?: boolean | undefined
}

/**
 * Makes a client that sends with the `HttpClient` of its context. It follows no redirects, and the spans it makes have
 * an operation's name and nothing of its request.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options
): Effect.Effect<WorkspaceSecretsClient.Service, InvalidClientOptions, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const target = yield* ClientOptions.resolve(options)
    const requestInit = yield* Effect.serviceOption(FetchHttpClient.RequestInit)
    const http = prepare(yield* HttpClient.HttpClient, Option.getOrElse(requestInit, () => ({})))

    const page = (query: Request.Query, seen: ReadonlySet<string>) =>
      run(http, Operation.listOnwards(seen), Request.list(target, query)).pipe(
        Effect.withSpan("WorkspaceSecretsClient.list", spanOptions)
      )

    const pages = (first: Request.Query) => {
      const seen = new Set(first.cursor === undefined ? [] : [first.cursor])
      return Stream.paginateChunkEffect(
        first,
        (query) =>
          Effect.map(page(query, seen), ({ items, pagination: { nextCursor } }) => {
            if (nextCursor === undefined) {
              return [Chunk.unsafeFromArray(items), Option.none()]
            }
            seen.add(nextCursor)
            return [Chunk.unsafeFromArray(items), Option.some({ ...query, cursor: nextCursor })]
          })
      )
    }

    return WorkspaceSecretsClient.of({
      list: Effect.fn("WorkspaceSecretsClient.list", spanOptions)(function*(params = {}) {
        return yield* run(http, Operation.list, Request.list(target, yield* Request.query(params)))
      }),
      stream: (params = {}) => Stream.unwrap(Effect.map(Request.query(params), pages)),
      create: Effect.fn("WorkspaceSecretsClient.create", spanOptions)(function*(payload) {
        return yield* run(http, Operation.create, yield* Request.create(target, payload))
      }),
      get: Effect.fn("WorkspaceSecretsClient.get", spanOptions)(function*(ref) {
        return yield* run(http, Operation.get, yield* Request.get(target, ref))
      }),
      update: Effect.fn("WorkspaceSecretsClient.update", spanOptions)(function*(ref, payload) {
        return yield* run(http, Operation.update, yield* Request.update(target, ref, payload))
      }),
      delete: Effect.fn("WorkspaceSecretsClient.delete", spanOptions)(function*(ref) {
        return yield* run(http, Operation.remove, yield* Request.remove(target, ref))
      }),
      whoami: Effect.fn("WorkspaceSecretsClient.whoami", spanOptions)(function*() {
        return yield* run(http, Operation.whoami, Request.whoami(target))
      })
    })
  })

// A stack trace would be an attribute of every span, and takes longer than all else that is done for one.
const spanOptions = { kind: "client", captureStackTrace: false } as const

/**
 * A client with these options.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<WorkspaceSecretsClient, InvalidClientOptions, HttpClient.HttpClient> =>
  Layer.effect(WorkspaceSecretsClient, make(options))

const checked = <A>(
  option: keyof Options,
  config: Config.Config<A>,
  check: (input: A) => Either.Either<unknown, string>
): Config.Config<A> =>
  Config.mapOrFail(config, (input) =>
    Either.mapBoth(check(input), {
      onLeft: (description) => ConfigError.InvalidData([], `${option}: ${description}`),
      onRight: () => input
    }))

// Not Config.redacted(name): that has the name inside, where `mapOrFail` does not find it for its error.
const environmentKey = Config.nested(Config.redacted(), "CADENYA_API_KEY")

/**
 * A client whose options come from the configuration: `CADENYA_API_KEY` and, where they are set, `CADENYA_BASE_URL` and
 * `CADENYA_WORKSPACE_ID`, each unless another `Config` is given for it. An option that is missing or wrong is a
 * `ConfigError` with the name of its variable and without its value.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (config: {
  readonly apiKey?: Config.Config<Redacted.Redacted<string>> | undefined
  readonly baseUrl?: Config.Config<string | URL> | undefined
  readonly workspaceId?: Config.Config<string> | undefined
  readonly allowInsecureHttp?: Config.Config<boolean> | undefined
} = {}): Layer.Layer<WorkspaceSecretsClient, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(
    WorkspaceSecretsClient,
    Effect.gen(function*() {
      const allowInsecureHttp = yield* Config.withDefault(config.allowInsecureHttp ?? Config.succeed(false), false)
      const baseUrl: Config.Config<string | URL> = config.baseUrl ?? Config.string("CADENYA_BASE_URL")
      const workspaceId = config.workspaceId ?? Config.string("CADENYA_WORKSPACE_ID")
      const options = yield* Config.all({
        apiKey: checked("apiKey", config.apiKey ?? environmentKey, ClientOptions.checkApiKey),
        baseUrl: Config.option(
          checked("baseUrl", baseUrl, (url) => ClientOptions.checkBaseUrl(url, allowInsecureHttp))
        ),
        workspaceId: Config.option(checked("workspaceId", workspaceId, ClientOptions.checkWorkspaceId))
      })
      return yield* make({
        apiKey: options.apiKey,
        baseUrl: Option.getOrUndefined(options.baseUrl),
        workspaceId: Option.getOrUndefined(options.workspaceId),
        allowInsecureHttp
      })
    }).pipe(
      // Each option was checked already, under the name of its variable.
      Effect.catchTag("InvalidClientOptions", Effect.die)
    )
  )
