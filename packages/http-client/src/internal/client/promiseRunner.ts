import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { ClientClosed, type OperationName } from "../../ClientError.js"

/** The options of a promise, next to those of the call. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined
}

/** Cancels all calls of a signal with a single listener: Node warns about more than ten listeners. */
class Aborts {
  readonly #actions = new Set<() => void>()
  readonly #listener = () => this.#actions.forEach((action) => action())

  constructor(private readonly signal: AbortSignal) {}

  add(action: () => void): void {
    this.#actions.add(action)
    this.signal.addEventListener("abort", this.#listener)
  }

  remove(action: () => void): void {
    this.#actions.delete(action)
    if (this.#actions.size === 0) {
      this.signal.removeEventListener("abort", this.#listener)
    }
  }
}

const isSignal = (input: unknown): input is AbortSignal =>
  typeof input === "object" && input !== null && "aborted" in input && "addEventListener" in input

/** The reason of an aborted signal. Older polyfills have none; the standard default is an AbortError. */
const reasonOf = (signal: AbortSignal): unknown =>
  signal.reason === undefined
    ? Object.assign(new Error("This operation was aborted"), { name: "AbortError" })
    : signal.reason

/** Converts the end of a stream to `None`. */
const orEnd = <A, E>(pull: Effect.Effect<A, Option.Option<E>>): Effect.Effect<Option.Option<A>, E> =>
  Effect.catchAll(
    Effect.asSome(pull),
    Option.match({ onNone: () => Effect.succeedNone, onSome: (error) => Effect.fail(error) })
  )

/** Runs the effects of a client as promises. They reject with the plain error, without a FiberFailure. */
export class Promises {
  readonly #runtime: ManagedRuntime.ManagedRuntime<never, unknown>
  readonly #scope = Effect.runSync(Scope.make())
  readonly #running = new Set<Fiber.RuntimeFiber<unknown, unknown>>()
  readonly #aborts = new WeakMap<AbortSignal, Aborts>()
  #closing: Promise<void> | undefined

  constructor(runtime: ManagedRuntime.ManagedRuntime<never, unknown>) {
    this.#runtime = runtime
  }

  run<A>(
    operation: OperationName,
    options: Abortable | undefined,
    effect: () => Effect.Effect<A, unknown>
  ): Promise<A> {
    return new Promise((resolve, reject) => this.#fork(operation, options?.signal, effect, resolve, reject))
  }

  #fork<A>(
    operation: OperationName,
    signal: AbortSignal | undefined,
    effect: () => Effect.Effect<A, unknown>,
    resolve: (value: A) => void,
    reject: (reason: unknown) => void
  ): void {
    if (signal !== undefined && !isSignal(signal)) {
      const violation = { field: "options.signal", description: "Expected an AbortSignal" }
      return reject(InvalidArgument.fromViolations([violation], { operation, attempts: 0 }))
    }
    if (signal?.aborted === true) {
      return reject(reasonOf(signal))
    }
    if (this.#closing !== undefined) {
      return reject(new ClientClosed({ operation }))
    }
    const fiber = this.#runtime.runFork(Effect.suspend(effect))
    const aborts = signal && this.#abortsOf(signal)
    const abort = () => {
      // The caller does not wait for the transport to finish its interruption.
      reject(signal && reasonOf(signal))
      fiber.unsafeInterruptAsFork(fiber.id())
    }
    aborts?.add(abort)
    this.#running.add(fiber)
    fiber.addObserver((exit) => {
      aborts?.remove(abort)
      this.#running.delete(fiber)
      Exit.match(exit, { onSuccess: resolve, onFailure: (cause) => reject(Cause.squash(cause)) })
    })
  }

  /** Runs the stream for each `for await`, and closes it when the loop ends. */
  iterate<A>(
    operation: OperationName,
    options: Abortable | undefined,
    stream: Stream.Stream<A, unknown>
  ): AsyncIterable<A> {
    return { [Symbol.asyncIterator]: () => this.#iterator(operation, options, stream) }
  }

  async *#iterator<A>(
    operation: OperationName,
    options: Abortable | undefined,
    stream: Stream.Stream<A, unknown>
  ): AsyncIterator<A, undefined> {
    const scope = Effect.runSync(Scope.fork(this.#scope, ExecutionStrategy.sequential))
    try {
      const pull = await this.run(operation, options, () => Scope.extend(Stream.toPull(stream), scope))
      for (;;) {
        const chunk = await this.run(operation, options, () => orEnd(pull))
        if (Option.isNone(chunk)) {
          return undefined
        }
        yield* chunk.value
      }
    } finally {
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }

  /** Refuses new calls, waits for running ones, and closes the transport. */
  close(): Promise<void> {
    this.#closing ??= Effect.runPromise(
      Fiber.awaitAll(this.#running).pipe(
        Effect.zipRight(Scope.close(this.#scope, Exit.void)),
        Effect.zipRight(this.#runtime.disposeEffect)
      )
    )
    return this.#closing
  }

  #abortsOf(signal: AbortSignal): Aborts {
    let aborts = this.#aborts.get(signal)
    if (aborts === undefined) {
      aborts = new Aborts(signal)
      this.#aborts.set(signal, aborts)
    }
    return aborts
  }
}
