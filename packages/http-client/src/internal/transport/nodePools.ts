import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Undici from "undici"
// Not the package's own entry: that takes three times as long to load, and puts an agent of its own behind global fetch.
// @ts-expect-error: it has no types of its own
import UndiciPool from "undici/lib/dispatcher/pool.js"
import { CLOSED, TransportFailure } from "./failure.js"

const Pool = UndiciPool as typeof Undici.Pool

/** The settings of connections, in milliseconds; `Infinity` is no limit. */
interface Settings {
  readonly connections: number
  readonly connectTimeout: number
  readonly keepAliveTimeout: number
  readonly closeTimeout: number
}

/** A timeout as undici takes it: whole milliseconds, and 0 for no limit or for one that is longer than timers can wait. */
export const timeout = (millis: number): number => millis > MAX_TIMEOUT ? 0 : Math.ceil(millis)

const MAX_TIMEOUT = 2 ** 31 - 1

/** undici's Agent without what is not needed here. Its `destroy` does nothing once its `close` has been called. */
class Pools {
  private readonly pools = new Map<string, Undici.Pool>()
  private readonly options: Undici.Pool.Options
  private readonly closeTimeout: number
  private closed = false

  constructor({ closeTimeout, connectTimeout, connections, keepAliveTimeout }: Settings) {
    this.options = {
      // Without a limit for null.
      connections: connections === Infinity ? null : connections,
      pipelining: 1,
      connectTimeout: timeout(connectTimeout),
      // undici takes no 0 here: the shortest is a millisecond.
      keepAliveTimeout: Math.max(1, Math.min(MAX_TIMEOUT, Math.ceil(keepAliveTimeout)))
    }
    this.closeTimeout = closeTimeout
  }

  dispatch(options: Undici.Dispatcher.DispatchOptions, handler: Undici.Dispatcher.DispatchHandler): boolean {
    if (this.closed) {
      throw new TransportFailure(CLOSED)
    }
    const origin = String(options.origin)
    let pool = this.pools.get(origin)
    if (pool === undefined) {
      pool = new Pool(origin, this.options)
      this.pools.set(origin, pool)
    }
    return pool.dispatch(options, handler)
  }

  close(): Effect.Effect<void> {
    // Not Effect.timeout: a scope may close under a TestClock, which never moves.
    return Effect.async((resume) => {
      this.closed = true
      const all = [...this.pools.values()]
      const done = () => resume(Effect.void)
      // A pool that has requests waiting when it is destroyed never tells that it is closed.
      const timer = this.closeTimeout > MAX_TIMEOUT ? undefined : setTimeout(
        () => void Promise.allSettled(all.map((pool) => pool.destroy())).then(done),
        this.closeTimeout
      )
      void Promise.allSettled(all.map((pool) => pool.close())).then(() => {
        clearTimeout(timer)
        done()
      })
    })
  }
}

/** A pool of connections for each origin, for as long as the scope is open. */
export const pools = (settings: Settings): Effect.Effect<Pick<Undici.Dispatcher, "dispatch">, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(() => new Pools(settings)), (self) => self.close())
