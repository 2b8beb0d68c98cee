/**
 * The platform's transport on global `fetch`, without cookies, referrer and cache.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"

/**
 * The options of the transport.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The `fetch` function to use. Default: global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

const init: RequestInit & { readonly cache: string } = {
  credentials: "omit",
  referrerPolicy: "no-referrer",
  cache: "no-store",
  redirect: "manual"
}

/**
 * A layer that provides the transport. It sends no cookies and no referrer, does not use the cache, and follows no
 * redirects.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient> =>
  FetchHttpClient.layer.pipe(
    Layer.provide(
      Layer.succeed(FetchHttpClient.RequestInit, init)
    ),
    options.fetch === undefined
      ? (layer) => layer
      : Layer.provide(Layer.succeed(FetchHttpClient.Fetch, options.fetch))
  )
