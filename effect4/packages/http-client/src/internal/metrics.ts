import * as Metric from "effect/Metric"

const duration = Metric.histogram("workspace_secrets.client.duration", {
  description: "How long calls took, with all their attempts, in seconds",
  attributes: { unit: "s" },
  // The boundaries that OpenTelemetry recommends for HTTP request durations.
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
})

const inFlight = Metric.gauge("workspace_secrets.client.in_flight", {
  description: "Calls in flight"
})

const retries = Metric.counter("workspace_secrets.client.retries", {
  description: "Retries",
  incremental: true
})

/** Caches the result of `make` by name. */
const once = <A>(make: (name: string) => A) => {
  const made = new Map<string, A>()
  return (name: string): A => {
    const found = made.get(name) ?? make(name)
    made.set(name, found)
    return found
  }
}

export const metrics = once((operation) => ({
  /** In seconds, by outcome. */
  duration: once((outcome) => Metric.withAttributes(duration, { operation, outcome })),
  inFlight: Metric.withAttributes(inFlight, { operation }),
  retries: Metric.withAttributes(retries, { operation })
}))
