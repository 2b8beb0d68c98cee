import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import type { Mask } from "@workspace-secrets/core/Redaction"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import {
  ConnectionError,
  type ConnectionErrorReason,
  type OperationName,
  type UnexpectedResponse
} from "../ClientError.js"
import { remember } from "./remember.js"
import type { Call } from "./request.js"
import * as Response from "./response.js"
import { BODY_TOO_LARGE, CollectedResponse, type Exchange, limitOf, textOf } from "./transport.js"

const reasons = new Map<unknown, ConnectionErrorReason>([
  ["ENOTFOUND", "HostNotFound"],
  ["EAI_AGAIN", "HostNotFound"],
  ["ECONNREFUSED", "ConnectionRefused"],
  ["ECONNRESET", "ConnectionLost"],
  ["EPIPE", "ConnectionLost"],
  ["UND_ERR_SOCKET", "ConnectionLost"],
  ["ETIMEDOUT", "TimedOut"],
  ["UND_ERR_CONNECT_TIMEOUT", "TimedOut"],
  ["UND_ERR_HEADERS_TIMEOUT", "TimedOut"],
  ["CERT_HAS_EXPIRED", "CertificateRejected"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "CertificateRejected"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "CertificateRejected"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CertificateRejected"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "CertificateRejected"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "CertificateRejected"]
])

/** The codes that an error and its causes have, from the outside in. */
const codesOf = (error: unknown): ReadonlyArray<unknown> => {
  const codes: Array<unknown> = []
  let cause = error
  for (let depth = 0; depth < 5 && typeof cause === "object" && cause !== null; depth++) {
    codes.push("code" in cause ? cause.code : undefined)
    cause = "cause" in cause ? cause.cause : undefined
  }
  return codes
}

/** A transport's error in fixed words, by the code that it or one of its causes has. Nothing else of it is looked at. */
export const reasonOf = (error: unknown): ConnectionErrorReason =>
  reasons.get(codesOf(error).find((code) => reasons.has(code))) ?? "NoResponse"

const maker = FiberId.unsafeMake()

const untraced = remember((fiberRefs: FiberRefs.FiberRefs) =>
  FiberRefs.updateManyAs(fiberRefs, {
    forkAs: maker,
    entries: [
      [HttpClient.currentTracerDisabledWhen, [[maker, () => true]]],
      [HttpClient.currentTracerPropagation, [[maker, false]]]
    ]
  })
)

/**
 * Where a transport is to run, for this API's sake. Its own spans carry URL, query and headers, and its trace headers would
 * go to the API; a followed redirect takes the request's body along to wherever it leads. To say so for each request, as
 * `HttpClient.withTracerPropagation` does, would take longer than to make the request.
 */
export const prepare = (requestInit: RequestInit): Prepare => ({
  fiberRefs: untraced,
  context: remember((context) =>
    Context.add(context, FetchHttpClient.RequestInit, {
      ...requestInit,
      ...Option.getOrUndefined(Context.getOption(context, FetchHttpClient.RequestInit)),
      redirect: "manual"
    })
  )
})

/** How a caller's fiber becomes one that a transport may run in. */
export interface Prepare {
  readonly fiberRefs: (fiberRefs: FiberRefs.FiberRefs) => FiberRefs.FiberRefs
  readonly context: (context: Context.Context<never>) => Context.Context<never>
}

/** A transport that was told to fail for a status has the response all the same. */
const responseOf = (error: HttpClientError) =>
  error._tag === "ResponseError" && error.reason === "StatusCode" ? Effect.succeed(error.response) : Effect.fail(error)

/**
 * Closes the connection of a response that is not to be read: that is what an interrupted read does. Its stream would
 * take along what runs streams, a tenth of the whole client in a browser.
 */
const abandon = (response: HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.fork(response.arrayBuffer),
    (reading) => Effect.zipRight(Effect.yieldNow(), Fiber.interruptFork(reading))
  )

const tooLarge = (status: number) => {
  const kibibytes = limitOf(status) / 1024
  const size = kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`
  return [{ field: "", description: `Expected a body of at most ${size}` }]
}

type Sent = Effect.Effect<Response.Answer, ConnectionError | UnexpectedResponse>

interface Sending {
  readonly call: Pick<Call, "request">
  /** Takes what the call must not show out of what the server wrote. */
  readonly redact: Mask
  readonly operation: { readonly name: OperationName; readonly needsBody: boolean }
  readonly attempts: number
}

/** Sends a request once and reads the response to its end, which also frees the connection for the next one. */
export const send = (
  http: HttpClient.HttpClient,
  sending: Sending
): Sent =>
  Effect.matchEffect(Effect.catchAll(http.execute(sending.call.request), responseOf), {
    onFailure: (error) => lost(sending, error),
    onSuccess: (response) => receive(sending, response)
  })

const lost = ({ attempts, operation }: Sending, error: HttpClientError): Sent =>
  Effect.suspend(() => {
    const reason = reasonOf(error)
    // A certificate does not become another one while a call waits.
    const isRetryable = reason !== "CertificateRejected"
    return Effect.fail(new ConnectionError({ reason, operation: operation.name, isRetryable, attempts }))
  })

const receive = (
  { attempts, operation: { name: operation, needsBody }, redact }: Sending,
  response: HttpClientResponse
): Sent => {
  const { headers, status } = response
  const refuse = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const context = { now, attempts, redact }
    return Effect.fail(Response.unexpected(operation, { headers, status }, context, tooLarge(status)))
  })
  if (Number(headers["content-length"]) > limitOf(status)) {
    return Effect.zipRight(abandon(response), refuse)
  }
  return Effect.matchEffect(response.arrayBuffer, {
    onSuccess: (body) =>
      body.byteLength > limitOf(status)
        ? refuse
        : Effect.succeed({ status, headers, body: textOf(new Uint8Array(body)) }),
    onFailure: (error): Sent => {
      if (codesOf(error).includes(BODY_TOO_LARGE)) {
        return refuse
      }
      if (!needsBody && Response.isOk(status)) {
        return Effect.succeed({ status, headers, body: "" })
      }
      const reason = reasonOf(error) === "TimedOut" ? "TimedOut" : "IncompleteResponse"
      const requestId = Response.requestId({ headers }, redact)
      return Effect.fail(new ConnectionError({ reason, operation, status, requestId, attempts }))
    }
  })
}

/** A response whose headers are read when they are asked for. */
class CollectedAnswer implements Response.Answer {
  readonly #response: CollectedResponse

  constructor(response: CollectedResponse, readonly body: string) {
    this.#response = response
  }

  get status(): number {
    return this.#response.status
  }

  get headers(): Response.Answer["headers"] {
    return this.#response.headers
  }
}

/**
 * The same over a transport of ours: without the layers of an `HttpClient`, which take longer than the transport. It calls
 * back with what came of it; what it gives back gives the request up.
 */
export const exchange = (
  transport: Exchange,
  sending: Sending
): (done: (sent: Sent) => void) => () => void =>
(done) =>
  transport(sending.call.request, (result) => {
    const isResponse = result instanceof CollectedResponse
    const body = isResponse ? result.body : undefined
    if (isResponse && body !== undefined) {
      // The transport has seen to its size.
      return done(Effect.succeed(new CollectedAnswer(result, body)))
    }
    done(isResponse ? receive(sending, result) : lost(sending, result))
  })
