/**
 * The contract of the Workspace Secrets API as a Vitest suite.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, describe, test } from "vitest"
import * as Behaviour from "./Behaviour.js"
import { behaviours } from "./Behaviours.js"
import * as Target from "./Target.js"

/**
 * The options of the suite.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The behaviours to check. Default: all. */
  readonly behaviours?: ReadonlyArray<Behaviour.Behaviour> | undefined
  /** Skips behaviours that may be too much for a shared server: many requests, large bodies, guessed keys. Default: `false`. */
  readonly gentle?: boolean | undefined
  /** The timeout of a behaviour in milliseconds. Default: 60,000. */
  readonly timeout?: number | undefined
}

/**
 * The target, and the options of the suite.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions extends Target.Options, Options {
  /** The name of the suite. Default: `the contract of` and the base URL. */
  readonly name?: string | undefined
}

/**
 * Registers a Vitest test for each behaviour, such as `WS-LIST-009 sortOrder=asc is the order of creation, ties by id`.
 * The tests run concurrently, up to Vitest's `maxConcurrency`, on one target: a running server, or a layer that is
 * built before the tests and closed after them. Behaviours that the target does not support are skipped, with the
 * reason.
 *
 * @since 0.1.0
 * @category running
 */
export const contract: {
  (server: ServerOptions): void
  <E>(name: string, target: Layer.Layer<Target.Target, E>, options?: Options): void
} = <E>(
  server: ServerOptions | string,
  target?: Layer.Layer<Target.Target, E>,
  options: Options = {}
): void => {
  if (typeof server !== "string") {
    register(server.name ?? `the contract of ${String(server.baseUrl)}`, Target.layerFetch(server), server)
  } else if (target !== undefined) {
    register(server, target, options)
  }
}

/*
 * Uses Vitest alone: `layer` of @effect/vitest changes the shared `it`, and the file's other tests would run with its
 * runtime.
 */
const register = <E>(name: string, target: Layer.Layer<Target.Target, E>, options: Options): void => {
  const timeout = options.timeout ?? 60_000
  describe(name, () => {
    // Built lazily, when the first effect runs.
    const runtime = ManagedRuntime.make(target)

    const run = async <A, Failure>(effect: Effect.Effect<A, Failure, Target.Target>, signal?: AbortSignal) => {
      const exit = await runtime.runPromiseExit(effect, signal === undefined ? undefined : { signal })
      if (Exit.isFailure(exit)) {
        throw Cause.squash(exit.cause)
      }
      return exit.value
    }

    beforeAll(async () => {
      await run(Effect.void)
    }, timeout)

    afterAll(async () => {
      await run(Target.cleanUp)
      await runtime.dispose()
    }, timeout)

    for (const behaviour of options.behaviours ?? behaviours) {
      test(`${behaviour.id} ${behaviour.statement}`, { concurrent: true, timeout }, async (context) => {
        const reason = await run(Effect.map(Target.Target, (service) => Behaviour.whyNot(behaviour, service, options)))
        if (reason !== undefined) {
          context.skip(reason)
        }
        await run(Behaviour.check(behaviour), context.signal)
      })
    }
  })
}
