import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Tracer from "effect/Tracer"
import {
  type CallError,
  CallTimeout,
  type ConnectionError,
  type OperationName,
  type UnexpectedResponse
} from "../ClientError.js"
import { send, type Sending } from "./attempt.js"
import { Observation, traceparent } from "./callObservation.js"
import type { Settings } from "./callSettings.js"
import { within } from "./deadline.js"
import type { Operation } from "./operationResult.js"
import type { Call } from "./request.js"
import * as Response from "./response.js"
import type { Budget } from "./retryBudget.js"
import { mayBeDone, Retries } from "./retryDecision.js"
import type { Route } from "./routes.js"

/** What all calls of a client share. */
export interface Client {
  readonly http: HttpClient.HttpClient
  /** What `fetch` is told where it is the transport. */
  readonly requestInit: RequestInit
  readonly settings: Settings
  readonly budget: Budget | undefined
  readonly routes: { readonly [Name in OperationName]: Route }
}

/** The errors that are the client's own. */
export type OwnError = CallTimeout | ConnectionError | UnexpectedResponse

/** A value, and the response that it came in. */
export interface Outcome<A> {
  readonly value: A
  readonly answer: Response.Answer
  readonly attempts: number
  /** Takes what the call must not show out of what the server wrote. */
  readonly redact: (text: string) => string
}

/** A call that is under way. */
export interface Running {
  readonly client: Client
  readonly settings: Settings
  readonly observation: Observation
}

/** What a call adds to sending its request and reading the response. */
export interface Extras<A, E> {
  /** Whether to send it again does no harm. */
  readonly isSafe?: boolean
  /** What an error means when an attempt before may have been carried out; `undefined` for what it says. */
  readonly settle?: (
    error: E | OwnError,
    answer: Pick<Outcome<never>, "answer" | "attempts" | "redact">
  ) => Effect.Effect<Outcome<A>, E | OwnError> | undefined
}

const withHeaders = (request: HttpClientRequest.HttpClientRequest, settings: Settings, span: Tracer.Span) => {
  const own = settings.headers === undefined ? request : HttpClientRequest.setHeaders(request, settings.headers)
  return settings.propagateTrace ? HttpClientRequest.setHeader(own, "traceparent", traceparent(span)) : own
}

const noAnswer: Response.Answer = { status: 0, headers: {}, body: "" }

/** What a caller's own headers hold that gets somebody in. */
const credentials = ({ headers = {} }: Settings): ReadonlyArray<Redacted.Redacted<string>> =>
  Object.entries(headers).flatMap(([name, value]) =>
    /auth|cookie|key|token|secret|password|credential|signature|session/.test(name) ? [Redacted.make(value)] : []
  )

/** Sends the request of an operation until there is an answer to go by, and reads that. */
export const run = <A, E extends CallError & { readonly _tag: ErrorTable.Tag }>(
  { client, observation, settings }: Running,
  operation: Operation<A, E>,
  call: Call,
  extras: Extras<A, E> = {},
  route: Route = client.routes[operation.name]
): Effect.Effect<Outcome<A>, E | OwnError> => {
  const redact = observation.mask([...call.secrets, ...credentials(settings)])
  const retries = new Retries(settings, observation, client.budget, extras.isSafe === true)

  const fail = (
    error: E | OwnError,
    answer: Response.Answer,
    mayBeSent = true
  ): Effect.Effect<Outcome<A>, E | OwnError> => {
    observation.attempted("status" in error ? error.status : undefined, error)
    const settled = observation.mayBeDone
      ? extras.settle?.(error, { answer, attempts: observation.attempts, redact })
      : undefined
    if (settled !== undefined) {
      return settled
    }
    observation.mayBeDone ||= mayBeDone(error, mayBeSent)
    return Effect.flatMap(
      retries.after(error),
      (wait) => wait === undefined ? Effect.fail(error) : Effect.flatMap(Effect.sleep(wait), () => attempt)
    )
  }

  const attempt: Effect.Effect<Outcome<A>, E | OwnError> = Effect.gen(function*() {
    const left = settings.deadline - observation.elapsed
    const scope = left <= settings.attemptDeadline ? "call" : "attempt"
    const span = yield* observation.attempt(route)
    const { attempts } = observation
    const request = withHeaders(call.request, settings, span)
    let answer = noAnswer
    const sending: Sending = { request, redact, operation, attempts }
    const answered = Effect.gen(function*() {
      answer = yield* send(client.http, sending)
      const now = observation.clock.currentTimeMillisUnsafe()
      return yield* Response.read(operation, answer, { now, attempts, redact })
    }).pipe(
      Effect.provideService(FetchHttpClient.RequestInit, client.requestInit),
      // The client has spans of its own, without query and headers.
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
      Effect.withParentSpan(span)
    )
    const timeout = () =>
      new CallTimeout({
        operation: operation.name,
        scope,
        after: Duration.millis(scope === "call" ? settings.deadline : settings.attemptDeadline),
        attempts
      })
    const result = yield* Effect.result(within(answered, Math.min(left, settings.attemptDeadline), timeout))
    if (Result.isFailure(result)) {
      return yield* fail(result.failure, answer, sending.mayBeSent)
    }
    observation.attempted(answer.status, undefined)
    return { value: result.success, answer, attempts, redact }
  })

  return attempt
}

/**
 * A call from its beginning to its end, as tracer and metrics are told of it. The end is told whatever happens, an
 * interruption included. A defect, of a transport or a tracer, keeps its class and frames: it may hold the request.
 */
export const observe = <A, E extends CallError>(
  client: Client,
  operation: OperationName,
  body: (observation: Observation) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.withFiber((fiber) => {
      client.budget?.deposit()
      const observation = new Observation(operation, fiber)
      const call = Effect.flatMap(observation.begin, () => restore(Effect.suspend(() => body(observation))))
      return Effect.flatMap(Effect.exit(call), (exit) => {
        const bare = Exit.isFailure(exit) ? Exit.failCause(observation.bare(exit.cause)) : exit
        try {
          observation.end(bare)
        } catch (defect) {
          return Effect.die(observation.defect(defect))
        }
        return bare
      })
    })
  )
