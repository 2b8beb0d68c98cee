/**
 * Behaviours of update (WIRE.md, Operations: update; Semantics: Update). The mask is in another module.
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { about, same } from "../internal/expect.js"
import { listAll } from "../internal/list.js"
import { create, type Fields, haveFields, isMade } from "../internal/secret.js"
import { unknownId } from "../internal/ulid.js"
import { wire, type World } from "../internal/wire.js"

const all = ({ mine }: World): Fields => ({
  name: mine.name(),
  externalId: mine.externalId(),
  labels: { team: "core", tier: "gold" },
  value: mine.value()
})

const timeOf = (u: unknown): number => typeof u === "string" ? Date.parse(u) : NaN

/**
 * The behaviours of update.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("update", [
  {
    id: "WS-UPDATE-001",
    provenance: "A",
    statement: "without a mask, the fields in the body are written and the others do not change",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, all(world))
      const value = mine.value("new")
      const afterValue = yield* api.update(made.id, { spec: { value } })
      yield* isMade(world, afterValue, made, { ...made.fields, value })
      const name = mine.name("renamed")
      const afterName = yield* api.update(made.id, { metadata: { name } })
      yield* isMade(world, afterName, made, { ...made.fields, value, name })
      yield* isMade(world, yield* api.get(made.id), made, { ...made.fields, value, name })
    }
  },
  {
    id: "WS-UPDATE-015",
    provenance: "P",
    statement: "without a mask, an empty externalId, an empty map of labels and an empty value change nothing",
    *check(world) {
      const { api } = world
      const made = yield* create(world, all(world))
      const before = yield* A.ok(yield* api.get(made.id))
      const { name } = made.fields
      const empty: Readonly<Record<string, unknown>> = {
        "an empty externalId": { metadata: { name, externalId: "" } },
        "an empty map of labels": { metadata: { name, labels: {} } },
        "an empty value": { spec: { value: "" } },
        "all of them": { metadata: { name, externalId: "", labels: {} }, spec: { value: "" }, updateMask: "" }
      }
      for (const [what, body] of Object.entries(empty)) {
        const answer = yield* api.update(made.id, body)
        yield* about(what)(same(yield* A.ok(answer), before, `${answer.request}: the secret before`))
      }
      yield* isMade(world, yield* api.get(made.id), made)
      yield* isMade(world, yield* api.get(`external_id:${world.mine.externalId()}`), made)
    }
  },
  {
    id: "WS-UPDATE-002",
    provenance: "A",
    statement: "without a mask, a body with all fields writes all of them, labels as a whole",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, all(world))
      const fields = {
        name: mine.name("new"),
        externalId: mine.externalId("new"),
        labels: { team: "web" },
        value: mine.value("new")
      }
      const { value, ...metadata } = fields
      yield* isMade(world, yield* api.update(made.id, { metadata, spec: { value } }), made, fields)
      yield* isMade(world, yield* api.get(made.id), made, fields)
    }
  },
  {
    id: "WS-UPDATE-003",
    provenance: "A",
    statement: "without a mask, metadata without a name is INVALID_ARGUMENT, and nothing changes",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api } = world
      const made = yield* create(world, all(world))
      const body = { metadata: { labels: { team: "web" } }, spec: { value: world.mine.value("new") } }
      yield* A.refused(yield* api.update(made.id, body), A.INVALID_ARGUMENT)
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-UPDATE-004",
    provenance: "A",
    statement: "an update with nothing to do is 200 and changes nothing, not even updatedAt",
    *check(world) {
      const { api } = world
      const made = yield* create(world, all(world))
      const { value, ...metadata } = made.fields
      yield* api.update(made.id, { spec: { value: world.mine.value("new") } })
      yield* api.update(made.id, { spec: { value } })
      const before = yield* A.ok(yield* api.get(made.id))
      const nothings: Readonly<Record<string, unknown>> = {
        "an empty body": {},
        "empty parts": { spec: {} },
        "the same fields": { metadata, spec: { value } },
        "the same fields in another order": {
          metadata: { ...metadata, labels: { tier: "gold", team: "core" } },
          updateMask: "metadata"
        },
        "the same fields and *": { metadata, spec: { value }, updateMask: "*" },
        "the same name with white space": { metadata: { name: ` ${metadata.name} ` }, updateMask: "metadata.name" }
      }
      for (const [what, body] of Object.entries(nothings)) {
        const answer = yield* api.update(made.id, body)
        yield* about(what)(same(yield* A.ok(answer), before, `${answer.request}: the secret before`))
        yield* about(`${what}, then get`)(same(yield* A.ok(yield* api.get(made.id)), before, "the secret before"))
      }
    }
  },
  {
    id: "WS-UPDATE-005",
    provenance: "P",
    statement: "updatedAt, if a server sets it, is not before createdAt",
    *check(world) {
      const made = yield* create(world)
      const answer = yield* world.api.update(made.id, { metadata: { name: world.mine.name("new") } })
      const { createdAt, updatedAt } = A.at(yield* A.ok(answer), "metadata")
      yield* A.that(
        answer,
        updatedAt === undefined || timeOf(updatedAt) >= timeOf(createdAt),
        "an updatedAt that is not before createdAt"
      )
    }
  },
  {
    id: "WS-UPDATE-006",
    provenance: "P",
    statement: "a secret is updated by external_id:<its external id>, and afterwards found by a new external id",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, all(world))
      const externalId = mine.externalId("a/b c%20🔑")
      const body = { metadata: { externalId }, updateMask: "metadata.externalId" }
      const fields = { ...made.fields, externalId }
      yield* isMade(world, yield* api.update(`external_id:${mine.externalId()}`, body), made, fields)
      yield* A.refused(yield* api.get(`external_id:${mine.externalId()}`), A.NOT_FOUND)
      yield* isMade(world, yield* api.get(`external_id:${externalId}`), made, fields)
    }
  },
  {
    id: "WS-UPDATE-007",
    provenance: "A",
    statement: "an externalId of another secret is ALREADY_EXISTS, and nothing changes",
    rows: [A.ALREADY_EXISTS],
    *check(world) {
      const { api, mine } = world
      const other = yield* create(world, { externalId: mine.externalId("taken") })
      const made = yield* create(world, all(world))
      const metadata = { name: mine.name("new"), externalId: mine.externalId("taken") }
      yield* A.refused(yield* api.update(made.id, { metadata }), A.ALREADY_EXISTS)
      yield* A.refused(yield* api.update(made.id, { metadata, updateMask: "metadata.externalId" }), A.ALREADY_EXISTS)
      yield* isMade(world, yield* api.get(made.id), made)
      yield* isMade(world, yield* api.get(`external_id:${mine.externalId("taken")}`), other)
    }
  },
  {
    id: "WS-UPDATE-008",
    provenance: "A",
    statement: "a secret may keep its own externalId, and a released one can be used by another secret",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, all(world))
      const other = yield* create(world)
      const { externalId } = made.fields
      const keep = { metadata: { name: mine.name("new"), externalId } }
      yield* isMade(world, yield* api.update(made.id, keep), made, { ...made.fields, name: mine.name("new") })
      yield* A.ok(yield* api.update(made.id, { metadata: {}, updateMask: "metadata.externalId" }))
      const take = { metadata: { externalId }, updateMask: "metadata.externalId" }
      yield* isMade(world, yield* api.update(other.id, take), other, { ...other.fields, externalId })
    }
  },
  {
    id: "WS-UPDATE-009",
    provenance: "A",
    statement: "a name follows the rules of create: trimmed, 1 to 255 characters",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world)
      const longest = mine.name("🔑".repeat(255 - mine.name("").length))
      const answer = yield* api.update(made.id, { metadata: { name: ` ${longest}\n` } })
      yield* isMade(world, answer, made, { name: longest })
      for (const name of ["", " \t", `${longest}a`]) {
        for (const updateMask of [undefined, "metadata.name", "*"]) {
          yield* about(`name of ${[...name].length} characters, mask ${updateMask ?? "none"}`)(
            A.refused(yield* api.update(made.id, { metadata: { name }, updateMask }), A.INVALID_ARGUMENT)
          )
        }
      }
      yield* isMade(world, yield* api.get(made.id), made, { name: longest })
    }
  },
  {
    id: "WS-UPDATE-010",
    provenance: "P",
    statement: "a field of the wrong type is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, all(world))
      const wrong: Readonly<Record<string, unknown>> = {
        "metadata.name": { metadata: { name: 5 } },
        "metadata.labels": { metadata: { name: mine.name(), labels: "team=core" } },
        "spec.value": { spec: { value: 5 } },
        metadata: { metadata: "name" },
        spec: { spec: [] },
        updateMask: { spec: { value: mine.value("new") }, updateMask: ["spec.value"] }
      }
      for (const [field, body] of Object.entries(wrong)) {
        yield* about(`wrong ${field}`)(A.refused(yield* api.update(made.id, body), A.INVALID_ARGUMENT))
      }
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-UPDATE-011",
    provenance: "A",
    statement: "fields that the server sets are ignored in a request without a mask",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, all(world))
      const metadata = { name: mine.name("new"), id: "id", workspaceId: "w", createdAt: "2001-01-01T00:00:00.000Z" }
      const answer = yield* api.update(made.id, { metadata, info: { lastUsedAt: "2001-01-01T00:00:00.000Z" } })
      const json = yield* isMade(world, answer, made, { ...made.fields, name: mine.name("new") })
      yield* A.that(
        answer,
        A.at(json, "info")["lastUsedAt"] === undefined,
        "no info.lastUsedAt of a secret that was not used"
      )
    }
  },
  {
    id: "WS-UPDATE-012",
    provenance: "P",
    statement: "a missing secret is NOT_FOUND, and so is a deleted one",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      const body = { metadata: { name: mine.name("new") } }
      const made = yield* create(world)
      yield* A.ok(yield* api.delete(made.id))
      for (const id of [unknownId, made.id, `external_id:${mine.externalId()}`]) {
        yield* A.refused(yield* api.update(id, body), A.NOT_FOUND)
      }
    }
  },
  {
    id: "WS-UPDATE-013",
    provenance: "A",
    statement: "a secret of another workspace is not updated and gets the response for a missing one",
    needs: ["otherTenant"],
    rows: [A.NOT_FOUND],
    *check({ api, mine, theirs }) {
      const made = yield* create({ api: theirs, mine })
      const before = yield* A.ok(yield* theirs.get(made.id))
      const body = { metadata: { name: mine.name("new") } }
      const missing = yield* A.refused(yield* api.update(unknownId, body), A.NOT_FOUND)
      const answer = yield* api.update(made.id, body)
      yield* same(yield* A.refused(answer, A.NOT_FOUND), missing, `${answer.request}: the answer for a missing secret`)
      yield* same(yield* A.ok(yield* theirs.get(made.id)), before, "the secret before")
    }
  },
  {
    id: "WS-UPDATE-014",
    provenance: "A",
    statement: "the list has the updated fields",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, all(world))
      const fields = { ...made.fields, name: mine.name("new"), value: mine.value("new") }
      yield* A.ok(yield* api.update(made.id, { metadata: { name: fields.name }, spec: { value: fields.value } }))
      const items = yield* listAll(api, { prefix: mine.prefix })
      yield* haveFields(world, items, [fields], `GET ${api.collection}:`)
    }
  }
])
