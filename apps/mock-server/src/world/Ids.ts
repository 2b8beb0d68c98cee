/**
 * The ids of a tenant.
 *
 * @since 0.1.0
 */
import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { PCGRandom } from "effect/Utils"
import { number, struct } from "../input/StrictSchema.js"

/**
 * A source of random numbers: at least 0, below 1.
 *
 * @since 0.1.0
 * @category models
 */
export type Chance = () => number

/**
 * Makes a source that runs without Effect. It is seeded from Effect's `Random`, so a seeded `Random` makes it repeatable.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeChance: Effect.Effect<Chance> = Effect.map(
  Effect.replicateEffect(Random.nextIntBetween(0, 2 ** 32), 4),
  ([seedHigh, seedLow, high, low]) => {
    const random = new PCGRandom(seedHigh, seedLow, high, low)
    return () => random.number()
  }
)

const Word = number("a whole number of 32 bits", (n) => Number.isInteger(n) && Math.abs(n) <= 2 ** 32)
const Half = number("a whole number of 40 bits", (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 40)

/** Below the maximum of a ULID, because a generator that runs out of random bits advances the time. No clock gets that far. */
const LAST = PrefixedUlid.maxTimestamp - 2 ** 40

const MinterState = struct("MinterState", {
  timestamp: number(
    "milliseconds since the Unix epoch, or -1",
    (n) => Number.isInteger(n) && n >= -1 && n <= LAST
  ),
  high: Half,
  low: Half
})

/**
 * The state of the ids of a tenant: of its generators of request ids and resource ids, and of its random numbers, if it has a `randomSeed`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const IdsState = struct("IdsState", {
  requests: MinterState,
  resources: MinterState,
  random: Schema.optional(
    Schema.Tuple(Word, Word, Word, Word).annotations({ message: () => "Expected an array of four numbers" })
  )
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type IdsState = typeof IdsState.Type

/**
 * Whether a number is a valid `randomSeed`: a whole number from 0 to 2^53 - 1.
 *
 * @since 0.1.0
 * @category rules
 */
export const isSeed = (seed: number): boolean => Number.isSafeInteger(seed) && seed >= 0

/**
 * A source of random numbers, repeatable by its seed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const seeded = (seed: number): PCGRandom => new PCGRandom(Math.floor(seed / 2 ** 32), seed >>> 0)

/**
 * The id generators of a tenant. Requests and resources have one each, so a request that creates nothing does not change the next resource
 * id. With a seed, the same times give the same ids.
 *
 * @since 0.1.0
 * @category models
 */
export class Ids {
  readonly #random: PCGRandom | undefined
  readonly #requests: PrefixedUlid.Monotonic
  readonly #resources: PrefixedUlid.Monotonic

  constructor(chance: Chance, seed?: number) {
    const random = seed === undefined ? undefined : seeded(seed)
    const next = random === undefined ? chance : () => random.number()
    this.#random = random
    this.#requests = new PrefixedUlid.Monotonic(next)
    this.#resources = new PrefixedUlid.Monotonic(next)
  }

  /** Makes the id of a request, `req_…`. Ids sort in the order of their creation. */
  request(now: number): string {
    return this.#requests.next("req", now)
  }

  /** Makes the id of a resource. Ids sort in the order of their creation. */
  resource(prefix: string, now: number): string {
    return this.#resources.next(prefix, now)
  }

  /** The state, for `restore`. */
  get state(): IdsState {
    const minters = { requests: this.#requests.state, resources: this.#resources.state }
    return this.#random === undefined ? minters : { ...minters, random: this.#random.getState() }
  }

  /** Continues from a state. */
  restore({ random, requests, resources }: IdsState): void {
    this.#requests.restore(requests)
    this.#resources.restore(resources)
    if (random !== undefined) {
      this.#random?.setState([...random])
    }
  }
}
