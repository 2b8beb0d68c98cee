/**
 * The dispatcher of the control API: access checks, and the handlers of its operations.
 *
 * @since 0.1.0
 */
import type * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import type * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import {
  DeadlineExceeded,
  FailedPrecondition,
  Internal,
  InvalidArgument,
  NotFound,
  PermissionDenied,
  Unauthenticated,
  Unavailable,
  Unimplemented
} from "@workspace-secrets/core/ApiError"
import type { WireError } from "@workspace-secrets/core/ErrorResponse"
import { RpcCode } from "@workspace-secrets/core/RpcCode"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import { baseUrlOf, keepLast } from "../api/BaseUrl.js"
import * as Body from "../api/Body.js"
import { nameOf } from "../api/Defect.js"
import type { Dispatch, Incoming, Outgoing } from "../api/Dispatcher.js"
import { answerError, jsonHeaders } from "../api/Dispatcher.js"
import type { Operation } from "../api/Operations.js"
import { operations } from "../api/Operations.js"
import * as Routes from "../api/Routes.js"
import { isLoopbackHost } from "../transport/Gate.js"
import type { FaultsNotHit } from "../world/Fault.js"
import type { JournalMismatch, JournalOverflow } from "../world/Journal.js"
import { maskValues } from "../world/Journal.js"
import type { SeedError } from "../world/Seed.js"
import type { Registration, TenantError, TenantExists } from "../world/Tenant.js"
import type { ClockOptions, ClockSetting } from "../world/TenantClock.js"
import { list } from "../world/WorkspaceSecrets.js"
import * as ConsolePage from "./ConsolePage.js"
import type { Service, TenantControl } from "./Control.js"
import { settled } from "./Control.js"
import type { HealthGroup, RequestsGroup, TenantInfo, TenantsGroup } from "./ControlApi.js"
import { ControlApi, makeDocument } from "./ControlApi.js"
import * as RequestStream from "./RequestStream.js"

/**
 * The access rules of the control API.
 *
 * @since 0.1.0
 * @category models
 */
export interface Access {
  /** The token that `Authorization: Bearer <token>` must have. `undefined`: no token is needed. */
  readonly token: Redacted.Redacted<string> | undefined
  /** Whether the token is the API key of the first tenant. */
  readonly isApiKey: boolean
  /** Whether only this machine can reach the server. Otherwise, the control API is closed without a token. */
  readonly isLocal: boolean
}

type Endpoint = HttpApiGroup.HttpApiGroup.Endpoints<typeof TenantsGroup | typeof HealthGroup | typeof RequestsGroup>

type Failure = WireError | SeedError | TenantError | TenantExists | FaultsNotHit | JournalMismatch | JournalOverflow

type Handlers = {
  readonly [E in Endpoint as HttpApiEndpoint.HttpApiEndpoint.Name<E>]: (request: {
    readonly path: HttpApiEndpoint.HttpApiEndpoint.PathParsed<E>
    readonly urlParams: HttpApiEndpoint.HttpApiEndpoint.UrlParams<E>
    readonly payload: HttpApiEndpoint.HttpApiEndpoint.Payload<E>
  }) => Effect.Effect<HttpApiEndpoint.HttpApiEndpoint.Success<E>, WireError>
}

/** Splits a problem line into its field and its description. */
const violationOf = (problem: string) => {
  const colon = problem.indexOf(": ")
  return colon === -1
    ? { field: "", description: problem }
    : { field: problem.slice(0, colon), description: problem.slice(colon + 2) }
}

const toWire = (error: Failure): WireError => {
  switch (error._tag) {
    case "SeedError":
    case "TenantError":
      return InvalidArgument.fromViolations(error.problems.map(violationOf))
    case "TenantExists":
      return {
        _tag: "ProfileAlreadyExists",
        status: 409,
        code: RpcCode.ALREADY_EXISTS,
        message: error.message,
        details: []
      }
    case "FaultsNotHit":
    case "JournalMismatch":
    case "JournalOverflow":
      return new FailedPrecondition({ message: error.message })
    default:
      return error
  }
}

const wire = <A>(effect: Effect.Effect<A, Failure>): Effect.Effect<A, WireError> => Effect.mapError(effect, toWire)

const infoOf = ({ id, tenant }: Registration): TenantInfo => ({
  id,
  accountId: tenant.accountId,
  workspaceId: tenant.workspaceId,
  workspaceAlias: tenant.workspaceAlias,
  secrets: tenant.secrets.size
})

const clockOf = ({ at, offsetMillis, stepMillis = 0, type }: ClockSetting): ClockOptions =>
  type === "real" || at === undefined
    ? { type: "real", offsetMillis }
    : type === "fixed"
    ? { type, at }
    : { type, at, stepMillis }

/** Converts the query of a list of requests. */
const startOf = ({ after, tenant }: { readonly after?: string | undefined; readonly tenant?: string | undefined }) => ({
  after: after === undefined ? undefined : Number(after),
  tenant
})

const makeHandlers = (control: Service): Handlers => {
  const find = (id: string) =>
    Effect.mapError(control.find(id), () => new NotFound({ message: "no such tenant: GET /_mock/tenants lists them" }))
  const on = <A>(id: string, use: (control: TenantControl) => Effect.Effect<A, Failure>): Effect.Effect<A, WireError> =>
    Effect.flatMap(find(id), (registration) => wire(use(control.of(registration))))
  const done = <A>(id: string, use: (control: TenantControl) => Effect.Effect<A, Failure>) => Effect.as(on(id, use), {})
  return {
    health: () => Effect.succeed({ status: "ok" }),
    listTenants: () => Effect.map(control.list, (all) => ({ tenants: all.map(infoOf) })),
    createTenant: ({ payload: { apiKey, clock, ...options } }) =>
      Effect.map(
        wire(control.create({
          ...options,
          apiKey: apiKey === undefined ? undefined : Redacted.make(apiKey),
          clock: clock === undefined ? undefined : clockOf(clock)
        })),
        (registration) => ({ ...infoOf(registration), apiKey: registration.apiKey })
      ),
    getTenant: ({ path }) => Effect.map(find(path.tenant), infoOf),
    deleteTenant: ({ path }) =>
      Effect.as(Effect.flatMap(find(path.tenant), (registration) => control.remove(registration)), {}),
    reset: ({ path }) => done(path.tenant, ({ reset }) => reset),
    seed: ({ path, payload }) => done(path.tenant, ({ seed }) => seed(payload)),
    getSnapshot: ({ path }) => on(path.tenant, ({ snapshot }) => snapshot),
    restore: ({ path, payload }) => done(path.tenant, ({ restore }) => restore(payload)),
    getSettings: ({ path }) => on(path.tenant, ({ settings }) => settings.get),
    setSettings: ({ path, payload }) => done(path.tenant, ({ settings }) => settings.set(payload)),
    listFaults: ({ path }) => Effect.map(on(path.tenant, ({ faults }) => faults.list), (faults) => ({ faults })),
    putFaults: ({ path, payload }) => done(path.tenant, ({ faults }) => faults.put(payload.faults)),
    clearFaults: ({ path }) => done(path.tenant, ({ faults }) => faults.clear),
    assertFaultsHit: ({ path }) => done(path.tenant, ({ faults }) => faults.assertAllHit),
    listJournal: ({ path, payload }) => on(path.tenant, ({ journal }) => journal.list(payload.match)),
    countJournal: ({ path, payload }) =>
      Effect.map(on(path.tenant, ({ journal }) => journal.count(payload.match)), (count) => ({ count })),
    expectJournal: ({ path, payload: { match, times } }) =>
      Effect.map(on(path.tenant, ({ journal }) => journal.expect(match, { times })), (entries) => ({ entries })),
    waitJournal: ({ path, payload: { match, times, timeoutMillis: timeout } }) =>
      Effect.map(
        on(path.tenant, ({ journal }) =>
          Effect.mapError(
            journal.waitFor(match, { times, timeout }),
            ({ message }) => new DeadlineExceeded({ message })
          )),
        (entries) => ({ entries })
      ),
    clearJournal: ({ path }) => done(path.tenant, ({ journal }) => journal.clear),
    getClock: ({ path }) => on(path.tenant, ({ clock }) => clock.get),
    setClock: ({ path, payload }) => done(path.tenant, ({ clock }) => clock.set(clockOf(payload))),
    advanceClock: ({ path, payload }) => done(path.tenant, ({ clock }) => clock.advance(payload.millis)),
    listStrangers: () => control.strangers.list(),
    getApiKey: ({ path }) => Effect.map(find(path.tenant), ({ apiKey }) => ({ apiKey })),
    peekSecrets: ({ path, urlParams }) =>
      Effect.flatMap(
        find(path.tenant),
        ({ tenant }) => settled(tenant, Either.map(list(tenant, urlParams), maskValues))
      ),
    peekSecret: ({ path }) =>
      Effect.flatMap(find(path.tenant), ({ tenant }) =>
        settled(
          tenant,
          Effect.mapError(
            Effect.fromNullable(tenant.secrets.find(WorkspaceSecretId.make(path.secret))),
            () => new NotFound({ message: "no such secret in this workspace" })
          )
        )),
    addFaults: ({ path, payload }) => done(path.tenant, ({ faults }) => faults.add(payload.faults)),
    removeFault: ({ path }) =>
      done(
        path.tenant,
        ({ faults }) =>
          Effect.mapError(faults.remove(path.fault), () => new NotFound({ message: "no fault rule with this name" }))
      ),
    listRequests: ({ urlParams }) => control.requests.list(startOf(urlParams)),
    getRequest: ({ path }) =>
      Effect.mapError(
        control.requests.get(Number(path.number)),
        () => new NotFound({ message: "no journal holds this request: it was dropped, or its tenant was reset" })
      )
  }
}

const header = ({ headers }: Incoming, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === "string" ? value : value?.join(", ")
}

const digest = (text: string) => createHash("sha256").update(text).digest()

const refusal = (incoming: Incoming, { isApiKey, isLocal, token }: Access): WireError | undefined => {
  if (token !== undefined) {
    const sent = /^bearer +(\S.*)$/i.exec(header(incoming, "authorization") ?? "")?.[1]
    return sent !== undefined && timingSafeEqual(digest(sent), digest(Redacted.value(token)))
      ? undefined
      : new Unauthenticated({
        message: isApiKey
          ? "the control API needs the API key that the server was started with; send Authorization: Bearer <key>"
          : "the control API needs the control token; send Authorization: Bearer <token>"
      })
  }
  if (!isLocal) {
    return new PermissionDenied({
      message:
        "the control API is closed: other machines can reach this server; start it with a control token or an API key"
    })
  }
  // Pages in browsers on this machine can send requests, too. They have an Origin, or a Host that is not loopback. Only the console is
  // accepted: its origin is this server.
  const origin = header(incoming, "origin")
  const host = header(incoming, "host")
  const isForeign = origin !== undefined && (host === undefined || origin !== `http://${host}`)
  return isForeign || (host !== undefined && !isLoopbackHost(host))
    ? new PermissionDenied({
      message:
        "the control API without a token rejects pages of other sites; start the server with a control token or an API key"
    })
    : undefined
}

/** Paths that need no token. */
const isOpen = (path: string): boolean =>
  path === `${Body.controlRoot}health` || path === `${Body.controlRoot}openapi.json` || ConsolePage.isAt(path)

type Context = Readonly<Record<never, never>>

/**
 * Makes the dispatcher of the control API.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (control: Service, access: Access): Dispatch => {
  const find = Routes.make<Operation<Context>>(
    operations<Context>()(ControlApi, makeHandlers(control), { isStrict: true })
  )
  const stream = RequestStream.make(control.requests)
  const documentAt = keepLast((baseUrl) => JSON.stringify(makeDocument(baseUrl), null, 2))

  return (incoming) => {
    const requestId = control.mintRequestId()
    const headers = { ...jsonHeaders, "x-request-id": requestId }
    const fail = (error: WireError, more?: Readonly<Record<string, string>>): Outgoing =>
      answerError(error, requestId, { ...(error.status === 401 ? { "www-authenticate": "Bearer" } : {}), ...more })
    const { method, target } = incoming
    const mark = target.indexOf("?")
    const path = mark === -1 ? target : target.slice(0, mark)
    const refused = isOpen(path) ? undefined : refusal(incoming, access)
    if (refused !== undefined) {
      return Either.right(fail(refused))
    }
    if (ConsolePage.isAt(path) && (method === "GET" || method === "HEAD")) {
      return Effect.map(ConsolePage.file(path), (found) =>
        found === undefined
          ? fail(
            new NotFound({ message: "the files of the console are missing: the built package has them in dist/ui" })
          )
          : { status: 200, headers: { ...found.headers, "x-request-id": requestId }, body: found.body })
    }
    if (path === RequestStream.path && (method === "GET" || method === "HEAD")) {
      const live = stream(mark === -1 ? "" : target.slice(mark))
      return Either.right(
        Either.isLeft(live)
          ? fail(live.left)
          : { status: 200, headers: { ...headers, "content-type": "text/event-stream" }, body: "", live: live.right }
      )
    }
    if (method === "GET" && path === `${Body.controlRoot}openapi.json`) {
      return Either.right({ status: 200, headers, body: documentAt(baseUrlOf(incoming)) })
    }
    const match = find(method, path)
    switch (match._tag) {
      case "Found": {
        const { params, target: operation } = match
        const read: Effect.Effect<unknown, WireError> = operation.hasPayload
          ? Effect.zipRight(
            Body.checkType(header(incoming, "content-type"), header(incoming, "content-encoding")),
            Effect.flatMap(incoming.body, Body.parse)
          )
          : Effect.void
        return read.pipe(
          Effect.flatMap((payload) =>
            operation.run(
              {},
              { payload: undefined, success: undefined },
              params,
              mark === -1 ? "" : target.slice(mark),
              payload
            )
          ),
          Effect.match({
            onFailure: (error) => fail(error),
            onSuccess: (body): Outgoing => ({ status: 200, headers, body })
          }),
          Effect.catchAllDefect((defect) =>
            // The change could not be stored.
            defect instanceof Unavailable ? Effect.succeed(fail(defect)) : Effect.as(
              Effect.logError(`unexpected failure of ${requestId}`, Cause.die(nameOf(defect))),
              fail(new Internal({ message: "the mock server failed unexpectedly; see its log" }))
            )
          )
        )
      }
      case "MethodNotAllowed": {
        const allow = match.allow.join(", ")
        return Either.right(fail(new Unimplemented({ status: 405, message: `this path takes ${allow}` }), { allow }))
      }
      case "MalformedPath":
        return Either.right(fail(new InvalidArgument({ message: "the path is not percent-encoded UTF-8" })))
      case "NotFound":
      case "Unserved":
        return Either.right(fail(
          new NotFound({ message: "no such route; GET /_mock/openapi.json lists the operations of the control API" }),
          { [Routes.missingRouteHeader]: "true" }
        ))
    }
  }
}
