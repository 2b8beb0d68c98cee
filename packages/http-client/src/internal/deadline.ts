import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as FiberRefs from "effect/FiberRefs"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"

/** Where an effect of its own fiber runs. */
export interface Place {
  readonly context: Context.Context<never>
  readonly fiberRefs: FiberRefs.FiberRefs
  readonly runtimeFlags: RuntimeFlags.RuntimeFlags
  readonly clock: Clock.Clock
}

/** The longest that `setTimeout` can wait, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1

const realClock = Clock.make().constructor

/** Runs a task when the clock has gone on by this much; what is returned calls it off. */
const schedule = (place: Place, millis: number, task: () => void): () => void => {
  if (millis > MAX_TIMER) {
    return () => {}
  }
  // The clock of every program that is no test. A fiber that sleeps costs as much as the rest of a call.
  if (place.clock instanceof realClock) {
    const timer = setTimeout(task, millis)
    return () => clearTimeout(timer)
  }
  const sleep = Effect.map(place.clock.sleep(Duration.millis(millis)), task)
  const fiber = Runtime.runFork(Runtime.make(place), sleep)
  return () => fiber.unsafeInterruptAsFork(fiber.id())
}

/**
 * Runs an effect in a fiber of its own, and gives it up when it takes longer than this: it is interrupted, and not waited
 * for, since a deadline that waits for a transport to let go is none. It can be interrupted even where the caller cannot.
 */
export const within = <A, E, E2>(
  self: Effect.Effect<A, E>,
  millis: number,
  place: Place,
  onTimeout: () => E2
): Effect.Effect<A, E | E2> =>
  Effect.async<A, E | E2>((resume) => {
    const runtimeFlags = RuntimeFlags.enable(place.runtimeFlags, RuntimeFlags.Interruption)
    const fiber = Runtime.runFork(Runtime.make({ ...place, runtimeFlags }), self)
    const cancel = schedule(place, millis, () => {
      fiber.removeObserver(resume)
      fiber.unsafeInterruptAsFork(fiber.id())
      resume(Effect.fail(onTimeout()))
    })
    fiber.addObserver(cancel)
    fiber.addObserver(resume)
    return Effect.suspend(() => {
      cancel()
      fiber.removeObserver(resume)
      return Fiber.interrupt(fiber)
    })
  })
