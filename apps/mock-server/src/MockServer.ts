/**
 * Starts the mock server: as a layer or with promises, on a socket or in process.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { bare, urlAt } from "./api/BaseUrl.js"
import * as Body from "./api/Body.js"
import * as Dispatcher from "./api/Dispatcher.js"
import * as Handlers from "./api/Handlers.js"
import { observer } from "./api/Observer.js"
import type { Endpoint } from "./api/Routes.js"
import type { JournalControl, TenantControl } from "./control/Control.js"
import * as Control from "./control/Control.js"
import { documents } from "./documents/DocumentRoutes.js"
import type { Recovered } from "./storage/DataDirectory.js"
import { DataDirectoryError } from "./storage/DataDirectoryError.js"
import * as Cors from "./transport/Cors.js"
import * as Gate from "./transport/Gate.js"
import * as InProcess from "./transport/InProcess.js"
import * as Listener from "./transport/Listener.js"
import type { SeedError } from "./world/Seed.js"
import type { Snapshot } from "./world/Snapshot.js"
import type { Registration, TenantExists, WorldOptions } from "./world/Tenant.js"
import { aKey, isKey, surroundings, TenantError, Tenants } from "./world/Tenant.js"
import { settingsOf } from "./world/TenantSettings.js"
import { WorkspaceSecrets } from "./world/WorkspaceSecrets.js"

/**
 * A tenant: an API key with its own account, workspace, secrets, clock, ids, faults and journal. Printing it does not print the key.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantHandle {
  /** The base URL of the server. In process, no socket listens there: use the server's `fetch`. */
  readonly url: string
  readonly apiKey: Redacted.Redacted<string>
  /** The id of the workspace when the tenant was created. A seed or a snapshot can change it later. */
  readonly workspaceId: WorkspaceId
  /** The id of the tenant in the control API. */
  readonly id: string
  /** Control operations: reset, seed, snapshot, settings, clock, faults, journal. */
  readonly control: TenantControl
}

/**
 * A running server. It is also the handle of the first tenant.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service extends TenantHandle {
  /** Calls the server in process, without a socket. Works for both kinds of server. */
  readonly fetch: typeof globalThis.fetch
  /** The journal of requests that got 401 because the API key was missing, malformed or unknown. */
  readonly strangers: JournalControl
  /** What was loaded from the data directory. `undefined` without `dataDir`. */
  readonly recovered: Recovered | undefined
  /**
   * Creates a tenant, with a new API key unless `apiKey` is set. Closing the scope removes it: its key gets 401 afterwards. Fails with
   * `TenantExists` if another tenant has the key.
   */
  readonly tenant: (
    options?: TenantOptions
  ) => Effect.Effect<TenantHandle, SeedError | TenantError | TenantExists, Scope.Scope>
  /** Creates a tenant that lasts as long as the server. Default of `apiKey`: `mock-api-key`. If a tenant has this key, it is replaced. */
  readonly addTenant: (options?: TenantOptions) => Effect.Effect<TenantHandle, SeedError | TenantError>
}

/**
 * Options of a new tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantOptions extends WorldOptions {
  /**
   * The API key: at most 8,192 visible ASCII characters, with spaces only between them. Defaults: a random key for `tenant`; `mock-api-key`
   * for a server and `addTenant`.
   */
  readonly apiKey?: Redacted.Redacted<string> | undefined
  /** Makes the test fail if a fault was never applied: closing the tenant's scope dies with `FaultsNotHit`. Default: false. */
  readonly assertFaultsHit?: boolean | undefined
}

/**
 * Options of a server and of its first tenant. `writeOnlyValues` and `uppercaseNames` are also the defaults of all other tenants.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends TenantOptions {
  /**
   * Published operations that this server does not implement. Each gets 501 UNIMPLEMENTED with its name. Default: none (WIRE.md, The rest
   * of the API).
   */
  readonly unservedOperations?: ReadonlyArray<Endpoint> | undefined
  /**
   * The token that the control API under `/_mock` requires as `Authorization: Bearer <token>`. Default: `apiKey`, if it is set. If neither
   * is set, a server on loopback or in process needs no token, and any other server answers these requests with 403.
   */
  readonly controlToken?: Redacted.Redacted<string> | undefined
  /**
   * A snapshot for the first tenant, such as one that `SnapshotFile` loads. It sets data, clock and ids. A reset still restores the state
   * that the other options describe.
   */
  readonly snapshot?: Snapshot | undefined
  /**
   * A directory for the data of all API keys: secrets, settings, clocks, ids, and faults with their counts, but no journals. It is created
   * if it does not exist. Every change is on disk before its response. A start loads the data, and a reset restores the initial state of
   * the data; seed, clock, `randomSeed` and faults apply to new API keys only. One server uses a directory at a time. A change that cannot
   * be written, for example because the disk is full, is undone and gets 503 UNAVAILABLE; in code, the control operation dies with that
   * error. Default: in memory only. Cannot be combined with `snapshot`.
   */
  readonly dataDir?: string | undefined
  /**
   * A file with the key that encrypts the data directory with AES-256-GCM: 64 hexadecimal digits, for example from `openssl rand -hex 32`.
   * Default: no encryption. The files then contain keys and values in clear text, readable by their owner only.
   */
  readonly dataKeyFile?: string | undefined
  /**
   * Creates a tenant for each unknown API key instead of answering 401. It starts with the same options as the first tenant. At most 10,000
   * tenants are created this way. Default: false.
   */
  readonly acceptAnyKey?: boolean | undefined
  /**
   * The origin of the pages that may call the API from a browser, such as `http://localhost:5173`, or `*` for every origin. Default: none.
   * Pages of other origins can never call the control API (WIRE.md, Transport: CORS).
   */
  readonly corsOrigin?: string | undefined
  /** Called for each request, including requests to the control API, when its response is sent. If it throws, it is not called again. */
  readonly onRequest?: ((request: Dispatcher.ObservedRequest) => void) | undefined
}

/**
 * Options of a server that listens on a socket.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListenOptions extends Options {
  /** The address to listen on. Default: 127.0.0.1. */
  readonly host?: string | undefined
  /** The port to listen on. Default: 0, which picks a free port. */
  readonly port?: number | undefined
  /** The maximum number of open connections; one more gets 503. Default: 1,000, or fewer if the process may open fewer files. */
  readonly maxConnections?: number | undefined
  /**
   * Host names to accept in the `Host` header, in addition to loopback names and `host`; for example `mock`, for a container with that
   * name. If `host` is not a loopback address, IP addresses are accepted, too. A request with another `Host` gets 403. Default: none.
   */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
}

/**
 * The default API key of the first tenant.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultApiKey = "mock-api-key"

/**
 * The tag of the running server.
 *
 * @since 0.1.0
 * @category services
 */
export class MockServer extends Context.Tag("@workspace-secrets/mock-server/MockServer")<MockServer, Service>() {}

/** The id of the first tenant. */
const FIRST = "default"

const handleOf = (url: string, { apiKey, id, tenant }: Registration): TenantHandle => ({
  url,
  apiKey,
  workspaceId: tenant.workspaceId,
  id,
  control: Control.makeTenant(tenant)
})

/** Picks the options of a tenant. Callers may pass a larger object, such as a handle. */
const worldOf = ({ clock, faults, journalSize, randomSeed, seed, ...settings }: WorldOptions): WorldOptions => ({
  clock,
  faults,
  journalSize,
  randomSeed,
  seed,
  ...settingsOf(settings)
})

/** `replace` cannot fail with `TenantExists`, so that failure is a defect. */
const unlessReplaced = <A>(
  result: Either.Either<A, SeedError | TenantError | TenantExists>
): Effect.Effect<A, SeedError | TenantError> => Effect.catchTag(result, "TenantExists", Effect.die)

/** Calls `onRequest` for requests that no journal records. A path that failed may contain anything, so only its root is shown. */
const told =
  (root: string, onRequest: ReturnType<typeof observer<Dispatcher.ObservedRequest>>) =>
  (dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch =>
  (incoming) => {
    const startedAt = performance.now()
    const { method, target } = incoming
    const tell = (response: Dispatcher.ObservedRequest["response"]) =>
      Effect.sync(() =>
        onRequest(() => ({
          method,
          path: response !== undefined && response.status < 400 ? target.replace(/\?.*$/s, "") : `${root}…`,
          query: {},
          durationMillis: Math.round((performance.now() - startedAt) * 1000) / 1000,
          response,
          tenant: undefined
        }))
      )
    return dispatch(incoming).pipe(
      Effect.tap(({ headers, status }) => tell({ status, headers })),
      Effect.onInterrupt(() => tell(undefined))
    )
  }

/** Loads the control API on its first request, so that it does not slow down the start. */
const controlOf = (
  service: Control.Service,
  { apiKey, controlToken }: Options,
  isLocal: boolean
): Dispatcher.Dispatch => {
  let dispatch: Promise<Dispatcher.Dispatch> | undefined
  const load = Effect.promise(() =>
    dispatch ??= import("./control/ControlDispatcher.js").then(({ make }) =>
      make(service, { token: controlToken ?? apiKey, isApiKey: controlToken === undefined, isLocal })
    )
  )
  return (incoming) => Effect.flatMap(load, (dispatch) => dispatch(incoming))
}

/** Whether a browser asks for a page. Clients ask for JSON. */
const isPageAsked = ({ headers, method }: Dispatcher.Incoming): boolean =>
  (method === "GET" || method === "HEAD") && String(headers["accept"] ?? "").includes("text/html")

const toConsole = (requestId: string): Dispatcher.Outgoing => ({
  status: 302,
  headers: { location: `${Body.controlRoot}ui`, "cache-control": "no-store", "x-request-id": requestId },
  body: ""
})

/** Opens the data directory. Its modules are loaded only when they are needed. */
const openDataDirectory = ({ dataDir, dataKeyFile, snapshot }: Options) =>
  Effect.gen(function*() {
    if (dataDir === undefined) {
      return dataKeyFile === undefined
        ? undefined
        : yield* new TenantError({ problems: ["dataKeyFile: Requires dataDir"] })
    }
    if (snapshot !== undefined) {
      return yield* new TenantError({ problems: ["snapshot: Cannot be combined with dataDir"] })
    }
    const { open } = yield* Effect.promise(() => import("./storage/DataDirectory.js"))
    return yield* open(dataDir, { keyFile: dataKeyFile })
  })

/** The first tenant: the stored one, with the key and settings of these options; or a new one. */
const firstOf = (
  tenants: Tenants,
  options: Options
): Either.Either<Registration, SeedError | TenantError | TenantExists> => {
  const { apiKey } = options
  const before = tenants.find(FIRST)
  if (before === undefined) {
    return tenants.add({ ...options, id: FIRST, apiKey: apiKey ?? Redacted.make(defaultApiKey) })
  }
  before.tenant.touch()
  return Either.flatMap(
    before.tenant.configure(settingsOf(options)),
    () =>
      apiKey === undefined || Redacted.value(apiKey) === Redacted.value(before.apiKey)
        ? Either.right(before)
        : tenants.rekey(before, apiKey)
  )
}

/** Makes a server. Without `host`, it runs in process. */
const make = (
  options: Options,
  { allowedHosts, host }: { readonly allowedHosts?: ReadonlyArray<string> | undefined; readonly host?: string } = {}
) =>
  Effect.gen(function*() {
    if (allowedHosts !== undefined && !allowedHosts.every(Gate.isHostName)) {
      return yield* new TenantError({
        problems: ["allowedHosts: Expected host names or addresses, without a scheme or a port"]
      })
    }
    if (options.controlToken !== undefined && !isKey(options.controlToken)) {
      return yield* new TenantError({
        problems: [`controlToken: ${aKey}`]
      })
    }
    if (options.corsOrigin !== undefined && !Cors.isOrigin(options.corsOrigin)) {
      return yield* new TenantError({
        problems: ["corsOrigin: Expected an origin such as http://localhost:5173, without a path, or *"]
      })
    }
    const directory = yield* openDataDirectory(options)
    const tenants = new Tenants(yield* surroundings, options)
    const recovered = directory?.(tenants)
    const first = yield* Effect.catchTag(
      firstOf(tenants, options),
      "TenantExists",
      ({ message }) => new TenantError({ problems: [message] })
    )
    yield* Effect.mapError(
      first.tenant.settle() ?? Effect.void,
      ({ message }) => new DataDirectoryError({ path: options.dataDir ?? "", problem: message })
    )
    if (options.snapshot !== undefined) {
      yield* first.tenant.restore(options.snapshot)
      yield* first.tenant.configure(settingsOf(options))
    }
    const handlers = yield* Handlers.make
    const control = Control.make(tenants)
    const dispatchApi = Dispatcher.make(handlers, tenants, { ...options, documents })
    const api = options.corsOrigin === undefined
      ? dispatchApi
      : Cors.make(options.corsOrigin, control.mintRequestId)(dispatchApi)
    const telling = (root: string): (dispatch: Dispatcher.Dispatch) => Dispatcher.Dispatch =>
      options.onRequest === undefined ? (dispatch) => dispatch : told(root, observer(options.onRequest))
    const controlApi = telling(Body.controlRoot)(
      controlOf(control, options, host === undefined || Gate.isLoopback(host))
    )
    const tellRefused = telling("/")
    const gated = (listened: string | undefined): Dispatcher.Dispatch => {
      const refusal = Gate.make({ allowedHosts, corsOrigin: options.corsOrigin, listened })
      return (incoming) => {
        const refused = refusal(incoming)
        if (refused !== undefined) {
          return tellRefused(() => Either.right(Dispatcher.answerError(refused, control.mintRequestId())))(incoming)
        }
        return incoming.target.startsWith(Body.controlRoot)
          ? controlApi(incoming)
          : incoming.target === "/" && isPageAsked(incoming)
          ? Either.right(toConsole(control.mintRequestId()))
          : api(incoming)
      }
    }
    const fetch = yield* InProcess.makeFetch(gated(undefined))
    const service = (url: string): Service => ({
      ...handleOf(url, first),
      fetch,
      strangers: control.strangers,
      recovered,
      tenant: (options = {}) =>
        Effect.acquireRelease(control.create({ ...worldOf(options), apiKey: options.apiKey }), control.remove).pipe(
          Effect.map((registration) => handleOf(url, registration)),
          Effect.tap(({ control }) =>
            options.assertFaultsHit === true
              ? Effect.addFinalizer(() => Effect.orDie(control.faults.assertAllHit))
              : Effect.void
          )
        ),
      addTenant: ({ apiKey = Redacted.make(defaultApiKey), ...options } = {}) =>
        Effect.map(
          Effect.tap(
            Effect.suspend(() => unlessReplaced(tenants.replace({ ...worldOf(options), apiKey }))),
            ({ tenant }) => Control.settled(tenant, Effect.void)
          ),
          (registration) => handleOf(url, registration)
        )
    })
    return { dispatch: gated(host), service }
  }).pipe(Effect.provide(WorkspaceSecrets.Default))

/**
 * A server on a socket. It listens when the layer is built, and stops when the layer is released.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  { allowedHosts, host: given = "127.0.0.1", maxConnections, port = 0, ...options }: ListenOptions = {}
): Layer.Layer<MockServer, SeedError | TenantError | DataDirectoryError | Listener.ListenError> =>
  Layer.scoped(
    MockServer,
    Effect.gen(function*() {
      if (maxConnections !== undefined && !(maxConnections >= 1)) {
        return yield* new TenantError({ problems: ["maxConnections: Expected a number of at least 1"] })
      }
      const host = bare(given)
      const { dispatch, service } = yield* make(options, { allowedHosts, host })
      const address = yield* Listener.listen(dispatch, {
        host,
        port,
        limits: maxConnections === undefined ? {} : { maxConnections }
      })
      return service(urlAt(host, address))
    })
  )

const serverInProcess = (options: Options): Layer.Layer<MockServer, SeedError | TenantError | DataDirectoryError> =>
  Layer.scoped(MockServer, Effect.map(make(options), ({ service }) => service("http://localhost")))

/**
 * A server in process, without a socket, and the `HttpClient` that calls it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerInProcess = (
  options: Options = {}
): Layer.Layer<MockServer | HttpClient.HttpClient, SeedError | TenantError | DataDirectoryError> => {
  const client = Layer.unwrapEffect(Effect.map(MockServer, ({ fetch }) => InProcess.layerHttpClient(fetch)))
  return Layer.provideMerge(client, serverInProcess(options))
}

/**
 * A tenant, for code without Effect. Printing it does not print the key.
 *
 * @since 0.1.0
 * @category models
 */
export class RunningTenant implements AsyncDisposable {
  /** The base URL of the server. */
  readonly url: string
  /** The id of the workspace when the tenant was created. A seed or a snapshot can change it later. */
  readonly workspaceId: string
  /** The id of the tenant in the control API. */
  readonly id: string
  /** Control operations: reset, seed, snapshot, settings, clock, faults, journal. */
  readonly control: Control.Promised<TenantControl>
  readonly #apiKey: Redacted.Redacted<string>
  readonly #scope: Scope.CloseableScope

  /** @internal */
  constructor({ apiKey, control, id, url, workspaceId }: TenantHandle, scope: Scope.CloseableScope) {
    this.url = url
    this.workspaceId = workspaceId
    this.id = id
    this.control = Control.toPromises(control)
    this.#apiKey = apiKey
    this.#scope = scope
  }

  /** The API key. */
  get apiKey(): string {
    return Redacted.value(this.#apiKey)
  }

  /** Removes the tenant. Its key gets 401 afterwards. With `assertFaultsHit`, rejects if a fault was never applied. */
  async remove(): Promise<void> {
    await Control.run(Scope.close(this.#scope, Exit.void))
  }

  /** The same as `remove`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove()
  }
}

/**
 * A running server, for code without Effect. Printing it does not print the key.
 *
 * @since 0.1.0
 * @category models
 */
export class RunningServer implements AsyncDisposable {
  /** The base URL, with the actual port. */
  readonly url: string
  /** The id of the first tenant's workspace. */
  readonly workspaceId: string
  /** Calls the server in process, without a socket. Works for both kinds of server. */
  readonly fetch: typeof globalThis.fetch
  /** Control operations on the first tenant: reset, seed, snapshot, settings, clock, faults, journal. */
  readonly control: Control.Promised<TenantControl>
  /** What was loaded from the data directory. `undefined` without `dataDir`. */
  readonly recovered: Recovered | undefined
  readonly #service: Service
  readonly #scope: Scope.CloseableScope

  /** @internal */
  constructor(service: Service, scope: Scope.CloseableScope) {
    this.url = service.url
    this.workspaceId = service.workspaceId
    this.fetch = service.fetch
    this.recovered = service.recovered
    this.control = Control.toPromises(service.control)
    this.#service = service
    this.#scope = scope
  }

  /** The API key of the first tenant. */
  get apiKey(): string {
    return Redacted.value(this.#service.apiKey)
  }

  /**
   * Creates a tenant, with a new API key unless `apiKey` is set. Rejects with `SeedError`, `TenantError` or `TenantExists`.
   */
  async tenant(options?: TenantOptions): Promise<RunningTenant> {
    const scope = Effect.runSync(Scope.make())
    const handle = await Control.run(Scope.extend(this.#service.tenant(options), scope))
    return new RunningTenant(handle, scope)
  }

  /** Stops listening, and gives requests in flight 0.9 seconds to finish. Calling it again does nothing. */
  async stop(): Promise<void> {
    await Effect.runPromise(Scope.close(this.#scope, Exit.void))
  }

  /** The same as `stop`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

const run = async <E>(layer: Layer.Layer<MockServer, E>): Promise<RunningServer> => {
  const scope = Effect.runSync(Scope.make())
  const built = await Effect.runPromiseExit(Layer.buildWithScope(layer, scope))
  if (Exit.isFailure(built)) {
    await Effect.runPromise(Scope.close(scope, built))
    throw Cause.squash(built.cause)
  }
  return new RunningServer(Context.get(built.value, MockServer), scope)
}

/**
 * Starts a server on a socket. Rejects with `ListenError`, `SeedError`, `TenantError` or `DataDirectoryError`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start = (options: ListenOptions = {}): Promise<RunningServer> => run(layer(options))

/**
 * Starts a server in process, without a socket. Call it with its `fetch`. Rejects with `SeedError`, `TenantError` or `DataDirectoryError`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const startInProcess = (options: Options = {}): Promise<RunningServer> => run(serverInProcess(options))

export type {
  ClockControl,
  FaultControl,
  JournalControl,
  Promised,
  SettingsControl,
  TenantControl
} from "./control/Control.js"

export type { ObservedRequest } from "./api/Dispatcher.js"

export type { Endpoint } from "./api/Routes.js"

export type { Recovered } from "./storage/DataDirectory.js"

export { DataDirectoryError } from "./storage/DataDirectoryError.js"

export { ListenError } from "./transport/Listener.js"

export { TenantError, TenantExists, type WorldOptions } from "./world/Tenant.js"
