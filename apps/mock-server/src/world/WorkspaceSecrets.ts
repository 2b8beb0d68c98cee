/**
 * The rules of the API, independent of HTTP (WIRE.md, Semantics of the server).
 *
 * @since 0.1.0
 */
import type { ResourceExhausted } from "@workspace-secrets/core/ApiError"
import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import type { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import type { ExternalId } from "@workspace-secrets/core/ExternalId"
import * as Labels from "@workspace-secrets/core/Labels"
import type { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
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
import * as Either from "effect/Either"
import * as Cursor from "./Cursor.js"
import type { Tenant } from "./Tenant.js"
import { nameFor, noRoom } from "./Tenant.js"
import type { Position } from "./WorkspaceSecretStore.js"
import { positionOf, sizeOf } from "./WorkspaceSecretStore.js"

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/**
 * The maximum size of a page in characters, unless it has only one secret. In JSON a character has at most six bytes, so
 * a page is shorter than the 16 MiB that clients read. A profile in `info` does not count: only a seed can make it large.
 */
const MAX_PAGE = 2.5 * 1024 * 1024

/** What a cursor is valid for. */
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
): Either.Either<Position | undefined, InvalidArgument> =>
  params.cursor === undefined || params.cursor === ""
    ? Either.right(undefined)
    : Either.fromOption(Cursor.decode(params.cursor, scope), () =>
      InvalidArgument.fromViolations([{
        field: "cursor",
        description:
          "not a cursor of this list: malformed, or issued for other filters or another order; leave it out to start anew"
      }]))

// `true` skips validation, here and below: the parts are decoded already, and validation costs more than the rest of a request.
const withoutInfo = ({ metadata, spec }: WorkspaceSecret) => new WorkspaceSecret({ metadata, spec }, true)

const notFound = Either.left(new WorkspaceSecretNotFound({ message: "no such secret in this workspace" }, true))

const alreadyExists = Either.left(
  new WorkspaceSecretAlreadyExists({ message: "another secret of this workspace has this externalId" }, true)
)

const full = Either.left(noRoom)

/** Makes an id that no secret has. With a `randomSeed` ids repeat after a reset, and a seed may contain some of them. */
const freeId = ({ ids, secrets }: Tenant, now: number): WorkspaceSecretId => {
  for (;;) {
    const id = WorkspaceSecretId.make(ids.resource("wsecret", now))
    if (secrets.find(id) === undefined) {
      return id
    }
  }
}

/** Trims a name. A trimmed string may be a slice, which keeps the whole text in memory, so this copies it. */
const trimmed = (name: string): string => {
  const slice = name.trim()
  return slice === name ? name : JSON.parse(JSON.stringify(slice)) as string
}

const isTaken = (tenant: Tenant, externalId: ExternalId | undefined, by: WorkspaceSecretId): boolean => {
  const other = externalId === undefined ? undefined : tenant.secrets.find({ externalId })
  return other !== undefined && other.metadata.id !== by
}

/** The maximum number of labels of a secret. */
const MAX_LABELS = 64

/** The maximum length of a percent-encoded external id: a longer one would hardly fit into a URL. */
const MAX_ADDRESS = 1024

/** Checks the size limits of a secret's metadata. */
const tooMuch = ({ externalId, labels = {} }: {
  readonly externalId?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}): Either.Either<void, InvalidArgument> => {
  const violations = [
    ...(externalId !== undefined && encodeURIComponent(externalId).length > MAX_ADDRESS
      ? [{
        field: "metadata.external_id",
        description: `Expected at most ${MAX_ADDRESS} characters when it is percent-encoded, as in a path`
      }]
      : []),
    ...(Object.keys(labels).length > MAX_LABELS
      ? [{ field: "metadata.labels", description: `Expected at most ${MAX_LABELS} labels` }]
      : [])
  ]
  return violations.length === 0 ? Either.void : Either.left(InvalidArgument.fromViolations(violations))
}

/**
 * Lists a page of secrets by creation time, newest first by default. `limit` is 50 by default, and at most 200 (WIRE.md, List).
 * A page of large secrets has fewer.
 *
 * @since 0.1.0
 * @category operations
 */
export const list = (
  tenant: Tenant,
  params: ListWorkspaceSecrets
): Either.Either<WorkspaceSecretPage, InvalidArgument> => {
  const scope = scopeOf(tenant, params)
  const limit = Math.min(params.limit || DEFAULT_LIMIT, MAX_LIMIT)
  return Either.map(positionAfter(params, scope), (after) => {
    const items: Array<WorkspaceSecret> = []
    let size = 0
    for (const secret of tenant.secrets.search(params, params.sortOrder ?? "desc", after)) {
      const last = items.at(-1)
      size += sizeOf(secret)
      if (last !== undefined && (items.length === limit || size > MAX_PAGE)) {
        return page(items, { nextCursor: Cursor.encode(positionOf(last), scope) })
      }
      items.push(secret)
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

/*
 * All operations are synchronous, so each is atomic and needs no fiber.
 */

/**
 * The five operations on the secrets of a tenant (WIRE.md, Semantics of the server).
 *
 * @since 0.1.0
 * @category services
 */
export class WorkspaceSecrets extends Effect.Service<WorkspaceSecrets>()(
  "@workspace-secrets/mock-server/WorkspaceSecrets",
  {
    sync: () => {
      /** Creates a secret. Id and creation time come from one reading of the clock, so that both sort alike. */
      const create = (
        tenant: Tenant,
        { metadata, spec }: CreateWorkspaceSecret
      ): Either.Either<WorkspaceSecret, WorkspaceSecretAlreadyExists | InvalidArgument | ResourceExhausted> => {
        const { externalId } = metadata
        const refused = tooMuch(metadata)
        if (Either.isLeft(refused)) {
          return Either.left(refused.left)
        }
        if (externalId !== undefined && tenant.secrets.find({ externalId }) !== undefined) {
          return alreadyExists
        }
        const labels = Labels.orNone(metadata.labels)
        const { now } = tenant.clock
        const secret = new WorkspaceSecret({
          metadata: {
            id: freeId(tenant, now),
            accountId: tenant.accountId,
            createdAt: DateTime.unsafeMake(now),
            name: nameFor(tenant.settings, trimmed(metadata.name)),
            profileId: tenant.profile.metadata.id,
            workspaceId: tenant.workspaceId,
            ...(externalId === undefined ? {} : { externalId }),
            ...(labels === undefined ? {} : { labels })
          },
          spec,
          info: { createdBy: tenant.profile }
        }, true)
        if (!tenant.takeRoom(tenant.secrets.growthBy(secret))) {
          return full
        }
        tenant.secrets.put(secret)
        return Either.right(secret)
      }

      /** Finds a secret by id or external id. */
      const get = (
        tenant: Tenant,
        ref: WorkspaceSecretRef
      ): Either.Either<WorkspaceSecret, WorkspaceSecretNotFound> => {
        const secret = tenant.secrets.find(ref)
        return secret === undefined ? notFound : Either.right(secret)
      }

      /** Updates the fields of the mask. An update that changes nothing leaves `updatedAt` as it is. */
      const update = (
        tenant: Tenant,
        ref: WorkspaceSecretRef,
        payload: UpdateWorkspaceSecret.UpdateWorkspaceSecret
      ): Either.Either<
        WorkspaceSecret,
        WorkspaceSecretNotFound | WorkspaceSecretAlreadyExists | InvalidArgument | ResourceExhausted
      > => {
        const secret = tenant.secrets.find(ref)
        if (secret === undefined) {
          return notFound
        }
        const name = payload.metadata?.name
        const update = name === undefined
          ? payload
          : { ...payload, metadata: { ...payload.metadata, name: nameFor(tenant.settings, trimmed(name)) } }
        const after = UpdateWorkspaceSecret.applyTo(secret, update)
        if (after === secret) {
          return Either.right(secret)
        }
        const refused = tooMuch(payload.metadata ?? {})
        if (Either.isLeft(refused)) {
          return Either.left(refused.left)
        }
        if (isTaken(tenant, after.metadata.externalId, after.metadata.id)) {
          return alreadyExists
        }
        const updatedAt = DateTime.unsafeMake(tenant.clock.now)
        const updated = new WorkspaceSecret({ ...after, metadata: { ...after.metadata, updatedAt } }, true)
        const more = tenant.secrets.growthBy(updated)
        if (more > 0 && !tenant.takeRoom(more)) {
          return full
        }
        tenant.secrets.put(updated)
        return Either.right(updated)
      }

      /** Deletes a secret. */
      const remove = (tenant: Tenant, ref: WorkspaceSecretRef): Either.Either<void, WorkspaceSecretNotFound> => {
        const secret = tenant.secrets.find(ref)
        return secret === undefined ? notFound : Either.right(tenant.secrets.remove(secret))
      }

      return { list, create, get, update, delete: remove }
    }
  }
) {}
