/**
 * The transport on global `fetch`: the platform's, told to keep nothing and to send along nothing of its own.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"

/**
 * What requests are sent with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The function to call in place of global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

const init: RequestInit & { readonly cache: string } = {
  credentials: "omit",
  referrerPolicy: "no-referrer",
  cache: "no-store",
  redirect: "manual"
}

/**
 * The transport as a layer. It sends no cookies and no referrer, keeps nothing in the cache, and follows no redirects.
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
