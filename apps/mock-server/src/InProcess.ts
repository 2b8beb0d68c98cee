/**
 * The server without a socket: a `fetch` function, and an `HttpClient` on it.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Body from "./Body.js"
import type * as Dispatcher from "./Dispatcher.js"

const readBody = (request: Request): Dispatcher.Incoming["body"] =>
  Body.announcesTooMuch(request.headers.get("content-length") ?? undefined)
    ? Effect.fail(Body.tooLarge())
    : Effect.flatMap(
      Effect.promise(() => request.arrayBuffer()),
      (buffer) => buffer.byteLength > Body.maxBytes ? Effect.fail(Body.tooLarge()) : Effect.succeed(new Uint8Array(buffer))
    )

const incoming = (request: Request): Dispatcher.Incoming => {
  const url = new URL(request.url)
  return {
    method: request.method,
    target: url.pathname + url.search,
    headers: Object.fromEntries(request.headers),
    body: readBody(request)
  }
}

/**
 * A `fetch` that is answered by the dispatcher, whatever the host of the URL. Honours `signal`; opens no socket.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeFetch = (
  dispatch: (incoming: Dispatcher.Incoming) => Effect.Effect<Dispatcher.Outgoing>
): Effect.Effect<typeof globalThis.fetch> =>
  Effect.map(Effect.runtime<never>(), (runtime) => {
    const run = Runtime.runPromise(runtime)
    return async (input, init) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      const outgoing = await run(dispatch(incoming(request)), { signal: request.signal }).catch((failure) => {
        // An abort rejects with its own reason, as in any other fetch.
        request.signal.throwIfAborted()
        throw failure
      })
      const { body, headers, status } = outgoing
      return new Response(request.method === "HEAD" ? null : body, { status, headers })
    }
  })

/**
 * An `HttpClient` that asks this `fetch`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttpClient = (fetch: typeof globalThis.fetch): Layer.Layer<HttpClient.HttpClient> =>
  Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.Fetch, fetch))
