/**
 * The transport for Node: undici connection pools with keep-alive, one per origin. Interrupting a request closes its
 * connection.
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
 * The options of the transport.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * The maximum number of connections per origin. Default: 50. `Infinity` means no limit. A connection serves one
   * request at a time; further requests wait.
   */
  readonly connections?: number | undefined
  /** The timeout for opening a connection, including TLS. Default: 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /**
   * How long an idle connection stays open. Default: 4 seconds. A server's `Keep-Alive: timeout=5` takes precedence,
   * less 2 seconds for latency.
   */
  readonly keepAliveTimeout?: Duration.DurationInput | undefined
  /** The timeout for response headers. Default: 0, no limit, because the client has its own deadlines. */
  readonly headersTimeout?: Duration.DurationInput | undefined
  /** The timeout between two chunks of a response body. Default: 0, no limit. */
  readonly bodyTimeout?: Duration.DurationInput | undefined
  /** How long requests in flight may continue after the scope closes. Default: 1 second. */
  readonly closeTimeout?: Duration.DurationInput | undefined
  /**
   * A dispatcher of undici 7 or later that replaces the connection pools, such as undici's `ProxyAgent`, or an `Agent`
   * with the certificates of a private authority. The transport does not close it, and `connections`,
   * `connectTimeout`, `keepAliveTimeout` and `closeTimeout` do not apply.
   */
  readonly dispatcher?: Pick<Dispatcher, "dispatch"> | undefined
}

/**
 * Makes the transport. When the scope closes, it sends no more requests, waits up to `closeTimeout` for requests in
 * flight, and closes all connections.
 *
 * The response is returned when its body is complete; interruption before that closes the connection. Redirects are
 * not followed. Reading a body over 16 MiB (decompressed) fails, or over 64 KiB if the status is not 2xx. Requests do
 * not ask for compression, but bodies in `gzip`, `deflate` and `br` are decompressed; other codings, and more than
 * five, are refused. If the server closes a connection just when it is reused, the request fails and the transport
 * does not resend it: the client retries if that is safe. The transport makes no spans and sends no trace headers:
 * the client does.
 *
 * Fails with `InvalidClientOptions` if an option is invalid, such as a dispatcher of undici 6.
 *
 * Errors have a request without headers, query and body. Errors of the transport have a `cause` with a `code`:
 * `ERR_TRANSPORT` if none is known.
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
 * A layer that provides the transport. It closes with the layer's scope.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient, InvalidClientOptions> =>
  Layer.scoped(HttpClient.HttpClient, make(options))
