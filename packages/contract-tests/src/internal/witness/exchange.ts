import { isApiKey } from "@workspace-secrets/core/ApiKey"
import { snakeCase } from "@workspace-secrets/core/FieldName"
import * as Either from "effect/Either"
import type { Operation } from "../../Behaviour.js"
import type { Seal } from "../../Seal.js"
import type { Layout } from "../../Target.js"
import * as A from "../answer.js"
import type { Answer } from "../api.js"
import { knownFields } from "../published.js"
import { published } from "../served.js"

/** A raw exchange. */
export interface Raw {
  readonly method: string
  /** The path and the query as sent. */
  readonly target: string
  readonly requestHeaders: Headers
  readonly requestBody: string
  readonly requestBytes: number
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** The route of a request. */
export interface Route {
  readonly kind: "collection" | "item" | "whoami" | "published" | "none"
  readonly layout: Layout | undefined
  /** The workspace in the path: id or alias. */
  readonly workspace: string | undefined
  /** The last segment as sent. */
  readonly rawRef: string
  /** The id in the path. */
  readonly id: string | undefined
  /** The external id in the path. */
  readonly externalId: string | undefined
  /** The path template, without content of the caller. */
  readonly template: string
}

/** The credentials of a request. */
export interface Credential {
  readonly form: "none" | "malformed" | "bearer"
  /** The key, sealed. */
  readonly key: string
  readonly isSpaced: boolean
}

/** A parsed exchange. Values and keys are sealed, and unknown fields removed. */
export interface Exchange {
  readonly operation: Operation | "head" | "preflight" | "other"
  readonly method: string
  readonly route: Route
  readonly query: URLSearchParams
  readonly requestHeaders: Headers
  readonly credential: Credential
  /** The request body as JSON, or an error. */
  readonly sent: Either.Either<unknown, string>
  readonly sentBytes: number
  /** The response without unknown fields. */
  readonly answer: Answer
  /** The response with unknown fields. */
  readonly whole: Answer
  /** The names of unknown fields. */
  readonly unknownFields: ReadonlyArray<string>
  /** Whether the response is not from the API, but for example from a gateway with HTML. */
  readonly isForeign: boolean
  /** The items of a page whose value contains the query. */
  readonly valueHits: ReadonlySet<string>
}

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const EXTERNAL_ID = "external_id:"

const patternOf = (template: string) => new RegExp(`^${template.replaceAll(/\{[^}]*\}/g, "[^/]+")}$`)

const publishedPatterns = published.map((template) => [template, patternOf(template)] as const)

export const routeOf = (path: string): Route => {
  const base = { layout: undefined, workspace: undefined, rawRef: "", id: undefined, externalId: undefined } as const
  if (path === "/v1/whoami") {
    return { ...base, kind: "whoami", template: path }
  }
  const match = /^\/v1\/(?:workspaces\/([^/]+)\/)?workspace_secrets(?:\/([^/]+))?$/.exec(path)
  if (match === null) {
    const template = publishedPatterns.find(([, pattern]) => pattern.test(path))?.[0]
    return template === undefined
      ? { ...base, kind: "none", template: "another path" }
      : { ...base, kind: "published", template }
  }
  const [, workspace, rawRef] = match
  const ref = rawRef === undefined ? undefined : decode(rawRef)
  const isExternal = ref?.startsWith(EXTERNAL_ID) === true
  return {
    kind: rawRef === undefined ? "collection" : "item",
    layout: workspace === undefined ? "unscoped" : "scoped",
    workspace: workspace === undefined ? undefined : decode(workspace),
    rawRef: rawRef ?? "",
    id: isExternal ? undefined : ref,
    externalId: isExternal ? ref.slice(EXTERNAL_ID.length) : undefined,
    template: `/v1/${workspace === undefined ? "" : "workspaces/{workspaceId}/"}workspace_secrets${
      rawRef === undefined ? "" : "/{id}"
    }`
  }
}

const operations: Readonly<Record<string, Operation>> = {
  "GET collection": "list",
  "POST collection": "create",
  "GET item": "get",
  "PATCH item": "update",
  "DELETE item": "delete",
  "GET whoami": "whoami"
}

export const credentialOf = (headers: Headers, seal: Seal): Credential => {
  const header = headers.get("authorization")
  const key = /^bearer +(.+)$/i.exec(header ?? "")?.[1]
  return header === null
    ? { form: "none", key: "", isSpaced: false }
    : key === undefined || !isApiKey(key)
    ? { form: "malformed", key: "", isSpaced: false }
    : { form: "bearer", key: seal(key), isSpaced: /\s/.test(key) }
}

/** A query parameter, by either spelling. */
export const parameter = (query: URLSearchParams, name: string): string | undefined =>
  query.get(name) ?? query.get(snakeCase(name)) ?? undefined

const notJson = Either.left("not JSON")

/** Most requests have no body, and parsing it would be the slowest step. */
export const parse = (body: string): Either.Either<unknown, string> =>
  body === "" ? notJson : Either.try({ try: () => JSON.parse(body) as unknown, catch: () => "not JSON" })

/** The known fields of an object; a field may have nested fields. */
interface Shape {
  readonly [field: string]: Shape | "field" | "value" | readonly [Shape]
}

const fields = (model: Parameters<typeof knownFields>[0], inner: Shape = {}): Shape => ({
  ...Object.fromEntries(knownFields(model).map((field) => [field, "field" as const])),
  ...inner
})

const profile = fields("Profile", {
  metadata: fields("AccountResourceMetadata"),
  spec: fields("ProfileSpec")
})

const secret = fields("WorkspaceSecret", {
  metadata: fields("ResourceMetadata"),
  spec: { value: "value" },
  info: { ...fields("WorkspaceSecretInfo"), createdBy: profile }
})

const shapes: Readonly<Record<string, Shape>> = {
  list: fields("Page", { items: [secret], pagination: fields("Pagination") }),
  create: secret,
  get: secret,
  update: secret,
  whoami: profile,
  error: { code: "field", message: "field", details: "field" }
}

/** The kept form of a value: the seal of a string, the type of anything else. */
const sealed = (value: unknown, seal: Seal): unknown =>
  typeof value === "string"
    ? value === "" ? "" : seal(value)
    : typeof value === "number"
    ? 0
    : Array.isArray(value)
    ? []
    : typeof value === "object" && value !== null
    ? {}
    : value

const isRecord = (u: unknown): u is A.Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** A name that may be shown, because it looks like a field name. */
const nameOf = (key: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]{0,29}$/.test(key) ? key : `a name of ${key.length} characters`

const read = (json: unknown, shape: Shape, seal: Seal, path: string, unknown: Set<string>): unknown =>
  isRecord(json)
    ? Object.fromEntries(
      Object.entries(json).flatMap(([key, inner]) => {
        const of = Object.hasOwn(shape, key) ? shape[key] : undefined
        const where = `${path}${nameOf(key)}`
        if (of === undefined) {
          unknown.add(where)
          return []
        }
        return [[
          key,
          of === "field"
            ? inner
            : of === "value"
            ? sealed(inner, seal)
            : Array.isArray(of)
            ? Array.isArray(inner)
              ? inner.map((item) => read(item, of[0] as Shape, seal, `${where}[].`, unknown))
              : inner
            : read(inner, of as Shape, seal, `${where}.`, unknown)
        ]]
      })
    )
    : json

/** The values of secrets in a response, by id. */
const valuesOf = (json: unknown): ReadonlyArray<readonly [id: string, value: string]> => {
  const { items } = A.at(json)
  return (Array.isArray(items) ? items : []).flatMap((item) => {
    const { value } = A.at(item, "spec")
    return typeof value === "string" ? [[String(A.at(item, "metadata")["id"]), value] as const] : []
  })
}

/** The body of a request with its value sealed. */
const sealSent = (json: unknown, seal: Seal): unknown => {
  if (!isRecord(json) || !Object.hasOwn(json, "spec")) {
    return json
  }
  const { spec } = json
  return {
    ...json,
    spec: isRecord(spec)
      ? Object.hasOwn(spec, "value") ? { ...spec, value: sealed(spec["value"], seal) } : spec
      : sealed(spec, seal)
  }
}

const isJsonType = (headers: Headers): boolean => /\bjson\b/i.test(headers.get("content-type") ?? "")

/** Parses an exchange. The result contains no value and no key. */
export const make = (raw: Raw, seal: Seal): Exchange => {
  const [path = "", search = ""] = raw.target.split(/\?(.*)/s)
  const route = routeOf(path)
  const query = new URLSearchParams(search)
  const operation = raw.method === "HEAD"
    ? "head"
    : raw.method === "OPTIONS"
    ? "preflight"
    : operations[`${raw.method} ${route.kind}`] ?? "other"
  const json = parse(raw.body)
  const unknown = new Set<string>()
  const isSuccess = raw.status >= 200 && raw.status < 300
  const shape = shapes[isSuccess ? operation : "error"]
  const answer = {
    request: `${raw.method} ${route.template}`,
    status: raw.status,
    headers: raw.headers,
    // The content is only used as JSON; a HEAD needs only to know whether there is a body.
    body: raw.body === "" ? "" : "…"
  }
  const asked = (query.get("query") ?? "").toLowerCase()
  return {
    operation,
    method: raw.method,
    route,
    query,
    requestHeaders: raw.requestHeaders,
    credential: credentialOf(raw.requestHeaders, seal),
    sent: Either.map(parse(raw.requestBody), (sent) => sealSent(sent, seal)),
    sentBytes: raw.requestBytes,
    answer: {
      ...answer,
      json: shape === undefined ? json : Either.map(json, (body) => read(body, shape, seal, "", unknown))
    },
    whole: { ...answer, json },
    unknownFields: operation === "head" || operation === "preflight" ? [] : [...unknown],
    isForeign: !raw.headers.has("x-request-id") && !isJsonType(raw.headers) && !isSuccess,
    valueHits: new Set(
      operation === "list" && asked !== "" && isSuccess && Either.isRight(json)
        ? valuesOf(json.right).filter(([, value]) => value.toLowerCase().includes(asked)).map(([id]) => id)
        : []
    )
  }
}
