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
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import type { CallOptions, CreateOptions, StreamOptions } from "./CallOptions.js"
import type {
  CreateError,
  DeleteError,
  GetError,
  InvalidClientOptions,
  ListError,
  UpdateError,
  WhoamiError
} from "./ClientError.js"
import { Budget } from "./internal/call/retryBudget.js"
import type { Client, Outcome } from "./internal/call/runCall.js"
import { infoOf, operations } from "./internal/client/clientOperations.js"
import * as ClientOptions from "./internal/options/clientOptions.js"
import { routes } from "./internal/telemetry/routes.js"
import { exchangeOf } from "./internal/transport/exchange.js"
import { prepare } from "./internal/transport/transportContext.js"
import type * as Retry from "./Retry.js"

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
    readonly list: (
      params?: ListWorkspaceSecrets,
      options?: CallOptions
    ) => Effect.Effect<WorkspaceSecretPage, ListError>
    /**
     * All secrets, page by page, each page when it is needed; `limit` is the size of a page. The parameters are taken as
     * they are at the call. A cursor that comes a second time ends the stream with `UnexpectedResponse`.
     */
    readonly stream: (
      params?: ListWorkspaceSecrets,
      options?: StreamOptions
    ) => Stream.Stream<WorkspaceSecret, ListError>
    /** Creates a secret. */
    readonly create: (
      payload: CreateWorkspaceSecret,
      options?: CreateOptions
    ) => Effect.Effect<WorkspaceSecret, CreateError>
    /** The secret with this id or external id. */
    readonly get: (ref: WorkspaceSecretRef, options?: CallOptions) => Effect.Effect<WorkspaceSecret, GetError>
    /** Writes the fields of the payload's mask, or without a mask the fields that the payload holds. */
    readonly update: (
      ref: WorkspaceSecretRef,
      payload: UpdateWorkspaceSecret,
      options?: CallOptions
    ) => Effect.Effect<WorkspaceSecret, UpdateError>
    /**
     * Deletes the secret with this id or external id. A second time it is not found, unless the second time was a retry of
     * the same call.
     */
    readonly delete: (ref: WorkspaceSecretRef, options?: CallOptions) => Effect.Effect<void, DeleteError>
    /** The profile that the key acts as. */
    readonly whoami: (options?: CallOptions) => Effect.Effect<Profile, WhoamiError>
    /** The same operations, each with the response next to its value. */
    readonly withResponse: WithResponse
  }

  /**
   * The operations that give the response next to the value.
   *
   * @since 0.1.0
   * @category models
   */
  export type WithResponse = {
    readonly [Name in Exclude<keyof Service, "stream" | "withResponse">]: Service[Name] extends
      (...args: infer Args) => Effect.Effect<infer A, infer E> ?
      (...args: Args) => Effect.Effect<{ readonly value: A; readonly response: ResponseInfo }, E>
      : never
  }

  /**
   * What is known of the response that a value came in.
   *
   * @since 0.1.0
   * @category models
   */
  export interface ResponseInfo {
    /** The HTTP status. */
    readonly status: number
    /** The headers, with names in lower case. */
    readonly headers: Readonly<Record<string, string>>
    /** The response's `x-request-id`. */
    readonly requestId: string | undefined
    /** How many times the request was sent. */
    readonly attempts: number
  }
}

/**
 * How a client is set up.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The key: visible ASCII characters, and spaces between them. */
  readonly apiKey: Redacted.Redacted<string>
  /** Where the API is; a path is put before the API's own. `https://api.cadenya.com` where left out. */
  readonly baseUrl?: string | URL | undefined
  /** The id or alias of a workspace, for the paths that name it. Without one, the key's own workspace. */
  readonly workspaceId?: string | undefined
  /** Whether `baseUrl` may be http for another host than this one. It shows the key to the network. */
  readonly allowInsecureHttp?: boolean | undefined
  /** How long a call may take, all in all: 30 seconds where left out. `Infinity` for no end. */
  readonly deadline?: Duration.DurationInput | undefined
  /** How long one attempt may take: 10 seconds where left out. `Infinity` for no end. */
  readonly attemptDeadline?: Duration.DurationInput | undefined
  /** When a call is sent again: `Retry.defaultPolicy` where left out, and never for `false`. */
  readonly retry?: Retry.Policy | false | undefined
  /** How many retries all calls together may make: `Retry.defaultBudget` where left out, and no limit for `false`. */
  readonly retryBudget?: Retry.Budget | false | undefined
  /** Whether the API is told which trace a call is part of (`traceparent`): `false` where left out. */
  readonly propagateTrace?: boolean | undefined
}

/**
 * Makes a client that sends with the `HttpClient` of its context. It follows no redirects. It makes a span for each
 * call and one for each of its attempts, and counts its calls, and none of that tells what a request or a response held.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options
): Effect.Effect<WorkspaceSecretsClient.Service, InvalidClientOptions, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { budget, settings, ...target } = yield* ClientOptions.resolve(options)
    const requestInit = yield* Effect.serviceOption(FetchHttpClient.RequestInit)
    const http = yield* HttpClient.HttpClient
    const client: Client = {
      http,
      exchange: exchangeOf(http),
      prepare: prepare(Option.getOrElse(requestInit, () => ({}))),
      settings,
      budget: budget && new Budget(budget),
      routes: routes(target)
    }
    const { stream, ...calls } = operations(client, target)
    return WorkspaceSecretsClient.of({
      list: (params, options) => Effect.map(calls.list(params, options), valueOf),
      stream,
      create: (payload, options) => Effect.map(calls.create(payload, options), valueOf),
      get: (ref, options) => Effect.map(calls.get(ref, options), valueOf),
      update: (ref, payload, options) => Effect.map(calls.update(ref, payload, options), valueOf),
      delete: (ref, options) => Effect.map(calls.delete(ref, options), valueOf),
      whoami: (options) => Effect.map(calls.whoami(options), valueOf),
      withResponse: {
        list: (params, options) => Effect.map(calls.list(params, options), withResponse),
        create: (payload, options) => Effect.map(calls.create(payload, options), withResponse),
        get: (ref, options) => Effect.map(calls.get(ref, options), withResponse),
        update: (ref, payload, options) => Effect.map(calls.update(ref, payload, options), withResponse),
        delete: (ref, options) => Effect.map(calls.delete(ref, options), withResponse),
        whoami: (options) => Effect.map(calls.whoami(options), withResponse)
      }
    })
  })

const valueOf = <A>({ value }: Outcome<A>): A => value

const withResponse = <A>(outcome: Outcome<A>) => ({ value: outcome.value, response: infoOf(outcome) })

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

/** A primitive for which an empty text is as good as none: compose files and CI set variables to nothing. */
const orUnset = <A>(primitive: Config.Config.Primitive<A>): Config.Config.Primitive<A> =>
  Object.create(primitive, {
    parse: {
      value: (text: string) =>
        text === ""
          ? Either.left(ConfigError.MissingData([], "Expected a value, not an empty text"))
          : primitive.parse(text)
    }
  }) as Config.Config.Primitive<A>

/** Reads the configuration with empty variables as unset ones. */
const emptyIsUnset = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.configProviderWith((provider) => {
    const flat = provider.flattened
    return Effect.withConfigProvider(
      self,
      ConfigProvider.fromFlat({
        ...flat,
        load: (path, primitive, split) => flat.load(path, orUnset(primitive), split)
      })
    )
  })

// Not Config.redacted(name): that has the name inside, where `mapOrFail` does not find it for its error.
const environmentKey = Config.nested(Config.redacted(), "CADENYA_API_KEY")

/**
 * A client whose options come from the configuration: `CADENYA_API_KEY` and, where they are set, `CADENYA_BASE_URL` and
 * `CADENYA_WORKSPACE_ID`, each unless another `Config` is given for it. An empty variable is unset. An option that is missing or wrong is a
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
} & Pick<Options, "deadline" | "attemptDeadline" | "retry" | "retryBudget" | "propagateTrace"> = {}): Layer.Layer<
  WorkspaceSecretsClient,
  ConfigError.ConfigError,
  HttpClient.HttpClient
> =>
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
      const { attemptDeadline, deadline, propagateTrace, retry, retryBudget } = config
      return yield* make({
        attemptDeadline,
        deadline,
        propagateTrace,
        retry,
        retryBudget,
        apiKey: options.apiKey,
        baseUrl: Option.getOrUndefined(options.baseUrl),
        workspaceId: Option.getOrUndefined(options.workspaceId),
        allowInsecureHttp
      })
    }).pipe(
      emptyIsUnset,
      // Each option was checked already, under the name of its variable.
      Effect.catchTag("InvalidClientOptions", Effect.die)
    )
  )
