import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import type * as FiberRefs from "effect/FiberRefs"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type * as RuntimeFlags from "effect/RuntimeFlags"
import * as Tracer from "effect/Tracer"
import type { OperationName } from "../../ClientError.js"
import type { Place, Prepare } from "../transport/transportContext.js"
import { type Labels, type Metrics, metrics } from "./metrics.js"
import type { Route } from "./routes.js"

interface Failure {
  readonly _tag: string
  readonly status?: number | undefined
  readonly reason?: string | undefined
}

/** The typed error of a call, without texts of server or transport. */
const failureOf = (cause: Cause.Cause<Failure>): Failure | undefined =>
  Option.getOrUndefined(Cause.failureOption(cause))

/** OpenTelemetry's fallback for `error.type`. */
const OTHER = "_OTHER"

/** The place where an attempt runs. Our transports need only its clock; only a new fiber needs the rest. */
class AttemptPlace implements Place {
  constructor(
    readonly clock: Clock.Clock,
    private readonly fiber: Fiber.RuntimeFiber<unknown, unknown>,
    readonly runtimeFlags: RuntimeFlags.RuntimeFlags,
    private readonly prepare: Prepare,
    readonly span: Tracer.Span | undefined
  ) {}

  get context(): Context.Context<never> {
    const context = this.prepare.context(this.fiber.currentContext)
    return this.span === undefined ? context : Context.add(context, Tracer.ParentSpan, this.span)
  }

  get fiberRefs(): FiberRefs.FiberRefs {
    return this.prepare.fiberRefs(this.fiber.getFiberRefs())
  }
}

/** Records a call in tracer and metrics. Created when the call starts; `end` must always be called. */
export class Observation {
  /** How many times a request was sent. */
  attempts = 0
  /** Whether the server may have executed an earlier, failed attempt. */
  mayBeDone = false
  /** Cancels what is pending when the call ends. */
  giveUp: (() => void) | undefined

  readonly clock: Clock.Clock
  readonly started: bigint
  #last: bigint
  #elapsed = 0
  readonly #fiber: Fiber.RuntimeFiber<unknown, unknown>
  readonly #flags: RuntimeFlags.RuntimeFlags
  readonly #metrics: Metrics
  readonly #labels: Labels
  #call: Tracer.Span | undefined
  #attempt: Tracer.Span | undefined

  constructor(
    readonly operation: OperationName,
    fiber: Fiber.RuntimeFiber<unknown, unknown>,
    flags: RuntimeFlags.RuntimeFlags
  ) {
    this.#fiber = fiber
    this.#flags = flags
    this.clock = Context.get(fiber.currentDefaultServices, Clock.Clock)
    this.started = this.#last = this.clock.unsafeCurrentTimeNanos()
    this.#metrics = metrics(operation)
    this.#labels = fiber.getFiberRef(FiberRef.currentMetricLabels)
    this.#metrics.inFlight.modify(1, this.#labels)
  }

  /** Starts the call. If the tracer throws, `end` is still called. */
  begin(): void {
    this.#call = this.#span(`WorkspaceSecretsClient.${this.operation}`, "internal", parentOf(this.#fiber), this.started)
  }

  /** The time since the call started, in milliseconds. If the clock steps back, the time does not change. */
  get elapsed(): number {
    const now = this.clock.unsafeCurrentTimeNanos()
    this.#elapsed += Math.max(0, Number(now - this.#last))
    this.#last = now
    return this.#elapsed / 1e6
  }

  /** Records the start of an attempt. Returns the place to run it in, with its span. */
  attempt(route: Route, prepare: Prepare): AttemptPlace {
    this.attempts++
    if (this.attempts > 1) {
      this.#metrics.retries.update(1, this.#labels)
    }
    const span = this.#call && this.#span(route.span, "client", Option.some(this.#call), this.#now())
    this.#attempt = span
    if (span !== undefined) {
      for (const [key, value] of route.attributes) {
        span.attribute(key, value)
      }
      if (this.attempts > 1) {
        span.attribute("http.request.resend_count", this.attempts - 1)
      }
    }
    return new AttemptPlace(this.clock, this.#fiber, this.#flags, prepare, span)
  }

  /** Records the end of an attempt. `status` is that of the response, `failure` the error. */
  attempted(status: number | undefined, failure: Failure | undefined): void {
    const span = this.#attempt
    if (span === undefined) {
      return
    }
    this.#attempt = undefined
    if (status !== undefined) {
      span.attribute("http.response.status_code", status)
    }
    if (failure === undefined) {
      return span.end(this.#now(), Exit.void)
    }
    const type = status !== undefined && status >= 400 ? String(status) : failure.reason ?? failure._tag
    span.attribute("error.type", type)
    span.end(this.#now(), Exit.fail(`${this.operation} failed: ${type}`))
  }

  /** Records the end of the call. */
  end(exit: Exit.Exit<unknown, Failure>): void {
    this.giveUp?.()
    const now = this.clock.unsafeCurrentTimeNanos()
    const outcome = Exit.isSuccess(exit)
      ? "success"
      : failureOf(exit.cause)?._tag ?? (Cause.isInterruptedOnly(exit.cause) ? "Interrupted" : "Defect")
    this.#metrics.inFlight.modify(-1, this.#labels)
    this.#metrics.duration(outcome).update(Number(now - this.started) / 1e9, this.#labels)
    try {
      this.#end(this.#attempt, outcome)
    } finally {
      this.#end(this.#call, outcome)
    }
  }

  #end(span: Tracer.Span | undefined, outcome: string): void {
    if (span === undefined) {
      return
    }
    if (outcome === "success") {
      return span.end(this.#now(), Exit.void)
    }
    span.attribute("error.type", outcome === "Defect" ? OTHER : outcome)
    span.end(
      this.#now(),
      outcome === "Interrupted" ? Exit.interrupt(this.#fiber.id()) : Exit.fail(`${this.operation} failed: ${outcome}`)
    )
  }

  #now(): bigint {
    return this.#fiber.getFiberRef(FiberRef.currentTracerTimingEnabled) ? this.clock.unsafeCurrentTimeNanos() : 0n
  }

  // `Effect.withSpan` without a fiber: two of those would take as long as the rest of a call.
  #span(name: string, kind: Tracer.SpanKind, parent: Option.Option<Tracer.AnySpan>, now: bigint) {
    const fiber = this.#fiber
    if (!fiber.getFiberRef(FiberRef.currentTracerEnabled)) {
      return undefined
    }
    const timing = fiber.getFiberRef(FiberRef.currentTracerTimingEnabled)
    const links = Chunk.toReadonlyArray(fiber.getFiberRef(FiberRef.currentTracerSpanLinks))
    const span = fiber.currentTracer.span(name, parent, Context.empty(), links, timing ? now : 0n, kind)
    const annotations = fiber.getFiberRef(FiberRef.currentTracerSpanAnnotations)
    if (HashMap.size(annotations) > 0) {
      HashMap.forEach(annotations, (value, key) => span.attribute(key, value))
    }
    return span
  }
}

/** The current span of the program, unless propagation is disabled for it. */
const parentOf = (fiber: Fiber.RuntimeFiber<unknown, unknown>): Option.Option<Tracer.AnySpan> =>
  Option.filter(
    Option.fromNullable(fiber.currentSpan),
    (span) => !Context.get(span.context, Tracer.DisablePropagation)
  )

/** The `traceparent` header (W3C Trace Context). */
export const traceparent = (span: Tracer.Span): string =>
  `00-${span.traceId}-${span.spanId}-${span.sampled ? "01" : "00"}`
