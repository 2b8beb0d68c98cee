/**
 * The rules of the API (WIRE.md, Semantics of the server). They know nothing of HTTP.
 *
 * @since 0.1.0
 */
import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import type { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import type { ExternalId } from "@workspace-secrets/core/ExternalId"
import * as Labels from "@workspace-secrets/core/Labels"
import type { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import * as UpdateWorkspaceSecret from "@workspace-secrets/core/UpdateWorkspaceSecret"
import type { WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import {
  WorkspaceSecret,
  WorkspaceSecretAlreadyExists,
  WorkspaceSecretId,
  WorkspaceSecretNotFound
} from "@workspace-secrets/core/WorkspaceSecret"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Cursor from "./Cursor.js"
import type { Tenant } from "./Tenant.js"
import type { Position } from "./WorkspaceSecretStore.js"
import { positionOf } from "./WorkspaceSecretStore.js"

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/** A predicate for the list's filters, which have to hold together. */
const matches = (params: ListWorkspaceSecrets): (secret: WorkspaceSecret) => boolean => {
  const prefix = params.prefix ?? ""
  const query = (params.query ?? "").toLowerCase()
  const selector = Object.entries(params.labels ?? {})
  return ({ metadata: { externalId = "", labels = {}, name } }) =>
    name.startsWith(prefix)
    && (query === ""
      || [name, externalId, ...Object.entries(labels).flat()].some((text) => text.toLowerCase().includes(query)))
    && selector.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
}

/** All that a cursor is bound to. */
const scopeOf = (tenant: Tenant, params: ListWorkspaceSecrets): string => {
  const labels = Object.entries(params.labels ?? {}).sort(([a], [b]) => a < b ? -1 : 1)
  return JSON.stringify([
    tenant.workspaceId,
    params.sortOrder ?? "desc",
    params.prefix ?? "",
    params.query ?? "",
    labels
  ])
}

const positionAfter = (
  params: ListWorkspaceSecrets,
  scope: string
): Effect.Effect<Position | undefined, InvalidArgument> =>
  params.cursor === undefined || params.cursor === ""
    ? Effect.succeed(undefined)
    : Effect.mapError(Cursor.decode(params.cursor, scope), () =>
      InvalidArgument.fromViolations([{
        field: "cursor",
        description:
          "not a cursor of this list: malformed, or issued for other filters or another order; leave it out to start anew"
      }]))

// Parts of a secret need no second validation, which costs more than the rest of a list (here and below: `true`).
const withoutInfo = ({ metadata, spec }: WorkspaceSecret) => new WorkspaceSecret({ metadata, spec }, true)

const notFound = () => Effect.fail(new WorkspaceSecretNotFound({ message: "no such secret in this workspace" }))

const alreadyExists = () =>
  Effect.fail(new WorkspaceSecretAlreadyExists({ message: "another secret of this workspace has this externalId" }))

const isTaken = (tenant: Tenant, externalId: ExternalId | undefined, by: WorkspaceSecretId): boolean => {
  const other = externalId === undefined ? undefined : tenant.secrets.find({ externalId })
  return other !== undefined && other.metadata.id !== by
}

/*
 * What reads and then writes does both in one synchronous step of a generator, since a fiber may give way between two steps.
 */

/**
 * The five operations on the secrets of a tenant.
 *
 * @since 0.1.0
 * @category services
 */
export class WorkspaceSecrets extends Effect.Service<WorkspaceSecrets>()(
  "@workspace-secrets/mock-server/WorkspaceSecrets",
  {
    effect: Effect.gen(function*() {
      const mint = yield* PrefixedUlid.makeMonotonic

      /** A page in the order of creation, newest first unless asked otherwise; at most 200 of them, 50 unless asked. */
      const list = (
        tenant: Tenant,
        params: ListWorkspaceSecrets
      ): Effect.Effect<WorkspaceSecretPage, InvalidArgument> => {
        const scope = scopeOf(tenant, params)
        const limit = Math.min(params.limit || DEFAULT_LIMIT, MAX_LIMIT)
        const isMatch = matches(params)
        return Effect.map(positionAfter(params, scope), (after) => {
          const items: Array<WorkspaceSecret> = []
          for (const secret of tenant.secrets.walk(params.sortOrder ?? "desc", after)) {
            if (isMatch(secret)) {
              const last = items[limit - 1]
              if (last !== undefined) {
                return page(items, { nextCursor: Cursor.encode(positionOf(last), scope) })
              }
              items.push(secret)
            }
          }
          return page(items, {})
        })

        function page(items: ReadonlyArray<WorkspaceSecret>, pagination: WorkspaceSecretPage["pagination"]) {
          return new WorkspaceSecretPage({
            items: params.includeInfo === true ? items : items.map(withoutInfo),
            pagination
          }, true)
        }
      }

      /** A new secret; the server sets its id, time and owner. */
      const create = (
        tenant: Tenant,
        { metadata, spec }: CreateWorkspaceSecret
      ): Effect.Effect<WorkspaceSecret, WorkspaceSecretAlreadyExists> =>
        Effect.gen(function*() {
          const id = WorkspaceSecretId.make(yield* mint("wsec"))
          const createdAt = yield* DateTime.now
          const { externalId } = metadata
          const labels = Labels.orNone(metadata.labels)
          if (isTaken(tenant, externalId, id)) {
            return yield* alreadyExists()
          }
          const secret = new WorkspaceSecret({
            metadata: {
              id,
              accountId: tenant.accountId,
              createdAt,
              name: metadata.name.trim(),
              profileId: tenant.profile.metadata.id,
              workspaceId: tenant.workspaceId,
              ...(externalId === undefined ? {} : { externalId }),
              ...(labels === undefined ? {} : { labels })
            },
            spec,
            info: { createdBy: tenant.profile }
          })
          tenant.secrets.put(secret)
          return secret
        })

      /** The secret of an id or an external id. */
      const get = (tenant: Tenant, ref: WorkspaceSecretRef): Effect.Effect<WorkspaceSecret, WorkspaceSecretNotFound> =>
        Effect.suspend(() => {
          const secret = tenant.secrets.find(ref)
          return secret === undefined ? notFound() : Effect.succeed(secret)
        })

      /** The secret with the fields of the mask written; one that changes nothing leaves `updatedAt` alone, too. */
      const update = (
        tenant: Tenant,
        ref: WorkspaceSecretRef,
        payload: UpdateWorkspaceSecret.UpdateWorkspaceSecret
      ): Effect.Effect<WorkspaceSecret, WorkspaceSecretNotFound | WorkspaceSecretAlreadyExists> =>
        Effect.gen(function*() {
          const updatedAt = yield* DateTime.now
          const secret = tenant.secrets.find(ref)
          if (secret === undefined) {
            return yield* notFound()
          }
          const after = UpdateWorkspaceSecret.applyTo(secret, payload)
          if (after === secret) {
            return secret
          }
          if (isTaken(tenant, after.metadata.externalId, after.metadata.id)) {
            return yield* alreadyExists()
          }
          const updated = new WorkspaceSecret({ ...after, metadata: { ...after.metadata, updatedAt } })
          tenant.secrets.put(updated)
          return updated
        })

      /** Takes the secret out. */
      const remove = (tenant: Tenant, ref: WorkspaceSecretRef): Effect.Effect<void, WorkspaceSecretNotFound> =>
        Effect.suspend(() => {
          const secret = tenant.secrets.find(ref)
          return secret === undefined ? notFound() : Effect.succeed(tenant.secrets.remove(secret))
        })

      return { list, create, get, update, delete: remove }
    })
  }
) {}
