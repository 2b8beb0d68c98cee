/**
 * A client of the control API, for tests in another process than the server.
 *
 * @since 0.1.0
 */
import {
  DeadlineExceeded,
  FailedPrecondition,
  Internal,
  InvalidArgument,
  NotFound,
  PermissionDenied,
  Unauthenticated,
  Unimplemented
} from "@workspace-secrets/core/ApiError"
import { codec } from "@workspace-secrets/core/Codec"
import * as ErrorResponse from "@workspace-secrets/core/ErrorResponse"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { RpcCode } from "@workspace-secrets/core/RpcCode"
import { Status } from "@workspace-secrets/core/Status"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { FaultRule, FaultStatus, parse as parseFaults } from "../world/Fault.js"
import { JournalEntry, JournalPage } from "../world/Journal.js"
import { Seed } from "../world/Seed.js"
import { Snapshot } from "../world/Snapshot.js"
import { TenantError, TenantExists } from "../world/Tenant.js"
import type { ClockOptions } from "../world/TenantClock.js"
import { ClockSetting, fromOptions } from "../world/TenantClock.js"
import { TenantSettings } from "../world/TenantSettings.js"
import type { Promised, TenantControl } from "./Control.js"
import { isSpan, run, toPromises } from "./Control.js"
import { CreatedTenant, CreateTenant, TenantInfo } from "./ControlApi.js"

/**
 * The server cannot be reached, or the response is not from its control API.
 *
 * @since 0.1.0
 * @category errors
 */
export class ControlUnreachable extends Data.TaggedError("ControlUnreachable")<{ readonly message: string }> {}

const classes = {
  InvalidArgument,
  FailedPrecondition,
  Unauthenticated,
  PermissionDenied,
  NotFound,
  Unimplemented,
  DeadlineExceeded,
  Internal
}

/**
 * The errors of the control API. An expectation that is not met fails with `FailedPrecondition`, a wait that times out with
 * `DeadlineExceeded`; their messages show the closest request.
 *
 * @since 0.1.0
 * @category errors
 */
export type ControlError =
  | InstanceType<(typeof classes)[keyof typeof classes]>
  | ControlUnreachable
  | TenantError
  | TenantExists

/**
 * The control operations `T`, called from another process: every operation fails with `ControlError`.
 *
 * @since 0.1.0
 * @category models
 */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends Effect.Effect<infer A, unknown> ? Effect.Effect<A, ControlError>
    : T[K] extends (...args: infer Args) => Effect.Effect<infer A, unknown>
      ? (...args: Args) => Effect.Effect<A, ControlError>
    : Remote<T[K]>
}

/**
 * Options of a new tenant.
 *
 * @since 0.1.0
 * @category models
 */
export type CreateOptions = Omit<CreateTenant, "apiKey" | "clock"> & {
  readonly apiKey?: Redacted.Redacted<string> | undefined
  readonly clock?: ClockOptions | undefined
}

/**
 * Controls a server in another process.
 *
 * @since 0.1.0
 * @category models
 */
export interface ControlClient {
  /** Succeeds if the server answers. */
  readonly health: Effect.Effect<void, ControlError>
  /** All tenants, without their API keys. */
  readonly list: Effect.Effect<ReadonlyArray<TenantInfo>, ControlError>
  /** Creates a tenant, with a new API key unless `apiKey` is set. */
  readonly create: (options?: CreateOptions) => Effect.Effect<CreatedTenant, ControlError>
  /** Removes a tenant. Its key gets 401 afterwards. */
  readonly remove: (id: string) => Effect.Effect<void, ControlError>
  /** The control operations on a tenant, by its id. The id of the first tenant is `default`. */
  readonly tenant: (id: string) => Remote<TenantControl>
  /** Requests whose API key was missing, malformed or unknown. */
  readonly strangers: Effect.Effect<JournalPage, ControlError>
}

/**
 * The address of the server, and its token.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The base URL of the server. */
  readonly url: string
  /** The control token of the server; without one, its API key, if the server was started with one. Default: none. */
  readonly token?: Redacted.Redacted<string> | undefined
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

const decodeStatus = Schema.decodeUnknownOption(Status)

const failureOf = (status: number, json: unknown): ControlError => {
  const body = decodeStatus(json)
  const error = Option.isNone(body)
    ? undefined
    : body.value.code === RpcCode.ALREADY_EXISTS
    ? new TenantExists({ message: body.value.message })
    : ErrorResponse.fromResponse<InstanceType<(typeof classes)[keyof typeof classes]>>(classes, {
      status,
      body: body.value
    })
  return error ??
    new ControlUnreachable({
      message: `the response with status ${status} is not from the control API of a mock server`
    })
}

const Nothing = Schema.Struct({})

const encodeTenant = (options: typeof CreateTenant.Type) =>
  Either.mapLeft(
    Schema.encodeEither(CreateTenant, { errors: "all" })(options),
    (error) => new TenantError({ problems: FieldViolation.fromParseError(error).map(FieldViolation.format) })
  )

/** JSON has no word for these numbers, and writes null for them, which stands for what is not given. The server is to refuse them. */
const spelled = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value

/** Redacts the user name and password of a URL, for messages. */
const withoutCredentials = (url: string): string => url.replace(/\/\/[^/?#]*@/, "//<redacted>@")

/**
 * Makes a client of the control API.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ fetch = globalThis.fetch, token, url }: Options): ControlClient => {
  const call = <A, I>(
    method: string,
    path: string,
    schema: Schema.Schema<A, I>,
    body?: unknown
  ): Effect.Effect<A, ControlError> =>
    Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(`${url.replace(/\/+$/, "")}/_mock${path}`, {
          method,
          signal,
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${Redacted.value(token)}` }),
            ...(body === undefined ? {} : { "content-type": "application/json" })
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body, spelled) })
        })
        const text = await response.text()
        return { isOk: response.ok, status: response.status, json: parseJson(text) }
      },
      // The error that fetch throws is dropped: it can hold the request with the token.
      catch: () => new ControlUnreachable({ message: `cannot reach a mock server at ${withoutCredentials(url)}` })
    }).pipe(
      Effect.flatMap(({ isOk, json, status }) =>
        isOk
          ? Either.mapLeft(codec(schema).decode(json), () => failureOf(status, undefined))
          : Effect.fail(failureOf(status, json))
      )
    )
  const done = (method: string, path: string, body?: unknown) => Effect.asVoid(call(method, path, Nothing, body))

  const clockOf = (options: ClockOptions) =>
    Either.mapBoth(fromOptions(options), {
      onLeft: (problems) => new TenantError({ problems: problems.map((problem) => `clock.${problem}`) }),
      onRight: Schema.encodeSync(ClockSetting)
    })
  const millisOf = (name: string, duration: Duration.DurationInput): Either.Either<number, TenantError> =>
    isSpan(duration)
      ? Either.right(Math.round(Duration.toMillis(duration)))
      : Either.left(new TenantError({ problems: [`${name}: Expected a duration that is not negative`] }))
  const rulesOf = (rules: ReadonlyArray<FaultRule>) =>
    Either.mapBoth(parseFaults(rules), {
      onLeft: (problems) => new TenantError({ problems }),
      onRight: Schema.encodeSync(Schema.Array(FaultRule))
    })

  const tenant = (id: string): Remote<TenantControl> => {
    const at = `/tenants/${encodeURIComponent(id)}`
    const Entries = Schema.Struct({ entries: Schema.Array(JournalEntry) })
    return {
      reset: done("POST", `${at}/reset`),
      seed: (seed) => Effect.suspend(() => done("PUT", `${at}/seed`, Schema.encodeSync(Seed)(seed))),
      snapshot: call("GET", `${at}/snapshot`, Snapshot),
      restore: (snapshot) => Effect.suspend(() => done("PUT", `${at}/snapshot`, Schema.encodeSync(Snapshot)(snapshot))),
      settings: {
        get: call("GET", `${at}/settings`, TenantSettings),
        set: (settings) => done("PATCH", `${at}/settings`, settings)
      },
      clock: {
        get: call("GET", `${at}/clock`, ClockSetting),
        set: (clock) => Effect.flatMap(clockOf(clock), (setting) => done("PUT", `${at}/clock`, setting)),
        advance: (duration) =>
          Effect.flatMap(millisOf("duration", duration), (millis) => done("POST", `${at}/clock/advance`, { millis }))
      },
      faults: {
        put: (rules) => Effect.flatMap(rulesOf(rules), (faults) => done("PUT", `${at}/faults`, { faults })),
        add: (rules) => Effect.flatMap(rulesOf(rules), (faults) => done("POST", `${at}/faults`, { faults })),
        remove: (name) => done("DELETE", `${at}/faults/${encodeURIComponent(name)}`),
        list: Effect.map(
          call("GET", `${at}/faults`, Schema.Struct({ faults: Schema.Array(FaultStatus) })),
          ({ faults }) => faults
        ),
        clear: done("DELETE", `${at}/faults`),
        assertAllHit: done("POST", `${at}/faults/assert_all_hit`)
      },
      journal: {
        list: (match = {}) => call("POST", `${at}/journal/list`, JournalPage, { match }),
        count: (match = {}) =>
          Effect.map(
            call("POST", `${at}/journal/count`, Schema.Struct({ count: Schema.Int }), { match }),
            ({ count }) => count
          ),
        expect: (match, { times } = {}) =>
          Effect.map(call("POST", `${at}/journal/expect`, Entries, { match, times }), ({ entries }) => entries),
        waitFor: (match, { timeout = "5 seconds", times } = {}) =>
          millisOf("timeout", timeout).pipe(
            Effect.flatMap((timeoutMillis) =>
              call("POST", `${at}/journal/wait`, Entries, { match, times, timeoutMillis })
            ),
            Effect.map(({ entries }) => entries)
          ),
        clear: done("DELETE", `${at}/journal`)
      }
    }
  }

  return {
    health: Effect.asVoid(call("GET", "/health", Schema.Struct({ status: Schema.Literal("ok") }))),
    list: Effect.map(
      call("GET", "/tenants", Schema.Struct({ tenants: Schema.Array(TenantInfo) })),
      ({ tenants }) => tenants
    ),
    create: ({ apiKey, clock, ...options } = {}) =>
      Effect.flatMap(
        Either.all([clock === undefined ? Either.right(undefined) : clockOf(clock), encodeTenant(options)]),
        ([clock, encoded]) =>
          call("POST", "/tenants", CreatedTenant, {
            ...encoded,
            clock,
            apiKey: apiKey === undefined ? undefined : Redacted.value(apiKey)
          })
      ),
    remove: (id) => done("DELETE", `/tenants/${encodeURIComponent(id)}`),
    tenant,
    strangers: call("GET", "/strangers", JournalPage)
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON, so not the control API. The caller fails with `ControlUnreachable`.
    return undefined
  }
}

/**
 * A `ControlClient` for code without Effect. Each operation rejects with a `ControlError`.
 *
 * @since 0.1.0
 * @category models
 */
export interface PromiseClient {
  readonly health: () => Promise<void>
  readonly list: () => Promise<ReadonlyArray<TenantInfo>>
  readonly create: (options?: CreateOptions) => Promise<CreatedTenant>
  readonly remove: (id: string) => Promise<void>
  readonly tenant: (id: string) => Promised<TenantControl>
  readonly strangers: () => Promise<JournalPage>
}

/**
 * Makes a client of the control API for code without Effect.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makePromise = (options: Options): PromiseClient => {
  const client = make(options)
  return {
    health: () => run(client.health),
    list: () => run(client.list),
    create: (options) => run(client.create(options)),
    remove: (id) => run(client.remove(id)),
    tenant: (id) => toPromises(client.tenant(id)),
    strangers: () => run(client.strangers)
  }
}
