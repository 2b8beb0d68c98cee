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
import type * as Scope from "effect/Scope"
import * as Body from "../api/Body.js"
import type * as Dispatcher from "../api/Dispatcher.js"
import { answering, logDefect, spareId } from "./Answering.js"

const readBody = (
  request: Request,
  limit: number,
  onUnreadable: (error: unknown) => void
): Dispatcher.Incoming["body"] =>
  Body.announcesTooMuch(request.headers.get("content-length") ?? undefined, limit)
    ? Effect.fail(Body.tooLarge(limit))
    : Effect.tryPromise({ try: () => request.arrayBuffer(), catch: onUnreadable }).pipe(
      // A request without a complete body gets no response.
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

/** Sends half of a body, then fails as `fetch` does when a connection closes early. */
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

/** How to end the open streams of a server, and whether it has stopped. */
interface Streams {
  readonly open: Set<() => void>
  isOver: boolean
}

/** A body without an end. Its reader cancels it, the caller aborts it, and it ends with the server. */
const goOn = (
  start: Dispatcher.Live,
  signal: AbortSignal,
  streams: Streams,
  onDefect: (defect: unknown) => void
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let isOver = false
  let release = () => {}
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      /** Ends the body once, as `how` says. */
      const over = (how: () => void) => {
        if (!isOver) {
          isOver = true
          release()
          how()
        }
      }
      const end = () => over(() => controller.close())
      const abort = () => over(() => controller.error(signal.reason))
      const stop = start((text) => {
        if (isOver || (controller.desiredSize ?? 0) <= 0) {
          return false
        }
        controller.enqueue(encoder.encode(text))
        return true
      }, (defect) => {
        onDefect(defect)
        over(() => controller.error(new TypeError("terminated", { cause: ended() })))
      })
      release = () => {
        stop()
        streams.open.delete(end)
        signal.removeEventListener("abort", abort)
      }
      if (isOver) {
        release()
      } else if (signal.aborted) {
        abort()
      } else if (streams.isOver) {
        end()
      } else {
        streams.open.add(end)
        signal.addEventListener("abort", abort)
      }
    },
    cancel: () => {
      isOver = true
      release()
    }
  })
}

const toResponse = (
  { body, broken, headers, live, status }: Dispatcher.Outgoing,
  isHead: boolean,
  goOn: (start: Dispatcher.Live) => ReadableStream<Uint8Array>
): Response => {
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
 * Makes a `fetch` that calls the dispatcher, for URLs with any host. It supports `signal` and opens no socket. It rejects with the error of
 * a request's body stream, and with a `TypeError`, as `fetch` does, if a fault closes the connection. Streams end with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeFetch = (
  dispatch: (incoming: Dispatcher.Incoming) => Effect.Effect<Dispatcher.Outgoing>
): Effect.Effect<typeof globalThis.fetch, never, Scope.Scope> =>
  Effect.gen(function*() {
    const run = Runtime.runPromise(yield* Effect.runtime<never>())
    const answer = answering(dispatch)
    const streams: Streams = { open: new Set(), isOver: false }
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        streams.isOver = true
        streams.open.forEach((end) => end())
      })
    )
    return async (input, init) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      let unreadable: unknown = undefined
      const effect = answer(incoming(request, (error) => {
        unreadable = error
      }))
      const outgoing = await run(effect, { signal: request.signal }).catch((failure) => {
        // An aborted fetch rejects with the reason of its signal.
        request.signal.throwIfAborted()
        throw unreadable ?? failure
      })
      return toResponse(outgoing, request.method === "HEAD", (start) =>
        goOn(start, request.signal, streams, (defect) =>
          void run(logDefect(spareId(), defect))))
    }
  })

/**
 * An `HttpClient` that calls this `fetch`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttpClient = (fetch: typeof globalThis.fetch): Layer.Layer<HttpClient.HttpClient> =>
  Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.Fetch, fetch))
