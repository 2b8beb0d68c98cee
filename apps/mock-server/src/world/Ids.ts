/**
 * The ids that a tenant mints.
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
 * Chance: a number from 0 up to 1, each time that it is asked.
 *
 * @since 0.1.0
 * @category models
 */
export type Chance = () => number

/**
 * Chance without Effect, seeded from `Random`: a seeded `Random` gives the same each time.
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

/** Not the last time that a ULID can hold: a minter whose chance is used up moves on from there. No clock gets as far. */
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
 * Where the ids of a tenant stand: what its minters of request ids and of resource ids go on from, and its chance, where
 * it has a seed.
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
 * Whether a number can seed chance: a whole one from 0 to 2^53 - 1.
 *
 * @since 0.1.0
 * @category rules
 */
export const isSeed = (seed: number): boolean => Number.isSafeInteger(seed) && seed >= 0

/**
 * Chance that is the same for the same seed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const seeded = (seed: number): PCGRandom => new PCGRandom(Math.floor(seed / 2 ** 32), seed >>> 0)

/**
 * The minters of a tenant. Requests and resources have one each, so that a request that makes nothing does not change the id of what the
 * next one makes. Given a seed, the same times make the same ids.
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

  /** The id of a request, `req_…`. Ids sort in the order in which they were minted. */
  request(now: number): string {
    return this.#requests.next("req", now)
  }

  /** The id of a resource. Ids sort in the order in which they were minted. */
  resource(prefix: string, now: number): string {
    return this.#resources.next(prefix, now)
  }

  /** Where they stand. */
  get state(): IdsState {
    const minters = { requests: this.#requests.state, resources: this.#resources.state }
    return this.#random === undefined ? minters : { ...minters, random: this.#random.getState() }
  }

  /** Goes on from where they stood. */
  restore({ random, requests, resources }: IdsState): void {
    this.#requests.restore(requests)
    this.#resources.restore(resources)
    if (random !== undefined) {
      this.#random?.setState([...random])
    }
  }
}
