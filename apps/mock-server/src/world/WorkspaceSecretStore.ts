/**
 * The secrets of one workspace, in memory, in the order of their creation.
 *
 * @since 0.1.0
 */
import type { Profile } from "@workspace-secrets/core/Profile"
import type { WorkspaceSecret, WorkspaceSecretId, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import { overhead } from "./Capacity.js"
import { type Filter, type IndexLimits, indexLimits, matcher, SearchIndex, termsOf } from "./SearchIndex.js"

/**
 * The position of a secret in the order: creation time in milliseconds since the Unix epoch, then id.
 *
 * @since 0.1.0
 * @category models
 */
export interface Position {
  readonly createdAt: number
  readonly id: string
}

/**
 * Returns the position of a secret.
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

const sizeOfMetadata = (
  { accountId, externalId, id, labels = {}, name, profileId }: WorkspaceSecret["metadata"] | Profile["metadata"]
): number => {
  let size = id.length + accountId.length + profileId.length + name.length + (externalId?.length ?? 0)
  for (const [key, label] of Object.entries(labels)) {
    size += key.length + label.length
  }
  return size
}

/**
 * The number of characters of the texts of a profile.
 *
 * @since 0.1.0
 * @category size
 */
export const sizeOfProfile = ({ metadata, spec: { email, name, type } }: Profile): number =>
  sizeOfMetadata(metadata) + type.length + (email?.length ?? 0) + (name?.length ?? 0)

/**
 * The number of characters of the texts of a secret. The profile that created it is counted, too, although other secrets may have the same.
 *
 * @since 0.1.0
 * @category size
 */
export const sizeOf = ({ info, metadata, spec: { value } }: WorkspaceSecret): number =>
  sizeOfMetadata(metadata)
  + metadata.workspaceId.length
  + (info?.createdBy === undefined ? 0 : sizeOfProfile(info.createdBy))
  + (value === undefined ? 0 : Redacted.value(value).length)

/**
 * The memory that a secret takes, in characters.
 *
 * @since 0.1.0
 * @category size
 */
export const roomOf = (secret: WorkspaceSecret): number => overhead + sizeOf(secret)

/** A place in the order. It stays after its secret is removed, until there are too many empty ones. */
interface Slot extends Position {
  secret: WorkspaceSecret | undefined
  /** The memory that its secret takes, in characters. */
  room: number
}

/** The number of secrets from which an index is faster than a scan. */
const INDEXED_FROM = 512

/**
 * An ordered map of secrets by id, with an index by external id. A search index is made when a large store is first searched. Changes are
 * synchronous, so each is atomic.
 *
 * @since 0.1.0
 * @category models
 */
export class WorkspaceSecretStore {
  readonly #byId = new Map<string, Slot>()
  readonly #byExternalId = new Map<string, WorkspaceSecretId>()
  /** In ascending order. An update keeps the slot of its secret. */
  #order: Array<Slot> = []
  /** Its numbers are ranks in the order, so it is discarded when ranks change. */
  #index: SearchIndex | undefined
  #isTooLarge = false
  #characters = 0
  readonly #indexedFrom: number
  readonly #limits: IndexLimits
  readonly #roomOf: (secret: WorkspaceSecret) => number
  readonly #takeRoom: ((bytes: number) => boolean) | undefined
  /** Called before each change, with the secret before and after it. */
  onChange: ((before: WorkspaceSecret | undefined, after: WorkspaceSecret | undefined) => void) | undefined

  /**
   * `indexedFrom` is the number of secrets from which searches use an index, and `limits` its maximum size. `takeRoom` takes room for more
   * bytes of an index, or returns false if there is none. Default: there is always room. `roomOf` counts the memory that a secret takes, in
   * characters.
   */
  constructor(
    { indexedFrom = INDEXED_FROM, limits = indexLimits, roomOf: room = roomOf, takeRoom }: {
      readonly indexedFrom?: number
      readonly limits?: IndexLimits
      readonly roomOf?: (secret: WorkspaceSecret) => number
      readonly takeRoom?: ((bytes: number) => boolean) | undefined
    } = {}
  ) {
    this.#indexedFrom = indexedFrom
    this.#limits = limits
    this.#roomOf = room
    this.#takeRoom = takeRoom
  }

  /** Whether the search index exists. */
  get isIndexed(): boolean {
    return this.#index !== undefined
  }

  /** The estimated memory of the search index, in bytes. */
  get indexBytes(): number {
    return this.#index?.bytes ?? 0
  }

  /** The number of secrets. */
  get size(): number {
    return this.#byId.size
  }

  /** The memory of its secrets, in characters. */
  get characters(): number {
    return this.#characters
  }

  /** The number of places in the order, including those of removed secrets: at most twice the number of secrets plus 32. */
  get places(): number {
    return this.#order.length
  }

  /** The secret with an id or an external id, or `undefined`. */
  find(ref: WorkspaceSecretRef): WorkspaceSecret | undefined {
    const id = typeof ref === "string" ? ref : this.#byExternalId.get(ref.externalId)
    return id === undefined ? undefined : this.#byId.get(id)?.secret
  }

  /** How many characters more the store takes after `put`. */
  growthBy(secret: WorkspaceSecret): number {
    return this.#roomOf(secret) - (this.#byId.get(secret.metadata.id)?.room ?? 0)
  }

  /** Adds a secret, or replaces the one with the same id and creation time. */
  put(secret: WorkspaceSecret): void {
    const { externalId, id } = secret.metadata
    const slot = this.#byId.get(id)
    this.onChange?.(slot?.secret, secret)
    const room = this.#roomOf(secret)
    this.#characters += room
    if (slot?.secret === undefined) {
      this.#insert(secret, room)
    } else {
      const before = slot.secret
      this.#characters -= slot.room
      slot.room = room
      if (before.metadata.externalId !== undefined) {
        this.#byExternalId.delete(before.metadata.externalId)
      }
      slot.secret = secret
      if (this.#index !== undefined) {
        const rank = this.#rank(slot)
        this.#index.delete(rank, before)
        this.#addToIndex(rank, secret)
      }
    }
    if (externalId !== undefined) {
      this.#byExternalId.set(externalId, id)
    }
  }

  /** Removes a secret. */
  remove(secret: WorkspaceSecret): void {
    const slot = this.#byId.get(secret.metadata.id)
    if (slot?.secret === undefined) {
      return
    }
    this.onChange?.(slot.secret, undefined)
    this.#characters -= slot.room
    const { externalId } = slot.secret.metadata
    if (externalId !== undefined) {
      this.#byExternalId.delete(externalId)
    }
    this.#index?.delete(this.#rank(slot), slot.secret)
    this.#byId.delete(slot.id)
    slot.secret = undefined
    // Not on every removal, because it moves all later places.
    if (this.#order.length > 2 * this.size + 32) {
      this.#order = this.#order.filter(({ secret }) => secret !== undefined)
      this.#index = undefined
      this.#isTooLarge = false
    }
  }

  /** The secrets in order, after the position `after`. Its secret may be gone. */
  *walk(sortOrder: "asc" | "desc", after?: Position): Generator<WorkspaceSecret> {
    const step = sortOrder === "asc" ? 1 : -1
    for (let rank = this.#first(step, after); rank >= 0 && rank < this.#order.length; rank += step) {
      const secret = this.#order[rank]?.secret
      if (secret !== undefined) {
        yield secret
      }
    }
  }

  /** The secrets that match a filter, in order (WIRE.md, List). */
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

  /** The search index, or `undefined` if it would be too large. Searches then scan all secrets, until empty places are removed. */
  #indexed(): SearchIndex | undefined {
    if (this.#index === undefined && !this.#isTooLarge) {
      this.#index = new SearchIndex(this.#order.length, this.#limits, this.#takeRoom)
      for (let rank = 0; rank < this.#order.length && this.#index !== undefined; rank++) {
        const secret = this.#order[rank]?.secret
        if (secret !== undefined) {
          this.#addToIndex(rank, secret)
        }
      }
    }
    return this.#index
  }

  #addToIndex(rank: number, secret: WorkspaceSecret): void {
    this.#index?.add(rank, secret)
    if (this.#index?.isFull === true) {
      this.#index = undefined
      this.#isTooLarge = true
    }
  }

  #insert(secret: WorkspaceSecret, room: number): void {
    const slot: Slot = { ...positionOf(secret), secret, room }
    const rank = this.#rank(slot)
    const there = this.#order[rank]
    if (there === undefined) {
      this.#order.push(slot)
      this.#addToIndex(rank, secret)
    } else if (isSame(there, slot)) {
      this.#order[rank] = slot
      this.#addToIndex(rank, secret)
    } else {
      this.#order.splice(rank, 0, slot)
      this.#index = undefined
    }
    this.#byId.set(slot.id, slot)
  }

  /** The rank of the first place to read. */
  #first(step: 1 | -1, after: Position | undefined): number {
    if (after === undefined) {
      return step === 1 ? 0 : this.#order.length - 1
    }
    const rank = this.#rank(after)
    const there = this.#order[rank]
    return step === -1 ? rank - 1 : there !== undefined && isSame(there, after) ? rank + 1 : rank
  }

  /** The number of places before a position. */
  #rank(position: Position): number {
    let low = 0
    let high = this.#order.length
    // Fast path: most new secrets are the newest.
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
