/**
 * Behaviours of labels (WIRE.md, Create: Labels). The rules of create also apply to the labels that an update writes.
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { about } from "../internal/expect.js"
import { bodyOf, create, isMade, isSecret } from "../internal/secret.js"
import { wire } from "../internal/wire.js"

const dnsPrefix = (length: number): string =>
  `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(length - 192)}`

const goodKeys = [
  "a",
  "7",
  "Team",
  "a-b_c.d",
  "a".repeat(63),
  "example.com/team",
  `${dnsPrefix(253)}/team`,
  "constructor"
]

const badKeys = [
  "",
  "a".repeat(64),
  "-team",
  "team-",
  ".team",
  "team_",
  "te am",
  "te=am",
  "téam",
  "/team",
  "example.com/",
  "example.com/a/b",
  "example_com/team",
  `${dnsPrefix(254)}/team`,
  "__proto__"
]

const goodValues = ["", "a", "7", "Core", "a-b_c.d", "a".repeat(63)]

const badValues = ["a".repeat(64), "-core", "core-", ".core", "core_", "co re", "co/re", "co,re", "córe"]

/**
 * The behaviours of labels.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("create", [
  {
    id: "WS-CREATE-101",
    provenance: "P",
    statement: "a label's key has 1 to 63 characters, alphanumeric at both ends, with - _ . inside",
    *check(world) {
      const labels = Object.fromEntries(goodKeys.map((key) => [key, "core"]))
      const fields = { name: world.mine.name(), labels }
      yield* isSecret(world, yield* world.api.create(bodyOf(fields)), fields)
    }
  },
  {
    id: "WS-CREATE-102",
    provenance: "P",
    statement: "a label's key of any other form is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api, mine }) {
      for (const key of badKeys) {
        // As text, because __proto__ in an object literal sets the prototype.
        const body = `{"metadata":{"name":"${mine.name()}","labels":{${JSON.stringify(key)}:"core"}},"spec":{}}`
        const answer = yield* api.send("POST", api.collection, { body })
        yield* about(`key ${key.slice(0, 20)} of ${key.length} characters`)(A.refused(answer, A.INVALID_ARGUMENT))
      }
    }
  },
  {
    id: "WS-CREATE-103",
    provenance: "P",
    statement: "a label's value has 0 to 63 characters, alphanumeric at both ends, with - _ . inside",
    *check(world) {
      const fields = {
        name: world.mine.name(),
        labels: Object.fromEntries(goodValues.map((value, i) => [`key${i}`, value]))
      }
      yield* isSecret(world, yield* world.api.create(bodyOf(fields)), fields)
    }
  },
  {
    id: "WS-CREATE-104",
    provenance: "P",
    statement: "a label's value of any other form is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api, mine }) {
      for (const value of badValues) {
        const answer = yield* api.create(bodyOf({ name: mine.name(), labels: { team: value } }))
        yield* about(`label ${value.slice(0, 20)} of ${value.length} characters`)(A.refused(answer, A.INVALID_ARGUMENT))
      }
    }
  },
  {
    id: "WS-CREATE-107",
    provenance: "A",
    statement: "an empty map of labels is unset",
    *check(world) {
      const { api, mine } = world
      yield* isSecret(world, yield* api.create(bodyOf({ name: mine.name(), labels: {} })), { name: mine.name() })
    }
  },
  {
    id: "WS-CREATE-106",
    provenance: "P",
    statement: "an update with invalid labels is INVALID_ARGUMENT and changes nothing",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { api } = world
      const made = yield* create(world, { labels: { team: "core" } })
      for (const labels of [{ "-team": "core" }, { team: "core-" }]) {
        const answer = yield* api.update(made.id, { metadata: { labels }, updateMask: "metadata.labels" })
        yield* A.refused(answer, A.INVALID_ARGUMENT)
      }
      yield* isMade(world, yield* api.get(made.id), made)
    }
  }
])
