import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type ExpectationFailed, fail } from "./expect.js"
import { whyNoAnswer } from "./whyNoAnswer.js"

/** A server, and the marker in the suite's names. */
export interface Site {
  readonly baseUrl: string
  readonly fetch: typeof globalThis.fetch
  readonly marker: string
}

interface Owner {
  readonly apiKey: Redacted.Redacted<string>
  readonly workspaceId: string
}

interface Found {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
}

interface Page {
  readonly items: ReadonlyArray<Found>
  readonly nextCursor: string | undefined
}

const UNSCOPED = "/v1/workspace_secrets"
const MAX_PAGES = 500

const at = (u: unknown, key: string): unknown =>
  typeof u === "object" && u !== null ? (u as Readonly<Record<string, unknown>>)[key] : undefined

const text = (u: unknown): string => typeof u === "string" ? u : ""

const found = (secret: unknown): Found => {
  const metadata = at(secret, "metadata")
  return {
    id: text(at(metadata, "id")),
    workspaceId: text(at(metadata, "workspaceId")),
    name: text(at(metadata, "name"))
  }
}

/** The status and the JSON of a response; `undefined` if it is not JSON. */
const ask = (
  { baseUrl, fetch }: Site,
  apiKey: Redacted.Redacted<string>,
  method: string,
  path: string,
  body?: unknown
): Effect.Effect<{ readonly status: number; readonly json: unknown }, ExpectationFailed> =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${Redacted.value(apiKey)}`,
          ...(body === undefined ? {} : { "content-type": "application/json" })
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "manual",
        signal
      })
      const json: unknown = await response.json().catch(() => undefined)
      return { status: response.status, json }
    },
    catch: (error) => error
  }).pipe(Effect.catchAll((error) => fail(`${method} ${path}: expected an answer, got ${whyNoAnswer(error)}`)))

/** The workspace of a key, read from any of its secrets. Without one, it creates and deletes a secret. */
export const idOf = (site: Site, apiKey: Redacted.Redacted<string>): Effect.Effect<string, ExpectationFailed> =>
  Effect.gen(function*() {
    const listed = yield* ask(site, apiKey, "GET", `${UNSCOPED}?limit=1`)
    const items = at(listed.json, "items")
    if (listed.status !== 200 || !Array.isArray(items)) {
      return yield* fail(
        `cannot find out the workspace of the key: GET ${UNSCOPED} has status ${listed.status}; give workspaceId, or another key`
      )
    }
    if (items.length > 0 && found(items[0]).workspaceId !== "") {
      return found(items[0]).workspaceId
    }
    const made = yield* Effect.acquireUseRelease(
      ask(site, apiKey, "POST", UNSCOPED, { metadata: { name: `${site.marker}-workspace` }, spec: {} }),
      Effect.succeed,
      ({ json, status }) =>
        status < 300
          ? Effect.ignore(ask(site, apiKey, "DELETE", `${UNSCOPED}/${encodeURIComponent(found(json).id)}`))
          : Effect.void
    )
    const { workspaceId } = found(made.json)
    return workspaceId === ""
      ? yield* fail(
        `cannot find out the workspace of the key: POST ${UNSCOPED} has status ${made.status}; give workspaceId, or another key`
      )
      : workspaceId
  })

/** Selects what to delete: the secrets found by a query whose name is ours. */
export interface Removing {
  readonly query: string
  readonly isOurs: (name: string) => boolean
}

/**
 * Deletes our secrets in these workspaces. Checks each name, because a server may ignore the filter and return other
 * people's secrets.
 */
export const remove = (
  site: Site,
  owners: ReadonlyArray<Owner>,
  removing: Removing
): Effect.Effect<number, ExpectationFailed> =>
  Effect.map(
    Effect.forEach(owners, (owner) => removeOf(site, owner, removing)),
    (counts) => counts.reduce((sum, count) => sum + count, 0)
  )

const removeOf = (site: Site, { apiKey, workspaceId }: Owner, { isOurs, query }: Removing) =>
  Effect.gen(function*() {
    const scoped = `/v1/workspaces/${encodeURIComponent(workspaceId)}/workspace_secrets`
    // A server may have only one layout.
    const { collection, first } = yield* pageOf(site, apiKey, UNSCOPED, query).pipe(
      Effect.map((first) => ({ collection: UNSCOPED, first })),
      Effect.orElse(() => Effect.map(pageOf(site, apiKey, scoped, query), (first) => ({ collection: scoped, first })))
    )
    let removed = 0
    let page = first
    for (let i = 0; i < MAX_PAGES; i++) {
      const { items, nextCursor } = page
      for (const { id } of items.filter(({ id, name }) => id !== "" && isOurs(name))) {
        const { status } = yield* ask(site, apiKey, "DELETE", `${collection}/${encodeURIComponent(id)}`)
        if (status >= 300 && status !== 404) {
          return yield* fail(`cannot clean up: DELETE ${collection}/${id} has status ${status}`)
        }
        removed++
      }
      if (nextCursor === undefined) {
        return removed
      }
      page = yield* pageOf(site, apiKey, collection, query, nextCursor)
    }
    return yield* fail(`cannot clean up: GET ${collection} does not end after ${MAX_PAGES} pages`)
  })

const pageOf = (
  site: Site,
  apiKey: Redacted.Redacted<string>,
  collection: string,
  query: string,
  cursor?: string
): Effect.Effect<Page, ExpectationFailed> =>
  Effect.gen(function*() {
    const params = new URLSearchParams({ query, limit: "200", ...(cursor === undefined ? {} : { cursor }) })
    const { json, status } = yield* ask(site, apiKey, "GET", `${collection}?${params.toString()}`)
    const items = at(json, "items")
    if (status !== 200 || !Array.isArray(items)) {
      return yield* fail(`cannot clean up: GET ${collection} has status ${status} and no page`)
    }
    const next = text(at(at(json, "pagination"), "nextCursor"))
    return { items: items.map(found), nextCursor: next === "" ? undefined : next }
  })
