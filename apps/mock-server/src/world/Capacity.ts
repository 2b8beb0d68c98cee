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
