/**
 * Behaviours of the JSON of every operation: names, times, null, unknown fields (WIRE.md, Transport).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as A from "../internal/answer.js"
import { failures, successes, withAllFields } from "../internal/every.js"
import * as Json from "../internal/json.js"
import { create, isMade, isSecret } from "../internal/secret.js"
import { wire, type World } from "../internal/wire.js"

const times = (world: World) =>
  Effect.map(Effect.flatMap(successes(world), Effect.forEach(A.object)), (bodies) => bodies.flatMap(Json.times))

/**
 * The behaviours of JSON.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("transport", [
  {
    id: "WS-TRANSPORT-006",
    provenance: "D",
    statement: "field names are lowerCamelCase",
    *check(world) {
      for (const answer of yield* successes(world)) {
        yield* Json.isLowerCamelCase(answer)
      }
    }
  },
  {
    id: "WS-TRANSPORT-017",
    provenance: "A",
    statement: "no response contains null",
    *check(world) {
      for (const answer of [...(yield* successes(world)), ...(yield* failures(world))]) {
        yield* Json.hasNoNull(answer)
      }
    }
  },
  {
    id: "WS-TRANSPORT-008",
    provenance: "D",
    statement: "timestamps are RFC 3339 in UTC, with Z",
    *check(world) {
      for (const time of yield* times(world)) {
        yield* Json.isUtc(time)
      }
    }
  },
  {
    id: "WS-TRANSPORT-009",
    provenance: "A",
    statement: "timestamps have three fractional digits",
    *check(world) {
      for (const time of yield* times(world)) {
        yield* Json.isMilliseconds(time)
      }
    }
  },
  {
    id: "WS-TRANSPORT-010",
    provenance: "A",
    statement: "null in a create means unset",
    *check(world) {
      const { api, mine } = world
      const name = mine.name()
      const answer = yield* api.create({ metadata: { name, externalId: null, labels: null }, spec: { value: null } })
      yield* isSecret(world, answer, { name })
    }
  },
  {
    id: "WS-TRANSPORT-011",
    provenance: "A",
    statement: "null in an update means unset: ignored without a mask, cleared if it is in the mask",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, withAllFields(world))
      const name = mine.name("new")
      const nulls = { metadata: { name, externalId: null, labels: null }, spec: { value: null } }
      for (const body of [{ ...nulls, updateMask: null }, { ...nulls, spec: null }]) {
        yield* isMade(world, yield* api.update(made.id, body), made, { ...made.fields, name })
      }
      const updateMask = "metadata.externalId,metadata.labels,spec.value"
      yield* isMade(world, yield* api.update(made.id, { ...nulls, updateMask }), made, { name })
    }
  },
  {
    id: "WS-TRANSPORT-012",
    provenance: "A",
    statement: "unknown fields of a request body are ignored",
    *check(world) {
      const { api, mine } = world
      const fields = { name: mine.name() }
      const nope = { nope: [1, { deep: null }] }
      const answer = yield* api.create({ ...nope, metadata: { ...fields, ...nope }, spec: { ...nope } })
      yield* isSecret(world, answer, fields)
      const id = String(A.at(yield* A.object(answer), "metadata")["id"])
      const renamed = { name: mine.name("new") }
      yield* isSecret(world, yield* api.update(id, { ...nope, metadata: { ...renamed, ...nope }, spec: nope }), renamed)
    }
  },
  {
    id: "WS-TRANSPORT-013",
    provenance: "A",
    statement: "unknown query parameters are ignored",
    *check(world) {
      const { api, mine } = world
      yield* create(world)
      const plain = yield* A.ok(yield* api.list({ prefix: mine.prefix }))
      yield* A.isBody(yield* api.list({ prefix: mine.prefix, nope: "1" }), plain)
    }
  }
])
