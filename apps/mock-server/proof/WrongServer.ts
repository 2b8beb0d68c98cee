import type { Tenant } from "@workspace-secrets/contract-tests/Target"
import * as Redacted from "effect/Redacted"
import type { Fetch } from "../test/target.js"

/** A server with one defect, made from the correct one. */
export type WrongServer = (right: Fetch, other: Tenant) => Fetch

/** Defects of servers, each with the behaviours that detect it. */
export type WrongServers = Readonly<
  Record<string, readonly [wrong: WrongServer, ...breaks: readonly [string, ...ReadonlyArray<string>]]>
>

export interface Asked {
  readonly url: URL
  readonly request: Request
  readonly body: string
  /** The body as JSON, or an empty object. */
  readonly json: Json
  /** Calls the correct server, with the same request or a changed one. */
  readonly ask: (change?: Change) => Promise<Response>
}

interface Change {
  readonly url?: URL
  readonly method?: string
  readonly body?: string
  readonly authorization?: string
  readonly contentType?: string
}

export type Json = Readonly<Record<string, unknown>>

const isJson = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** Parses a text as JSON, if it is valid. */
export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The object at a path, or an empty object. */
export const at = (json: unknown, ...path: ReadonlyArray<string>): Json => {
  const found = path.reduce<unknown>((inner, key) => isJson(inner) ? inner[key] : undefined, json)
  return isJson(found) ? found : {}
}

/** A value if it is a string, or an empty string. */
export const text = (u: unknown): string => typeof u === "string" ? u : ""

export const metadataOf = (json: unknown): Json => at(json, "metadata")

/** Makes a `fetch` from a function of the parsed request. */
export const asking =
  (answer: (asked: Asked, other: Tenant) => Promise<Response>): WrongServer =>
  (right, other) =>
  async (
    input,
    init
  ) => {
    const request = new Request(input, init)
    const body = await request.clone().text()
    const ask = (change: Change = {}) => {
      const headers = new Headers(request.headers)
      const { authorization, contentType } = change
      for (const [name, value] of [["authorization", authorization], ["content-type", contentType]] as const) {
        if (value !== undefined) {
          headers.set(name, value)
        }
      }
      const method = change.method ?? request.method
      return right(change.url ?? request.url, {
        method,
        headers,
        ...(["GET", "HEAD", "DELETE"].includes(method) ? {} : { body: change.body ?? body })
      })
    }
    return answer({ url: new URL(request.url), request, body, json: at(parse(body)), ask }, other)
  }

/** A server with state: `make` is called for each server. */
export const remembering = (make: () => WrongServer): WrongServer => (right, other) => make()(right, other)

/** The JSON of a response. */
export const read = async (response: Response): Promise<Json> => at(parse(await response.text()))

/** A response with another body and the same headers. */
export const answered = (response: Response, body: unknown, status = response.status): Response =>
  new Response(JSON.stringify(body), { status, headers: response.headers })

/** A response with headers changed or removed. */
export const withHeaders = (response: Response, change: Readonly<Record<string, string | undefined>>): Response => {
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) {
      headers.delete(name)
    } else {
      headers.set(name, value)
    }
  }
  return new Response(response.body, { status: response.status, headers })
}

/** A URL with parameters set or removed. */
export const withQuery = (url: URL, query: Readonly<Record<string, string | undefined>>): URL => {
  const changed = new URL(url)
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) {
      changed.searchParams.delete(key)
    } else {
      changed.searchParams.set(key, value)
    }
  }
  return changed
}

/** The path of the request's collection. */
const collectionOf = (url: URL): string => /^.*\/workspace_secrets/.exec(url.pathname)?.[0] ?? url.pathname

/** The path of a secret in the request's collection, by its id, or `external_id:` and its external id. */
export const addressed = (url: URL, id: string): URL => new URL(`${collectionOf(url)}/${encodeURIComponent(id)}`, url)

/** The raw reference to a secret in a path. `undefined` in that of the collection. */
export const refOf = (url: URL): string => /\/workspace_secrets\/([^/]*)$/.exec(url.pathname)?.[1] ?? ""

/** The URL without a workspace. */
export const unscoped = (url: URL): URL => new URL(url.pathname.replace(/\/workspaces\/[^/]+/, "") + url.search, url)

/** The key of another tenant. */
export const keyOf = ({ apiKey }: Tenant): string => `Bearer ${Redacted.value(apiKey)}`

export const isList = ({ request, url }: Asked): boolean =>
  request.method === "GET" && url.pathname.endsWith("/workspace_secrets")

export const isWhoami = ({ url }: Asked): boolean => url.pathname.endsWith("/v1/whoami")

/** Changes the responses of the correct server. */
export const answers = (
  change: (response: Response, asked: Asked, other: Tenant) => Response | Promise<Response>
): WrongServer => asking(async (asked, other) => change(await asked.ask(), asked, other))

/** Whether a response has a body: those to HEAD and to preflights have none. */
const hasBody = ({ request }: Asked): boolean => request.method !== "HEAD" && request.method !== "OPTIONS"

/** Changes the body of successful responses. */
export const bodies = (change: (body: Json, asked: Asked) => Json): WrongServer =>
  answers(async (response, asked) =>
    response.ok && hasBody(asked) ? answered(response, change(await read(response), asked)) : response
  )

/** Changes the items of lists. */
export const items = (
  change: (items: ReadonlyArray<Json>, asked: Asked) => ReadonlyArray<Json>
): WrongServer =>
  bodies((body, asked) =>
    Array.isArray(body["items"]) ? { ...body, items: change(body["items"].map((item) => at(item)), asked) } : body
  )

/** Changes each secret in successful responses. */
export const secrets = (change: (secret: Json, asked: Asked) => Json): WrongServer =>
  bodies((body, asked) =>
    Array.isArray(body["items"])
      ? { ...body, items: body["items"].map((item) => change(at(item), asked)) }
      : "metadata" in body && !isWhoami(asked)
      ? change(body, asked)
      : body
  )

/** Changes the metadata of each secret in successful responses. */
export const inMetadata = (change: (metadata: Json, asked: Asked) => Json): WrongServer =>
  secrets((secret, asked) => ({ ...secret, metadata: change(metadataOf(secret), asked) }))

/** Changes body, status and headers of errors. */
export const errors = (change: (body: Json, response: Response, asked: Asked) => Response): WrongServer =>
  answers(async (response, asked) =>
    response.ok || !hasBody(asked) ? response : change(await read(response), response, asked)
  )

/** Changes the request to the correct server. */
export const requests = (change: (asked: Asked, other: Tenant) => Change | Promise<Change>): WrongServer =>
  asking(async (asked, other) => asked.ask(await change(asked, other)))

/** Changes the body of requests. */
export const sent = (
  method: string,
  change: (body: Json, asked: Asked) => Json | Promise<Json>
): WrongServer =>
  requests(async (asked) =>
    asked.request.method === method && isJson(parse(asked.body))
      ? { body: JSON.stringify(await change(asked.json, asked)) }
      : {}
  )

/** An error response: google.rpc.Status. */
export const refusal = (status: number, code: number): Response =>
  new Response(JSON.stringify({ code, message: "refused" }), {
    status,
    headers: { "content-type": "application/json", "x-request-id": "refused" }
  })

/** Rejects a request without calling the correct server. Default: INVALID_ARGUMENT. */
export const refuses = (
  when: (asked: Asked) => boolean | Promise<boolean>,
  [status, code]: readonly [status: number, code: number] = [400, 3]
): WrongServer => asking(async (asked) => await when(asked) ? refusal(status, code) : asked.ask())

/** Sends a changed request if the correct server rejects the original. */
export const insists = (
  status: number,
  change: (asked: Asked, other: Tenant) => Change | undefined | Promise<Change | undefined>
): WrongServer =>
  answers(async (response, asked, other) => {
    const again = response.status === status ? await change(asked, other) : undefined
    return again === undefined ? response : asked.ask(again)
  })

/** Changes the request of a list. */
export const listed = (
  change: (query: URLSearchParams) => Readonly<Record<string, string | undefined>>
): WrongServer =>
  requests((asked) => isList(asked) ? { url: withQuery(asked.url, change(asked.url.searchParams)) } : {})

/** The cursor of the next page, if there is one. */
export const nextCursorOf = (page: unknown): string | undefined => {
  const { nextCursor } = at(page, "pagination")
  return nextCursor === "" ? undefined : nextCursor as string | undefined
}

/** The last page. */
const LAST = { nextCursor: "" }

/** Reads all pages of a list from the correct server. */
const allOf = async ({ ask }: Asked, url: URL): Promise<ReadonlyArray<Json>> => {
  const all: Array<Json> = []
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const page = await read(
      await ask({ url: withQuery(url, { limit: "200", cursor: cursor === "" ? undefined : cursor }) })
    )
    all.push(...page["items"] as ReadonlyArray<Json>)
    cursor = nextCursorOf(page)
  }
  return all
}

/** Filters a list itself: requests it without these parameters, and tests each item. */
export const filtered = (
  parameters: ReadonlyArray<string>,
  matches: (item: Json, query: URLSearchParams) => boolean
): WrongServer =>
  asking(async (asked) => {
    const { searchParams } = asked.url
    if (!isList(asked) || searchParams.has("cursor") || !parameters.some((name) => searchParams.has(name))) {
      return asked.ask()
    }
    const url = withQuery(asked.url, Object.fromEntries(parameters.map((name) => [name, undefined])))
    const response = await asked.ask({ url })
    if (!response.ok) {
      return response
    }
    const all = await allOf(asked, url)
    return answered(response, { items: all.filter((item) => matches(item, searchParams)), pagination: LAST })
  })

/** Pages a list itself: `start` derives the start of a page from its cursor. */
export const paged = (
  cursorOf: (items: ReadonlyArray<Json>, end: number) => string,
  start: (items: ReadonlyArray<Json>, cursor: string) => number
): WrongServer =>
  asking(async (asked) => {
    const { limit, cursor = "" } = Object.fromEntries(asked.url.searchParams)
    if (!isList(asked) || limit === undefined) {
      return asked.ask()
    }
    const first = await asked.ask({ url: withQuery(asked.url, { cursor: undefined }) })
    if (!first.ok) {
      return first
    }
    const all = await allOf(asked, asked.url)
    const begin = cursor === "" ? 0 : start(all, cursor)
    const end = begin + Number(limit)
    const pagination = end < all.length ? { nextCursor: cursorOf(all, end) } : LAST
    return answered(first, { items: all.slice(begin, end), pagination })
  })

/** Wraps the cursors of the correct server. */
export const cursors = (
  write: (cursor: string, query: URLSearchParams) => string,
  read: (cursor: string, query: URLSearchParams) => string
): WrongServer =>
  asking(async (asked) => {
    const { searchParams } = asked.url
    const cursor = searchParams.get("cursor")
    const response = await asked.ask(
      isList(asked) && cursor !== null ? { url: withQuery(asked.url, { cursor: read(cursor, searchParams) }) } : {}
    )
    if (!isList(asked) || !response.ok) {
      return response
    }
    const page = at(parse(await response.text()))
    const nextCursor = nextCursorOf(page)
    const pagination = nextCursor === undefined ? LAST : { nextCursor: write(nextCursor, searchParams) }
    return answered(response, { ...page, pagination })
  })
