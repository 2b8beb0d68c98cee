import * as Arr from "effect/Array"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import type { OperationName } from "../../ClientError.js"
import { weakMemo } from "../weakMemo.js"

// The boundaries that OpenTelemetry recommends for HTTP request durations.
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const duration = Metric.histogram(
  "workspace_secrets.client.duration",
  MetricBoundaries.fromIterable(seconds),
  "How long calls took, with all their attempts, in seconds"
)

const inFlight = Metric.gauge("workspace_secrets.client.in_flight", {
  description: "Calls in flight"
})

const retries = Metric.counter("workspace_secrets.client.retries", {
  description: "Retries",
  incremental: true
})

/**
 * A metric with tags. Effect merges them with the program's tags at each update, which is slow. Here the result is
 * cached for each list of the program's tags.
 */
const tagged = <Type, Out>(metric: Metric.Metric<Type, number, Out>, tags: Readonly<Record<string, string>>): Meter => {
  const own = Object.entries(tags).map(([key, value]) => MetricLabel.make(key, value))
  const all = weakMemo((labels: Labels) => Arr.union(own, labels))
  return {
    update: (input, labels) => metric.unsafeUpdate(input, all(labels)),
    modify: (input, labels) => metric.unsafeModify(input, all(labels))
  }
}

/** Caches the result of `make` by name. */
const once = <Name extends string, A>(make: (name: Name) => A) => {
  const made = new Map<Name, A>()
  return (name: Name): A => {
    let found = made.get(name)
    if (found === undefined) {
      found = make(name)
      made.set(name, found)
    }
    return found
  }
}

export const metrics = once((operation: OperationName): Metrics => ({
  duration: once((outcome: string) => tagged(duration, { unit: "s", operation, outcome })),
  inFlight: tagged(inFlight, { operation }),
  retries: tagged(retries, { operation })
}))

interface Meter {
  readonly update: (input: number, labels: Labels) => void
  readonly modify: (input: number, labels: Labels) => void
}

export interface Metrics {
  /** In seconds, by outcome. */
  readonly duration: (outcome: string) => Meter
  readonly inFlight: Meter
  readonly retries: Meter
}

/** The tags that the program sets on all its metrics. */
export type Labels = ReadonlyArray<MetricLabel.MetricLabel>
