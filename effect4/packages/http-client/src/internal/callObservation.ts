import * as Redaction from "@workspace-secrets/core/Redaction"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import type * as Tracer from "effect/Tracer"
import type { OperationName } from "../ClientError.js"
import { metrics } from "./metrics.js"
import type { Route } from "./routes.js"

interface Failure {
  readonly _tag: string
  readonly status?: number | undefined
  readonly reason?: string | undefined
}

/** OpenTelemetry's word for an error that there is no other for. */
const OTHER = "_OTHER"

/** A call as it is told to tracer and metrics. It is made when the call begins, and `end` must come whatever happens. */
export class Observation {
  /** How many times a request was sent. */
  attempts = 0
  /** Whether an earlier attempt may have been carried out by the server although it failed. */
  mayBeDone = false

  readonly clock: Clock.Clock
  readonly #started: bigint
  readonly #fiber: Fiber.Fiber<unknown, unknown>
  readonly #metrics: ReturnType<typeof metrics>
  #call: Tracer.Span | undefined
  #attempt: Tracer.Span | undefined
  #secrets: ReadonlyArray<Redacted.Redacted<string>> = []
  #mask: Redaction.Mask | undefined

  constructor(readonly operation: OperationName, fiber: Fiber.Fiber<unknown, unknown>) {
    this.#fiber = fiber
    this.clock = fiber.getRef(Clock.Clock)
    this.#started = this.clock.currentTimeNanosUnsafe()
    this.#metrics = metrics(operation)
    this.#metrics.inFlight.modifyUnsafe(1, fiber.context)
  }

  /** The call begins. */
  get begin(): Effect.Effect<void> {
    return Effect.map(Effect.makeSpan(`WorkspaceSecretsClient.${this.operation}`), (span) => {
      this.#call = span
    })
  }

  /** Takes the secrets of the call out of a text: those of all its requests, since an answer may repeat what another one sent. */
  mask(secrets: ReadonlyArray<Redacted.Redacted<string>>): Redaction.Mask {
    this.#secrets = [...this.#secrets, ...secrets.filter((secret) => !this.#secrets.some((known) => known === secret))]
    this.#mask = undefined
    return (text) => (this.#mask ??= Redaction.make(this.#secrets))(text)
  }

  /** A cause whose defects are without their messages and what they hold. */
  bare<E>(cause: Cause.Cause<E>): Cause.Cause<E> {
    return Cause.hasDies(cause)
      ? Cause.fromReasons(
        cause.reasons.map((reason) =>
          Cause.isDieReason(reason) ? Cause.makeDieReason(this.defect(reason.defect)) : reason
        )
      )
      : cause
  }

  /** A defect without its message and what it holds. */
  defect(defect: unknown): Redaction.Defect {
    return defect instanceof Redaction.Defect ? defect : new Redaction.Defect(defect, Redaction.make(this.#secrets))
  }

  /** How long the call has been under way, in milliseconds. */
  get elapsed(): number {
    return Number(this.clock.currentTimeNanosUnsafe() - this.#started) / 1e6
  }

  /** A request is about to be sent; gives the span that it is sent in. */
  attempt(route: Route): Effect.Effect<Tracer.Span> {
    this.attempts++
    if (this.attempts > 1) {
      this.#metrics.retries.updateUnsafe(1, this.#fiber.context)
    }
    return Effect.map(Effect.makeSpan(route.span, { kind: "client", parent: this.#call }), (span) => {
      this.#attempt = span
      for (const [key, value] of route.attributes) {
        span.attribute(key, value)
      }
      if (this.attempts > 1) {
        span.attribute("http.request.resend_count", this.attempts - 1)
      }
      return span
    })
  }

  /** The response to the request came, or did not; `failure` is what that means to the call. */
  attempted(status: number | undefined, failure: Failure | undefined): void {
    const span = this.#attempt
    this.#attempt = undefined
    if (span !== undefined && status !== undefined) {
      span.attribute("http.response.status_code", status)
    }
    this.#end(
      span,
      failure && (status !== undefined && status >= 400 ? String(status) : failure.reason ?? failure._tag)
    )
  }

  /** The call is over. */
  end(exit: Exit.Exit<unknown, Failure>): void {
    const context = this.#fiber.context
    const failed = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
    const outcome = Exit.isSuccess(exit)
      ? "success"
      : failed?._tag ?? (Cause.hasInterruptsOnly(exit.cause) ? "Interrupted" : "Defect")
    this.#metrics.inFlight.modifyUnsafe(-1, context)
    this.#metrics.duration(outcome).updateUnsafe(
      Number(this.clock.currentTimeNanosUnsafe() - this.#started) / 1e9,
      context
    )
    const type = outcome === "success" ? undefined : outcome === "Defect" ? OTHER : outcome
    try {
      this.#end(this.#attempt, type)
    } finally {
      this.#end(this.#call, type)
    }
  }

  // What a server or a transport has said stays out of spans.
  #end(span: Tracer.Span | undefined, type: string | undefined): void {
    if (span === undefined) {
      return
    }
    if (type !== undefined) {
      span.attribute("error.type", type)
    }
    span.end(
      this.#fiber.getRef(References.TracerTimingEnabled) ? this.clock.currentTimeNanosUnsafe() : 0n,
      type === undefined
        ? Exit.void
        : type === "Interrupted"
        ? Exit.interrupt(this.#fiber.id)
        : Exit.fail(`${this.operation} failed: ${type}`)
    )
  }
}

/** The header that says which span a request is part of, as W3C Trace Context has it. */
export const traceparent = (span: Tracer.Span): string =>
  `00-${span.traceId}-${span.spanId}-${span.sampled ? "01" : "00"}`
