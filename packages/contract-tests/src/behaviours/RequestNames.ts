/**
 * Behaviours of field names in requests: lowerCamelCase and snake_case (WIRE.md, Transport: Field names in requests).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { about, same } from "../internal/expect.js"
import { listAll, namesOf } from "../internal/list.js"
import { create, createAll, isMade, isSecret } from "../internal/secret.js"
import { wire } from "../internal/wire.js"

/**
 * The behaviours of names in requests.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("transport", [
  {
    id: "WS-TRANSPORT-201",
    provenance: "A",
    statement: "a create may name its fields in snake_case",
    *check(world) {
      const { api, mine } = world
      const fields = { name: mine.name(), externalId: mine.externalId(), labels: { some_key: "a_b", someKey: "a" } }
      const { externalId, ...metadata } = fields
      const body = { metadata: { ...metadata, external_id: externalId }, spec: {} }
      yield* isSecret(world, yield* api.create(body), fields)
    }
  },
  {
    id: "WS-TRANSPORT-202",
    provenance: "A",
    statement: "an update may name its fields in snake_case, update_mask included",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, { externalId: mine.externalId("before"), labels: { team: "core" } })
      const externalId = mine.externalId("after")
      const metadata = { name: mine.name("ignored"), external_id: externalId }
      const masked = yield* api.update(made.id, { metadata, update_mask: "metadata.external_id" })
      yield* isMade(world, masked, made, { ...made.fields, externalId })
      const name = mine.name("new")
      const again = { name, external_id: mine.externalId("again") }
      const unmasked = yield* api.update(made.id, { metadata: again })
      yield* isMade(world, unmasked, made, { ...made.fields, name, externalId: again.external_id })
    }
  },
  {
    id: "WS-TRANSPORT-203",
    provenance: "A",
    statement: "a list may name its parameters in snake_case",
    *check(world) {
      const { api, mine } = world
      yield* createAll(world, ["a", "b"])
      const { prefix } = mine
      const camel = yield* A.ok(yield* api.list({ prefix, sortOrder: "asc", includeInfo: "true" }))
      yield* A.isBody(yield* api.list({ prefix, sort_order: "asc", include_info: "true" }), camel)
      const items = yield* listAll(api, { prefix, sort_order: "asc", limit: "1" })
      yield* same(namesOf(world, items), ["a", "b"], `GET ${api.collection}, page by page: names`)
    }
  },
  {
    id: "WS-TRANSPORT-204",
    provenance: "A",
    statement: "a body with both names of a field and different values is INVALID_ARGUMENT, and nothing is written",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api, mine } = world
      const name = mine.name()
      const both = { externalId: mine.externalId("a"), external_id: mine.externalId("b") }
      yield* A.names(yield* api.create({ metadata: { name, ...both }, spec: {} }), "metadata.externalId")
      const made = yield* create(world, { externalId: mine.externalId("before"), value: mine.value() })
      const metadata = { name: mine.name("new"), ...both }
      yield* A.names(yield* api.update(made.id, { metadata }), "metadata.externalId")
      const masks = { updateMask: "metadata.name", update_mask: "spec.value" }
      yield* A.names(yield* api.update(made.id, { metadata: { name: mine.name("new") }, ...masks }), "updateMask")
      yield* isMade(world, yield* api.get(made.id), made)
      const items = yield* listAll(api, { prefix: mine.prefix })
      yield* same(items.length, 1, `GET ${api.collection}: the number of secrets`)
    }
  },
  {
    id: "WS-TRANSPORT-205",
    provenance: "A",
    statement: "a query with both names of a parameter and different values is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api }) {
      yield* A.names(yield* api.list({ sortOrder: "asc", sort_order: "desc" }), "sortOrder")
      yield* A.names(yield* api.list({ includeInfo: "true", include_info: "false" }), "includeInfo")
    }
  },
  {
    id: "WS-TRANSPORT-206",
    provenance: "A",
    statement: "both names of a field with the same value count as one",
    *check(world) {
      const { api, mine } = world
      const externalId = mine.externalId()
      const fields = { name: mine.name(), externalId }
      const answer = yield* api.create({ metadata: { ...fields, external_id: externalId }, spec: {} })
      yield* about("create")(isSecret(world, answer, fields))
      const query = { prefix: mine.prefix, sortOrder: "asc" }
      const page = yield* A.ok(yield* api.list(query))
      yield* about("list")(A.isBody(yield* api.list({ ...query, sort_order: "asc" }), page))
    }
  }
])
