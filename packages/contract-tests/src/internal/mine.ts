import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { markedValue } from "./mask.js"

/** Names that nobody else uses, so that a behaviour finds its own secrets in a workspace that it shares. */
export interface Mine {
  /** What all names begin with. A label's value, too. */
  readonly prefix: string
  readonly name: (of?: string) => string
  readonly externalId: (of?: string) => string
  readonly value: (of?: string) => string
}

export const make: Effect.Effect<Mine> = Effect.map(
  // Digits only: what a behaviour looks for with `query` is letters, and must not turn up in here by chance.
  Effect.replicateEffect(Random.nextIntBetween(0, 10), 16),
  (digits) => {
    const prefix = `contract-tests-${digits.join("")}`
    return {
      prefix,
      name: (of = "secret") => `${prefix}-${of}`,
      externalId: (of = "id") => `${prefix}-${of}`,
      value: (of = "") => markedValue(`${prefix}${of}`)
    }
  }
)
