/**
 * The contract of the Workspace Secrets API, as a suite of Vitest.
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
 * How the suite runs.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** What is looked at; everything unless given. */
  readonly behaviours?: ReadonlyArray<Behaviour.Behaviour> | undefined
  /** Leaves out what may be too much for a server that others use: crowds, large bodies, guessed keys. False unless given. */
  readonly gentle?: boolean | undefined
  /** How long a behaviour may take, in milliseconds; 60,000 unless given. */
  readonly timeout?: number | undefined
}

/**
 * A server, and how the suite runs against it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions extends Target.Options, Options {
  /** What the tests are listed under; `the contract of` and the base URL unless given. */
  readonly name?: string | undefined
}

/**
 * Registers a test for each behaviour, `WS-LIST-009 sortOrder=asc is the order of creation, ties by id`. They run at the
 * same time, as many as Vitest's `maxConcurrency` allows, on one target: a server that is there, or a layer that is
 * built before them and closed after them. Those that need what the target has not are skipped, and say so.
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
 * With nothing but Vitest itself: `layer` of @effect/vitest writes its runtime into the one `it` that there is, and the
 * file's own tests would run with it.
 */
const register = <E>(name: string, target: Layer.Layer<Target.Target, E>, options: Options): void => {
  const timeout = options.timeout ?? 60_000
  describe(name, () => {
    // Made when its first effect runs, which is before the tests.
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
