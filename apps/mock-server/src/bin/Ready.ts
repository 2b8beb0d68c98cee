/**
 * `ready`: checks that a server answers.
 */
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Http from "node:http"
import * as Https from "node:https"
import { isLoopbackHost } from "../transport/Gate.js"

class NotReady extends Data.TaggedError("NotReady")<{ readonly why: string }> {}

/** The timeout of one request: a starting server can accept a connection and never answer. */
const PATIENCE = Duration.seconds(2)

/** Short pauses, because waiting makes test runs slow. */
const pauses = Schedule.union(Schedule.exponential(Duration.millis(5)), Schedule.spaced(Duration.millis(50)))

const whyNot = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined
  return ({
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "there is no such host",
    ECONNRESET: "the server closes the connection",
    HPE_INVALID_CONSTANT: "the response is not HTTP"
  } as Record<string, string>)[code ?? ""] ?? `the server cannot be reached${code === undefined ? "" : ` (${code})`}`
}

/** Loopback URLs must not go through a proxy from the environment: it would reach another machine. */
const direct = { http: new Http.Agent(), https: new Https.Agent() }

/** Sends one GET request. Does not follow redirects. */
const get = (url: URL, signal: AbortSignal): Promise<{ readonly status: number; readonly isOfApi: boolean }> =>
  new Promise((resolve, reject) => {
    const isHttps = url.protocol === "https:"
    const agent = !isLoopbackHost(url.host) ? undefined : isHttps ? direct.https : direct.http
    const request = (isHttps ? Https : Http).request(url, { signal, ...agent && { agent } }, (response) => {
      response.destroy()
      resolve({ status: response.statusCode ?? 0, isOfApi: response.headers["x-request-id"] !== undefined })
    })
    request.on("error", reject)
    request.end()
  })

/** Sends one request without an API key. A server of the API answers 401 with a request id. */
const ask = (url: string): Effect.Effect<void, NotReady> =>
  Effect.tryPromise({
    try: (signal) => get(new URL(`${url}/v1/whoami`), signal),
    catch: (error) => new NotReady({ why: whyNot(error) })
  }).pipe(
    Effect.timeoutFail({ duration: PATIENCE, onTimeout: () => new NotReady({ why: "the server does not answer" }) }),
    Effect.filterOrFail(
      ({ isOfApi, status }) => !(status === 403 && isOfApi),
      () => new NotReady({ why: "the server does not accept this host name; start it with --allowed-host" })
    ),
    Effect.filterOrFail(
      ({ isOfApi, status }) => (status === 200 || status === 401) && isOfApi,
      ({ status }) =>
        new NotReady({ why: `the response (${status}) is not from a server of the Workspace Secrets API` })
    )
  )

/** Calls a server once, or until it answers. The exit code is 0 if it answers, and 1 if not. */
export const ready = (
  { timeout, url, wait }: { readonly url: string; readonly wait: boolean; readonly timeout: number }
): Effect.Effect<{ readonly code: number }> =>
  Effect.gen(function*() {
    if (!wait) {
      return yield* Effect.tapError(ask(url), ({ why }) => Console.error(`${url} is not ready: ${why}`))
    }
    const last = yield* Ref.make("the server does not answer")
    yield* ask(url).pipe(
      Effect.tapError(({ why }) => Ref.set(last, why)),
      Effect.retry(pauses),
      Effect.timeoutFail({ duration: timeout, onTimeout: () => new NotReady({ why: "" }) }),
      Effect.tapError(() =>
        Effect.flatMap(Ref.get(last), (why) => Console.error(`${url} is not ready after ${timeout / 1000} s: ${why}`))
      )
    )
  }).pipe(
    Effect.zipRight(Console.log(`${url} is ready`)),
    Effect.as({ code: 0 }),
    Effect.catchAll(() => Effect.succeed({ code: 1 }))
  )
