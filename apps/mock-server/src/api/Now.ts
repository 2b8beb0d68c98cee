import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"

/** Whether an effect is an `Either`: its result is there, and takes no fiber to get. */
export const isNow = <A, E>(effect: Effect.Effect<A, E>): effect is Effect.Effect<A, E> & Either.Either<A, E> =>
  Either.isEither(effect)
