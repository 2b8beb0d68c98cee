/**
 * The secrets of one workspace, in memory, in the order of their creation.
 *
 * @since 0.1.0
 */
import type { WorkspaceSecret, WorkspaceSecretId, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as DateTime from "effect/DateTime"
import { type Filter, type IndexLimits, indexLimits, matcher, SearchIndex, termsOf } from "./SearchIndex.js"

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

const isSame = (self: Position, that: Position): boolean => self.createdAt === that.createdAt && self.id === that.id

/** A place in the order. One whose secret was taken out stays until there are too many of them. */
interface Slot extends Position {
  secret: WorkspaceSecret | undefined
}

/** From how many secrets on an index pays: below, looking at each of them takes no longer. */
const INDEXED_FROM = 512

/**
 * An ordered map of secrets by id, with an index by external id, and one for filters that is made when a large store is first
 * searched. Changes are plain synchronous calls, so that each is seen whole or not at all.
 *
 * @since 0.1.0
 * @category models
 */
export class WorkspaceSecretStore {
  readonly #byId = new Map<string, Slot>()
  readonly #byExternalId = new Map<string, WorkspaceSecretId>()
  /** Ascending. A position outlives the replacement of its secret, so an update leaves it where it is. */
  #order: Array<Slot> = []
  /** Its numbers are ranks in the order: it is made anew when these change. */
  #index: SearchIndex | undefined
  #isTooLarge = false
  readonly #indexedFrom: number
  readonly #limits: IndexLimits
  /** Is told of each change: the secret before, and the one after it. */
  onChange: ((before: WorkspaceSecret | undefined, after: WorkspaceSecret | undefined) => void) | undefined

  /** `indexedFrom` is the number of secrets from which on filters have an index, `limits` how large that may be. */
  constructor(
    { indexedFrom = INDEXED_FROM, limits = indexLimits }: {
      readonly indexedFrom?: number
      readonly limits?: IndexLimits
    } = {}
  ) {
    this.#indexedFrom = indexedFrom
    this.#limits = limits
  }

  /** Whether filters have an index by now. */
  get isIndexed(): boolean {
    return this.#index !== undefined
  }

  /** How many secrets there are. */
  get size(): number {
    return this.#byId.size
  }

  /** How many places the order has, gaps of secrets that were taken out included: at most 32 more than twice as many as secrets. */
  get places(): number {
    return this.#order.length
  }

  /** The secret of an id or an external id, or `undefined`. */
  find(ref: WorkspaceSecretRef): WorkspaceSecret | undefined {
    const id = typeof ref === "string" ? ref : this.#byExternalId.get(ref.externalId)
    return id === undefined ? undefined : this.#byId.get(id)?.secret
  }

  /** Adds a secret, or replaces the one of the same id and creation time. */
  put(secret: WorkspaceSecret): void {
    const { externalId, id } = secret.metadata
    const slot = this.#byId.get(id)
    this.onChange?.(slot?.secret, secret)
    if (slot?.secret === undefined) {
      this.#insert(secret)
    } else {
      const before = slot.secret
      if (before.metadata.externalId !== undefined) {
        this.#byExternalId.delete(before.metadata.externalId)
      }
      slot.secret = secret
      if (this.#index !== undefined) {
        const rank = this.#rank(slot)
        this.#index.delete(rank, before)
        this.#index.add(rank, secret)
      }
    }
    if (externalId !== undefined) {
      this.#byExternalId.set(externalId, id)
    }
  }

  /** Takes a secret out. */
  remove(secret: WorkspaceSecret): void {
    const slot = this.#byId.get(secret.metadata.id)
    if (slot?.secret === undefined) {
      return
    }
    this.onChange?.(slot.secret, undefined)
    const { externalId } = slot.secret.metadata
    if (externalId !== undefined) {
      this.#byExternalId.delete(externalId)
    }
    this.#index?.delete(this.#rank(slot), slot.secret)
    this.#byId.delete(slot.id)
    slot.secret = undefined
    // Closing each gap would move all that follow.
    if (this.#order.length > 2 * this.size + 32) {
      this.#order = this.#order.filter(({ secret }) => secret !== undefined)
      this.#index = undefined
      this.#isTooLarge = false
    }
  }

  /** The secrets in order, beginning behind `after`, which need not exist any more. */
  *walk(sortOrder: "asc" | "desc", after?: Position): Generator<WorkspaceSecret> {
    const step = sortOrder === "asc" ? 1 : -1
    for (let rank = this.#first(step, after); rank >= 0 && rank < this.#order.length; rank += step) {
      const secret = this.#order[rank]?.secret
      if (secret !== undefined) {
        yield secret
      }
    }
  }

  /** Those of them that pass a filter (WIRE.md, List). */
  *search(filter: Filter, sortOrder: "asc" | "desc", after?: Position): Generator<WorkspaceSecret> {
    const isMatch = matcher(filter)
    const terms = this.size < this.#indexedFrom ? undefined : termsOf(filter)
    const index = terms === undefined ? undefined : this.#indexed()
    if (terms === undefined || index === undefined) {
      for (const secret of this.walk(sortOrder, after)) {
        if (isMatch(secret)) {
          yield secret
        }
      }
      return
    }
    const step = sortOrder === "asc" ? 1 : -1
    const from = this.#first(step, after)
    if (from < 0) {
      return
    }
    for (const rank of index.candidates(terms, from, step)) {
      const secret = this.#order[rank]?.secret
      if (secret !== undefined && isMatch(secret)) {
        yield secret
      }
    }
  }

  /** The index; nothing where it would be too large. Each secret is then looked at, until secrets are deleted and their places closed. */
  #indexed(): SearchIndex | undefined {
    if (!this.#isTooLarge) {
      this.#index ??= new SearchIndex(this.#order.map(({ secret }) => secret), this.#limits)
      if (this.#index.isFull) {
        this.#index = undefined
        this.#isTooLarge = true
      }
    }
    return this.#index
  }

  #insert(secret: WorkspaceSecret): void {
    const slot: Slot = { ...positionOf(secret), secret }
    const rank = this.#rank(slot)
    const there = this.#order[rank]
    if (there === undefined) {
      this.#order.push(slot)
      this.#index?.add(rank, secret)
    } else if (isSame(there, slot)) {
      this.#order[rank] = slot
      this.#index?.add(rank, secret)
    } else {
      this.#order.splice(rank, 0, slot)
      this.#index = undefined
    }
    this.#byId.set(slot.id, slot)
  }

  /** The rank of the first place to look at. */
  #first(step: 1 | -1, after: Position | undefined): number {
    if (after === undefined) {
      return step === 1 ? 0 : this.#order.length - 1
    }
    const rank = this.#rank(after)
    const there = this.#order[rank]
    return step === -1 ? rank - 1 : there !== undefined && isSame(there, after) ? rank + 1 : rank
  }

  /** How many positions are before this one. */
  #rank(position: Position): number {
    let low = 0
    let high = this.#order.length
    // Most of what is put in is the newest.
    const last = this.#order[high - 1]
    if (last === undefined || isBefore(last, position)) {
      return high
    }
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
