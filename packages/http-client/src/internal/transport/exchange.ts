import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError, RequestError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import type { CollectedResponse } from "./collectedResponse.js"

/**
 * Sends a request and calls back once: when the response's body has come, to its end or until it broke off, or when there
 * is none to come. What it gives back gives the request up, and says so where it was not sent by then.
 */
export type Exchange = (
  request: HttpClientRequest.HttpClientRequest,
  done: (result: CollectedResponse | RequestError) => void
) => () => "unsent" | void

// Another copy of this package may read it. The number goes up when an Exchange calls back with something else.
const ExchangeId = Symbol.for("@workspace-secrets/http-client/Exchange/1")

/** Whether an Exchange called back with an error. Its class may be that of another copy of the platform. */
export const isRequestError = (result: CollectedResponse | RequestError): result is RequestError => "_tag" in result

/** A transport as an `HttpClient`, which knows what it was made of. */
export const fromExchange = (exchange: Exchange): HttpClient.HttpClient =>
  Object.assign(
    HttpClient.makeWith<never, never, HttpClientError, never>(
      Effect.flatMap((request) =>
        Effect.async<CollectedResponse, RequestError>((resume) => {
          const abort = exchange(
            request,
            (result) => resume(isRequestError(result) ? Effect.fail(result) : Effect.succeed(result))
          )
          return Effect.sync(abort)
        })
      ),
      Effect.succeed
    ),
    { [ExchangeId]: exchange }
  )

/** What an `HttpClient` was made of, if it is a transport of ours just as it was made. */
export const exchangeOf = (http: HttpClient.HttpClient & { readonly [ExchangeId]?: Exchange }): Exchange | undefined =>
  http[ExchangeId]
