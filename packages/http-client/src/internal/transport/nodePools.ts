import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Undici from "undici"
// Not the package's own entry: that takes three times as long to load, and puts an agent of its own behind global fetch.
// @ts-expect-error: it has no types of its own
import UndiciPool from "undici/lib/dispatcher/pool.js"
import { CLOSED, TransportFailure } from "./failure.js"

const Pool = UndiciPool as typeof Undici.Pool

/** Of the options of the transport, those about connections. */
interface Options {
  readonly connections?: number | undefined
  readonly connectTimeout?: Duration.DurationInput | undefined
  readonly keepAliveTimeout?: Duration.DurationInput | undefined
  readonly closeTimeout?: Duration.DurationInput | undefined
}

/** A timeout as undici and setTimeout take it: whole milliseconds, and without an end 0. */
export const millis = (duration: Duration.DurationInput): number => {
  const value = Duration.toMillis(duration)
  return value > MAX_TIMEOUT ? 0 : Math.ceil(value)
}

const MAX_TIMEOUT = 2 ** 31 - 1

/** undici's Agent without what is not needed here. Its `destroy` does nothing once its `close` has been called. */
class Pools {
  private readonly pools = new Map<string, Undici.Pool>()
  private readonly options: Undici.Pool.Options
  private readonly closeTimeout: number
  private closed = false

  constructor(options: Options) {
    this.options = {
      connections: options.connections ?? 50,
      pipelining: 1,
      connectTimeout: millis(options.connectTimeout ?? "10 seconds"),
      keepAliveTimeout: millis(options.keepAliveTimeout ?? "4 seconds") || MAX_TIMEOUT
    }
    this.closeTimeout = millis(options.closeTimeout ?? "1 second")
    // It opens no connection yet, and throws if it does not like the options.
    new Pool("http://localhost", this.options)
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
      const timer = setTimeout(
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
export const pools = (options: Options): Effect.Effect<Pick<Undici.Dispatcher, "dispatch">, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(() => new Pools(options)), (self) => self.close())
