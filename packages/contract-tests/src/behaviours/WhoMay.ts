/**
 * Behaviours of permissions (scopes, disabled keys, archived workspaces) and of operations that are not served
 * (WIRE.md, Semantics: Who may; The rest of the API).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import * as Api from "../internal/api.js"
import * as Every from "../internal/every.js"
import { about, holds } from "../internal/expect.js"
import { isScopeMissing, isServedOrNamed, published } from "../internal/served.js"
import { wire, type World } from "../internal/wire.js"
import type { Tenant } from "../Target.js"

/** The API with another key. */
const as = ({ api, target }: World, tenant: Tenant | undefined): Api.Api =>
  Api.make(target, Api.sessionOf(tenant ?? target, api.layout))

/**
 * The behaviours of permissions, and of operations that are not served.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = [
  ...wire("errors", [
    {
      id: "WS-ERR-020",
      provenance: "A",
      statement:
        "a key without secrets:manage is PERMISSION_DENIED, with an ErrorInfo: SCOPE_MISSING, required_scope, granted_scopes",
      needs: ["restrictedTenant"],
      rows: [A.PERMISSION_DENIED],
      strain: "asks for what the key may not have, which may count against the caller",
      *check(world) {
        const { mine, target } = world
        for (const [operation, asking] of Every.onSecrets(as(world, target.restrictedTenant), mine)) {
          const answer = yield* asking
          yield* about(operation)(isScopeMissing(answer))
        }
      }
    },
    {
      id: "WS-ERR-021",
      provenance: "P",
      statement: "a disabled key is UNAUTHENTICATED in every operation",
      needs: ["disabledTenant"],
      rows: [A.UNAUTHENTICATED],
      strain: "asks without a right key, which may count against the caller",
      *check(world) {
        const { mine, target } = world
        for (const [operation, asking] of Every.operation(as(world, target.disabledTenant), mine)) {
          yield* about(operation)(A.refused(yield* asking, A.UNAUTHENTICATED))
        }
      }
    },
    {
      id: "WS-ERR-022",
      provenance: "P",
      statement: "an archived workspace is PERMISSION_DENIED in every operation on secrets",
      needs: ["archivedTenant"],
      rows: [A.PERMISSION_DENIED],
      strain: "asks for what the key may not have, which may count against the caller",
      *check(world) {
        const { mine, target } = world
        for (const [operation, asking] of Every.onSecrets(as(world, target.archivedTenant), mine)) {
          yield* about(operation)(A.refused(yield* asking, A.PERMISSION_DENIED))
        }
      }
    },
    {
      id: "WS-ERR-024",
      provenance: "A",
      statement:
        "a published operation is implemented, or is UNIMPLEMENTED with status 501 and a message that names it",
      layouts: "one",
      rows: [A.NOT_SERVED],
      *check({ api, target }) {
        for (const template of published) {
          const answer = yield* api.send(
            "GET",
            template.replace("{workspaceId}", encodeURIComponent(target.workspaceId))
          )
          yield* isServedOrNamed(answer, template)
        }
      }
    }
  ]),
  ...wire("whoami", [
    {
      id: "WS-WHOAMI-008",
      provenance: "A",
      statement: "whoami needs no scope",
      layouts: "one",
      needs: ["restrictedTenant"],
      *check(world) {
        const restricted = as(world, world.target.restrictedTenant)
        const { metadata } = yield* A.ok(yield* restricted.whoami())
        const { id } = A.at({ metadata }, "metadata")
        yield* holds(typeof id === "string" && id !== "", "GET /v1/whoami: expected the profile of the key")
      }
    }
  ])
]
