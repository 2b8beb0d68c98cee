import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Tracer from "effect/Tracer"
import {
  type CallError,
  CallTimeout,
  type ConnectionError,
  type OperationName,
  type UnexpectedResponse
} from "../../ClientError.js"
import type { Settings } from "../options/callSettings.js"
import { Observation, traceparent } from "../telemetry/callObservation.js"
import type { Route } from "../telemetry/routes.js"
import type { Exchange } from "../transport/exchange.js"
import type { Prepare } from "../transport/transportContext.js"
import type { Operation } from "../wire/operationResult.js"
import type { Call } from "../wire/request.js"
import * as Response from "../wire/response.js"
import { exchange, send, type Sending } from "./attempt.js"
import { CallSecrets, credentials } from "./callSecrets.js"
import { sleep, within, withinCallback } from "./deadline.js"
import type { Budget } from "./retryBudget.js"
import { mayBeDone, Retries } from "./retryDecision.js"

/** The state that all calls of a client share. */
export interface Client {
  readonly http: HttpClient.HttpClient
  /** The exchange of `http`, if it is one of our transports. */
  readonly exchange: Exchange | undefined
  readonly prepare: Prepare
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

const withHeaders = (
  request: HttpClientRequest.HttpClientRequest,
  settings: Settings,
  span: Tracer.Span | undefined
) => {
  const own = settings.headers === undefined ? request : HttpClientRequest.setHeaders(request, settings.headers)
  return settings.propagateTrace && span !== undefined
    ? HttpClientRequest.setHeader(own, "traceparent", traceparent(span))
    : own
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
  let retries: Retries | undefined

  const fail = (
    error: E | OwnError,
    answer: Response.Answer,
    mayBeSent = true
  ): Effect.Effect<Outcome<A>, E | OwnError> => {
    observation.attempted("status" in error ? error.status : undefined, error)
    const settled = observation.mayBeDone
      ? extras.settle?.(error, { answer, attempts: observation.attempts, redact: secrets.mask })
      : undefined
    if (settled !== undefined) {
      return settled
    }
    observation.mayBeDone ||= mayBeDone(error, mayBeSent)
    retries ??= new Retries(settings, observation, client.budget, extras.isSafe === true)
    return Effect.flatMap(
      retries.after(error),
      (wait) => wait === undefined ? Effect.fail(error) : Effect.flatMap(sleep(wait), attempt)
    )
  }

  const attempt = (): Effect.Effect<Outcome<A>, E | OwnError> => {
    const begun = observation.elapsed
    const left = settings.deadline - begun
    const scope = left <= settings.attemptDeadline ? "call" : "attempt"
    const place = observation.attempt(route, client.prepare)
    const { attempts } = observation
    const request = withHeaders(call.request, settings, place.span)
    const timeout = () =>
      new CallTimeout({
        operation: operation.name,
        scope,
        after: Duration.millis(scope === "call" ? settings.deadline : settings.attemptDeadline),
        attempts
      })
    const sending: Sending = { call: { request }, redact: secrets.mask, operation, attempts }
    const millis = Math.min(left, settings.attemptDeadline)
    const sent = client.exchange === undefined
      ? within(send(client.http, sending), millis, place, timeout)
      : withinCallback(exchange(client.exchange, sending), millis, place, timeout, observation)
    return Effect.matchEffect(
      sent,
      {
        onFailure: (error) => fail(error, noAnswer, sending.mayBeSent),
        onSuccess: (answer) => {
          const now = observation.clock.unsafeCurrentTimeMillis()
          const finish = (result: Either.Either<A, E | OwnError>): Effect.Effect<Outcome<A>, E | OwnError> => {
            if (Either.isLeft(result)) {
              return fail(result.left, answer)
            }
            observation.attempted(answer.status, undefined)
            return Effect.succeed({ value: result.right, answer, attempts, redact: secrets.mask })
          }
          const result = Response.read(operation, answer, { now, attempts, redact: secrets.mask })
          if (Either.isEither(result)) {
            return finish(result)
          }
          // Decoding a large body also counts towards the deadline.
          const rest = Math.max(0, millis - (observation.elapsed - begun))
          return Effect.matchEffect(within(result, rest, place, timeout), {
            onFailure: (error) => fail(error, answer),
            onSuccess: finish
          })
        }
      }
    )
  }

  return Effect.suspend(attempt)
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
    Effect.withFiberRuntime<A, E>((fiber, { runtimeFlags }) => {
      client.budget?.deposit()
      const observation = new Observation(operation, fiber, runtimeFlags)
      const secrets = new CallSecrets()
      const call = Effect.suspend(() => {
        observation.begin()
        return restore(Effect.suspend(() => body({ observation, secrets })))
      })
      return Effect.flatMap(Effect.exit(call), (exit) => {
        const bare = Exit.isFailure(exit) ? Exit.failCause(withoutDefects(exit.cause, secrets)) : exit
        try {
          observation.end(bare)
        } catch (defect) {
          return Effect.die(secrets.bare(defect))
        }
        return bare
      })
    })
  )

const withoutDefects = <E>(cause: Cause.Cause<E>, secrets: CallSecrets): Cause.Cause<E> =>
  Cause.isDie(cause)
    ? Cause.match(cause, {
      onEmpty: Cause.empty,
      onFail: (error) => Cause.fail(error),
      onDie: (defect) => Cause.die(secrets.bare(defect)),
      onInterrupt: (fiberId) => Cause.interrupt(fiberId),
      onSequential: (left, right) => Cause.sequential(left, right),
      onParallel: (left, right) => Cause.parallel(left, right)
    })
    : cause
