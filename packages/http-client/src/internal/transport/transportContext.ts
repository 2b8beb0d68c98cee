import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import type * as RuntimeFlags from "effect/RuntimeFlags"
import { weakMemo } from "../weakMemo.js"

/** The context of a new fiber. */
export interface Place {
  readonly context: Context.Context<never>
  readonly fiberRefs: FiberRefs.FiberRefs
  readonly runtimeFlags: RuntimeFlags.RuntimeFlags
  readonly clock: Clock.Clock
}

const maker = FiberId.unsafeMake()

const discreet = weakMemo((fiberRefs: FiberRefs.FiberRefs) =>
  FiberRefs.updateManyAs(fiberRefs, {
    forkAs: maker,
    entries: [
      [HttpClient.currentTracerDisabledWhen, [[maker, () => true]]],
      [HttpClient.currentTracerPropagation, [[maker, false]]],
      [FiberRef.unhandledErrorLogLevel, [[maker, Option.none()]]]
    ]
  })
)

/**
 * Prepares the context of a transport: no spans of the transport, which contain URL, query and headers; no trace
 * headers; no log of a fiber that fails, because a defect may contain the request; no redirects, which would send the
 * body elsewhere. `HttpClient.withTracerPropagation` for each request would take longer than the request.
 */
export const prepare = (requestInit: RequestInit): Prepare => ({
  fiberRefs: discreet,
  context: weakMemo((context) =>
    Context.add(context, FetchHttpClient.RequestInit, {
      ...requestInit,
      ...Option.getOrUndefined(Context.getOption(context, FetchHttpClient.RequestInit)),
      redirect: "manual"
    })
  )
})

/** Converts the caller's fiber context to that of the transport. */
export interface Prepare {
  readonly fiberRefs: (fiberRefs: FiberRefs.FiberRefs) => FiberRefs.FiberRefs
  readonly context: (context: Context.Context<never>) => Context.Context<never>
}
