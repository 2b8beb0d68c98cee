/**
 * The client for code without Effect: its operations return promises. By default it sends requests with global `fetch`,
 * which every runtime has. On Node, the transport of `@workspace-secrets/http-client/node` is faster.
 *
 * @since 0.1.0
 */
/// <reference lib="esnext.disposable" preserve="true" />
import type { HttpClient } from "@effect/platform/HttpClient"
import type { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import type { ListWorkspaceSecrets, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { Profile } from "@workspace-secrets/core/Profile"
import type { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import type { WorkspaceSecret, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import type { BrandTypeId } from "effect/Brand"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import type * as CallOptions from "./CallOptions.js"
import { type CallError, type ClientClosed, InvalidClientOptions } from "./ClientError.js"
import * as Fetch from "./fetch.js"
import { Promises } from "./internal/client/promiseRunner.js"
import * as WorkspaceSecretsClient from "./WorkspaceSecretsClient.js"

/**
 * The errors of the API.
 *
 * @since 0.1.0
 * @category errors
 */
export {
  Aborted,
  Cancelled,
  DeadlineExceeded,
  FailedPrecondition,
  Internal,
  InvalidArgument,
  NotFound,
  PermissionDenied,
  ResourceExhausted,
  Unauthenticated,
  Unavailable,
  Unimplemented
} from "@workspace-secrets/core/ApiError"

/**
 * Secrets and their errors.
 *
 * @since 0.1.0
 * @category errors
 */
export {
  WorkspaceSecret,
  WorkspaceSecretAlreadyExists,
  WorkspaceSecretNotFound
} from "@workspace-secrets/core/WorkspaceSecret"

/**
 * The errors of the client.
 *
 * @since 0.1.0
 * @category errors
 */
export { CallTimeout, ClientClosed, ConnectionError, InvalidClientOptions, UnexpectedResponse } from "./ClientError.js"

/**
 * Every error that a client's promise rejects with or `makeClient` throws.
 *
 * @since 0.1.0
 * @category errors
 */
export type AnyError = CallError | ClientClosed | InvalidClientOptions

/**
 * Whether a value is the error with this tag. Unlike `instanceof`, it also works for errors of another copy of this
 * package in the same process, such as CommonJS and ES modules together.
 *
 * @since 0.1.0
 * @category errors
 */
export const isError = <Tag extends AnyError["_tag"]>(
  error: unknown,
  tag: Tag
): error is Extract<AnyError, { readonly _tag: Tag }> =>
  typeof error === "object" && error !== null && "stack" in error && "_tag" in error && error._tag === tag

/**
 * Wraps values (`Redacted.make`) and unwraps them (`Redacted.value`).
 *
 * @since 0.1.0
 * @category values
 */
export * as Redacted from "effect/Redacted"

/**
 * Reads an error's `retryAfter` (`Duration.toMillis`).
 *
 * @since 0.1.0
 * @category values
 */
export * as Duration from "effect/Duration"

/**
 * A client of the Workspace Secrets API.
 *
 * A failed call is rejected with an error of `ClientError` or core's `ApiError`; this module exports both. Each error
 * has a `_tag`, which `isError` checks. If the `signal` of a call aborts, the call is rejected with the signal's reason
 * and its connection is closed. After `close`, calls are rejected with `ClientClosed`.
 *
 * The values of secrets are `Redacted`, so that nothing prints them; `Redacted.value` unwraps them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Client extends Client.Operations, AsyncDisposable {
  /**
   * Iterates over all secrets. Each page is fetched when it is needed; `limit` is the page size. The parameters are
   * copied at the call, and each `for await` starts again. Rejects with `UnexpectedResponse` if a cursor repeats.
   */
  readonly listAll: (
    params?: Plain<ListWorkspaceSecrets>,
    options?: CallOptions.StreamOptions & AbortOptions
  ) => AsyncIterable<WorkspaceSecret>
  /** The same operations, but they return the value and information about the response. */
  readonly withResponse: Client.WithResponse
  /** Waits for the calls in flight, which end by their deadlines, and closes all connections. */
  readonly close: () => Promise<void>
}

/**
 * @since 0.1.0
 */
export declare namespace Client {
  /**
   * The operations of the API (WIRE.md, Operations). An invalid request is rejected with `InvalidArgument` before it is
   * sent.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Operations {
    /** Returns one page of secrets, newest first unless `sortOrder` is `asc`. */
    readonly list: (
      params?: Plain<ListWorkspaceSecrets>,
      options?: CallOptions.CallOptions & AbortOptions
    ) => Promise<WorkspaceSecretPage>
    /** Creates a secret. */
    readonly create: (
      payload: Plain<CreateWorkspaceSecret>,
      options?: CallOptions.CreateOptions & AbortOptions
    ) => Promise<WorkspaceSecret>
    /** Returns the secret with this id or external id. */
    readonly get: (
      ref: Plain<WorkspaceSecretRef>,
      options?: CallOptions.CallOptions & AbortOptions
    ) => Promise<WorkspaceSecret>
    /** Writes the fields of the payload's mask; without a mask, the fields that the payload contains. Returns the updated secret. */
    readonly update: (
      ref: Plain<WorkspaceSecretRef>,
      payload: Plain<UpdateWorkspaceSecret>,
      options?: CallOptions.CallOptions & AbortOptions
    ) => Promise<WorkspaceSecret>
    /**
     * Deletes the secret with this id or external id. Rejects with `WorkspaceSecretNotFound` if it does not exist, but
     * not if an earlier attempt of the same call may have deleted it.
     */
    readonly delete: (ref: Plain<WorkspaceSecretRef>, options?: CallOptions.CallOptions & AbortOptions) => Promise<void>
    /** Returns the profile of the API key. */
    readonly whoami: (options?: CallOptions.CallOptions & AbortOptions) => Promise<Profile>
  }

  /**
   * The operations that return the value and information about the response.
   *
   * @since 0.1.0
   * @category models
   */
  export type WithResponse = {
    readonly [Name in keyof Operations]: Operations[Name] extends (...args: infer Args) => Promise<infer A> ?
      (...args: Args) => Promise<{
        readonly value: A
        readonly response: WorkspaceSecretsClient.WorkspaceSecretsClient.ResponseInfo
      }>
      : never
  }
}

/**
 * The options of a call in addition to `CallOptions`.
 *
 * @since 0.1.0
 * @category models
 */
export interface AbortOptions {
  /** Cancels the call when it aborts. `listAll` then rejects at the next secret. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The parameters of an operation, with plain strings for ids; values may be plain or `Redacted`.
 *
 * @since 0.1.0
 * @category models
 */
export type Plain<A> = A extends Redacted.Redacted<infer B> ? Redacted.Redacted<B> | B
  : A extends { readonly [BrandTypeId]: unknown } ? string
  : A extends object ? { readonly [K in keyof A]: Plain<A[K]> }
  : A

/**
 * The options of a client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Omit<WorkspaceSecretsClient.Options, "apiKey"> {
  /** The API key: visible ASCII characters, with spaces only between them. */
  readonly apiKey: string | Redacted.Redacted<string> | undefined
  /**
   * The transport. Default: global `fetch`. On Node, use `layer()` of `@workspace-secrets/http-client/node`. Other
   * effects of the layer, such as a tracer, apply to all calls.
   */
  readonly transport?: Layer.Layer<HttpClient, InvalidClientOptions> | undefined
}

/**
 * Makes a client. It opens no connection before the first call. Throws `InvalidClientOptions`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeClient = ({ apiKey, transport = Fetch.layer(), ...options }: Options): Client => {
  checkTransport(transport)
  const key = Redacted.isRedacted(apiKey) ? apiKey : Redacted.make(apiKey ?? "")
  const secrets = WorkspaceSecretsClient.layer({ ...options, apiKey: key })
  const runtime = ManagedRuntime.make(Layer.provideMerge(secrets, transport))
  const made = runtime.runSyncExit(WorkspaceSecretsClient.WorkspaceSecretsClient)
  if (Exit.isFailure(made)) {
    throw Cause.squash(made.cause)
  }
  const service = made.value
  const { withResponse } = service
  const promises = new Promises(runtime)
  const close = () => promises.close()
  return {
    list: (params, options) => promises.run("list", options, () => service.list(query(params), options)),
    listAll: (params, options) => promises.iterate("list", options, service.stream(query(params), options)),
    create: (payload, options) =>
      promises.run("create", options, () => service.create(body<CreateWorkspaceSecret>(payload), options)),
    get: (id, options) => promises.run("get", options, () => service.get(ref(id), options)),
    update: (id, payload, options) =>
      promises.run("update", options, () => service.update(ref(id), body<UpdateWorkspaceSecret>(payload), options)),
    delete: (id, options) => promises.run("delete", options, () => service.delete(ref(id), options)),
    whoami: (options) => promises.run("whoami", options, () => service.whoami(options)),
    withResponse: {
      list: (params, options) => promises.run("list", options, () => withResponse.list(query(params), options)),
      create: (payload, options) =>
        promises.run("create", options, () => withResponse.create(body<CreateWorkspaceSecret>(payload), options)),
      get: (id, options) => promises.run("get", options, () => withResponse.get(ref(id), options)),
      update: (id, payload, options) =>
        promises.run(
          "update",
          options,
          () => withResponse.update(ref(id), body<UpdateWorkspaceSecret>(payload), options)
        ),
      delete: (id, options) => promises.run("delete", options, () => withResponse.delete(ref(id), options)),
      whoami: (options) => promises.run("whoami", options, () => withResponse.whoami(options))
    },
    close,
    [Symbol.asyncDispose]: close
  }
}

const checkTransport = (transport: unknown): void => {
  if (!Layer.isLayer(transport)) {
    const description = "Expected a layer, such as layer() of @workspace-secrets/http-client/node"
    throw new InvalidClientOptions({ violations: [{ field: "transport", description }] })
  }
}

// Brands exist only in types.
const query = (params: Plain<ListWorkspaceSecrets> | undefined) => params as ListWorkspaceSecrets | undefined
const ref = (id: Plain<WorkspaceSecretRef>) => id as WorkspaceSecretRef

/** Wraps the value of a payload, if it is not wrapped yet. */
const body = <A extends CreateWorkspaceSecret | UpdateWorkspaceSecret>(plain: Plain<A>): A => {
  const payload = plain as { readonly spec?: { readonly value?: unknown } } | undefined
  const value = payload?.spec?.value
  return typeof value === "string"
    ? { ...payload, spec: { ...payload?.spec, value: Redacted.make(value) } } as A
    : plain as A
}
