/**
 * Behaviours of refused bodies, and of the field violations of errors (WIRE.md, Errors).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { bodyOf, create, isMade, isSecret } from "../internal/secret.js"
import { wire } from "../internal/wire.js"

const MAX_BYTES = 1024 * 1024

/** JSON of exactly this size, with a padded value. */
const bodyOfSize = (metadata: object | undefined, value: (content: string) => string, bytes: number) => {
  const withContent = (content: string) => JSON.stringify({ metadata, spec: { value: value(content) } })
  return withContent("a".repeat(bytes - withContent("").length))
}

/**
 * The behaviours of refused bodies, and of details.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("errors", [
  {
    id: "WS-ERR-010",
    provenance: "A",
    statement: "a body of 1 MiB is accepted",
    strain: "sends bodies of 1 MiB",
    *check(world) {
      const { api, mine } = world
      const fields = { name: mine.name() }
      const body = bodyOfSize(fields, mine.value, MAX_BYTES)
      const { spec } = JSON.parse(body) as { readonly spec: { readonly value: string } }
      const answer = yield* api.send("POST", api.collection, { body })
      yield* isSecret(world, answer, { ...fields, ...spec })
    }
  },
  {
    id: "WS-ERR-011",
    provenance: "A",
    statement: "a body over 1 MiB is INVALID_ARGUMENT with status 413, for create and update",
    rows: [A.TOO_LARGE],
    strain: "sends bodies of 1 MiB",
    *check(world) {
      const { api, mine } = world
      const body = bodyOfSize({ name: mine.name() }, mine.value, MAX_BYTES + 1)
      yield* A.refused(yield* api.send("POST", api.collection, { body }), A.TOO_LARGE)
      const made = yield* create(world)
      yield* A.refused(yield* api.send("PATCH", `${api.collection}/${made.id}`, { body }), A.TOO_LARGE)
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-ERR-012",
    provenance: "A",
    statement: "a body that is not JSON by its content type is INVALID_ARGUMENT with status 415, for create and update",
    rows: [A.UNSUPPORTED_TYPE],
    *check(world) {
      const { api, mine } = world
      const body = JSON.stringify(bodyOf({ name: mine.name("new") }))
      const made = yield* create(world)
      for (const contentType of ["text/plain", "application/x-www-form-urlencoded", "application/xml"]) {
        const sending = { body, contentType }
        yield* A.refused(yield* api.send("POST", api.collection, sending), A.UNSUPPORTED_TYPE)
        yield* A.refused(yield* api.send("PATCH", `${api.collection}/${made.id}`, sending), A.UNSUPPORTED_TYPE)
      }
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-ERR-013",
    provenance: "A",
    statement: "application/json may have charset=utf-8",
    *check(world) {
      const { api, mine } = world
      const fields = { name: mine.name("鍵") }
      const sending = { body: JSON.stringify(bodyOf(fields)), contentType: "application/json; charset=utf-8" }
      yield* isSecret(world, yield* api.send("POST", api.collection, sending), fields)
    }
  },
  {
    id: "WS-ERR-014",
    provenance: "P",
    statement: "a body of broken JSON, or no body, is INVALID_ARGUMENT, for create and update",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world)
      const whole = JSON.stringify(bodyOf({ name: mine.name("new"), value: mine.value() }))
      for (const body of [whole.slice(0, -1), `${whole}x`, whole.replaceAll("\"", "'"), "name=a", ""]) {
        yield* A.refused(yield* api.send("POST", api.collection, { body }), A.INVALID_ARGUMENT)
        yield* A.refused(yield* api.send("PATCH", `${api.collection}/${made.id}`, { body }), A.INVALID_ARGUMENT)
      }
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-ERR-015",
    provenance: "P",
    statement: "a body that is JSON but not an object is INVALID_ARGUMENT, for create and update",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api } = world
      const made = yield* create(world)
      for (const body of ["null", "[]", "\"text\"", "5", "true"]) {
        yield* A.refused(yield* api.send("POST", api.collection, { body }), A.INVALID_ARGUMENT)
        yield* A.refused(yield* api.send("PATCH", `${api.collection}/${made.id}`, { body }), A.INVALID_ARGUMENT)
      }
    }
  },
  {
    id: "WS-ERR-016",
    provenance: "P",
    statement: "an invalid parameter of a list is named in a google.rpc.BadRequest",
    rows: [A.INVALID_ARGUMENT],
    *check({ api }) {
      const wrong = { limit: "-1", sortOrder: "newest", cursor: "not-a-cursor", labels: "team", includeInfo: "maybe" }
      for (const [field, value] of Object.entries(wrong)) {
        yield* A.names(yield* api.list({ [field]: value }), field)
      }
    }
  },
  {
    id: "WS-ERR-017",
    provenance: "P",
    statement: "an invalid field of a create is named in a google.rpc.BadRequest",
    rows: [A.INVALID_ARGUMENT],
    *check({ api, mine }) {
      const name = mine.name()
      const wrong: Readonly<Record<string, unknown>> = {
        metadata: { spec: {} },
        spec: { metadata: { name } },
        "metadata.name": { metadata: { name: "" }, spec: {} },
        "metadata.externalId": { metadata: { name, externalId: 5 }, spec: {} },
        "metadata.labels": { metadata: { name, labels: { "-team": "core" } }, spec: {} },
        "spec.value": { metadata: { name }, spec: { value: 5 } }
      }
      for (const [field, body] of Object.entries(wrong)) {
        yield* A.names(yield* api.create(body), field)
      }
    }
  },
  {
    id: "WS-ERR-023",
    provenance: "P",
    statement: "the fields of a google.rpc.BadRequest are paths in snake_case, except for the keys of labels",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api, mine } = world
      const name = mine.name()
      yield* A.namesIn(yield* api.create({ metadata: { name, externalId: 5 }, spec: {} }), ["metadata.external_id"])
      const labels = { someKey: "-" }
      yield* A.namesIn(yield* api.create({ metadata: { name, labels }, spec: {} }), ["metadata.labels.someKey"])
      const { id } = yield* create(world)
      yield* A.namesIn(yield* api.update(id, { spec: {}, updateMask: "metadata.nope" }), ["update_mask"])
      yield* A.namesIn(yield* api.list({ sortOrder: "newest" }), ["sort_order"])
      yield* A.namesIn(yield* api.list({ includeInfo: "maybe" }), ["include_info"])
    }
  },
  {
    id: "WS-ERR-018",
    provenance: "P",
    statement: "an invalid field of an update, and an invalid mask, are named in a google.rpc.BadRequest",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api, mine } = world
      const { id } = yield* create(world)
      const wrong: Readonly<Record<string, unknown>> = {
        "metadata.name": { metadata: { name: " " } },
        "metadata.labels": { metadata: { name: mine.name(), labels: { team: "-" } } },
        "spec.value": { spec: { value: 5 } },
        updateMask: { spec: {}, updateMask: "metadata.nope" }
      }
      for (const [field, body] of Object.entries(wrong)) {
        yield* A.names(yield* api.update(id, body), field)
      }
      yield* A.names(yield* api.update(id, { updateMask: "*" }), "metadata.name")
    }
  }
])
