import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import type * as MetricLabel from "effect/MetricLabel"
import type { OperationName } from "../ClientError.js"
import type { Target } from "./options.js"

/** What spans say of where an operation's requests go: nothing that differs from call to call. */
export interface Route {
  readonly span: string
  readonly attributes: ReadonlyArray<readonly [key: string, value: string | number]>
}

const methods = { list: "GET", create: "POST", get: "GET", update: "PATCH", delete: "DELETE", whoami: "GET" } as const

/** The routes of a client's operations, in the words of OpenTelemetry's conventions for HTTP. */
export const routes = (target: Target): { readonly [Name in OperationName]: Route } => {
  const { hostname, port, protocol } = new URL(target.secrets)
  const collection = target.workspace === undefined
    ? "/v1/workspace_secrets"
    : "/v1/workspaces/{workspaceId}/workspace_secrets"
  const route = (name: OperationName, template: string): Route => ({
    span: `${methods[name]} ${template}`,
    attributes: [
      ["http.request.method", methods[name]],
      ["url.template", template],
      ["server.address", hostname.replace(/^\[|\]$/g, "")],
      ["server.port", Number(port) || (protocol === "https:" ? 443 : 80)]
    ]
  })
  const item = `${collection}/{id}`
  return {
    list: route("list", collection),
    create: route("create", collection),
    get: route("get", item),
    update: route("update", item),
    delete: route("delete", item),
    whoami: route("whoami", "/v1/whoami")
  }
}

// The boundaries that OpenTelemetry advises for the duration of HTTP requests.
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const duration = Metric.histogram(
  "workspace_secrets.client.duration",
  MetricBoundaries.fromIterable(seconds),
  "How long calls took, with all their attempts, in seconds"
).pipe(Metric.tagged("unit", "s"))

const inFlight = Metric.gauge("workspace_secrets.client.in_flight", {
  description: "How many calls are under way"
})

const retries = Metric.counter("workspace_secrets.client.retries", {
  description: "How many times requests were sent again",
  incremental: true
})

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

/** The metrics of each operation. To tag a metric makes a new one, which takes long: it is done once. */
export const metrics = once((operation: OperationName): Metrics => ({
  duration: once((outcome: string) =>
    duration.pipe(Metric.tagged("operation", operation), Metric.tagged("outcome", outcome))
  ),
  inFlight: Metric.tagged(inFlight, "operation", operation),
  retries: Metric.tagged(retries, "operation", operation)
}))

/** A metric as far as a call needs it. */
interface Meter {
  readonly unsafeUpdate: (input: number, labels: Labels) => void
  readonly unsafeModify: (input: number, labels: Labels) => void
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
