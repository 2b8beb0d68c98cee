/**
 * The server that the suite checks.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { courteous } from "./internal/courteous.js"
import type { ExpectationFailed } from "./internal/expect.js"
import * as Mask from "./internal/mask.js"
import { digits } from "./internal/mine.js"
import * as Workspace from "./internal/workspace.js"

/**
 * An API key and its workspace.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tenant {
  readonly apiKey: Redacted.Redacted<string>
  readonly workspaceId: string
}

/**
 * The path layout: without or with a workspace (WIRE.md, Workspace-scoped paths).
 *
 * @since 0.1.0
 * @category models
 */
export type Layout = "unscoped" | "scoped"

/**
 * The layers of the tested client, as in the module `WorkspaceSecretsClient` of `@workspace-secrets/http-client`.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientLayers = Pick<typeof WorkspaceSecretsClient, "layer" | "layerConfig">

/**
 * What the suite needs to check a server. It creates and deletes its own secrets in the workspace, and does not change
 * others.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service extends Tenant {
  /** The base URL, without a trailing slash. */
  readonly baseUrl: string
  /** The alias of the workspace, if the server supports aliases. */
  readonly workspaceAlias?: string | undefined
  /** A second key with another workspace, to check isolation. */
  readonly otherTenant?: Tenant | undefined
  /** A key of the same API that may not manage secrets. Its scopes leave `secrets:manage` out. */
  readonly restrictedTenant?: Tenant | undefined
  /** A key that is disabled. */
  readonly disabledTenant?: Tenant | undefined
  /** A key whose workspace is archived. */
  readonly archivedTenant?: Tenant | undefined
  /** A key with inner spaces, and its workspace. */
  readonly spacedTenant?: Tenant | undefined
  /** An origin that the server allows in CORS. */
  readonly corsOrigin?: string | undefined
  /** Whether the server omits `spec.value` in responses. `undefined`: unknown, both are accepted. */
  readonly writeOnlyValues?: boolean | undefined
  /** Whether the server converts names to upper case. `undefined`: unknown, both are accepted. */
  readonly uppercaseNames?: boolean | undefined
  /** Whether the server omits unset fields in responses. `undefined`: unknown, both are accepted. */
  readonly omitUnsetFields?: boolean | undefined
  /** The path layouts that the server has. */
  readonly layouts: ReadonlyArray<Layout>
  /** A random text in all names, external ids and values that the suite creates. */
  readonly marker: string
  /** Plain HTTP, for wire behaviours. */
  readonly fetch: typeof globalThis.fetch
  /** The transport of the client, for client behaviours. */
  readonly httpClient: HttpClient.HttpClient
  /** The tested client. */
  readonly client: ClientLayers
}

/**
 * The server that the suite checks.
 *
 * @since 0.1.0
 * @category services
 */
export class Target extends Context.Tag("@workspace-secrets/contract-tests/Target")<Target, Service>() {}

/**
 * An API key and its workspace, as options.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantOptions {
  readonly apiKey: Redacted.Redacted<string> | string
  /**
   * The id of the key's workspace. Default: read from a secret of the workspace; if it has none, the suite creates one
   * and deletes it.
   */
  readonly workspaceId?: string | undefined
}

/**
 * The options of a target.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends TenantOptions {
  /** The base URL. */
  readonly baseUrl: string | URL
  /** The alias of the workspace. Without it, aliases are not checked. */
  readonly workspaceAlias?: string | undefined
  /** A second key with another workspace. Without it, isolation is not checked. */
  readonly otherTenant?: TenantOptions | undefined
  /** A key without the scope `secrets:manage`. Its workspace defaults to that of `apiKey`. Without it, scopes are not checked. */
  readonly restrictedTenant?: TenantOptions | undefined
  /** A disabled key. Its workspace defaults to that of `apiKey`. Without it, disabled keys are not checked. */
  readonly disabledTenant?: TenantOptions | undefined
  /** A key of an archived workspace, and the id of that workspace. Without it, archived workspaces are not checked. */
  readonly archivedTenant?: (TenantOptions & { readonly workspaceId: string }) | undefined
  /** A key with inner spaces. Without it, such keys are not checked. */
  readonly spacedTenant?: TenantOptions | undefined
  /** An origin that the server allows in CORS. Without it, CORS is not checked. */
  readonly corsOrigin?: string | undefined
  /** Whether the server omits `spec.value` in responses. Default: both are accepted, but all reads must agree. */
  readonly writeOnlyValues?: boolean | undefined
  /** Whether the server converts names to upper case. Default: both are accepted, but all reads must agree. */
  readonly uppercaseNames?: boolean | undefined
  /** Whether the server omits unset fields in responses. Default: both are accepted, but all responses must agree. */
  readonly omitUnsetFields?: boolean | undefined
  /** The path layouts that the server has. Default: `both`. */
  readonly paths?: "both" | Layout | undefined
  /** The `fetch` function for plain HTTP. Default: global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** The maximum number of `fetch` requests in flight. Default: no limit. */
  readonly maxConcurrency?: number | undefined
  /** The tested client. Default: that of `@workspace-secrets/http-client`. */
  readonly client?: ClientLayers | undefined
}

/**
 * The suite cannot start on a server, or cannot clean up. The message contains no key and no value.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unusable extends Data.TaggedError("Unusable")<{ readonly message: string }> {}

/** Redacts keys: a message may quote the server or the URL. */
const unusable = (keys: ReadonlyArray<Redacted.Redacted<string>>) => <A>(self: Effect.Effect<A, ExpectationFailed>) =>
  Effect.mapError(self, ({ message }) => new Unusable({ message: Mask.make(keys)(message) }))

const make = (
  { baseUrl, client = WorkspaceSecretsClient, paths = "both", ...options }: Options,
  fetch: typeof globalThis.fetch
) =>
  Effect.gen(function*() {
    if (/\/\/[^/?#]*@/.test(String(baseUrl))) {
      return yield* new Unusable({ message: "baseUrl: Expected a URL without user name and password" })
    }
    const site = {
      fetch,
      baseUrl: String(baseUrl).replace(/\/+$/, ""),
      marker: `contract-tests-${yield* digits(8)}`
    }
    const tenantOf = ({ apiKey, workspaceId }: TenantOptions): Effect.Effect<Tenant, Unusable> => {
      const key = Redacted.isRedacted(apiKey) ? apiKey : Redacted.make(apiKey)
      return Effect.map(
        workspaceId === undefined ? unusable([key])(Workspace.idOf(site, key)) : Effect.succeed(workspaceId),
        (workspaceId) => ({ apiKey: key, workspaceId })
      )
    }
    const tenant = yield* tenantOf(options)
    const { workspaceId } = tenant
    const found = (other: TenantOptions | undefined) =>
      other === undefined ? Effect.succeed(undefined) : tenantOf(other)
    // A restricted key cannot read its own workspace.
    const beside = (other: TenantOptions | undefined) => found(other && { workspaceId, ...other })
    return {
      ...site,
      ...tenant,
      workspaceAlias: options.workspaceAlias,
      otherTenant: yield* found(options.otherTenant),
      restrictedTenant: yield* beside(options.restrictedTenant),
      disabledTenant: yield* beside(options.disabledTenant),
      archivedTenant: yield* found(options.archivedTenant),
      spacedTenant: yield* found(options.spacedTenant),
      corsOrigin: options.corsOrigin,
      writeOnlyValues: options.writeOnlyValues,
      uppercaseNames: options.uppercaseNames,
      omitUnsetFields: options.omitUnsetFields,
      layouts: paths === "both" ? ["unscoped", "scoped"] as const : [paths],
      client,
      httpClient: yield* HttpClient.HttpClient
    }
  })

const fetchOf = ({ fetch = globalThis.fetch, maxConcurrency }: Options) => courteous(fetch, { maxConcurrency })

/**
 * A layer that provides a target, whose client uses the `HttpClient` of the context. `fetch` requests wait if the
 * server answers 429, or 503 with `Retry-After`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Target, Unusable, HttpClient.HttpClient> =>
  Layer.effect(Target, Effect.flatMap(fetchOf(options), (fetch) => make(options, fetch)))

/**
 * A layer that provides a target with the same `fetch` for plain HTTP and for the client.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFetch = (options: Options): Layer.Layer<Target, Unusable> =>
  Layer.unwrapEffect(
    Effect.map(fetchOf(options), (fetch) =>
      Layer.effect(Target, make(options, fetch)).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
      ))
  )

/**
 * Deletes leftover secrets of this target, for example after interrupted behaviours. Returns their number.
 *
 * @since 0.1.0
 * @category running
 */
export const cleanUp: Effect.Effect<number, Unusable, Target> = Effect.flatMap(
  Target,
  // A server may convert names to upper case.
  (target) => remove(target, (name) => name.toLowerCase().includes(target.marker), target.marker)
)

/**
 * Deletes the leftover secrets of killed runs: all secrets with names of the suite's form, also those of runs in
 * progress. Returns their number.
 *
 * @since 0.1.0
 * @category running
 */
export const sweep: Effect.Effect<number, Unusable, Target> = Effect.flatMap(
  Target,
  (target) => remove(target, (name) => /contract-tests-\d{8}(?:\d{10}-|-workspace$)/i.test(name), "contract-tests-")
)

const remove = (target: Service, isOurs: (name: string) => boolean, query: string) => {
  const tenants = [target, target.otherTenant, target.spacedTenant].filter((tenant) => tenant !== undefined)
  return unusable(keysOf(target))(Workspace.remove(target, tenants, { isOurs, query }))
}

/**
 * The keys of a target.
 *
 * @internal
 */
export const keysOf = (target: Service): ReadonlyArray<Redacted.Redacted<string>> =>
  [
    target,
    target.otherTenant,
    target.restrictedTenant,
    target.disabledTenant,
    target.archivedTenant,
    target.spacedTenant
  ].flatMap((tenant) => tenant === undefined ? [] : [tenant.apiKey])
