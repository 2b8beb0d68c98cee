import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
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

/** OpenTelemetry's fallback for `error.type`. */
const OTHER = "_OTHER"

/** Records a call in tracer and metrics. Created when the call starts; `end` must always be called. */
export class Observation {
  /** How many times a request was sent. */
  attempts = 0
  /** Whether the server may have executed an earlier, failed attempt. */
  mayBeDone = false

  readonly clock: Clock.Clock
  readonly #started: bigint
  readonly #fiber: Fiber.Fiber<unknown, unknown>
  readonly #metrics: ReturnType<typeof metrics>
  #call: Tracer.Span | undefined
  #attempt: Tracer.Span | undefined

  constructor(readonly operation: OperationName, fiber: Fiber.Fiber<unknown, unknown>) {
    this.#fiber = fiber
    this.clock = fiber.getRef(Clock.Clock)
    this.#started = this.clock.currentTimeNanosUnsafe()
    this.#metrics = metrics(operation)
    this.#metrics.inFlight.modifyUnsafe(1, fiber.context)
  }

  /** Starts the call. */
  get begin(): Effect.Effect<void> {
    return Effect.map(Effect.makeSpan(`WorkspaceSecretsClient.${this.operation}`), (span) => {
      this.#call = span
    })
  }

  /** The time since the call started, in milliseconds. */
  get elapsed(): number {
    return Number(this.clock.currentTimeNanosUnsafe() - this.#started) / 1e6
  }

  /** Records the start of an attempt. Returns its span. */
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

  /** Records the end of an attempt. `status` is that of the response, `failure` the error. */
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

  /** Records the end of the call. */
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

  // Spans contain no text of server or transport.
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

/** The `traceparent` header (W3C Trace Context). */
export const traceparent = (span: Tracer.Span): string =>
  `00-${span.traceId}-${span.spanId}-${span.sampled ? "01" : "00"}`
