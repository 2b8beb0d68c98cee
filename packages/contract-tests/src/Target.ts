/**
 * The server that the contract is held against.
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
 * A key, and the workspace that it works in.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tenant {
  readonly apiKey: Redacted.Redacted<string>
  readonly workspaceId: string
}

/**
 * The paths of secrets without a workspace, or with one (WIRE.md, Workspace-scoped paths).
 *
 * @since 0.1.0
 * @category models
 */
export type Layout = "unscoped" | "scoped"

/**
 * How clients are made: what the module `WorkspaceSecretsClient` of `@workspace-secrets/http-client` has.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientLayers = Pick<typeof WorkspaceSecretsClient, "layer" | "layerConfig">

/**
 * What the suite needs of a server. It makes secrets in the workspace and takes them out again, and leaves what else is
 * there alone.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service extends Tenant {
  /** Where the API is, without a slash at its end. */
  readonly baseUrl: string
  /** What stands for the workspace's id in a path, where the server has such a thing. */
  readonly workspaceAlias?: string | undefined
  /** A second key with a workspace of its own, to see that the two are apart. */
  readonly otherTenant?: Tenant | undefined
  /** A key of the same API that may not manage secrets. Its scopes leave `secrets:manage` out. */
  readonly restrictedTenant?: Tenant | undefined
  /** A key that is disabled. */
  readonly disabledTenant?: Tenant | undefined
  /** A key whose workspace is archived. */
  readonly archivedTenant?: Tenant | undefined
  /** A key with spaces inside, and a workspace of its own. */
  readonly spacedTenant?: Tenant | undefined
  /** An origin that the server allows in CORS. */
  readonly corsOrigin?: string | undefined
  /** Whether the server leaves `spec.value` out of its answers. Undefined: not known, and both are accepted. */
  readonly writeOnlyValues?: boolean | undefined
  /** Whether the server writes names in upper case. Undefined: not known, and both are accepted. */
  readonly uppercaseNames?: boolean | undefined
  /** Whether the server leaves fields that are not set out of its answers. Undefined: not known, and both are accepted. */
  readonly omitUnsetFields?: boolean | undefined
  /** The layouts of paths that the server has. */
  readonly layouts: ReadonlyArray<Layout>
  /** What the names, external ids and values that the suite makes have in them, and nobody else's. */
  readonly marker: string
  /** Plain HTTP, for behaviours that look at the wire. */
  readonly fetch: typeof globalThis.fetch
  /** The transport under the client, for behaviours that look through it. */
  readonly httpClient: HttpClient.HttpClient
  /** The client that behaviours look through. */
  readonly client: ClientLayers
}

/**
 * The server that behaviours run against.
 *
 * @since 0.1.0
 * @category services
 */
export class Target extends Context.Tag("@workspace-secrets/contract-tests/Target")<Target, Service>() {}

/**
 * A key, and the workspace that it works in, as a caller gives them.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantOptions {
  readonly apiKey: Redacted.Redacted<string> | string
  /**
   * The id of the key's workspace. Without it, the suite finds it out from a secret in the workspace; where there is
   * none, it makes one and deletes it.
   */
  readonly workspaceId?: string | undefined
}

/**
 * How to reach a server.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends TenantOptions {
  /** Where the API is. */
  readonly baseUrl: string | URL
  /** What stands for the workspace's id in a path. Without it, what is said of aliases is not looked at. */
  readonly workspaceAlias?: string | undefined
  /** A second key with a workspace of its own. Without it, what is said of other workspaces is not looked at. */
  readonly otherTenant?: TenantOptions | undefined
  /** A key without the scope `secrets:manage`. Its workspace is that of `apiKey` unless given. Without it, scopes are not checked. */
  readonly restrictedTenant?: TenantOptions | undefined
  /** A key that is disabled. Its workspace is that of `apiKey` unless given. Without it, disabled keys are not checked. */
  readonly disabledTenant?: TenantOptions | undefined
  /** A key whose workspace is archived, and the id of that workspace. Without it, archived workspaces are not checked. */
  readonly archivedTenant?: TenantOptions | undefined
  /** A key with spaces inside. Without it, such keys are not checked. */
  readonly spacedTenant?: TenantOptions | undefined
  /** An origin that the server allows in CORS. Without it, CORS is not checked. */
  readonly corsOrigin?: string | undefined
  /** Whether the server leaves `spec.value` out of its answers. Without it, both are accepted, but all reads must agree. */
  readonly writeOnlyValues?: boolean | undefined
  /** Whether the server writes names in upper case. Without it, both are accepted, but all reads must agree. */
  readonly uppercaseNames?: boolean | undefined
  /** Whether the server leaves fields that are not set out of its answers. Without it, both are accepted, but all answers must agree. */
  readonly omitUnsetFields?: boolean | undefined
  /** The layouts of paths that the server has; `both` unless given. */
  readonly paths?: "both" | Layout | undefined
  /** Plain HTTP; the global `fetch` unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How many requests of `fetch` may be under way at the same time; any number unless given. */
  readonly maxConcurrency?: number | undefined
  /** The client that behaviours look through; that of `@workspace-secrets/http-client` unless given. */
  readonly client?: ClientLayers | undefined
}

/**
 * A server that the suite cannot begin with, or cannot leave as it was: why, without any key or value.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unusable extends Data.TaggedError("Unusable")<{ readonly message: string }> {}

/** A message may have what a server said of itself, or the URL that was asked. */
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
    // A key that may do nothing cannot find its workspace out.
    const beside = (other: TenantOptions | undefined) => found(other && { workspaceId, ...other })
    return {
      ...site,
      ...tenant,
      workspaceAlias: options.workspaceAlias,
      otherTenant: yield* found(options.otherTenant),
      restrictedTenant: yield* beside(options.restrictedTenant),
      disabledTenant: yield* beside(options.disabledTenant),
      archivedTenant: yield* beside(options.archivedTenant),
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
 * A server, with the `HttpClient` of the context for the client to send with. What goes through `fetch` waits where the
 * server says so: 429, or 503 with `Retry-After`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Target, Unusable, HttpClient.HttpClient> =>
  Layer.effect(Target, Effect.flatMap(fetchOf(options), (fetch) => make(options, fetch)))

/**
 * A server, with the same `fetch` for plain HTTP and for the client to send with.
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
 * Deletes what is left of this target's secrets, should a behaviour have been cut off before it could do that itself.
 * Gives how many there were.
 *
 * @since 0.1.0
 * @category running
 */
export const cleanUp: Effect.Effect<number, Unusable, Target> = Effect.flatMap(
  Target,
  // A server may write names in upper case.
  (target) => remove(target, (name) => name.toLowerCase().includes(target.marker), target.marker)
)

/**
 * Deletes what the suite has left behind in runs that were killed: all that has a name of the form that it gives, of runs
 * that go on at the same time as well. Gives how many there were.
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
