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
import * as Body from "../api/Body.js"
import type * as Dispatcher from "../api/Dispatcher.js"
import { answering } from "./Answering.js"

const readBody = (
  request: Request,
  limit: number,
  onUnreadable: (error: unknown) => void
): Dispatcher.Incoming["body"] =>
  Body.announcesTooMuch(request.headers.get("content-length") ?? undefined, limit)
    ? Effect.fail(Body.tooLarge(limit))
    : Effect.tryPromise({ try: () => request.arrayBuffer(), catch: onUnreadable }).pipe(
      // There is no answer to a request that never came to its end.
      Effect.catchAll(() => Effect.interrupt),
      Effect.flatMap((buffer) =>
        buffer.byteLength > limit ? Effect.fail(Body.tooLarge(limit)) : Effect.succeed(new Uint8Array(buffer))
      )
    )

const incoming = (request: Request, onUnreadable: (error: unknown) => void): Dispatcher.Incoming => {
  const url = new URL(request.url)
  return {
    method: request.method,
    target: url.pathname + url.search,
    headers: Object.fromEntries(request.headers),
    origin: url.origin,
    body: readBody(request, Body.limitOf(url.pathname), onUnreadable)
  }
}

const ended = () => Object.assign(new Error("the mock server closed the connection"), { code: "ECONNRESET" })

/** Half of a body, and then what `fetch` has for a connection that ended too early. */
const cut = (body: string): ReadableStream<Uint8Array> => {
  const bytes = new TextEncoder().encode(body)
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(bytes.subarray(0, bytes.length >> 1))
    },
    pull: (controller) => {
      controller.error(new TypeError("terminated", { cause: ended() }))
    }
  }, { highWaterMark: 0 })
}

/** A body that goes on until its reader cancels it. */
const goOn = (start: Dispatcher.Live): ReadableStream<Uint8Array> => {
  let stop: (() => void) | undefined
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      stop = start((text) => {
        if ((controller.desiredSize ?? 0) <= 0) {
          return false
        }
        controller.enqueue(encoder.encode(text))
        return true
      })
    },
    cancel: () => stop?.()
  })
}

const toResponse = ({ body, broken, headers, live, status }: Dispatcher.Outgoing, isHead: boolean): Response => {
  if (broken === "closed") {
    throw new TypeError("fetch failed", { cause: ended() })
  }
  if (live !== undefined && !isHead) {
    return new Response(goOn(live), { status, headers })
  }
  // 204 has no body (RFC 9110, 15.3.5), not even an empty one.
  return new Response(isHead || status === 204 ? null : broken === "cut" ? cut(body) : body, { status, headers })
}

/**
 * A `fetch` that is answered by the dispatcher, whatever the host of the URL. Honours `signal`; opens no socket. Rejects
 * with what the stream of a body fails with; where a fault closes the connection, with a `TypeError`, as `fetch` does.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeFetch = (
  dispatch: (incoming: Dispatcher.Incoming) => Effect.Effect<Dispatcher.Outgoing>
): Effect.Effect<typeof globalThis.fetch> =>
  Effect.map(Effect.runtime<never>(), (runtime) => {
    const run = Runtime.runPromise(runtime)
    const answer = answering(dispatch)
    return async (input, init) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      let unreadable: unknown = undefined
      const effect = answer(incoming(request, (error) => {
        unreadable = error
      }))
      const outgoing = await run(effect, { signal: request.signal }).catch((failure) => {
        // An abort rejects with its own reason, as in any other fetch.
        request.signal.throwIfAborted()
        throw unreadable ?? failure
      })
      return toResponse(outgoing, request.method === "HEAD")
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
