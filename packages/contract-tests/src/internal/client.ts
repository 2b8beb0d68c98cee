import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import { WorkspaceSecret, WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Behaviour, Operation } from "../Behaviour.js"
import { type Layout, type Service, Target } from "../Target.js"
import type * as A from "./answer.js"
import { type ExpectationFailed, fail, holds, same } from "./expect.js"
import { type Fields, hasFields } from "./secret.js"
import { unknownId } from "./ulid.js"
import { behaviours, type Case, type World, world } from "./wire.js"

export type Client = WorkspaceSecretsClient.WorkspaceSecretsClient.Service

/** The tools of a client behaviour. */
export interface ClientWorld extends World {
  readonly client: Client
  /** The client with other options. */
  readonly clientWith: (options: Partial<WorkspaceSecretsClient.Options>) => Effect.Effect<Client, unknown>
}

const makeClient = (
  target: Service,
  layout: Layout,
  options: Partial<WorkspaceSecretsClient.Options>,
  http: HttpClient.HttpClient = target.httpClient
): Effect.Effect<Client, unknown> =>
  WorkspaceSecretsClient.WorkspaceSecretsClient.pipe(
    Effect.provide(target.client.layer({
      baseUrl: target.baseUrl,
      apiKey: target.apiKey,
      allowInsecureHttp: true,
      // Errors are not retried.
      retry: false,
      ...(layout === "scoped" ? { workspaceId: target.workspaceId } : {}),
      ...options
    })),
    Effect.provideService(HttpClient.HttpClient, http)
  )

const clientWorld = (layout: Layout): Effect.Effect<ClientWorld, unknown, Target> =>
  Effect.gen(function*() {
    const { target, ...rest } = yield* world(layout)
    const clientWith = (options: Partial<WorkspaceSecretsClient.Options>) => makeClient(target, layout, options)
    return { ...rest, target, clientWith, client: yield* clientWith({}) }
  })

/** The client behaviours of an operation. */
export const client = (operation: Operation, cases: ReadonlyArray<Case<ClientWorld>>): ReadonlyArray<Behaviour> =>
  behaviours(operation, "client", clientWorld, cases)

/** A request that a client sent. */
export interface Sent {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A made-up response. */
export interface Canned {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent unchanged, anything else as JSON. */
  readonly body?: unknown
}

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

/** A transport that answers every request with one response, and records the requests. */
export const cannedHttp = ({ body = "", headers = {}, status = 200 }: Canned) => {
  const sent: Array<Sent> = []
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const http = HttpClient.make((request, url) =>
    Effect.sync(() => {
      sent.push({ method: request.method, url, headers: request.headers, body: bodyOf(request) })
      // A response with 204 has no body.
      const response = new Response(status === 204 ? null : text, {
        status,
        headers: { "content-type": "application/json", "x-request-id": "req_canned", ...headers }
      })
      return HttpClientResponse.fromWeb(request, response)
    })
  )
  return { http, sent }
}

/** A client on such a transport, with its recorded requests. */
export const canned = (
  layout: Layout,
  answer: Canned
): Effect.Effect<{ readonly client: Client; readonly sent: ReadonlyArray<Sent> }, unknown, Target> =>
  Effect.gen(function*() {
    const { http, sent } = cannedHttp(answer)
    return { client: yield* makeClient(yield* Target, layout, {}, http), sent }
  })

const encode = Schema.encodeSync(WorkspaceSecret)

// Not instanceof: the client may use another copy of core.
const isSecret = Schema.is(WorkspaceSecret)

/** A secret as JSON. */
export const toJson = (secret: WorkspaceSecret): A.Json => encode(secret)

/** Fails unless a secret has exactly these fields. */
export const isEntity = (
  world: Pick<World, "target">,
  what: string,
  secret: WorkspaceSecret,
  fields: Fields,
  options: { readonly info?: boolean } = {}
): Effect.Effect<void, ExpectationFailed> =>
  Effect.zipRight(
    holds(isSecret(secret), `${what}: expected a WorkspaceSecret`),
    hasFields(world, toJson(secret), fields, what, options)
  )

/** The payload of a create with these fields. */
export const payloadOf = ({ externalId, labels, name, value }: Fields): CreateWorkspaceSecret => ({
  metadata: { name, labels, externalId: externalId === undefined ? undefined : ExternalId.make(externalId) },
  spec: { value: value === undefined ? undefined : Redacted.make(value) }
})

/** Creates a secret through the client, and deletes it when the scope closes. */
export const createWith = (
  self: Client,
  fields: Fields
): Effect.Effect<WorkspaceSecret, unknown, Scope.Scope> =>
  Effect.acquireRelease(self.create(payloadOf(fields)), ({ metadata }) => Effect.ignore(self.delete(metadata.id)))

/** A call of every operation with its name in errors; `stream` is `list`. */
export const calls = (
  self: Client,
  { mine }: Pick<World, "mine">
): ReadonlyArray<readonly [operation: string, Effect.Effect<unknown, unknown, Scope.Scope>]> => {
  const id = WorkspaceSecretId.make(unknownId)
  return [
    ["list", self.list()],
    ["list", Stream.runDrain(self.stream())],
    ["create", createWith(self, { name: mine.name() })],
    ["get", self.get(id)],
    ["update", self.update(id, {})],
    ["delete", self.delete(id)],
    ["whoami", self.whoami()]
  ]
}

/** The expected fields of an error. */
export interface ExpectedError {
  readonly tag: string
  readonly status: number
  readonly code?: number | undefined
}

/** Fails unless a call fails with this error. */
export const failsWith = <R>(
  operation: string,
  call: Effect.Effect<unknown, unknown, R>,
  { code, status, tag }: ExpectedError
): Effect.Effect<A.Json, ExpectationFailed, R> =>
  Effect.matchEffect(call, {
    onSuccess: () => fail(`${operation}: expected ${tag}, got a success`),
    onFailure: (error) => {
      const got = typeof error === "object" && error !== null ? error as A.Json : {}
      const { _tag, code: gotCode, operation: gotOperation, requestId, status: gotStatus } = got
      return Effect.as(
        same(
          { tag: _tag, status: gotStatus, code: code === undefined ? undefined : gotCode, operation: gotOperation },
          { tag, status, code, operation },
          `${operation}: its error`
        ).pipe(Effect.zipRight(
          holds(
            typeof requestId === "string" && requestId !== "",
            `${operation}: expected a requestId in ${tag}, got none`
          )
        )),
        got
      )
    }
  })
