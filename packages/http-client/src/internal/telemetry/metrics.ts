import * as Arr from "effect/Array"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import type { OperationName } from "../../ClientError.js"
import { weakMemo } from "../weakMemo.js"

// The boundaries that OpenTelemetry advises for the duration of HTTP requests.
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const duration = Metric.histogram(
  "workspace_secrets.client.duration",
  MetricBoundaries.fromIterable(seconds),
  "How long calls took, with all their attempts, in seconds"
)

const inFlight = Metric.gauge("workspace_secrets.client.in_flight", {
  description: "How many calls are under way"
})

const retries = Metric.counter("workspace_secrets.client.retries", {
  description: "How many times requests were sent again",
  incremental: true
})

/**
 * A metric with tags. To put them together with those of a program takes long, and Effect would do it at each update: here it
 * is done once for each of the program's lists of tags.
 */
const tagged = <Type, Out>(metric: Metric.Metric<Type, number, Out>, tags: Readonly<Record<string, string>>): Meter => {
  const own = Object.entries(tags).map(([key, value]) => MetricLabel.make(key, value))
  const all = weakMemo((labels: Labels) => Arr.union(own, labels))
  return {
    update: (input, labels) => metric.unsafeUpdate(input, all(labels)),
    modify: (input, labels) => metric.unsafeModify(input, all(labels))
  }
}

/** Makes things by a name once. */
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

/** The metrics of each operation. */
export const metrics = once((operation: OperationName): Metrics => ({
  duration: once((outcome: string) => tagged(duration, { unit: "s", operation, outcome })),
  inFlight: tagged(inFlight, { operation }),
  retries: tagged(retries, { operation })
}))

/** A metric as far as a call needs it. */
interface Meter {
  readonly update: (input: number, labels: Labels) => void
  readonly modify: (input: number, labels: Labels) => void
}

/** The metrics of an operation. */
export interface Metrics {
  /** By outcome, in seconds. */
  readonly duration: (outcome: string) => Meter
  readonly inFlight: Meter
  readonly retries: Meter
}

/** The tags that a program has put on all its metrics. */
export type Labels = ReadonlyArray<MetricLabel.MetricLabel>
