import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as WorkspaceSecretsClient from "../../src/WorkspaceSecretsClient.js"

export interface Sent {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly url: URL
}

/** A transport that answers from memory, and records its requests. */
export const transport = (reply: (sent: Sent) => Response) => {
  const sent: Array<Sent> = []
  const http = HttpClient.make((request, url) =>
    Effect.sync(() => {
      sent.push({ request, url })
      return HttpClientResponse.fromWeb(request, reply({ request, url }))
    })
  )
  return { http, sent }
}

export const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), {
    ...init,
    headers: { "content-type": "application/json", "x-request-id": "req-1", ...init.headers }
  })

/** A client on such a transport, by default without retries. */
export const client = (
  reply: (sent: Sent) => Response,
  options: Partial<WorkspaceSecretsClient.Options> = {}
) => {
  const { http, sent } = transport(reply)
  return WorkspaceSecretsClient.make({ apiKey: Redacted.make("key"), retry: false, ...options }).pipe(
    Effect.provideService(HttpClient.HttpClient, http),
    Effect.map((service) => ({ service, sent }))
  )
}
