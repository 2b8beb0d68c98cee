import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** The longest delay of `setTimeout`, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1

/**
 * Runs an effect in a new fiber with a deadline. After the deadline, the fiber is interrupted but not awaited: a slow
 * transport must not delay the deadline. The fiber is interruptible even if the caller is not.
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
        // No effect if the fiber has ended.
        Effect.ensuring(Effect.sync(() => fiber.interruptUnsafe()))
      )
    })
  )
