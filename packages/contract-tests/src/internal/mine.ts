import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { markedValue } from "./mask.js"

/** Names that nobody else uses, so that a behaviour finds its own secrets in a workspace that it shares. */
export interface Mine {
  /** What all names begin with. A label's value, too. */
  readonly prefix: string
  /** In upper case: it comes back as it is, whatever a server does with the case of names (`Disagreement`, names). */
  readonly name: (of?: string) => string
  readonly externalId: (of?: string) => string
  readonly value: (of?: string) => string
}

/** So many digits at random: what a behaviour looks for with `query` is letters, and must not turn up in here by chance. */
export const digits = (length: number): Effect.Effect<string> =>
  Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 10), length), (all) => all.join(""))

/** Names of one behaviour, which have the target's marker in them. */
export const make = ({ marker }: { readonly marker: string }): Effect.Effect<Mine> =>
  Effect.map(digits(10), (own) => {
    const prefix = `${marker}${own}`.toUpperCase()
    return {
      prefix,
      name: (of = "secret") => `${prefix}-${of}`.toUpperCase(),
      externalId: (of = "id") => `${prefix}-${of}`,
      value: (of = "") => markedValue(`${prefix}${of}`)
    }
  })
