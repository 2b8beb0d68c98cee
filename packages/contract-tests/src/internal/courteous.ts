import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"

const MAX_ATTEMPTS = 6
const MAX_WAIT = 60_000
const DEADLINE = 30_000

/** The delay that a server asks for, in milliseconds: with 429 always, with 503 only if it has Retry-After. */
const waitOf = ({ headers, status }: Response, attempt: number, now: number): number | undefined => {
  const after = headers.get("retry-after")?.trim()
  if (status !== 429 && (status !== 503 || after === undefined)) {
    return undefined
  }
  const wait = after === undefined
    ? NaN
    : /^\d+$/.test(after)
    ? Number(after) * 1000
    : Date.parse(after) - now
  return Number.isNaN(wait) ? 1000 * 2 ** (attempt - 1) : Math.max(0, wait)
}

/**
 * A `fetch` with a maximum number of requests in flight. If the server asks for a delay of at most one minute, all requests
 * wait and the request is sent again, so up to six times. Otherwise, the caller gets the response.
 */
export const courteous = (
  fetch: typeof globalThis.fetch,
  { maxConcurrency }: { readonly maxConcurrency?: number | undefined }
): Effect.Effect<typeof globalThis.fetch> =>
  Effect.map(Effect.runtime<never>(), (runtime) => {
    const run = Runtime.runPromise(runtime)
    const turn = maxConcurrency === undefined
      ? <A, E>(self: Effect.Effect<A, E>) => self
      : Effect.unsafeMakeSemaphore(maxConcurrency).withPermits(1)
    let quietUntil = 0

    const send = (input: Parameters<typeof globalThis.fetch>[0], init: RequestInit | undefined) =>
      Effect.gen(function*() {
        for (let attempt = 1;; attempt++) {
          const response = yield* turn(Effect.gen(function*() {
            // Another request may have extended the delay meanwhile.
            for (let wait = Infinity; wait > 0;) {
              wait = quietUntil - (yield* Clock.currentTimeMillis)
              yield* wait > 0 ? Effect.sleep(wait) : Effect.void
            }
            return yield* Effect.tryPromise({
              try: (signal) =>
                fetch(input instanceof Request ? input.clone() : input, {
                  ...init,
                  // The caller's signal also applies to the body, which is read later.
                  signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal
                }),
              catch: (error) => error
            }).pipe(Effect.timeoutFail({ duration: DEADLINE, onTimeout: () => new Error("no answer after 30 s") }))
          }))
          const now = yield* Clock.currentTimeMillis
          const wait = waitOf(response, attempt, now)
          if (wait === undefined || wait > MAX_WAIT || attempt === MAX_ATTEMPTS) {
            return response
          }
          quietUntil = Math.max(quietUntil, now + wait)
          yield* Effect.promise(() => response.arrayBuffer())
        }
      })

    return (input, init) => {
      const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
      return run(Effect.either(send(input, init)), signal ? { signal } : undefined).then(
        (sent) => {
          if (sent._tag === "Left") {
            throw sent.left
          }
          return sent.right
        },
        (interrupted) => {
          // An abort rejects with its reason, as in fetch.
          signal?.throwIfAborted()
          throw interrupted
        }
      )
    }
  })
