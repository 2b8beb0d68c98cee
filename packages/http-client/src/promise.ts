/**
 * The client for code without Effect: operations that return promises, on the same engine. Requests are sent with global
 * `fetch`, so that this module runs wherever that is, unless another transport is given; on Node, that of
 * `@workspace-secrets/http-client/node` is the faster one.
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
 * What an answer of the API is rejected with.
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
 * A secret, and what is wrong with the one that was asked for.
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
 * What the client itself rejects with.
 *
 * @since 0.1.0
 * @category errors
 */
export { CallTimeout, ClientClosed, ConnectionError, InvalidClientOptions, UnexpectedResponse } from "./ClientError.js"

/**
 * What a promise of a client rejects with, and what `makeClient` throws.
 *
 * @since 0.1.0
 * @category errors
 */
export type AnyError = CallError | ClientClosed | InvalidClientOptions

/**
 * Whether something is the error with this tag. Unlike `instanceof`, it also knows the errors of another copy of this
 * package in the same process, such as that of CommonJS beside that of ES modules.
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
 * Wraps values (`Redacted.make`) and takes them out (`Redacted.value`).
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
 * A call that fails is rejected with one of the errors of `ClientError` and core's `ApiError`, which this module has as
 * well, each with a `_tag`; `isError` tells them apart. A call whose `signal` aborts is rejected with the signal's reason, and
 * its connection closed. After `close`, calls are rejected with `ClientClosed`.
 *
 * The values of secrets come wrapped, so that nothing prints them; `Redacted.value` takes them out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Client extends Client.Operations, AsyncDisposable {
  /**
   * All secrets, page by page, each page when it is needed; `limit` is the size of a page. The parameters are taken as they
   * are at the call, and each `for await` begins anew. A cursor that comes a second time is an `UnexpectedResponse`.
   */
  readonly listAll: (
    params?: Plain<ListWorkspaceSecrets>,
    options?: CallOptions.StreamOptions & AbortOptions
  ) => AsyncIterable<WorkspaceSecret>
  /** The same operations, each with the response next to its value. */
  readonly withResponse: Client.WithResponse
  /** Waits for the calls that are under way, which their deadlines end, and closes all connections. */
  readonly close: () => Promise<void>
}

/**
 * @since 0.1.0
 */
export declare namespace Client {
  /**
   * The operations of the API (WIRE.md, Operations). A request that breaks the API's rules is rejected with
   * `InvalidArgument` and not sent.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Operations {
    /** One page of the secrets, newest first unless `sortOrder` says otherwise. */
    readonly list: (
      params?: Plain<ListWorkspaceSecrets>,
      options?: CallOptions.CallOptions & AbortOptions
    ) => Promise<WorkspaceSecretPage>
    /** Creates a secret. */
    readonly create: (
      payload: Plain<CreateWorkspaceSecret>,
      options?: CallOptions.CreateOptions & AbortOptions
    ) => Promise<WorkspaceSecret>
    /** The secret with this id or external id. */
    readonly get: (
      ref: Plain<WorkspaceSecretRef>,
      options?: CallOptions.CallOptions & AbortOptions
    ) => Promise<WorkspaceSecret>
    /** Writes the fields of the payload's mask, or without a mask the fields that the payload holds. */
    readonly update: (
      ref: Plain<WorkspaceSecretRef>,
      payload: Plain<UpdateWorkspaceSecret>,
      options?: CallOptions.CallOptions & AbortOptions
    ) => Promise<WorkspaceSecret>
    /**
     * Deletes the secret with this id or external id. A second time it is not found, unless the second time was a retry of
     * the same call.
     */
    readonly delete: (ref: Plain<WorkspaceSecretRef>, options?: CallOptions.CallOptions & AbortOptions) => Promise<void>
    /** The profile that the key acts as. */
    readonly whoami: (options?: CallOptions.CallOptions & AbortOptions) => Promise<Profile>
  }

  /**
   * The operations that give the response next to the value.
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
 * What a call can be told beside its `CallOptions`.
 *
 * @since 0.1.0
 * @category models
 */
export interface AbortOptions {
  /** Gives the call up when it aborts; of `listAll`, the next secret is then not had. */
  readonly signal?: AbortSignal | undefined
}

/**
 * What an operation takes, with plain strings for ids and, if you like, for values.
 *
 * @since 0.1.0
 * @category models
 */
export type Plain<A> = A extends Redacted.Redacted<infer B> ? Redacted.Redacted<B> | B
  : A extends { readonly [BrandTypeId]: unknown } ? string
  : A extends object ? { readonly [K in keyof A]: Plain<A[K]> }
  : A

/**
 * How a client is set up.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Omit<WorkspaceSecretsClient.Options, "apiKey"> {
  /** The key: visible ASCII characters, and spaces between them. */
  readonly apiKey: string | Redacted.Redacted<string> | undefined
  /**
   * What requests are sent with: global `fetch` where left out, or `layer()` of `@workspace-secrets/http-client/node`. What
   * else this layer sets up, such as a tracer, holds for all calls.
   */
  readonly transport?: Layer.Layer<HttpClient, InvalidClientOptions> | undefined
}

/**
 * Makes a client, which opens no connection before its first call. Throws `InvalidClientOptions`.
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

// Brands are in the types alone.
const query = (params: Plain<ListWorkspaceSecrets> | undefined) => params as ListWorkspaceSecrets | undefined
const ref = (id: Plain<WorkspaceSecretRef>) => id as WorkspaceSecretRef

/** A payload whose value is wrapped, whether it was or not. */
const body = <A extends CreateWorkspaceSecret | UpdateWorkspaceSecret>(plain: Plain<A>): A => {
  const payload = plain as { readonly spec?: { readonly value?: unknown } } | undefined
  const value = payload?.spec?.value
  return typeof value === "string"
    ? { ...payload, spec: { ...payload?.spec, value: Redacted.make(value) } } as A
    : plain as A
}
