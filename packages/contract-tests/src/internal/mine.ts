import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { markedValue } from "./mask.js"

/** Unique names, so that a behaviour finds its own secrets in a shared workspace. */
export interface Mine {
  /** The common prefix of all names; also the value of labels. */
  readonly prefix: string
  /** In upper case, because some servers convert names to upper case (`Disagreement`, names). */
  readonly name: (of?: string) => string
  readonly externalId: (of?: string) => string
  readonly value: (of?: string) => string
}

/** Random digits. No letters, because behaviours search for letters with `query`. */
export const digits = (length: number): Effect.Effect<string> =>
  Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 10), length), (all) => all.join(""))

/** Makes the names of one behaviour. They contain the target's marker. */
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
