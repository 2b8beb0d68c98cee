import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as UrlParams from "@effect/platform/UrlParams"
import type { ClientLayers } from "@workspace-secrets/contract-tests/Target"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { at, type Json, parse } from "./WrongServer.js"

/** A client with one defect: the correct one, with a change between it and its transport. */
export type WrongClient = (http: HttpClient.HttpClient) => HttpClient.HttpClient

/** Defects of clients, each with the behaviours that detect it. */
export type WrongClients = Readonly<
  Record<string, readonly [wrong: WrongClient, ...breaks: readonly [string, ...ReadonlyArray<string>]]>
>

/** The layers of a wrong client. */
export const layersOf = (wrong: WrongClient): ClientLayers => {
  const between = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, wrong))
  return {
    layer: (options) => Layer.provide(WorkspaceSecretsClient.layer(options), between),
    layerConfig: (config) => Layer.provide(WorkspaceSecretsClient.layerConfig(config), between)
  }
}

/** Changes the requests of the client. */
export const requests = (
  change: (request: HttpClientRequest.HttpClientRequest) => HttpClientRequest.HttpClientRequest
): WrongClient => HttpClient.mapRequest(change)

/** Changes the URL of requests. */
export const urls = (
  change: (url: string, request: HttpClientRequest.HttpClientRequest) => string
): WrongClient => requests((request) => HttpClientRequest.setUrl(request, change(request.url, request)))

/** Changes the parameters of lists. */
export const params = (
  change: (params: UrlParams.UrlParams) => UrlParams.UrlParams
): WrongClient =>
  requests((request) =>
    request.urlParams.length === 0
      ? request
      : HttpClientRequest.get(request.url, { urlParams: change(request.urlParams), headers: request.headers })
  )

/** The body of a request as JSON, or an empty object. */
const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): Json =>
  at(body._tag === "Uint8Array" ? parse(new TextDecoder().decode(body.body)) : undefined)

/** Changes the body of requests. */
export const sent = (method: string, change: (body: Json) => Json): WrongClient =>
  requests((request) =>
    request.method === method
      ? HttpClientRequest.bodyUnsafeJson(request, change(bodyOf(request)))
      : request
  )

/** A response that a client is about to read. */
export interface Came {
  readonly method: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Changes the responses that the client reads. */
export const answers = (change: (came: Came) => Partial<Omit<Came, "method">>): WrongClient =>
  HttpClient.transform((exchange, request) =>
    Effect.flatMap(exchange, (response) =>
      Effect.map(response.text, (text) => {
        const { headers, status } = response
        const came = { method: request.method, status, headers, body: text }
        const changed = { ...came, ...change(came) }
        return HttpClientResponse.fromWeb(
          request,
          new Response(changed.status === 204 ? null : changed.body, {
            status: changed.status,
            headers: changed.headers
          })
        )
      }))
  )

const written = (body: string, change: (json: Json) => Json): string => {
  const json = parse(body)
  return typeof json === "object" && json !== null && !Array.isArray(json) ? JSON.stringify(change(at(json))) : body
}

/** Changes the JSON of successful responses. */
export const bodies = (change: (json: Json, came: Came) => Json): WrongClient =>
  answers((came) => came.status < 300 ? { body: written(came.body, (json) => change(json, came)) } : {})

/** Changes the metadata in successful responses. */
export const inMetadata = (change: (metadata: Json) => Json): WrongClient =>
  bodies((json) => "metadata" in json ? { ...json, metadata: change(at(json, "metadata")) } : json)

/** Changes the JSON of errors. */
export const errors = (change: (json: Json, came: Came) => Json): WrongClient =>
  answers((came) => came.status < 300 ? {} : { body: written(came.body, (json) => change(json, came)) })
