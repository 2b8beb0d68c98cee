import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** The longest that `setTimeout` can wait, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1

/**
 * Runs an effect in a fiber of its own, and gives it up when it takes longer than this: it is interrupted, and not waited
 * for, since a deadline that waits for a transport to let go is none. It can be interrupted even where the caller cannot.
 */
export const within = <A, E, R, E2>(
  self: Effect.Effect<A, E, R>,
  millis: number,
  onTimeout: () => E2
): Effect.Effect<A, E | E2, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.forkDetach(Effect.interruptible(self), { startImmediately: true }), (fiber) => {
      const joined = Effect.interruptible(Fiber.join(fiber))
      const timeout = Effect.flatMap(Effect.sleep(millis), () => Effect.fail(onTimeout()))
      return restore(millis > MAX_TIMER ? joined : Effect.raceFirst(joined, Effect.interruptible(timeout))).pipe(
        Effect.onInterrupt(() => Fiber.interrupt(fiber)),
        // Nothing where it is over.
        Effect.ensuring(Effect.sync(() => fiber.interruptUnsafe()))
      )
    })
  )
