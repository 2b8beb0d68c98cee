/**
 * The transport for Node: undici's pool of keep-alive connections, one per origin, with an Effect around each request
 * that costs little and closes the connection when it is interrupted.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as UrlParams from "@effect/platform/UrlParams"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Dispatcher } from "undici"
import type { InvalidClientOptions } from "./ClientError.js"
import { resolveNode } from "./internal/options/nodeOptions.js"
import { type Exchange, fromExchange } from "./internal/transport/exchange.js"
import { requestError } from "./internal/transport/failure.js"
import { content } from "./internal/transport/nodeBody.js"
import { ExchangeHandler } from "./internal/transport/nodeExchange.js"
import { pools, timeout } from "./internal/transport/nodePools.js"

/**
 * How connections are made and kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * The most connections to one origin, 50 where left out; `Infinity` for no limit. A connection serves one request at a time; a request that
   * finds none free waits for one.
   */
  readonly connections?: number | undefined
  /** How long a connection may take to be made, TLS included: 10 seconds where left out. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /**
   * How long a connection is kept when it is idle, 4 seconds where left out. A server that tells its own limit
   * (`Keep-Alive: timeout=5`) is believed, less 2 seconds for the way.
   */
  readonly keepAliveTimeout?: Duration.DurationInput | undefined
  /** How long the headers of a response may take. No limit where left out, or 0: the client has its own deadlines. */
  readonly headersTimeout?: Duration.DurationInput | undefined
  /** How long a response may stand still before its body ends. No limit where left out, or 0. */
  readonly bodyTimeout?: Duration.DurationInput | undefined
  /** How long requests that are under way may go on when the scope closes: 1 second where left out. */
  readonly closeTimeout?: Duration.DurationInput | undefined
  /**
   * A dispatcher of undici 7 or later to send with in place of pools of its own, such as undici's `ProxyAgent`, or an `Agent` with the
   * certificates of a private authority. It is not closed, and what is said above of connections is up to it.
   */
  readonly dispatcher?: Pick<Dispatcher, "dispatch"> | undefined
}

/**
 * Makes the transport. When the scope closes, no further request is sent, those under way are waited for, for as long as
 * `closeTimeout`, and all connections are closed.
 *
 * A response is handed over when its body has come, so that interrupting a request closes its connection at any time
 * before that. Redirects are not followed. A body over 16 MiB, decompressed, is refused; reading it then fails. Requests
 * ask for no compression; a body in `gzip`, `deflate` or `br` is decompressed all the same, and one in another coding is refused. A connection that the server closes
 * at the very moment of its reuse is an error, and the request is not sent a second time: whether that is safe is known
 * to the client, whose retries cover it. Spans are not made, nor headers for a trace sent: that is the client's as well.
 *
 * Fails with `InvalidClientOptions` if an option is wrong, such as a dispatcher of undici 6.
 *
 * The errors have a `cause` with the `code` of what went wrong, and a request without headers, query and body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options = {}
): Effect.Effect<HttpClient.HttpClient, InvalidClientOptions, Scope.Scope> =>
  Effect.flatMap(resolveNode(options), (settings) =>
    Effect.map(
      options.dispatcher === undefined ? pools(settings) : Effect.succeed(options.dispatcher),
      (dispatcher) =>
        fromExchange(exchange(dispatcher, {
          headersTimeout: timeout(settings.headersTimeout),
          bodyTimeout: timeout(settings.bodyTimeout)
        }))
    ))

const exchange = (
  dispatcher: Pick<Dispatcher, "dispatch">,
  timeouts: { readonly headersTimeout: number; readonly bodyTimeout: number }
): Exchange =>
(request, done) => {
  const handler = new ExchangeHandler(request, done)
  const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
  if (Either.isLeft(url)) {
    done(requestError(request, "InvalidUrl", undefined))
    return () => {}
  }
  const { origin, pathname, search } = url.right
  const { body, contentType } = content(request.body)
  const headers: Record<string, string> = { ...request.headers }
  headers["accept-encoding"] ??= "identity"
  if (contentType !== undefined) {
    headers["content-type"] ??= contentType
  }
  const { bodyTimeout, headersTimeout } = timeouts
  try {
    dispatcher.dispatch(
      { origin, path: pathname + search, method: request.method, headers, body, headersTimeout, bodyTimeout },
      handler
    )
  } catch (error) {
    handler.fail(error)
  }
  return () => handler.abort()
}

/**
 * The transport, for as long as the layer's scope is open.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient, InvalidClientOptions> =>
  Layer.scoped(HttpClient.HttpClient, make(options))
