/**
 * Tenants: what an API key stands for.
 *
 * @since 0.1.0
 */
import type { AccountId } from "@workspace-secrets/core/AccountId"
import { Unauthenticated } from "@workspace-secrets/core/ApiError"
import type { Profile } from "@workspace-secrets/core/Profile"
import type { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { WorkspaceSecretStore } from "./WorkspaceSecretStore.js"

/**
 * A key's own world: its account, its one workspace, the profile it acts as, and the secrets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tenant {
  readonly accountId: AccountId
  readonly workspaceId: WorkspaceId
  /** What stands for the workspace's id in a path. */
  readonly workspaceAlias: string
  readonly profile: Profile
  readonly secrets: WorkspaceSecretStore
}

/**
 * The tenants of a server by their keys. Keys are strict: one that is not known is nobody's.
 *
 * @since 0.1.0
 * @category services
 */
export class Tenants extends Effect.Service<Tenants>()("@workspace-secrets/mock-server/Tenants", {
  sync: () => {
    const byKey = new Map<string, Tenant>()
    return {
      /** Gives a key its world; a key that has one gets the new one instead. */
      add: (apiKey: Redacted.Redacted<string>, tenant: Tenant): Effect.Effect<void> =>
        Effect.sync(() => {
          byKey.set(Redacted.value(apiKey), tenant)
        }),

      /** The tenant of an `Authorization` header (WIRE.md, Transport: Auth). */
      authenticate: (authorization: string | undefined): Effect.Effect<Tenant, Unauthenticated> => {
        if (authorization === undefined) {
          return Effect.fail(new Unauthenticated({ message: "no API key; send Authorization: Bearer <key>" }))
        }
        const key = /^bearer +([^\s]+)$/i.exec(authorization)?.[1]
        if (key === undefined) {
          return Effect.fail(
            new Unauthenticated({ message: "malformed Authorization header; it has to be Bearer <key>" })
          )
        }
        const tenant = byKey.get(key)
        return tenant === undefined
          ? Effect.fail(new Unauthenticated({ message: "unknown API key" }))
          : Effect.succeed(tenant)
      }
    }
  }
}) {}
