/**
 * The secrets of one workspace, in memory, in the order of their creation.
 *
 * @since 0.1.0
 */
import type { WorkspaceSecret, WorkspaceSecretId, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as DateTime from "effect/DateTime"

/**
 * Where a secret stands in the order: creation time in milliseconds since the Unix epoch, ties by id.
 *
 * @since 0.1.0
 * @category models
 */
export interface Position {
  readonly createdAt: number
  readonly id: string
}

/**
 * The position of a secret.
 *
 * @since 0.1.0
 * @category models
 */
export const positionOf = (secret: WorkspaceSecret): Position => ({
  createdAt: DateTime.toEpochMillis(secret.metadata.createdAt),
  id: secret.metadata.id
})

const isBefore = (self: Position, that: Position): boolean =>
  self.createdAt < that.createdAt || (self.createdAt === that.createdAt && self.id < that.id)

/**
 * An ordered map of secrets by id, with an index by external id. Changes are plain synchronous calls, so that each
 * is seen whole or not at all.
 *
 * @since 0.1.0
 * @category models
 */
export class WorkspaceSecretStore {
  readonly #byId = new Map<string, WorkspaceSecret>()
  readonly #byExternalId = new Map<string, WorkspaceSecretId>()
  /** Ascending. A position outlives the replacement of its secret, so an update leaves it where it is. */
  readonly #order: Array<Position> = []

  /** How many secrets there are. */
  get size(): number {
    return this.#byId.size
  }

  /** The secret of an id or an external id, or `undefined`. */
  find(ref: WorkspaceSecretRef): WorkspaceSecret | undefined {
    const id = typeof ref === "string" ? ref : this.#byExternalId.get(ref.externalId)
    return id === undefined ? undefined : this.#byId.get(id)
  }

  /** Adds a secret, or replaces the one of the same id and creation time. */
  put(secret: WorkspaceSecret): void {
    const { externalId, id } = secret.metadata
    const before = this.#byId.get(id)
    if (before === undefined) {
      const position = positionOf(secret)
      this.#order.splice(this.#rank(position), 0, position)
    } else if (before.metadata.externalId !== undefined) {
      this.#byExternalId.delete(before.metadata.externalId)
    }
    this.#byId.set(id, secret)
    if (externalId !== undefined) {
      this.#byExternalId.set(externalId, id)
    }
  }

  /** Takes a secret out. */
  remove(secret: WorkspaceSecret): void {
    const { externalId, id } = secret.metadata
    if (this.#byId.delete(id)) {
      this.#order.splice(this.#rank(positionOf(secret)), 1)
      if (externalId !== undefined) {
        this.#byExternalId.delete(externalId)
      }
    }
  }

  /** The secrets in order, beginning behind `after`, which need not exist any more. */
  *walk(sortOrder: "asc" | "desc", after?: Position): Generator<WorkspaceSecret> {
    const step = sortOrder === "asc" ? 1 : -1
    const rank = after === undefined ? (step === 1 ? 0 : this.#order.length) : this.#rank(after)
    for (let i = step === 1 ? rank : rank - 1; i >= 0 && i < this.#order.length; i += step) {
      const position = this.#order[i]
      const secret = position && this.#byId.get(position.id)
      if (secret !== undefined && position?.id !== after?.id) {
        yield secret
      }
    }
  }

  /** How many positions are before this one. */
  #rank(position: Position): number {
    let low = 0
    let high = this.#order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.#order[middle]
      if (at !== undefined && isBefore(at, position)) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
