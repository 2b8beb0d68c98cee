/**
 * Behaviours of the fields of a new secret: name, externalId, value (WIRE.md, Create). Labels are in another module.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as A from "../internal/answer.js"
import { idOf } from "../internal/api.js"
import { about, holds, same } from "../internal/expect.js"
import { listAll } from "../internal/list.js"
import { bodyOf, create, isMade, isSecret } from "../internal/secret.js"
import { wire } from "../internal/wire.js"

/**
 * The behaviours of the fields of a new secret.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("create", [
  {
    id: "WS-CREATE-008",
    provenance: "A",
    statement: "white space around a name is removed",
    *check(world) {
      const { api, mine } = world
      const answer = yield* api.create(bodyOf({ name: ` \t${mine.name("a  b")}\n ` }))
      yield* isSecret(world, answer, { name: mine.name("a  b") })
    }
  },
  {
    id: "WS-CREATE-009",
    provenance: "A",
    statement: "a name of 255 characters is accepted, with white space around it and characters outside the BMP",
    *check(world) {
      const { api, mine } = world
      const rest = 255 - mine.name("").length
      for (const name of [mine.name("a".repeat(rest)), mine.name("é".repeat(rest)), mine.name("🔑".repeat(rest))]) {
        yield* isSecret(world, yield* api.create(bodyOf({ name: `  ${name}  ` })), { name })
      }
    }
  },
  {
    id: "WS-CREATE-010",
    provenance: "A",
    statement: "a name of 256 characters is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api, mine }) {
      const name = mine.name("a".repeat(256 - mine.name("").length))
      yield* A.refused(yield* api.create(bodyOf({ name })), A.INVALID_ARGUMENT)
    }
  },
  {
    id: "WS-CREATE-011",
    provenance: "A",
    statement: "a missing, empty or blank name is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api, mine }) {
      for (const name of [undefined, null, "", " ", "\t\n"]) {
        const answer = yield* api.create({ metadata: { name, externalId: mine.externalId() }, spec: {} })
        yield* about(`name ${JSON.stringify(name)}`)(A.refused(answer, A.INVALID_ARGUMENT))
      }
    }
  },
  {
    id: "WS-CREATE-014",
    provenance: "A",
    statement: "names need not be unique",
    *check(world) {
      const first = yield* create(world)
      const second = yield* create(world)
      yield* holds(first.id !== second.id, `${second.answer.request}: expected a secret of its own, got the first one`)
      yield* isMade(world, yield* world.api.get(first.id), first)
    }
  },
  {
    id: "WS-CREATE-015",
    provenance: "A",
    statement: "an externalId of another secret in the workspace is ALREADY_EXISTS, and nothing is created",
    rows: [A.ALREADY_EXISTS],
    *check(world) {
      const { api, mine } = world
      const first = yield* create(world, { externalId: mine.externalId(), value: mine.value() })
      const again = bodyOf({ name: mine.name("second"), externalId: mine.externalId(), value: mine.value("2") })
      yield* A.refused(yield* api.create(again), A.ALREADY_EXISTS)
      yield* isMade(world, yield* api.get(`external_id:${mine.externalId()}`), first)
      const { length } = yield* listAll(api, { prefix: mine.prefix })
      yield* holds(length === 1, `GET ${api.collection}: expected the first secret alone, got ${length}`)
    }
  },
  {
    id: "WS-CREATE-016",
    provenance: "A",
    statement: "of two concurrent creates with the same externalId, one succeeds and one is ALREADY_EXISTS",
    rows: [A.ALREADY_EXISTS],
    *check({ api, mine }) {
      const body = bodyOf({ name: mine.name(), externalId: mine.externalId() })
      const answers = yield* Effect.all([api.create(body), api.create(body)], { concurrency: 2 })
      const statuses = answers.map(({ status }) => status).sort()
      yield* holds(
        statuses.join() === "200,409" && new Set(answers.map(idOf)).size === 2,
        `POST ${api.collection}, twice at once: expected status 200 and 409, got ${statuses.join(" and ")}`
      )
      for (const answer of answers.filter(({ status }) => status !== 200)) {
        yield* A.refused(answer, A.ALREADY_EXISTS)
      }
    }
  },
  {
    id: "WS-CREATE-017",
    provenance: "A",
    statement: "an externalId can be used again after its secret is deleted",
    *check(world) {
      const { api, mine } = world
      const fields = { name: mine.name(), externalId: mine.externalId() }
      const first = yield* create(world, fields)
      yield* A.ok(yield* api.delete(first.id))
      yield* isSecret(world, yield* api.create(bodyOf(fields)), fields)
    }
  },
  {
    id: "WS-CREATE-018",
    provenance: "A",
    statement: "an externalId is unique per workspace: another workspace may use it too",
    needs: ["otherTenant"],
    *check(world) {
      const { api, mine, theirs } = world
      const fields = { name: mine.name(), externalId: mine.externalId() }
      yield* create({ api: theirs, mine }, fields)
      yield* isSecret(world, yield* api.create(bodyOf(fields)), fields)
    }
  },
  {
    id: "WS-CREATE-019",
    provenance: "A",
    contested: ["values"],
    statement: "a value that a read returns is exactly the one that was written, for any characters",
    *check(world) {
      const { mine } = world
      for (
        const text of ["\"quoted\" \\ back/slash", "line\r\nline\ttab", "\u001f\u007f\u2028", "naïve 鍵 🔑", " around "]
      ) {
        const made = yield* create(world, { value: mine.value(text) })
        yield* isMade(world, yield* world.api.get(made.id), made)
      }
    }
  },
  {
    id: "WS-CREATE-023",
    provenance: "A",
    statement: "an empty value is unset",
    *check(world) {
      const { api, mine } = world
      const fields = { name: mine.name() }
      const answer = yield* api.create(bodyOf({ ...fields, value: "" }))
      yield* isSecret(world, answer, fields)
      yield* isSecret(world, yield* api.get(idOf(answer) ?? ""), fields)
    }
  },
  {
    id: "WS-CREATE-024",
    provenance: "P",
    statement: "an empty externalId is unset: several secrets may have it, and no secret is found by it",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { api, mine } = world
      for (const name of [mine.name("first"), mine.name("second")]) {
        yield* isSecret(world, yield* api.create(bodyOf({ name, externalId: "" })), { name })
      }
      yield* A.refused(yield* api.get("external_id:"), A.NOT_FOUND)
    }
  },
  {
    id: "WS-CREATE-025",
    provenance: "P",
    contested: ["names"],
    statement: "a name is returned as sent or in upper case, the same on every read",
    *check(world) {
      const { api, mine, target } = world
      const sent = `${mine.prefix}-Email tool`
      const made = yield* create(world, { name: sent })
      const answers = [
        made.answer,
        yield* api.get(made.id),
        yield* api.update(made.id, { metadata: { name: sent }, updateMask: "metadata.name" })
      ]
      const read = yield* Effect.forEach(answers, A.ok)
      const { items } = yield* A.page(yield* api.list({ query: mine.prefix }))
      const names = [...read, ...items].map((secret) => A.at(secret, "metadata")["name"])
      const isUpperCase = target.uppercaseNames ?? names[0] !== sent
      const expected = isUpperCase ? sent.toUpperCase() : sent
      yield* same(names, answers.concat(made.answer).map(() => expected), "the name on create, get, update and list")
    }
  }
])
