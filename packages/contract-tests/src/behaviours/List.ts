/**
 * Behaviours of list: page, limit, order (WIRE.md, Operations: list; Semantics: List). Filters and cursors are in other
 * modules.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as A from "../internal/answer.js"
import { about, holds, same } from "../internal/expect.js"
import { listAll, namesOf } from "../internal/list.js"
import { isAscending, isDescending } from "../internal/order.js"
import { create, createAll, haveFields } from "../internal/secret.js"
import { wire, type World } from "../internal/wire.js"

/** Creates secrets, ten at a time. */
const crowd = (world: World, size: number) =>
  Effect.forEach(
    Array.from({ length: size }, (_, i) => world.mine.name(String(i))),
    (name) => create(world, { name }),
    { concurrency: 10, discard: true }
  )

const isLimitedTo = ({ api, mine, target }: World, limits: Readonly<Record<string, number>>) =>
  Effect.gen(function*() {
    for (const layout of target.layouts) {
      for (const [limit, size] of Object.entries(limits)) {
        const query = { prefix: mine.prefix, ...(limit === "absent" ? {} : { limit }) }
        const answer = yield* api.with({ layout }).list(query)
        const { items, nextCursor } = yield* A.page(answer)
        yield* holds(items.length === size, `${answer.request}: expected ${size} items, got ${items.length}`)
        yield* holds(nextCursor !== undefined, `${answer.request}: expected a nextCursor, got none`)
      }
    }
  })

/**
 * The behaviours of list.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("list", [
  {
    id: "WS-LIST-001",
    provenance: "P",
    statement:
      "a page has items and pagination and nothing else; without matching secrets it is empty and the last page",
    *check({ api, mine }) {
      const answer = yield* api.list({ prefix: mine.prefix })
      const json = yield* A.ok(answer)
      // An empty cursor means unset.
      const { nextCursor, ...pagination } = A.at(json, "pagination")
      const normal = nextCursor === "" ? { ...json, pagination } : json
      yield* same(normal, { items: [], pagination: {} }, `${answer.request}:`)
    }
  },
  {
    id: "WS-LIST-002",
    provenance: "P",
    contested: ["values"],
    statement: "items have metadata and spec, with the value if reads return it, and no info",
    *check(world) {
      const { api, mine } = world
      const fields = {
        name: mine.name(),
        externalId: mine.externalId(),
        labels: { team: "core" },
        value: mine.value()
      }
      yield* create(world, fields)
      const answer = yield* api.list({ prefix: mine.prefix })
      const { items } = yield* A.page(answer)
      yield* haveFields(world, items, [fields], `${answer.request}: items`)
    }
  },
  {
    id: "WS-LIST-003",
    provenance: "P",
    statement: "includeInfo=true adds the same info to the items that get returns",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world)
      const answer = yield* api.list({ prefix: mine.prefix, includeInfo: "true" })
      const { items } = yield* A.page(answer)
      const found = yield* A.ok(yield* api.get(made.id))
      yield* same(items, [found], `${answer.request}: items`)
    }
  },
  {
    id: "WS-LIST-004",
    provenance: "P",
    statement: "includeInfo=false is the same as no includeInfo",
    *check(world) {
      const { api, mine } = world
      yield* create(world)
      const without = yield* A.ok(yield* api.list({ prefix: mine.prefix }))
      const answer = yield* api.list({ prefix: mine.prefix, includeInfo: "false" })
      yield* A.isBody(answer, without)
    }
  },
  {
    id: "WS-LIST-005",
    provenance: "A",
    statement: "an includeInfo that is neither true nor false is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api }) {
      yield* A.refused(yield* api.list({ includeInfo: "maybe" }), A.INVALID_ARGUMENT)
    }
  },
  {
    id: "WS-LIST-006",
    provenance: "A",
    statement: "without a limit, and with limit 0, a page has 50 items",
    layouts: "one",
    strain: "makes 51 secrets at once",
    *check(world) {
      yield* crowd(world, 51)
      yield* isLimitedTo(world, { absent: 50, 0: 50 })
    }
  },
  {
    id: "WS-LIST-007",
    provenance: "A",
    statement: "a limit up to 200 is used as given, and one above 200 counts as 200",
    layouts: "one",
    strain: "makes 201 secrets at once",
    *check(world) {
      yield* crowd(world, 201)
      yield* isLimitedTo(world, { 1: 1, 199: 199, 200: 200, 201: 200, 1000: 200 })
    }
  },
  {
    id: "WS-LIST-008",
    provenance: "A",
    statement: "a limit that is negative or not a whole number is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api }) {
      for (const limit of ["-1", "1.5", "abc", "-0.5", "1e", "NaN"]) {
        yield* A.refused(yield* api.list({ limit }), A.INVALID_ARGUMENT)
      }
    }
  },
  {
    id: "WS-LIST-015",
    provenance: "P",
    statement: "a limit up to the largest int32 is accepted, and one beyond int32 is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api, mine }) {
      yield* A.page(yield* api.list({ prefix: mine.prefix, limit: "2147483647" }))
      for (const limit of ["2147483648", "4294967297", "99999999999999999999"]) {
        yield* A.names(yield* api.list({ limit }), "limit")
      }
    }
  },
  {
    id: "WS-LIST-009",
    provenance: "A",
    statement: "sortOrder=asc is the order of creation, ties by id",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, ["c", "a", "d", "b", "e"])
      const answer = yield* api.list({ prefix: mine.prefix, sortOrder: "asc" })
      const { items } = yield* A.page(answer)
      yield* holds(items.length === 5, `${answer.request}: expected 5 items, got ${items.length}`)
      yield* holds(
        isAscending(items),
        `${answer.request}: expected the order of creation, got ${namesOf(world, items).join(", ")}`
      )
    }
  },
  {
    id: "WS-LIST-010",
    provenance: "P",
    statement: "sortOrder=desc is the reverse of asc",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, ["c", "a", "d", "b", "e"])
      const ascending = yield* A.page(yield* api.list({ prefix: mine.prefix, sortOrder: "asc" }))
      const answer = yield* api.list({ prefix: mine.prefix, sortOrder: "desc" })
      const { items } = yield* A.page(answer)
      yield* same(items, [...ascending.items].reverse(), `${answer.request}: items`)
    }
  },
  {
    id: "WS-LIST-011",
    provenance: "A",
    statement: "without a sortOrder, the newest come first",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, ["c", "a", "d", "b", "e"])
      const descending = yield* A.ok(yield* api.list({ prefix: mine.prefix, sortOrder: "desc" }))
      const answer = yield* api.list({ prefix: mine.prefix })
      yield* A.isBody(answer, descending)
      const { items } = yield* A.page(answer)
      yield* holds(
        isDescending(items),
        `${answer.request}: expected the newest first, got ${namesOf(world, items).join(", ")}`
      )
    }
  },
  {
    id: "WS-LIST-012",
    provenance: "A",
    statement: "a sortOrder that is neither asc nor desc is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api }) {
      for (const sortOrder of ["newest", "DESC", "Asc", "name"]) {
        yield* A.refused(yield* api.list({ sortOrder }), A.INVALID_ARGUMENT)
      }
    }
  },
  {
    id: "WS-LIST-013",
    provenance: "A",
    statement: "an update does not move a secret in the order",
    *check(world) {
      const { api, mine } = world
      const made = yield* createAll(world, ["a", "b", "c"])
      const before = yield* listAll(api, { prefix: mine.prefix })
      for (const { id } of made.slice(0, 2)) {
        yield* A.ok(yield* api.update(id, { spec: { value: mine.value() } }))
      }
      const items = yield* listAll(api, { prefix: mine.prefix })
      yield* same(namesOf(world, items), namesOf(world, before), `GET ${api.collection}: names`)
    }
  },
  {
    id: "WS-LIST-014",
    provenance: "D",
    statement: "only the key's own workspace is listed",
    needs: ["otherTenant"],
    *check(world) {
      const { api, mine, theirs } = world
      yield* create(world, { name: mine.name("ours") })
      yield* create({ api: theirs, mine }, { name: mine.name("theirs") })
      for (const [listing, name] of [[api, "ours"], [theirs, "theirs"]] as const) {
        const items = yield* listAll(listing, { prefix: mine.prefix })
        yield* about(`the list of ${name}`)(same(namesOf(world, items), [name], "names"))
      }
    }
  }
])
