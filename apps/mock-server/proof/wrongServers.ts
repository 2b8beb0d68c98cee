import type { Tenant } from "@workspace-secrets/contract-tests/Target"
import * as Redacted from "effect/Redacted"
import type { Fetch } from "../test/target.js"

/** A server that is wrong in one way: what it makes of the right one. */
export type Wrong = (right: Fetch, other: Tenant) => Fetch

interface Asked {
  readonly url: URL
  readonly request: Request
  readonly body: string
  /** Asks the right server the same, or with something changed. */
  readonly ask: (change?: Change) => Promise<Response>
}

interface Change {
  readonly url?: URL
  readonly method?: string
  readonly body?: string
  readonly authorization?: string
}

export type Json = Readonly<Record<string, unknown>>

/** A `fetch` in terms of what is asked. */
const asking =
  (answer: (asked: Asked, right: Fetch, other: Tenant) => Promise<Response>): Wrong =>
  (right, other) =>
  async (input, init) => {
    const request = new Request(input, init)
    const body = await request.clone().text()
    const ask = (change: Change = {}) => {
      const headers = new Headers(request.headers)
      if (change.authorization !== undefined) {
        headers.set("authorization", change.authorization)
      }
      const method = change.method ?? request.method
      return right(change.url ?? request.url, {
        method,
        headers,
        ...(method === "GET" || method === "DELETE" ? {} : { body: change.body ?? body })
      })
    }
    return answer({ url: new URL(request.url), request, body, ask }, right, other)
  }

const json = async (response: Response): Promise<Json> => await response.json() as Json

const answered = (response: Response, body: unknown, status = response.status): Response =>
  new Response(JSON.stringify(body), { status, headers: response.headers })

/** A URL with parameters set, or left out. */
const withQuery = (url: URL, query: Readonly<Record<string, string | undefined>>): URL => {
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

const isList = ({ request, url }: Asked): boolean =>
  request.method === "GET" && url.pathname.endsWith("/workspace_secrets")

/** Changes the answers of the right server. */
export const answers = (
  change: (response: Response, asked: Asked, other: Tenant) => Response | Promise<Response>
): Wrong => asking(async (asked, _, other) => change(await asked.ask(), asked, other))

/** Changes the body of what succeeds. */
export const bodies = (change: (body: Json, asked: Asked) => Json): Wrong =>
  answers(async (response, asked) => response.ok ? answered(response, change(await json(response), asked)) : response)

/** Changes each secret in the answers that succeed. */
export const secrets = (change: (secret: Json, asked: Asked) => Json): Wrong =>
  bodies((body, asked) =>
    Array.isArray(body["items"])
      ? { ...body, items: body["items"].map((item) => change(item as Json, asked)) }
      : "metadata" in body && !asked.url.pathname.endsWith("/whoami")
      ? change(body, asked)
      : body
  )

/** Changes the body of errors, and their status and headers. */
export const errors = (change: (body: Json, response: Response, asked: Asked) => Response): Wrong =>
  answers(async (response, asked) => response.ok ? response : change(await json(response), response, asked))

/** Changes what is asked of the right server. */
export const requests = (change: (asked: Asked, other: Tenant) => Change | Promise<Change>): Wrong =>
  asking(async (asked, _, other) => asked.ask(await change(asked, other)))

/** Changes the body of requests. */
export const sent = (method: string, change: (body: Json) => Json): Wrong =>
  requests(({ body, request }) =>
    request.method === method && body.startsWith("{") && body.endsWith("}") && isParsable(body)
      ? { body: JSON.stringify(change(JSON.parse(body) as Json)) }
      : {}
  )

const isParsable = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Asks a list for something else. */
export const listed = (change: (query: URLSearchParams) => Readonly<Record<string, string | undefined>>): Wrong =>
  requests((asked) => isList(asked) ? { url: withQuery(asked.url, change(asked.url.searchParams)) } : {})

/** All items that a list of the right server has, whatever the page. */
const allOf = async ({ ask }: Asked, url: URL): Promise<ReadonlyArray<Json>> => {
  const items: Array<Json> = []
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const page = await json(
      await ask({ url: withQuery(url, { limit: "200", cursor: cursor === "" ? undefined : cursor }) })
    )
    items.push(...page["items"] as ReadonlyArray<Json>)
    cursor = (page["pagination"] as { readonly nextCursor?: string }).nextCursor
  }
  return items
}

/** Filters a list by itself: asks for one without these parameters, and looks at each item. */
export const filtered = (
  parameters: ReadonlyArray<string>,
  matches: (item: Json, query: URLSearchParams) => boolean
): Wrong =>
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
    const items = await allOf(asked, url)
    return answered(response, { items: items.filter((item) => matches(item, searchParams)), pagination: {} })
  })

/** Cuts a list into pages by itself: `start` finds out from the cursor where the page begins. */
export const paged = (
  cursorOf: (items: ReadonlyArray<Json>, end: number) => string,
  start: (items: ReadonlyArray<Json>, cursor: string) => number
): Wrong =>
  asking(async (asked) => {
    const { limit, cursor = "" } = Object.fromEntries(asked.url.searchParams)
    if (!isList(asked) || limit === undefined) {
      return asked.ask()
    }
    const first = await asked.ask({ url: withQuery(asked.url, { cursor: undefined }) })
    if (!first.ok) {
      return first
    }
    const items = await allOf(asked, asked.url)
    const begin = cursor === "" ? 0 : start(items, cursor)
    const end = begin + Number(limit)
    const pagination = end < items.length ? { nextCursor: cursorOf(items, end) } : {}
    return answered(first, { items: items.slice(begin, end), pagination })
  })

const idOf = (item: Json | undefined): string => String((item?.["metadata"] as Json | undefined)?.["id"])

/** Pages by offset. */
export const byOffset = paged((_, end) => `o${end}`, (_, cursor) => Number(cursor.slice(1)))

/** Pages by the last item's id, from the beginning again when that is gone. */
export const byAnchor = paged(
  (items, end) => idOf(items[end - 1]),
  (items, cursor) => items.findIndex((item) => idOf(item) === cursor) + 1
)

/** Tells whether the other tenant has what is not found. */
export const tellsOfOthers: Wrong = asking(async ({ ask, request, url }, _, other) => {
  const response = await ask()
  if (response.status !== 404 || request.method !== "GET") {
    return response
  }
  const theirs = await ask({ authorization: `Bearer ${Redacted.value(other.apiKey)}`, url: unscoped(url) })
  return theirs.ok ? answered(response, { ...(await json(response)), message: "not yours" }) : response
})

const unscoped = (url: URL): URL => new URL(url.pathname.replace(/\/workspaces\/[^/]+/, ""), url)

/** Tells whether what is not found was there once. */
export const tellsOfDeleted: Wrong = (right, other) => {
  const deleted = new Set<string>()
  return answers(async (response, { request, url }) => {
    const id = url.pathname.split("/").at(-1) ?? ""
    if (request.method === "DELETE" && response.ok) {
      deleted.add(id)
    }
    return response.status === 404 && deleted.has(id)
      ? answered(response, { ...(await json(response)), message: "it was deleted" })
      : response
  })(right, other)
}

/** Takes any cursor for one of the list's own, and begins anew where it cannot read it. */
export const takesAnyCursor: Wrong = asking(async (asked) => {
  const response = await asked.ask()
  return isList(asked) && response.status === 400 && asked.url.searchParams.has("cursor")
    ? asked.ask({ url: withQuery(asked.url, { cursor: undefined }) })
    : response
})
