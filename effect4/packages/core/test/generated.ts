import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"

/** The same generated values of a schema in every run. */
export const sample = <A, I>(schema: Schema.Codec<A, I>, count: number): ReadonlyArray<A> =>
  Effect.runSync(Effect.orDie(Arbitrary.sampleEffect(Arbitrary.schema(schema), { count, seed: 1 })))
