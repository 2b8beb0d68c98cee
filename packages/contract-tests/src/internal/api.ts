import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Layout, Service, Tenant } from "../Target.js"
import { ExpectationFailed } from "./expect.js"
import { whyNoAnswer } from "./whyNoAnswer.js"

/** A response with its whole body. */
export interface Answer {
  /** `GET /v1/whoami`, for messages. */
  readonly request: string
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** The body as JSON, or an error. */
  readonly json: Either.Either<unknown, string>
}

export type Asking = Effect.Effect<Answer, ExpectationFailed, Scope.Scope>

/** A request without method and path. */
export interface Sending {
  readonly query?: Readonly<Record<string, string>> | undefined
  /** The body, sent unchanged. */
  readonly body?: string | undefined
  /** Default with a body: `application/json`. */
  readonly contentType?: string | undefined
  /** Additional headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The key and the path layout of requests. */
export interface Session {
  readonly layout: Layout
  /** The workspace in a scoped path: id or alias. */
  readonly workspace: string
  /** The `Authorization` header; without one, none is sent. */
  readonly authorization: string | undefined
}

/**
 * The API over plain HTTP, in one layout. Everything that a POST creates is deleted when the scope closes, also if it
 * should have failed.
 */
export interface Api {
  readonly layout: Layout
  /** The `Authorization` header that is sent, if one is. */
  readonly authorization: string | undefined
  /** The path of the collection. */
  readonly collection: string
  readonly list: (query?: Readonly<Record<string, string>>) => Asking
  readonly create: (body: unknown) => Asking
  /** The path of a secret, by id or `external_id:…`, percent-encoded. */
  readonly get: (id: string) => Asking
  readonly update: (id: string, body: unknown) => Asking
  readonly delete: (id: string) => Asking
  readonly whoami: () => Asking
  readonly send: (method: string, path: string, sending?: Sending) => Asking
  /** The same API with another key or layout. */
  readonly with: (change: Partial<Session>) => Api
}

const bearer = ({ apiKey }: Tenant): string => `Bearer ${Redacted.value(apiKey)}`

export const sessionOf = (tenant: Tenant, layout: Layout): Session => ({
  layout,
  workspace: tenant.workspaceId,
  authorization: bearer(tenant)
})

const parse = (body: string): Either.Either<unknown, string> =>
  Either.try({ try: () => JSON.parse(body) as unknown, catch: () => "not JSON" })

const sender =
  (target: Service, { authorization, workspace }: Session) =>
  (method: string, path: string, sending: Sending): Asking => {
    const query = sending.query === undefined ? "" : `?${new URLSearchParams(sending.query).toString()}`
    const request = `${method} ${path}${query}`
    const exchange = Effect.tryPromise({
      try: async (signal): Promise<Answer> => {
        const response = await target.fetch(`${target.baseUrl}${path}${query}`, {
          method,
          headers: {
            accept: "application/json",
            ...(authorization === undefined ? {} : { authorization }),
            ...(sending.body === undefined ? {} : { "content-type": sending.contentType ?? "application/json" }),
            ...sending.headers
          },
          ...(sending.body === undefined ? {} : { body: sending.body }),
          redirect: "manual",
          signal
        })
        const body = await response.text()
        return { request, status: response.status, headers: response.headers, body, json: parse(body) }
      },
      catch: (error) => new ExpectationFailed({ message: `${request}: expected an answer, got ${whyNoAnswer(error)}` })
    })
    return method === "POST"
      ? Effect.acquireRelease(
        exchange,
        (answer) => Effect.ignore(remove(target, authorization ?? bearer(target), workspace, answer))
      )
      : exchange
  }

/** Deletes a created secret, by the other layout if the server lacks the first. */
const remove = (
  target: Service,
  authorization: string,
  workspace: string,
  answer: Answer
): Effect.Effect<void, unknown> => {
  const id = answer.status < 300 ? idOf(answer) : undefined
  return id === undefined
    ? Effect.void
    : Effect.tryPromise(async () => {
      const headers = { authorization }
      for (const layout of ["unscoped", "scoped"] as const) {
        const url = `${target.baseUrl}${collectionOf(layout, workspace)}/${encodeURIComponent(id)}`
        const response = await target.fetch(url, { method: "DELETE", headers })
        await response.text()
        if (response.ok) {
          return
        }
      }
    })
}

const collectionOf = (layout: Layout, workspace: string): string =>
  layout === "unscoped"
    ? "/v1/workspace_secrets"
    : `/v1/workspaces/${encodeURIComponent(workspace)}/workspace_secrets`

/** The id of the resource in a response, if it has one. */
export const idOf = ({ json }: Answer): string | undefined => {
  const { metadata } = Either.getOrElse(json, () => undefined) as { metadata?: { id?: unknown } } ?? {}
  return typeof metadata?.id === "string" && metadata.id !== "" ? metadata.id : undefined
}

export const make = (target: Service, session: Session): Api => {
  const collection = collectionOf(session.layout, session.workspace)
  const item = (id: string) => `${collection}/${encodeURIComponent(id)}`
  const ask = sender(target, session)
  return {
    layout: session.layout,
    authorization: session.authorization,
    collection,
    list: (query) => ask("GET", collection, { query }),
    create: (body) => ask("POST", collection, { body: JSON.stringify(body) }),
    get: (id) => ask("GET", item(id), {}),
    update: (id, body) => ask("PATCH", item(id), { body: JSON.stringify(body) }),
    delete: (id) => ask("DELETE", item(id), {}),
    whoami: () => ask("GET", "/v1/whoami", {}),
    send: (method, path, sending = {}) => ask(method, path, sending),
    with: (change) => make(target, { ...session, ...change })
  }
}
