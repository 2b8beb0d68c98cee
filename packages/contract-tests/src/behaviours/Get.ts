/**
 * Behaviours of get (WIRE.md, Operations: get; Semantics: Get, delete).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { about, same } from "../internal/expect.js"
import { create, isMade } from "../internal/secret.js"
import { unknownId } from "../internal/ulid.js"
import { wire } from "../internal/wire.js"

/**
 * The behaviours of get.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("get", [
  {
    id: "WS-GET-001",
    provenance: "D",
    statement: "a secret is found by its id, with metadata, spec and info and nothing else",
    *check(world) {
      const made = yield* create(world)
      yield* isMade(world, yield* world.api.get(made.id), made)
    }
  },
  {
    id: "WS-GET-002",
    provenance: "D",
    contested: ["values"],
    statement: "a secret with all fields set is returned with all of them, including the value if reads return it",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, {
        externalId: mine.externalId(),
        labels: { team: "core", tier: "" },
        value: mine.value()
      })
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-GET-003",
    provenance: "P",
    statement: "a secret is found by external_id:<its external id>",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, { externalId: mine.externalId(), value: mine.value() })
      yield* isMade(world, yield* api.get(`external_id:${mine.externalId()}`), made)
    }
  },
  {
    id: "WS-GET-004",
    provenance: "A",
    statement: "the colon behind external_id may be percent-encoded or not",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, { externalId: mine.externalId() })
      for (const colon of [":", "%3A", "%3a"]) {
        const path = `${api.collection}/external_id${colon}${mine.externalId()}`
        yield* isMade(world, yield* api.send("GET", path), made)
      }
    }
  },
  {
    id: "WS-GET-005",
    provenance: "P",
    statement: "an external id with any characters can be percent-encoded in the path",
    *check(world) {
      const { api, mine } = world
      for (
        const tail of ["a/b", "100%", "a b", "a%2Fb", "a+b", "q?x=1", "#top", "a:b", "external_id:a", "naïve 鍵 🔑"]
      ) {
        const externalId = mine.externalId(tail)
        const made = yield* create(world, { externalId })
        yield* about(`external id …${tail}`)(isMade(world, yield* api.get(`external_id:${externalId}`), made))
      }
    }
  },
  {
    id: "WS-GET-006",
    provenance: "A",
    statement: "an external id is matched exactly: case and white space matter",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      const externalId = mine.externalId("Key")
      yield* create(world, { externalId })
      for (const other of [externalId.toLowerCase(), externalId.slice(0, -1), `${externalId}s`]) {
        yield* A.refused(yield* api.get(`external_id:${other}`), A.NOT_FOUND)
      }
    }
  },
  {
    id: "WS-GET-007",
    provenance: "A",
    statement: "an external id without the prefix external_id: finds nothing",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      yield* create(world, { externalId: mine.externalId() })
      yield* A.refused(yield* api.get(mine.externalId()), A.NOT_FOUND)
    }
  },
  {
    id: "WS-GET-008",
    provenance: "P",
    statement: "a missing secret is NOT_FOUND, by id and by external id",
    rows: [A.NOT_FOUND],
    *check({ api, mine }) {
      yield* A.refused(yield* api.get(unknownId), A.NOT_FOUND)
      yield* A.refused(yield* api.get(`external_id:${mine.externalId()}`), A.NOT_FOUND)
    }
  },
  {
    id: "WS-GET-009",
    provenance: "A",
    statement: "an id that is not a prefixed ULID is NOT_FOUND too",
    rows: [A.NOT_FOUND],
    *check({ api }) {
      yield* A.refused(yield* api.get("not-an-id"), A.NOT_FOUND)
    }
  },
  {
    id: "WS-GET-010",
    provenance: "A",
    statement: "a deleted secret gets the same response as one that never existed",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, { externalId: mine.externalId() })
      yield* A.ok(yield* api.delete(made.id))
      const missing = yield* A.refused(yield* api.get(unknownId), A.NOT_FOUND)
      for (const id of [made.id, `external_id:${mine.externalId()}`]) {
        const answer = yield* api.get(id)
        yield* same(
          yield* A.refused(answer, A.NOT_FOUND),
          missing,
          `${answer.request}: the answer for a missing secret`
        )
      }
    }
  },
  {
    id: "WS-GET-011",
    provenance: "A",
    statement: "a secret of another workspace gets the same response as one that never existed",
    needs: ["otherTenant"],
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine, theirs } = world
      const made = yield* create({ api: theirs, mine }, { externalId: mine.externalId() })
      const missing = yield* A.refused(yield* api.get(unknownId), A.NOT_FOUND)
      for (const id of [made.id, `external_id:${mine.externalId()}`]) {
        const answer = yield* api.get(id)
        yield* same(
          yield* A.refused(answer, A.NOT_FOUND),
          missing,
          `${answer.request}: the answer for a missing secret`
        )
      }
    }
  }
])
