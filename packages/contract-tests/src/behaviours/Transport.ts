/**
 * Behaviours of every operation: headers, both path layouts, values (WIRE.md, Transport; Workspace-scoped
 * paths).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as A from "../internal/answer.js"
import { failures, successes, withAllFields } from "../internal/every.js"
import { about, holds, same } from "../internal/expect.js"
import { all, hasRequestId, isJsonAnswer } from "../internal/headers.js"
import { create, isMade, isSecret } from "../internal/secret.js"
import { wire } from "../internal/wire.js"

/**
 * The behaviours of the transport.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("transport", [
  {
    id: "WS-TRANSPORT-001",
    provenance: "D",
    statement: "a request needs no header except Authorization: Bearer <key>",
    *check({ api, mine, target }) {
      const path = `${api.collection}?prefix=${mine.prefix}`
      const authorization = api.authorization ?? ""
      const response = yield* Effect.promise(() =>
        target.fetch(`${target.baseUrl}${path}`, { headers: { authorization } })
      )
      yield* Effect.promise(() => response.text())
      yield* holds(response.status === 200, `GET ${path}: expected status 200, got ${response.status}`)
    }
  },
  {
    id: "WS-TRANSPORT-002",
    provenance: "D",
    statement: "every successful response is application/json",
    *check(world) {
      yield* all(yield* successes(world), isJsonAnswer)
    }
  },
  {
    id: "WS-TRANSPORT-003",
    provenance: "P",
    statement: "every error is application/json",
    *check(world) {
      yield* all(yield* failures(world), isJsonAnswer)
    }
  },
  {
    id: "WS-TRANSPORT-004",
    provenance: "P",
    statement: "every successful response has an x-request-id",
    *check(world) {
      yield* all(yield* successes(world), hasRequestId)
    }
  },
  {
    id: "WS-TRANSPORT-005",
    provenance: "P",
    statement: "every error has an x-request-id",
    *check(world) {
      yield* all(yield* failures(world), hasRequestId)
    }
  },
  {
    id: "WS-TRANSPORT-014",
    provenance: "P",
    contested: ["paths"],
    needsLayouts: ["unscoped", "scoped"],
    statement: "both path layouts address the same secrets",
    *check(world) {
      const { api, mine } = world
      const other = api.with({ layout: api.layout === "scoped" ? "unscoped" : "scoped" })
      const made = yield* create(world, withAllFields(world))
      yield* isMade(world, yield* other.get(made.id), made)
      const page = yield* A.ok(yield* api.list({ prefix: mine.prefix }))
      yield* A.isBody(yield* other.list({ prefix: mine.prefix }), page)
      const name = mine.name("new")
      yield* isMade(world, yield* other.update(made.id, { metadata: { name } }), made, { ...made.fields, name })
      yield* A.ok(yield* other.delete(made.id))
      yield* A.refused(yield* api.get(made.id), A.NOT_FOUND)
    }
  },
  {
    id: "WS-TRANSPORT-015",
    provenance: "A",
    statement: "a workspace's alias can replace its id in a path, and responses have the id",
    needs: ["workspaceAlias"],
    layouts: ["scoped"],
    *check(world) {
      const { api, mine, target } = world
      const aliased = api.with({ workspace: target.workspaceAlias ?? "" })
      const made = yield* create({ api: aliased, mine }, withAllFields(world))
      yield* isSecret(world, made.answer, made.fields)
      yield* isMade(world, yield* api.get(made.id), made)
      yield* isMade(world, yield* aliased.get(made.id), made)
      const page = yield* A.ok(yield* api.list({ prefix: mine.prefix }))
      yield* A.isBody(yield* aliased.list({ prefix: mine.prefix }), page)
      const name = mine.name("new")
      yield* isMade(world, yield* aliased.update(made.id, { metadata: { name } }), made, { ...made.fields, name })
      yield* A.ok(yield* aliased.delete(made.id))
    }
  },
  {
    id: "WS-TRANSPORT-018",
    provenance: "D",
    contested: ["values"],
    statement: "every read returns the value, or none does",
    *check(world) {
      const { api, mine, target } = world
      const value = mine.value()
      const made = yield* create(world, { value })
      const reads = {
        create: made.answer,
        get: yield* api.get(made.id),
        update: yield* api.update(made.id, { metadata: { name: mine.name("new") } })
      }
      const read = yield* Effect.forEach(Object.values(reads), A.ok)
      const { items } = yield* A.page(yield* api.list({ prefix: mine.prefix }))
      const specs = [...read, ...items].map((secret) => A.at(secret, "spec"))
      const isLeftOut = target.writeOnlyValues ?? !("value" in (specs[0] ?? {}))
      for (const [i, operation] of [...Object.keys(reads), "list"].entries()) {
        yield* about(operation)(same({ spec: specs[i] }, { spec: isLeftOut ? {} : { value } }, "the secret"))
      }
    }
  }
])
