/**
 * The transport for browsers and edge runtimes: global `fetch`, told to keep nothing and to send along nothing of its own.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Layer from "effect/Layer"
import { fromExchange } from "./internal/transport/exchange.js"
import { exchange } from "./internal/transport/fetchExchange.js"

/**
 * What requests are sent with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The function to call in place of global `fetch`, which is otherwise looked up for each request. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Makes the transport. It sends no cookies and no referrer, keeps nothing in the cache, and leaves these settings out
 * where a runtime does not know them. Redirects are not followed. A request's body may be all but a `Stream`.
 *
 * A response is handed over when its body has come; interrupting a request aborts it at any time before that. A body over
 * 16 MiB, decompressed, is refused while it comes in; reading the body then fails. Spans are not made, nor headers for a
 * trace sent: that is up to the client.
 *
 * The errors have a `cause` with the `code` of what went wrong where the runtime tells it, and a request without headers,
 * query and body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): HttpClient.HttpClient =>
  fromExchange(exchange(() => options.fetch ?? globalThis.fetch))

/**
 * The transport as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient> =>
  Layer.sync(HttpClient.HttpClient, () => make(options))
