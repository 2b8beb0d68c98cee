import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
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
import { CallSecrets, credentials } from "./callSecrets.js"
import type { Settings } from "./callSettings.js"
import { within } from "./deadline.js"
import type { Operation } from "./operationResult.js"
import type { Call } from "./request.js"
import * as Response from "./response.js"
import type { Budget } from "./retryBudget.js"
import { mayBeDone, Retries } from "./retryDecision.js"
import type { Route } from "./routes.js"

/** The state that all calls of a client share. */
export interface Client {
  readonly http: HttpClient.HttpClient
  /** The RequestInit for a `fetch` transport. */
  readonly requestInit: RequestInit
  readonly settings: Settings
  readonly budget: Budget | undefined
  readonly routes: { readonly [Name in OperationName]: Route }
}

export type OwnError = CallTimeout | ConnectionError | UnexpectedResponse

/** A value and its response. */
export interface Outcome<A> {
  readonly value: A
  readonly answer: Response.Answer
  readonly attempts: number
  /** Redacts the secrets of the call. */
  readonly redact: (text: string) => string
}

/** A call in flight. */
export interface Running {
  readonly client: Client
  readonly settings: Settings
  readonly observation: Observation
  readonly secrets: CallSecrets
}

/** The special behaviour of an operation. */
export interface Extras<A, E> {
  /** Whether the call is idempotent. */
  readonly isSafe?: boolean
  /** Interprets an error if the server may have executed an earlier attempt; `undefined` keeps the error. */
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

/** Sends the request of an operation, with retries, and reads the response. */
export const run = <A, E extends CallError & { readonly _tag: ErrorTable.Tag }>(
  { client, observation, secrets, settings }: Running,
  operation: Operation<A, E>,
  call: Call,
  extras: Extras<A, E> = {},
  route: Route = client.routes[operation.name]
): Effect.Effect<Outcome<A>, E | OwnError> => {
  secrets.add([...call.secrets, ...credentials(settings.headers)])
  const redact = secrets.mask
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
 * Records a call in tracer and metrics. The end is always recorded, also after an interruption. A defect keeps only its
 * class and frames: its message may contain the request.
 */
export const observe = <A, E extends CallError>(
  client: Client,
  operation: OperationName,
  body: (running: Pick<Running, "observation" | "secrets">) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.withFiber((fiber) => {
      client.budget?.deposit()
      const observation = new Observation(operation, fiber)
      const secrets = new CallSecrets()
      const call = Effect.flatMap(
        observation.begin,
        () => restore(Effect.suspend(() => body({ observation, secrets })))
      )
      return Effect.flatMap(Effect.exit(call), (exit) => {
        const bare = Exit.isFailure(exit) ? Exit.failCause(secrets.bare(exit.cause)) : exit
        try {
          observation.end(bare)
        } catch (defect) {
          return Effect.die(secrets.defect(defect))
        }
        return bare
      })
    })
  )
