import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Bounded from "../../src/bounded.js"
import type { InvalidClientOptions } from "../../src/ClientError.js"
import * as Fetch from "../../src/fetch.js"
import * as Node from "../../src/node.js"
import { layer, type Options, WorkspaceSecretsClient } from "../../src/WorkspaceSecretsClient.js"
import { type Received, type Reply, serve } from "./server.js"

type Transport = Layer.Layer<HttpClient.HttpClient, InvalidClientOptions>

export const transports: ReadonlyArray<readonly [name: string, transport: Transport]> = [
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici],
  ["fetch, bounded", Layer.provide(Bounded.layer, FetchHttpClient.layer)],
  ["fetch of ours", Fetch.layer()],
  ["undici of ours", Node.layer()]
]

/** A client of the server at a URL, for the lifetime of the scope, by default without retries. */
export const connectOver = (transport: Transport) => (baseUrl: string, options: Partial<Options> = {}) =>
  layer({ apiKey: Redacted.make("key"), baseUrl, retry: false, ...options }).pipe(
    Layer.provide(transport),
    Layer.build,
    Effect.map(Context.get(WorkspaceSecretsClient))
  )

/** A server and its client. */
export const startOver =
  (transport: Transport) => (reply: (request: Received) => Reply, options: Partial<Options> = {}) =>
    Effect.gen(function*() {
      const server = yield* serve(reply)
      return { ...server, secrets: yield* connectOver(transport)(server.url, options) }
    })

/** Headers, a part of the body, and the end of the connection. */
export const brokenOff = (status: number): Reply => (response) => {
  response.writeHead(status, { "content-length": "1000", "x-request-id": "req-2" })
  response.write("{\"code\": 5,", () => response.destroy())
}
