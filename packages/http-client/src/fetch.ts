/**
 * The transport for browsers and edge runtimes: global `fetch`, without cookies, referrer and cache.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Layer from "effect/Layer"
import { fromExchange } from "./internal/transport/exchange.js"
import { exchange } from "./internal/transport/fetchExchange.js"

/**
 * The options of the transport.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The `fetch` function to use. Default: global `fetch`, looked up for each request. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Makes the transport. It sends no cookies and no referrer, and does not use the cache, unless the runtime lacks these
 * settings. It does not follow redirects. A request body can be anything but a `Stream`.
 *
 * The response is returned when its body is complete; interruption before that aborts the request. Reading a body over
 * 16 MiB (decompressed) fails, or over 64 KiB if the status is not 2xx. The transport makes no spans and sends no trace headers: the client does.
 *
 * Errors have a request without headers, query and body. Errors of the transport have a `cause` with a `code`:
 * `ERR_TRANSPORT` if none is known.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): HttpClient.HttpClient =>
  fromExchange(exchange(() => options.fetch ?? globalThis.fetch))

/**
 * A layer that provides the transport.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient> =>
  Layer.sync(HttpClient.HttpClient, () => make(options))
