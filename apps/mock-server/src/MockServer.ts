/**
 * The mock server, put together: as a layer with or without a socket, and as a plain function.
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
import { urlAt } from "./api/BaseUrl.js"
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
import { isKey, surroundings, TenantError, Tenants } from "./world/Tenant.js"
import { settingsOf } from "./world/TenantSettings.js"
import { WorkspaceSecrets } from "./world/WorkspaceSecrets.js"

/**
 * A key's world, as a test uses it. Printing it does not print the key.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantHandle {
  /** The base URL of its server. In process it is one that no socket listens on: only `fetch` knows it. */
  readonly url: string
  readonly apiKey: Redacted.Redacted<string>
  /** The id of the key's workspace, as it was when the tenant was made. */
  readonly workspaceId: WorkspaceId
  /** The name that the control API has for the tenant. */
  readonly id: string
  /** What can be done to it from outside of the API. */
  readonly control: TenantControl
}

/**
 * What a test, or a process beside the one under test, needs to know of a server. It is the handle of the first tenant, too.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service extends TenantHandle {
  /** Asks the handlers without a socket, whether the server listens on one or not. */
  readonly fetch: typeof globalThis.fetch
  /** What was asked without a key, or with one that is malformed or unknown: 401 each time. */
  readonly strangers: JournalControl
  /** What it found in its data directory; nothing where it has none. */
  readonly recovered: Recovered | undefined
  /** Makes a world of its own, with a new key unless one is given. It is gone when the scope closes: the key is then answered with 401. */
  readonly tenant: (
    options?: TenantOptions
  ) => Effect.Effect<TenantHandle, SeedError | TenantError | TenantExists, Scope.Scope>
  /** Adds a key, `mock-api-key` unless given, with a world of its own, for as long as the server is there. The key replaces one of the same name. */
  readonly addTenant: (options?: TenantOptions) => Effect.Effect<TenantHandle, SeedError | TenantError>
}

/**
 * A key's world, to be asked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantOptions extends WorldOptions {
  /** The key: visible ASCII characters. */
  readonly apiKey?: Redacted.Redacted<string> | undefined
  /** Dies when its scope closes and one of its faults has hit nothing, so that the test fails; false unless given. */
  readonly assertFaultsHit?: boolean | undefined
}

/**
 * How a server behaves, and the first key's world. `writeOnlyValues` and `uppercaseNames` hold for every other tenant as well that does not
 * say otherwise.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends TenantOptions {
  /** Operations that the API has and this server does not serve, to be answered with 501; none unless given. */
  readonly unservedOperations?: ReadonlyArray<Endpoint> | undefined
  /**
   * What the control API under `/_mock` takes as `Authorization: Bearer <token>`. Unless given, that is `apiKey` where it was given, and else
   * nothing: it then takes requests of programs on this machine, where just this machine reaches the server.
   */
  readonly controlToken?: Redacted.Redacted<string> | undefined
  /**
   * What the first key's world goes on from, such as `SnapshotFile` reads: data, clock and ids are the snapshot's. A reset still puts
   * back what the other options say.
   */
  readonly snapshot?: Snapshot | undefined
  /**
   * Directory to keep the data of every API key in: secrets, settings, clocks, ids, and faults with their counts, but no journals. It is created if
   * it does not exist. Every change is on disk before its response. A start loads the data, and a reset restores the initial state of the data;
   * seed, clock, `randomSeed` and faults apply to new API keys only. One server uses a directory at a time. A change that cannot be written, for
   * example because the disk is full, is undone and gets 503 UNAVAILABLE; in code, the control operation dies with that error. In memory only
   * unless given. Cannot be combined with `snapshot`.
   */
  readonly dataDir?: string | undefined
  /**
   * File with the key that encrypts the data directory with AES-256-GCM: 64 hexadecimal digits, for example from `openssl rand -hex 32`. Unless
   * given, the files contain keys and values in clear text, readable by their owner only.
   */
  readonly dataKeyFile?: string | undefined
  /** Gives each key that is not known a world of its own, which begins as the first key's does, instead of 401; false unless given. */
  readonly acceptAnyKey?: boolean | undefined
  /**
   * The origin of the pages that may call the API from a browser, such as `http://localhost:5173`; `*` for every origin; none unless given.
   * Pages never get to the control API.
   */
  readonly corsOrigin?: string | undefined
  /** Is told of each request, those to the control API included, when its answer is on its way. One that throws is not told of any further. */
  readonly onRequest?: ((request: Dispatcher.Told) => void) | undefined
}

/**
 * Where a server listens.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListenOptions extends Options {
  /** The address to listen on; 127.0.0.1 unless given. */
  readonly host?: string | undefined
  /** The port; 0, a free one, unless given. */
  readonly port?: number | undefined
  /** Connections at the same time, 1,000 unless given; fewer where the process may not have as many. One more is answered with 503. */
  readonly maxConnections?: number | undefined
  /**
   * Names that `Host` may have besides those of this machine's loopback and `host`, such as `mock` for a container of that name; none unless
   * given. Any address will do where other machines reach the server. Every path answers any other `Host` with 403.
   */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
}

/**
 * The key that a server knows unless another is given.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultApiKey = "mock-api-key"

/**
 * The server that a layer of this module runs.
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

/** Of options that may be more, a handle among them, those of a world. */
const worldOf = ({ clock, faults, journalSize, randomSeed, seed, ...settings }: WorldOptions): WorldOptions => ({
  clock,
  faults,
  journalSize,
  randomSeed,
  seed,
  ...settingsOf(settings)
})

/** That a key which is replaced exists is no error. */
const unlessReplaced = <A>(
  result: Either.Either<A, SeedError | TenantError | TenantExists>
): Effect.Effect<A, SeedError | TenantError> => Effect.catchTag(result, "TenantExists", Effect.die)

/** Tells of requests that no journal has. Of the path of one that was not served, anything can be part below its root. */
const told =
  (root: string, onRequest: ReturnType<typeof observer<Dispatcher.Told>>) =>
  (dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch =>
  (incoming) => {
    const startedAt = performance.now()
    const { method, target } = incoming
    const tell = (response: Dispatcher.Told["response"]) =>
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

/** The control API is loaded when it is first asked: a server that nobody controls from outside starts no later for having it. */
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

/** Whether a person asks with a browser: a client asks for JSON. */
const isPageAsked = ({ headers, method }: Dispatcher.Incoming): boolean =>
  (method === "GET" || method === "HEAD") && String(headers["accept"] ?? "").includes("text/html")

const toConsole = (requestId: string): Dispatcher.Outgoing => ({
  status: 302,
  headers: { location: `${Body.controlRoot}ui`, "cache-control": "no-store", "x-request-id": requestId },
  body: ""
})

/** Opens the data directory, which nothing else loads what it needs for. */
const openDataDirectory = ({ dataDir, dataKeyFile, snapshot }: Options) =>
  Effect.gen(function*() {
    if (dataDir === undefined) {
      return dataKeyFile === undefined
        ? undefined
        : yield* new TenantError({ problems: ["dataKeyFile: There is no dataDir to encrypt"] })
    }
    if (snapshot !== undefined) {
      return yield* new TenantError({ problems: ["snapshot: A data directory has what the server goes on from"] })
    }
    const { open } = yield* Effect.promise(() => import("./storage/DataDirectory.js"))
    return yield* open(dataDir, { keyFile: dataKeyFile })
  })

/** The first world of a server: the one that its data directory has, with the key and the settings that are given now, or a new one. */
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

/** Puts a server together; without an address to listen on, one without a socket. */
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
        problems: ["controlToken: Expected visible ASCII characters, and spaces only between them"]
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
 * A server on a socket, for as long as the layer lives. It listens when the layer is built.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  { allowedHosts, host = "127.0.0.1", maxConnections, port = 0, ...options }: ListenOptions = {}
): Layer.Layer<MockServer, SeedError | TenantError | DataDirectoryError | Listener.ListenError> =>
  Layer.scoped(
    MockServer,
    Effect.gen(function*() {
      if (maxConnections !== undefined && !(maxConnections >= 1)) {
        return yield* new TenantError({ problems: ["maxConnections: Expected a number from 1 on"] })
      }
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
 * A server without a socket, and the `HttpClient` that reaches it.
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
 * A key's world, for code without Effect. Printing it does not print the key.
 *
 * @since 0.1.0
 * @category models
 */
export class RunningTenant implements AsyncDisposable {
  /** The base URL of its server. */
  readonly url: string
  /** The id of the key's workspace, as it was when the tenant was made. */
  readonly workspaceId: string
  /** The name that the control API has for the tenant. */
  readonly id: string
  /** What can be done to it from outside of the API. */
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

  /** Its key. */
  get apiKey(): string {
    return Redacted.value(this.#apiKey)
  }

  /** Takes it away: its key is answered with 401 from then on. Rejects for `assertFaultsHit`, where a fault has hit nothing. */
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
  /** The base URL, with the port that it really listens on. */
  readonly url: string
  /** The id of the workspace of the first key. */
  readonly workspaceId: string
  /** Asks the handlers without a socket, whether the server listens on one or not. */
  readonly fetch: typeof globalThis.fetch
  /** What can be done to the world of the first key from outside of the API. */
  readonly control: Control.Promised<TenantControl>
  /** What it found in its data directory; nothing where it has none. */
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

  /** The key that it knows from the start. */
  get apiKey(): string {
    return Redacted.value(this.#service.apiKey)
  }

  /**
   * Makes a world of its own, with a new key unless one is given, until it is removed. Rejects with a `SeedError`, a `TenantError` or a
   * `TenantExists`.
   */
  async tenant(options?: TenantOptions): Promise<RunningTenant> {
    const scope = Effect.runSync(Scope.make())
    const handle = await Control.run(Scope.extend(this.#service.tenant(options), scope))
    return new RunningTenant(handle, scope)
  }

  /** Lets what is in flight finish, for 0.9 s at the most, and stops listening. Stopping twice is stopping once. */
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
 * Starts a server on a socket. Rejects with a `ListenError`, a `SeedError`, a `TenantError` or a `DataDirectoryError`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start = (options: ListenOptions = {}): Promise<RunningServer> => run(layer(options))

/**
 * Starts a server without a socket, which only its `fetch` reaches. Rejects with a `SeedError`, a `TenantError` or a `DataDirectoryError`.
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

export type { Told } from "./api/Dispatcher.js"

export type { Endpoint } from "./api/Routes.js"

export type { Recovered } from "./storage/DataDirectory.js"

export { DataDirectoryError } from "./storage/DataDirectoryError.js"

export { ListenError } from "./transport/Listener.js"

export { TenantError, TenantExists, type WorldOptions } from "./world/Tenant.js"
