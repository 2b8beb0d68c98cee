import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as FiberId from "effect/FiberId"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import type * as RuntimeFlags from "effect/RuntimeFlags"
import { weakMemo } from "../weakMemo.js"

/** Where an effect of its own fiber runs. */
export interface Place {
  readonly context: Context.Context<never>
  readonly fiberRefs: FiberRefs.FiberRefs
  readonly runtimeFlags: RuntimeFlags.RuntimeFlags
  readonly clock: Clock.Clock
}

const maker = FiberId.unsafeMake()

const untraced = weakMemo((fiberRefs: FiberRefs.FiberRefs) =>
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
  context: weakMemo((context) =>
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
