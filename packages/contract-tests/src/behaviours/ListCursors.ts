/**
 * Behaviours of cursors: changes that they survive, and requests that accept them (WIRE.md, Semantics: List).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as A from "../internal/answer.js"
import { type ExpectationFailed, holds, same } from "../internal/expect.js"
import { firstPage, listAll, namesOf, type Query } from "../internal/list.js"
import { create, createAll } from "../internal/secret.js"
import { wire, type World } from "../internal/wire.js"

const orders = ["asc", "desc"] as const

const NAMES = ["c", "a", "e", "b", "d"]

const idsOf = (items: ReadonlyArray<A.Json>) => items.map((item) => String(A.at(item, "metadata")["id"]))

/**
 * Lists five secrets, and changes them between the first page (of two) and the rest. Every unchanged secret must appear
 * exactly once; new secrets may appear.
 */
const survives = (
  world: World,
  change: (ids: { readonly seen: ReadonlyArray<string>; readonly unseen: ReadonlyArray<string> }) => Effect.Effect<
    ReadonlyArray<string>,
    ExpectationFailed,
    Scope.Scope
  >
) =>
  Effect.forEach(orders, (sortOrder) =>
    Effect.gen(function*() {
      const prefix = world.mine.name(sortOrder)
      const made = yield* createAll(world, NAMES.map((name) => `${sortOrder}-${name}`))
      const query = { prefix, sortOrder, limit: "2" }
      const { cursor, items } = yield* firstPage(world, query)
      const seen = idsOf(items)
      const unseen = made.map(({ id }) => id).filter((id) => !seen.includes(id))
      const gone = yield* change({ seen, unseen })
      const rest = idsOf(yield* listAll(world.api, { ...query, cursor }))
      const stayed = unseen.filter((id) => !gone.includes(id))
      const at = `GET ${world.api.collection}, ${sortOrder}, after the change`
      yield* holds(new Set(rest).size === rest.length, `${at}: expected each secret once, got one again`)
      yield* holds(
        !rest.some((id) => seen.includes(id)),
        `${at}: expected the secrets after the cursor, got one of the page before`
      )
      yield* holds(!rest.some((id) => gone.includes(id)), `${at}: expected no secret that was deleted, got one`)
      const found = rest.filter((id) => stayed.includes(id)).length
      yield* holds(
        found === stayed.length,
        `${at}: expected the ${stayed.length} secrets that stayed, got ${found} of them`
      )
    }), { discard: true })

const remove = ({ api }: World, ids: ReadonlyArray<string | undefined>) =>
  Effect.forEach(ids.filter((id) => id !== undefined), (id) => Effect.as(Effect.flatMap(api.delete(id), A.ok), id))

/** Lists a first page, and uses its cursor with another query, which must be refused. */
const refusesCursor = (world: World, first: Query, second: Query) =>
  Effect.gen(function*() {
    const { cursor } = yield* firstPage(world, { limit: "1", ...first })
    const answer = yield* world.api.list({ limit: "1", ...second, cursor })
    yield* A.refused(answer, A.INVALID_ARGUMENT)
  })

/**
 * The behaviours of cursors.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("list", [
  {
    id: "WS-LIST-205",
    provenance: "A",
    statement: "a cursor survives an insert: nothing is skipped or repeated",
    *check(world) {
      yield* survives(
        world,
        () => Effect.as(createAll(world, orders.flatMap((order) => [`${order}-new1`, `${order}-new2`])), [])
      )
    }
  },
  {
    id: "WS-LIST-206",
    provenance: "A",
    statement: "a cursor survives a delete of secrets of the previous page",
    *check(world) {
      yield* survives(world, ({ seen }) => remove(world, seen.slice(0, 1)))
    }
  },
  {
    id: "WS-LIST-207",
    provenance: "A",
    statement: "a cursor survives a delete of the last secret of the previous page",
    *check(world) {
      yield* survives(world, ({ seen }) => remove(world, seen.slice(-1)))
    }
  },
  {
    id: "WS-LIST-208",
    provenance: "A",
    statement: "a cursor survives a delete of the whole previous page",
    *check(world) {
      yield* survives(world, ({ seen }) => remove(world, seen))
    }
  },
  {
    id: "WS-LIST-209",
    provenance: "A",
    statement: "a cursor survives a delete of secrets of later pages",
    *check(world) {
      yield* survives(world, ({ unseen }) => remove(world, [unseen[0], unseen[2]]))
    }
  },
  {
    id: "WS-LIST-210",
    provenance: "A",
    statement: "a cursor survives inserts and deletes together, including the secret it points at",
    *check(world) {
      yield* survives(world, ({ seen, unseen }) =>
        Effect.zipLeft(
          remove(world, [...seen.slice(1), unseen[1]]),
          createAll(world, orders.map((order) => `${order}-new`))
        ))
    }
  },
  {
    id: "WS-LIST-211",
    provenance: "A",
    statement: "a malformed cursor is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api }) {
      for (const cursor of ["not-a-cursor", "%%%", "0", "e30="]) {
        yield* A.refused(yield* api.list({ cursor }), A.INVALID_ARGUMENT)
      }
    }
  },
  {
    id: "WS-LIST-212",
    provenance: "A",
    statement: "a truncated or extended cursor is malformed",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, ["a", "b"])
      const query = { prefix: mine.prefix, limit: "1" }
      const { cursor } = yield* firstPage(world, query)
      for (const broken of [cursor.slice(0, -4), cursor.slice(4), `${cursor}AAAA`]) {
        yield* A.refused(yield* api.list({ ...query, cursor: broken }), A.INVALID_ARGUMENT)
      }
    }
  },
  {
    id: "WS-LIST-213",
    provenance: "A",
    statement: "a cursor issued for another prefix is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { mine } = world
      yield* createAll(world, ["aa", "ab", "b"])
      yield* refusesCursor(world, { prefix: mine.name("a") }, { prefix: mine.prefix })
      yield* refusesCursor(world, { prefix: mine.prefix }, { prefix: mine.name("a") })
      yield* refusesCursor(world, { prefix: mine.prefix }, {})
    }
  },
  {
    id: "WS-LIST-214",
    provenance: "A",
    statement: "a cursor issued for another query is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { mine } = world
      yield* createAll(world, ["aa", "ab"])
      yield* refusesCursor(world, { query: mine.name("a") }, { query: mine.prefix })
      yield* refusesCursor(world, { query: mine.prefix }, {})
      yield* refusesCursor(world, { prefix: mine.prefix }, { prefix: mine.prefix, query: mine.prefix })
    }
  },
  {
    id: "WS-LIST-215",
    provenance: "A",
    statement: "a cursor issued for other labels is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { mine } = world
      const labels = { team: mine.prefix, tier: "gold" }
      yield* create(world, { name: mine.name("a"), labels })
      yield* create(world, { name: mine.name("b"), labels })
      yield* refusesCursor(world, { labels: `team=${mine.prefix}` }, { labels: `team=${mine.prefix},tier=gold` })
      yield* refusesCursor(world, { labels: `team=${mine.prefix}` }, {})
      yield* refusesCursor(world, { prefix: mine.prefix }, { prefix: mine.prefix, labels: `team=${mine.prefix}` })
    }
  },
  {
    id: "WS-LIST-216",
    provenance: "A",
    statement: "a cursor issued for another order is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { prefix } = world.mine
      yield* createAll(world, ["a", "b", "c"])
      yield* refusesCursor(world, { prefix, sortOrder: "asc" }, { prefix, sortOrder: "desc" })
      yield* refusesCursor(world, { prefix, sortOrder: "desc" }, { prefix, sortOrder: "asc" })
      yield* refusesCursor(world, { prefix, sortOrder: "asc" }, { prefix })
    }
  },
  {
    id: "WS-LIST-217",
    provenance: "A",
    statement: "limit and includeInfo may change from page to page",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, NAMES)
      const query = { prefix: mine.prefix, sortOrder: "asc" }
      const whole = yield* A.page(yield* api.list({ ...query, includeInfo: "true" }))
      const { cursor, items } = yield* firstPage(world, { ...query, limit: "2" })
      const more = yield* A.page(yield* api.list({ ...query, cursor, limit: "1", includeInfo: "true" }))
      const rest = yield* A.page(yield* api.list({ ...query, cursor: more.nextCursor ?? "" }))
      yield* same(more.items, whole.items.slice(2, 3), `GET ${api.collection}, second page: items`)
      const names = namesOf(world, [...items, ...more.items, ...rest.items])
      yield* same(names, namesOf(world, whole.items), `GET ${api.collection}, all pages: names`)
    }
  }
])
