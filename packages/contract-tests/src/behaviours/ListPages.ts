/**
 * Behaviours of the pages of list (WIRE.md, Semantics: List).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { about, holds, same } from "../internal/expect.js"
import { firstPage, listAll } from "../internal/list.js"
import { createAll } from "../internal/secret.js"
import { wire } from "../internal/wire.js"

const orders = ["asc", "desc"] as const

const NAMES = ["c", "a", "e", "b", "d"]

/**
 * The behaviours of pages.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("list", [
  {
    id: "WS-LIST-201",
    provenance: "P",
    statement: "all pages together have each secret once and in order",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, NAMES)
      for (const sortOrder of orders) {
        const query = { prefix: mine.prefix, sortOrder }
        const whole = yield* A.page(yield* api.list(query))
        for (const limit of ["1", "3"]) {
          const items = yield* listAll(api, { ...query, limit })
          yield* about(`${sortOrder}, limit ${limit}`)(
            same(items, whole.items, `GET ${api.collection}: items of all pages`)
          )
        }
      }
    }
  },
  {
    id: "WS-LIST-202",
    provenance: "P",
    statement: "nextCursor is set while there are more pages, and absent or empty on the last page",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, ["a", "b", "c"])
      const query = { prefix: mine.prefix, limit: "2" }
      const { cursor, items } = yield* firstPage(world, query)
      yield* holds(items.length === 2, `GET ${api.collection}: expected 2 items, got ${items.length}`)
      const last = yield* A.page(yield* api.list({ ...query, cursor }))
      yield* holds(
        last.items.length === 1,
        `GET ${api.collection}, last page: expected 1 item, got ${last.items.length}`
      )
      yield* holds(last.nextCursor === undefined, `GET ${api.collection}, last page: expected no nextCursor, got one`)
    }
  },
  {
    id: "WS-LIST-203",
    provenance: "A",
    statement: "a full last page has no nextCursor, so no empty page follows",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, ["a", "b", "c", "d"])
      const whole = yield* A.page(yield* api.list({ prefix: mine.prefix, limit: "4" }))
      yield* holds(
        whole.nextCursor === undefined,
        `GET ${api.collection}, limit 4 of 4: expected no nextCursor, got one`
      )
      const query = { prefix: mine.prefix, limit: "2" }
      const { cursor } = yield* firstPage(world, query)
      const last = yield* A.page(yield* api.list({ ...query, cursor }))
      yield* holds(
        last.items.length === 2,
        `GET ${api.collection}, last page: expected 2 items, got ${last.items.length}`
      )
      yield* holds(last.nextCursor === undefined, `GET ${api.collection}, last page: expected no nextCursor, got one`)
    }
  },
  {
    id: "WS-LIST-204",
    provenance: "A",
    statement: "secrets that do not match the filters do not count for a page",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, ["in-a", "out-a", "out-b", "in-b", "out-c"])
      for (const sortOrder of orders) {
        const answer = yield* api.list({ prefix: mine.name("in"), sortOrder, limit: "2" })
        const { items, nextCursor } = yield* A.page(answer)
        yield* holds(items.length === 2, `${answer.request}: expected 2 items, got ${items.length}`)
        yield* holds(nextCursor === undefined, `${answer.request}: expected no nextCursor, got one`)
      }
    }
  }
])
