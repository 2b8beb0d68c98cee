/** The calls of generated tests: symbolic, for generation and printing, and with the ids and values of one run. */

/** The caller and its path layout. */
export interface Asking {
  /** The number of the API key. The one after the last is unknown to the server. */
  readonly key: number
  readonly layout: Layout
}

/** The workspace in the path: none, the id or alias of the key's workspace, or the id of another key's. */
export type Layout = "unscoped" | "id" | "alias" | "another"

/** The value of a secret, by number. Its text is made when it is sent, so generated and printed calls do not contain it. */
export class Value {
  constructor(readonly number: number) {}
}

/** A reference to a secret: an existing or deleted one, for its owner or anyone, or any address. */
export type Ref =
  | { readonly among: "created" | "deleted"; readonly number: number; readonly by: "owner" | "anyone" }
  | { readonly externalId: string }
  | { readonly id: string }

/** A body: JSON that may contain `Value`s, or any text. */
export type Body = { readonly json: unknown } | { readonly text: string; readonly contentType: string }

export type Query = Readonly<Record<string, string>>

/** A generated request. Its references are resolved in a run, so they change when earlier requests are removed. */
export type Request =
  & Asking
  & (
    | { readonly op: "whoami" }
    | { readonly op: "list"; readonly query: Query }
    /** The page after a received one; or, to be rejected, with other parameters or another key. */
    | { readonly op: "next"; readonly page: number; readonly change: Query; readonly by: "owner" | "anyone" }
    | { readonly op: "create"; readonly body: Body }
    /** Enough creates to reach limits. */
    | { readonly op: "fill"; readonly count: number }
    | { readonly op: "get" | "delete"; readonly ref: Ref }
    | { readonly op: "update"; readonly ref: Ref; readonly body: Body }
  )

/** A request in one run. */
export interface Call {
  readonly op: "whoami" | "list" | "create" | "get" | "update" | "delete"
  readonly key: number
  /** The workspace in the path. */
  readonly workspace: string | undefined
  readonly query: Query
  readonly target: { readonly id: string } | { readonly externalId: string } | undefined
  readonly body: string | undefined
  readonly contentType: string
}

/** A response in one run. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A created secret, with its key. */
export interface Created {
  readonly id: string
  readonly key: number
}

/** What requests can refer to. */
export interface Names {
  readonly created: ReadonlyArray<Created>
  readonly deleted: ReadonlyArray<Created>
  readonly pages: ReadonlyArray<{ readonly cursor: string; readonly call: Call }>
  readonly workspace: (key: number) => string
  readonly value: (value: Value) => string
}

const json = "application/json"

/** Replaces values by their text. */
const filled = (body: unknown, names: Names): unknown =>
  body instanceof Value
    ? names.value(body)
    : typeof body === "object" && body !== null && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body).map(([key, inner]) => [key, filled(inner, names)]))
    : body

const at = <A>(all: ReadonlyArray<A>, number: number): A | undefined => all[number % Math.max(all.length, 1)]

/** Resolves a request in a run. A missing page becomes the first one. */
export const resolve = (request: Request, names: Names): Call => {
  const base = { key: request.key, query: {}, target: undefined, body: undefined, contentType: json }
  const scope = (key: number, layout: Layout) =>
    layout === "unscoped"
      ? undefined
      : layout === "alias"
      ? "development"
      : names.workspace(layout === "id" ? key : (key + 1) % 3)
  const ofSecret = (ref: Ref) => {
    if (!("among" in ref)) {
      return { ...base, workspace: scope(request.key, request.layout), target: ref }
    }
    const { id, key } = at(names[ref.among], ref.number) ?? { id: "wsecret_none", key: request.key }
    const by = ref.by === "owner" ? key : request.key
    return { ...base, key: by, workspace: scope(by, request.layout), target: { id } }
  }
  const withBody = (body: Body) =>
    "text" in body
      ? { body: body.text, contentType: body.contentType }
      : { body: JSON.stringify(filled(body.json, names)) }
  switch (request.op) {
    case "whoami":
      return { ...base, op: "whoami", workspace: undefined }
    case "list":
      return { ...base, op: "list", workspace: scope(request.key, request.layout), query: request.query }
    case "next": {
      const page = at(names.pages, request.page)
      const key = request.by === "owner" ? page?.call.key ?? request.key : request.key
      const query = page === undefined ? request.change : { ...page.call.query, cursor: page.cursor, ...request.change }
      return { ...base, op: "list", key, workspace: scope(key, request.layout), query }
    }
    case "create":
    case "fill": {
      const body = request.op === "fill" ? { json: { metadata: { name: "a" }, spec: {} } } : request.body
      return { ...base, op: "create", workspace: scope(request.key, request.layout), ...withBody(body) }
    }
    case "get":
    case "delete":
      return { ...ofSecret(request.ref), op: request.op }
    case "update":
      return { ...ofSecret(request.ref), ...withBody(request.body), op: "update" }
  }
}

const methods = { whoami: "GET", list: "GET", create: "POST", get: "GET", update: "PATCH", delete: "DELETE" }

/** The method of a call, and its path with the query. */
export const address = ({ op, query, target, workspace }: Call): { readonly method: string; readonly path: string } => {
  const base = op === "whoami" ?
    "/v1/whoami" :
    `/v1${workspace === undefined ? "" : `/workspaces/${workspace}`}/workspace_secrets`
  const ref = target === undefined
    ? ""
    : `/${encodeURIComponent("id" in target ? target.id : `external_id:${target.externalId}`)}`
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")
  return { method: methods[op], path: `${base}${ref}${parameters === "" ? "" : `?${parameters}`}` }
}
