/**
 * Behaviours of delete (WIRE.md, Operations: delete; Semantics: Get, delete).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { holds, same } from "../internal/expect.js"
import { listAll } from "../internal/list.js"
import { create, isMade } from "../internal/secret.js"
import { unknownId } from "../internal/ulid.js"
import { wire } from "../internal/wire.js"

/**
 * The behaviours of delete.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("delete", [
  {
    id: "WS-DELETE-001",
    provenance: "A",
    statement: "a delete returns 200 with an empty object",
    *check(world) {
      const made = yield* create(world)
      yield* A.isBody(yield* world.api.delete(made.id), {})
    }
  },
  {
    id: "WS-DELETE-002",
    provenance: "D",
    statement: "a deleted secret is gone from get and list, and no other secret is",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, { name: mine.name("goes") })
      const stays = yield* create(world, { name: mine.name("stays") })
      yield* A.ok(yield* api.delete(made.id))
      yield* A.refused(yield* api.get(made.id), A.NOT_FOUND)
      yield* isMade(world, yield* api.get(stays.id), stays)
      const items = yield* listAll(api, { prefix: mine.prefix })
      yield* holds(
        items.length === 1 && A.at(items[0], "metadata")["id"] === stays.id,
        `GET ${api.collection}: expected the other secret alone, got ${items.length} secrets`
      )
    }
  },
  {
    id: "WS-DELETE-003",
    provenance: "P",
    statement: "a secret is deleted by external_id:<its external id>",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      const externalId = mine.externalId("a/b c%20🔑")
      const made = yield* create(world, { externalId })
      yield* A.isBody(yield* api.delete(`external_id:${externalId}`), {})
      yield* A.refused(yield* api.get(made.id), A.NOT_FOUND)
    }
  },
  {
    id: "WS-DELETE-004",
    provenance: "A",
    statement: "a second delete is NOT_FOUND, with the response for a secret that never existed",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, { externalId: mine.externalId() })
      yield* A.ok(yield* api.delete(made.id))
      const missing = yield* A.refused(yield* api.delete(unknownId), A.NOT_FOUND)
      for (const id of [made.id, `external_id:${mine.externalId()}`]) {
        const answer = yield* api.delete(id)
        yield* same(
          yield* A.refused(answer, A.NOT_FOUND),
          missing,
          `${answer.request}: the answer for a missing secret`
        )
      }
    }
  },
  {
    id: "WS-DELETE-005",
    provenance: "A",
    statement: "a delete of a missing secret is NOT_FOUND, with the same response as get",
    rows: [A.NOT_FOUND],
    *check({ api }) {
      const found = yield* A.refused(yield* api.get(unknownId), A.NOT_FOUND)
      const answer = yield* api.delete(unknownId)
      yield* same(yield* A.refused(answer, A.NOT_FOUND), found, `${answer.request}: the answer of get`)
    }
  },
  {
    id: "WS-DELETE-006",
    provenance: "A",
    statement: "a secret of another workspace is not deleted and gets the response for a missing one",
    needs: ["otherTenant"],
    rows: [A.NOT_FOUND],
    *check({ api, mine, theirs }) {
      const made = yield* create({ api: theirs, mine }, { externalId: mine.externalId() })
      const missing = yield* A.refused(yield* api.delete(unknownId), A.NOT_FOUND)
      for (const id of [made.id, `external_id:${mine.externalId()}`]) {
        const answer = yield* api.delete(id)
        yield* same(
          yield* A.refused(answer, A.NOT_FOUND),
          missing,
          `${answer.request}: the answer for a missing secret`
        )
      }
      yield* A.ok(yield* theirs.get(made.id))
    }
  }
])
