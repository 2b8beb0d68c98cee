/**
 * Behaviours of errors: status, code and body of each row that requests can cause (WIRE.md, Errors). Errors of a single
 * operation are with that operation, and those of bodies in another module.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as A from "../internal/answer.js"
import * as Every from "../internal/every.js"
import { about } from "../internal/expect.js"
import { allows } from "../internal/headers.js"
import { create, isMade } from "../internal/secret.js"
import { unknownId } from "../internal/ulid.js"
import { wire } from "../internal/wire.js"

/**
 * The behaviours of errors.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("errors", [
  {
    id: "WS-ERR-001",
    provenance: "P",
    statement: "without a key every operation is UNAUTHENTICATED",
    rows: [A.UNAUTHENTICATED],
    strain: "asks without a right key, which may count against the caller",
    *check({ api, mine }) {
      const nobody = api.with({ authorization: undefined })
      for (const [operation, asking] of Every.operation(nobody, mine)) {
        yield* about(operation)(A.refused(yield* asking, A.UNAUTHENTICATED))
      }
    }
  },
  {
    id: "WS-ERR-002",
    provenance: "P",
    statement: "with an Authorization header other than Bearer <key>, every operation is UNAUTHENTICATED",
    rows: [A.UNAUTHENTICATED],
    strain: "asks without a right key, which may count against the caller",
    *check({ api, mine, target }) {
      const key = Redacted.value(target.apiKey)
      const malformed = { "the key alone": key, "Bearer alone": "Bearer", "another scheme": `Basic ${key}` }
      for (const [what, authorization] of Object.entries(malformed)) {
        const someone = api.with({ authorization })
        for (const [operation, asking] of Every.operation(someone, mine)) {
          yield* about(`${what}, ${operation}`)(A.refused(yield* asking, A.UNAUTHENTICATED))
        }
      }
    }
  },
  {
    id: "WS-ERR-003",
    provenance: "P",
    statement: "with an unknown key every operation is UNAUTHENTICATED",
    rows: [A.UNAUTHENTICATED],
    strain: "asks without a right key, which may count against the caller",
    *check({ api, mine, target }) {
      for (const key of [mine.prefix, `${Redacted.value(target.apiKey)}x`]) {
        const someone = api.with({ authorization: `Bearer ${key}` })
        for (const [operation, asking] of Every.operation(someone, mine)) {
          yield* about(operation)(A.refused(yield* asking, A.UNAUTHENTICATED))
        }
      }
    }
  },
  {
    id: "WS-ERR-004",
    provenance: "A",
    statement: "a workspace that the key has no access to is PERMISSION_DENIED in every operation",
    layouts: ["scoped"],
    rows: [A.PERMISSION_DENIED],
    strain: "asks for what others have, which may count against the caller",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world)
      const elsewhere = api.with({ workspace: Every.elsewhere })
      for (
        const [operation, asking] of [...Every.onSecrets(elsewhere, mine), ...Every.onSecrets(elsewhere, mine, made.id)]
      ) {
        yield* about(operation)(A.refused(yield* asking, A.PERMISSION_DENIED))
      }
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-ERR-005",
    provenance: "A",
    statement: "another tenant's workspace is PERMISSION_DENIED in every operation, also for secrets in it",
    needs: ["otherTenant"],
    layouts: ["scoped"],
    rows: [A.PERMISSION_DENIED],
    strain: "asks for what others have, which may count against the caller",
    *check({ api, mine, target, theirs }) {
      const made = yield* create({ api: theirs, mine })
      const elsewhere = api.with({ workspace: target.otherTenant?.workspaceId ?? "" })
      for (const [operation, asking] of Every.onSecrets(elsewhere, mine, made.id)) {
        yield* about(operation)(A.refused(yield* asking, A.PERMISSION_DENIED))
      }
      yield* A.ok(yield* theirs.get(made.id))
    }
  },
  {
    id: "WS-ERR-019",
    provenance: "A",
    statement: "a workspace id that only begins like the key's workspace is PERMISSION_DENIED",
    layouts: ["scoped"],
    rows: [A.PERMISSION_DENIED],
    strain: "asks for what others have, which may count against the caller",
    *check(world) {
      const { api, mine, target } = world
      const made = yield* create(world)
      for (const workspace of [target.workspaceId.slice(0, -1), `${target.workspaceId}0`]) {
        for (const [operation, asking] of Every.onSecrets(api.with({ workspace }), mine, made.id)) {
          yield* about(operation)(A.refused(yield* asking, A.PERMISSION_DENIED))
        }
      }
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-ERR-006",
    provenance: "P",
    statement: "an unknown path is NOT_FOUND, with a different message than a missing resource",
    rows: [A.NOT_FOUND],
    *check({ api }) {
      const missing = yield* A.refused(yield* api.get(unknownId), A.NOT_FOUND)
      for (
        const path of ["/v1/workspace_secret", "/v1", "/v0/workspace_secrets", `${api.collection}/${unknownId}/value`]
      ) {
        const answer = yield* api.send("GET", path)
        const { message } = yield* A.refused(answer, A.NOT_FOUND)
        yield* A.that(answer, message !== missing["message"], "another message than that for a missing secret")
      }
    }
  },
  {
    id: "WS-ERR-007",
    provenance: "P",
    statement: "another method on the collection is UNIMPLEMENTED with status 405, and Allow says GET and POST",
    rows: [A.METHOD_NOT_ALLOWED],
    *check({ api }) {
      for (const method of ["PUT", "PATCH", "DELETE"]) {
        const answer = yield* api.send(method, api.collection, method === "DELETE" ? {} : { body: "{}" })
        yield* A.refused(answer, A.METHOD_NOT_ALLOWED)
        yield* allows(answer, "GET, POST")
      }
    }
  },
  {
    id: "WS-ERR-008",
    provenance: "P",
    statement: "another method on a secret is UNIMPLEMENTED with status 405, and Allow says GET, PATCH and DELETE",
    rows: [A.METHOD_NOT_ALLOWED],
    *check(world) {
      const { api } = world
      const made = yield* create(world)
      for (const method of ["PUT", "POST"]) {
        const answer = yield* api.send(method, `${api.collection}/${made.id}`, { body: "{}" })
        yield* A.refused(answer, A.METHOD_NOT_ALLOWED)
        yield* allows(answer, "DELETE, GET, PATCH")
      }
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-ERR-009",
    provenance: "P",
    statement: "another method on whoami is UNIMPLEMENTED with status 405, and Allow says GET",
    layouts: "one",
    rows: [A.METHOD_NOT_ALLOWED],
    *check({ api }) {
      const answer = yield* api.send("POST", "/v1/whoami", { body: "{}" })
      yield* A.refused(answer, A.METHOD_NOT_ALLOWED)
      yield* allows(answer, "GET")
    }
  }
])
