import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Undici from "undici"
// Not the package's entry point: it takes three times as long to load, and replaces the agent of global fetch.
// @ts-expect-error: it has no types
import UndiciPool from "undici/lib/dispatcher/pool.js"
import { CLOSED, TransportFailure } from "./failure.js"

const Pool = UndiciPool as typeof Undici.Pool

/** Connection settings. Times are in milliseconds; `Infinity` means no limit. */
interface Settings {
  readonly connections: number
  readonly connectTimeout: number
  readonly keepAliveTimeout: number
  readonly closeTimeout: number
}

/** A timeout for undici: whole milliseconds, and 0 for no limit or more than a timer's limit. */
export const timeout = (millis: number): number => millis > MAX_TIMEOUT ? 0 : Math.ceil(millis)

const MAX_TIMEOUT = 2 ** 31 - 1

/** Replaces undici's Agent, whose `destroy` does nothing after `close`. */
class Pools {
  private readonly pools = new Map<string, Undici.Pool>()
  private readonly options: Undici.Pool.Options
  private readonly closeTimeout: number
  private closed = false

  constructor({ closeTimeout, connectTimeout, connections, keepAliveTimeout }: Settings) {
    this.options = {
      // In undici, null means no limit.
      connections: connections === Infinity ? null : connections,
      pipelining: 1,
      connectTimeout: timeout(connectTimeout),
      // undici refuses 0 here; the minimum is 1 ms.
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
    // Not Effect.timeout: a scope may close under a TestClock, which never advances.
    return Effect.async((resume) => {
      this.closed = true
      const all = [...this.pools.values()]
      const done = () => resume(Effect.void)
      // A pool that is destroyed while requests wait never reports that it closed.
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

/** One connection pool per origin, closed with the scope. */
export const pools = (settings: Settings): Effect.Effect<Pick<Undici.Dispatcher, "dispatch">, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(() => new Pools(settings)), (self) => self.close())
