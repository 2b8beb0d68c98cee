import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import type { Place } from "../transport/transportContext.js"

/** The longest that `setTimeout` can wait, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1

const realClock = Clock.make().constructor

/** A timer that may be longer than `setTimeout` can wait. */
const scheduleTimer = (millis: number, task: () => void): () => void => {
  let timer: ReturnType<typeof setTimeout>
  const wait = (left: number) => {
    timer = left > MAX_TIMER ? setTimeout(() => wait(left - MAX_TIMER), MAX_TIMER) : setTimeout(task, left)
  }
  wait(millis)
  return () => clearTimeout(timer)
}

/** Sleeps for these milliseconds, however many: Effect's clock never wakes what sleeps for longer than a timer can wait. */
export const sleep = (millis: number): Effect.Effect<void> =>
  millis > MAX_TIMER ? Effect.flatMap(Effect.sleep(MAX_TIMER), () => sleep(millis - MAX_TIMER)) : Effect.sleep(millis)

/** Runs a task when the clock has gone on by this much; what is returned calls it off. */
const schedule = (place: Place, millis: number, task: () => void): () => void => {
  if (millis === Infinity) {
    return () => {}
  }
  // The clock of every program that is no test. A fiber that sleeps costs as much as the rest of a call.
  if (place.clock instanceof realClock) {
    return scheduleTimer(millis, task)
  }
  const sleeping = Effect.map(place.clock.sleep(Duration.millis(millis)), task)
  const fiber = Runtime.runFork(Runtime.make(place), sleeping)
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

/** What goes on outside of any fiber, and how to give it up; nothing while there is nothing to give up. */
export interface Pending {
  giveUp: (() => void) | undefined
}

/**
 * The same for what calls back, without a fiber. Interruption only ends the wait: who calls is to give up what is pending
 * then. To have `Effect.async` do so at each interruption would keep what it holds in memory until a full collection.
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
