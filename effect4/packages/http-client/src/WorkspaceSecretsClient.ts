/**
 * The client of the Workspace Secrets API.
 *
 * @since 0.1.0
 */
import type { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import type { ListWorkspaceSecrets, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { Profile } from "@workspace-secrets/core/Profile"
import type { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import type { WorkspaceSecret, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
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
import { infoOf, operations } from "./internal/clientOperations.js"
import * as ClientOptions from "./internal/clientOptions.js"
import { Budget } from "./internal/retryBudget.js"
import { routes } from "./internal/routes.js"
import type { Client, Outcome } from "./internal/runCall.js"
import type * as Retry from "./Retry.js"

/**
 * The client of the Workspace Secrets API.
 *
 * @since 0.1.0
 * @category services
 */
export class WorkspaceSecretsClient extends Context.Service<WorkspaceSecretsClient, WorkspaceSecretsClient.Service>()(
  "@workspace-secrets/http-client/WorkspaceSecretsClient"
) {}

/**
 * @since 0.1.0
 */
export declare namespace WorkspaceSecretsClient {
  /**
   * The operations of the API (WIRE.md, Operations). An invalid request fails with `InvalidArgument` before it is sent.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Service {
    /** Returns one page of secrets, newest first unless `sortOrder` is `asc`. */
    readonly list: (
      params?: ListWorkspaceSecrets,
      options?: CallOptions
    ) => Effect.Effect<WorkspaceSecretPage, ListError>
    /**
     * Streams all secrets. Each page is fetched when it is needed; `limit` is the page size. The parameters are copied
     * at the call. Fails with `UnexpectedResponse` if a cursor repeats.
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
    /** Returns the secret with this id or external id. */
    readonly get: (ref: WorkspaceSecretRef, options?: CallOptions) => Effect.Effect<WorkspaceSecret, GetError>
    /** Writes the fields of the payload's mask; without a mask, the fields that the payload contains. Returns the updated secret. */
    readonly update: (
      ref: WorkspaceSecretRef,
      payload: UpdateWorkspaceSecret,
      options?: CallOptions
    ) => Effect.Effect<WorkspaceSecret, UpdateError>
    /**
     * Deletes the secret with this id or external id. Fails with `WorkspaceSecretNotFound` if it does not exist, but
     * not if an earlier attempt of the same call may have deleted it.
     */
    readonly delete: (ref: WorkspaceSecretRef, options?: CallOptions) => Effect.Effect<void, DeleteError>
    /** Returns the profile of the API key. */
    readonly whoami: (options?: CallOptions) => Effect.Effect<Profile, WhoamiError>
    /** The same operations, but they return the value and information about the response. */
    readonly withResponse: WithResponse
  }

  /**
   * The operations that return the value and information about the response.
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
   * Information about a response.
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
 * The options of a client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The API key: visible ASCII characters, with spaces only between them. */
  readonly apiKey: Redacted.Redacted<string>
  /** The base URL, which may have a path. Default: `https://api.cadenya.com`. */
  readonly baseUrl?: string | URL | undefined
  /** The id or alias of a workspace, for workspace-scoped paths. Default: unset; requests use the workspace of the API key. */
  readonly workspaceId?: string | undefined
  /** Whether `baseUrl` may use http for hosts other than localhost. http sends the API key unencrypted. Default: `false`. */
  readonly allowInsecureHttp?: boolean | undefined
  /** The deadline of a whole call. Default: 30 seconds. `Infinity` means no deadline. */
  readonly deadline?: Duration.Input | undefined
  /** The deadline of one attempt. Default: 10 seconds. `Infinity` means no deadline. */
  readonly attemptDeadline?: Duration.Input | undefined
  /** The retry policy. Default: `Retry.defaultPolicy`. `false` means no retries. */
  readonly retry?: Retry.Policy | false | undefined
  /** The retry budget of all calls together. Default: `Retry.defaultBudget`. `false` means no limit. */
  readonly retryBudget?: Retry.Budget | false | undefined
  /** Whether requests have a `traceparent` header. Default: `false`. */
  readonly propagateTrace?: boolean | undefined
}

/**
 * Makes a client that sends requests with the `HttpClient` of the context. It does not follow redirects. It makes one
 * span per call and one per attempt, and metrics; none of them contains the content of requests or responses. Fails
 * with `InvalidClientOptions`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options
): Effect.Effect<WorkspaceSecretsClient.Service, InvalidClientOptions, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { budget, settings, ...target } = yield* Effect.fromResult(ClientOptions.resolve(options))
    const requestInit = yield* Effect.serviceOption(FetchHttpClient.RequestInit)
    const http = yield* HttpClient.HttpClient
    const client: Client = {
      http,
      requestInit: { ...Option.getOrElse(requestInit, () => ({})), redirect: "manual" },
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
 * A layer that provides a client with these options.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<WorkspaceSecretsClient, InvalidClientOptions, HttpClient.HttpClient> =>
  Layer.effect(WorkspaceSecretsClient, make(options))

/** Validates a configured option. The error names the variable, or the option if another `Config` is used. */
const checked = <A>(
  name: string,
  config: Config.Config<A>,
  check: (input: A) => Result.Result<unknown, string>
): Config.Config<A> =>
  Config.mapEffect(config, (input) =>
    Result.match(check(input), {
      onFailure: (message) =>
        Effect.fail(
          new Config.ConfigError(
            new Schema.SchemaError(new SchemaIssue.Pointer([name], new SchemaIssue.InvalidValue({ message })))
          )
        ),
      onSuccess: () => Effect.succeed(input)
    }))

/**
 * A layer that provides a client configured by `CADENYA_API_KEY` and, if set, `CADENYA_BASE_URL` and
 * `CADENYA_WORKSPACE_ID`, or by other `Config`s. Fails with a `ConfigError` that names the missing or invalid variable,
 * without its value.
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
  Config.ConfigError,
  HttpClient.HttpClient
> =>
  Layer.effect(
    WorkspaceSecretsClient,
    Effect.gen(function*() {
      const allowInsecureHttp = yield* Config.withDefault(config.allowInsecureHttp ?? Config.succeed(false), false)
      const options = yield* Config.all({
        apiKey: checked(
          config.apiKey === undefined ? "CADENYA_API_KEY" : "apiKey",
          config.apiKey ?? Config.Redacted("CADENYA_API_KEY"),
          ClientOptions.checkApiKey
        ),
        baseUrl: Config.option(
          checked<string | URL>(
            config.baseUrl === undefined ? "CADENYA_BASE_URL" : "baseUrl",
            config.baseUrl ?? Config.String("CADENYA_BASE_URL"),
            (url) => ClientOptions.checkBaseUrl(url, allowInsecureHttp)
          )
        ),
        workspaceId: Config.option(
          checked(
            config.workspaceId === undefined ? "CADENYA_WORKSPACE_ID" : "workspaceId",
            config.workspaceId ?? Config.String("CADENYA_WORKSPACE_ID"),
            ClientOptions.checkWorkspaceId
          )
        )
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
      // The options were already validated, with the names of their variables.
      Effect.catchTag("InvalidClientOptions", Effect.die)
    )
  )
