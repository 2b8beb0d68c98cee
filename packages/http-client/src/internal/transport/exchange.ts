import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError, RequestError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import type { CollectedResponse } from "./collectedResponse.js"

/**
 * Sends a request and calls back once: with the response and its complete or truncated body, or with an error. Returns
 * a function that cancels the request. It returns "unsent" if the request was not sent yet.
 */
export type Exchange = (
  request: HttpClientRequest.HttpClientRequest,
  done: (result: CollectedResponse | RequestError) => void
) => () => "unsent" | void

// Shared with other copies of this package. Increase the number when the arguments of the callback change.
const ExchangeId = Symbol.for("@workspace-secrets/http-client/Exchange/1")

/** Whether the result of an Exchange is an error. Not by class: it may come from another copy of the platform. */
export const isRequestError = (result: CollectedResponse | RequestError): result is RequestError => "_tag" in result

/** Makes an `HttpClient` that keeps its Exchange. */
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

/** The Exchange of an `HttpClient`, if it is one of our transports, unmodified. */
export const exchangeOf = (http: HttpClient.HttpClient & { readonly [ExchangeId]?: Exchange }): Exchange | undefined =>
  http[ExchangeId]
