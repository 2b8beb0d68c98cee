/**
 * The server that the contract is held against.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"

/**
 * A key, and the workspace that it works in.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tenant {
  readonly apiKey: Redacted.Redacted<string>
  readonly workspaceId: string
}

/**
 * What the suite needs of a server. It makes secrets in the workspace and takes them out again, and leaves what else is
 * there alone.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service extends Tenant {
  /** Where the API is, without a slash at its end. */
  readonly baseUrl: string
  /** What stands for the workspace's id in a path, where the server has such a thing. */
  readonly workspaceAlias?: string | undefined
  /** A second key with a workspace of its own, to see that the two are apart. */
  readonly otherTenant?: Tenant | undefined
  /** Whether the server leaves `spec.value` out of its answers (WIRE.md, Values). */
  readonly writeOnlyValues: boolean
  /** Plain HTTP, for behaviours that look at the wire. */
  readonly fetch: typeof globalThis.fetch
  /** The transport under the client, for behaviours that look through it. */
  readonly httpClient: HttpClient.HttpClient
}

/**
 * The server that behaviours run against.
 *
 * @since 0.1.0
 * @category services
 */
export class Target extends Context.Tag("@workspace-secrets/contract-tests/Target")<Target, Service>() {}

/**
 * How to reach a server.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Tenant {
  /** Where the API is. */
  readonly baseUrl: string | URL
  /** What stands for the workspace's id in a path. Without it, what is said of aliases is not looked at. */
  readonly workspaceAlias?: string | undefined
  /** A second key with a workspace of its own. Without it, what is said of other workspaces is not looked at. */
  readonly otherTenant?: Tenant | undefined
  /** Whether the server leaves `spec.value` out of its answers; false unless given. */
  readonly writeOnlyValues?: boolean | undefined
  /** Plain HTTP; the global `fetch` unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * A server, with the `HttpClient` that the client sends with.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = ({ baseUrl, ...options }: Options): Layer.Layer<Target, never, HttpClient.HttpClient> =>
  Layer.effect(
    Target,
    Effect.map(HttpClient.HttpClient, (httpClient) => ({
      ...options,
      fetch: options.fetch ?? globalThis.fetch,
      writeOnlyValues: options.writeOnlyValues ?? false,
      baseUrl: String(baseUrl).replace(/\/+$/, ""),
      httpClient
    }))
  )
