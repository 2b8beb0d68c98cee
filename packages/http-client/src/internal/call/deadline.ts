import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import type { Place } from "../transport/transportContext.js"

/** The longest delay of `setTimeout`, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1

const realClock = Clock.make().constructor

/** A timer without the limit of `setTimeout`. */
const scheduleTimer = (millis: number, task: () => void): () => void => {
  let timer: ReturnType<typeof setTimeout>
  const wait = (left: number) => {
    timer = left > MAX_TIMER ? setTimeout(() => wait(left - MAX_TIMER), MAX_TIMER) : setTimeout(task, left)
  }
  wait(millis)
  return () => clearTimeout(timer)
}

/** Sleeps without the limit of `setTimeout`: beyond it, Effect's real clock never wakes up. */
export const sleep = (millis: number): Effect.Effect<void> =>
  Effect.clockWith((clock) =>
    millis > MAX_TIMER && clock instanceof realClock
      ? Effect.flatMap(clock.sleep(Duration.millis(MAX_TIMER)), () => sleep(millis - MAX_TIMER))
      : clock.sleep(Duration.millis(millis))
  )

/** Runs a task after a delay. Returns a function that cancels it. */
const schedule = (place: Place, millis: number, task: () => void): () => void => {
  if (millis === Infinity) {
    return () => {}
  }
  // For the real clock, a timer is enough: a sleeping fiber costs as much as the rest of a call.
  if (place.clock instanceof realClock) {
    return scheduleTimer(millis, task)
  }
  const sleeping = Effect.map(place.clock.sleep(Duration.millis(millis)), task)
  const fiber = Runtime.runFork(Runtime.make(place), sleeping)
  return () => fiber.unsafeInterruptAsFork(fiber.id())
}

/**
 * Runs an effect in a new fiber with a deadline. After the deadline, the fiber is interrupted but not awaited: a slow
 * transport must not delay the deadline. The fiber is interruptible even if the caller is not.
 */
export const within = <A, E, E2>(
  self: Effect.Effect<A, E>,
  millis: number,
  place: Place,
  onTimeout: () => E2
): Effect.Effect<A, E | E2> =>
  Effect.async<A, E | E2>((resume) => {
    const runtimeFlags = RuntimeFlags.enable(place.runtimeFlags, RuntimeFlags.Interruption)
    const { context, fiberRefs } = place
    const fiber = Runtime.runFork(Runtime.make({ context, fiberRefs, runtimeFlags }), self)
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

/** How to cancel what runs outside of any fiber, if something does. */
export interface Pending {
  giveUp: (() => void) | undefined
}

/**
 * The same for a callback, without a fiber. Interruption only ends the wait; the caller must cancel `pending`. A
 * finalizer of `Effect.async` would keep its references in memory until a full garbage collection.
 */
export const withinCallback = <A, E, E2>(
  start: (done: (effect: Effect.Effect<A, E>) => void) => () => void,
  millis: number,
  place: Place,
  onTimeout: () => E2,
  pending: Pending
): Effect.Effect<A, E | E2> =>
  Effect.async<A, E | E2>((resume) => {
    let isDone = false
    let cancel = () => {}
    const done = (effect: Effect.Effect<A, E | E2>) => {
      isDone = true
      pending.giveUp = undefined
      cancel()
      resume(effect)
    }
    const abort = start(done)
    if (isDone) {
      return
    }
    cancel = schedule(place, millis, () => {
      abort()
      done(Effect.fail(onTimeout()))
    })
    pending.giveUp = () => {
      cancel()
      abort()
    }
  })
