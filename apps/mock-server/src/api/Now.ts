import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"

/** Whether an effect is an `Either`, whose result can be read without a fiber. */
export const isNow = <A, E>(effect: Effect.Effect<A, E>): effect is Effect.Effect<A, E> & Either.Either<A, E> =>
  Either.isEither(effect)
