/**
 * How much the tenants of a server hold together, so that no API key fills the memory of the process.
 *
 * @since 0.1.0
 */
import { getHeapStatistics } from "node:v8"

/** In bytes; `node --max-old-space-size` sets it. A character takes one or two bytes. */
const { heap_size_limit: HEAP } = getHeapStatistics()

/**
 * What a secret or a recorded request takes besides its texts, in characters.
 *
 * @since 0.1.0
 * @category constants
 */
export const overhead = 1000

/**
 * What a tenant takes besides its secrets and its journal, in characters.
 *
 * @since 0.1.0
 * @category constants
 */
export const tenantOverhead = 4000

/**
 * What a secret takes in a tenant that shares it with others, in characters.
 *
 * @since 0.1.0
 * @category constants
 */
export const shareOverhead = 200

/**
 * The maximum number of characters of the secrets of all tenants, for requests that add to them: an eighth of V8's heap, if each takes
 * two bytes.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxStored = Math.floor(HEAP / 8 / 2)

/**
 * The maximum number of characters of the requests in all journals: a sixteenth of the bytes of V8's heap.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxRecorded = Math.floor(HEAP / 16)

/**
 * The maximum number of bytes of the search indexes of all tenants: a thirty-second of V8's heap.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxIndexed = Math.floor(HEAP / 32)

/**
 * Memory that tenants share. Adds up what was taken, and counts again what is held when that sum exceeds the maximum, because removals are
 * not subtracted.
 *
 * @since 0.1.0
 * @category models
 */
export class Room {
  readonly #max: number
  readonly #held: () => number
  /** At least what is held. Not known before it is counted: some may come from a data directory. */
  #taken = Number.POSITIVE_INFINITY

  /** `held` counts what all tenants hold. */
  constructor(max: number, held: () => number) {
    this.#max = max
    this.#held = held
  }

  /** Whether there is room for more. */
  has(more: number): boolean {
    if (this.#taken + more > this.#max) {
      this.#taken = this.#held()
    }
    return this.#taken + more <= this.#max
  }

  /** Takes room, or returns false if there is none. */
  take(more: number): boolean {
    const isRoom = this.has(more)
    this.#taken += isRoom ? more : 0
    return isRoom
  }

  /** Counts again at the next call, because tenants came back without taking room. */
  forget(): void {
    this.#taken = Number.POSITIVE_INFINITY
  }
}
