import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { describe, expect, it } from "@effect/vitest"
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader
} from "@opentelemetry/sdk-metrics"
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as MetricState from "effect/MetricState"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import { leaking, printed } from "../../../tools/leaks/sinks.js"
import { spellings } from "../../../tools/leaks/spellings.js"
import { json } from "./support/memory.js"
import { canaries, canaryKey, canaryValue, secret } from "./support/samples.js"
import { scripted, status } from "./support/script.js"
import { record } from "./support/tracer.js"

const id = WorkspaceSecretId.make("wsec_1")
const options = { retry: { baseDelay: 0 }, retryBudget: false } as const

// Not imported from `@opentelemetry/api`: the test's loader would use its modules for bundlers.
const SpanKind = { INTERNAL: 0, CLIENT: 2 }
const SpanStatusCode = { OK: 1, ERROR: 2 }

/** The parts of spans that an exporter writes. */
const shown = (spans: ReadonlyArray<ReadableSpan>) =>
  spans.map(({ attributes, events, links, name, status }) => ({ attributes, events, links, name, status }))

/** The exports of the real SDK for a program. */
const exported = (program: Effect.Effect<unknown, unknown>) =>
  Effect.gen(function*() {
    const exporter = new InMemorySpanExporter()
    const sdk = NodeSdk.layer(() => ({
      resource: { serviceName: "test" },
      spanProcessor: new SimpleSpanProcessor(exporter)
    }))
    let spans: ReadonlyArray<ReadableSpan> = []
    const exit = yield* Effect.exit(program).pipe(
      Effect.tap(() => Effect.yieldNow()),
      Effect.tap(() => Effect.sync(() => spans = [...exporter.getFinishedSpans()])),
      Effect.provide(sdk)
    )
    return { exit, spans }
  })

const attributes = {
  "http.request.method": "GET",
  "url.template": "/v1/workspace_secrets/{id}",
  "server.address": "api.cadenya.com",
  "server.port": 443
}

describe("OpenTelemetry exports", () => {
  it.live("one span per call and one per attempt, by the conventions for HTTP", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted([status(503, 14), "ECONNRESET", json(secret)], options)
      const { spans } = yield* exported(Effect.withSpan(secrets.get(id), "caller"))
      const [first, second, third, call, caller] = spans
      expect(spans.map(({ name }) => name)).toEqual([
        "GET /v1/workspace_secrets/{id}",
        "GET /v1/workspace_secrets/{id}",
        "GET /v1/workspace_secrets/{id}",
        "WorkspaceSecretsClient.get",
        "caller"
      ])
      expect(spans.map(({ kind }) => kind)).toEqual([
        SpanKind.CLIENT,
        SpanKind.CLIENT,
        SpanKind.CLIENT,
        SpanKind.INTERNAL,
        SpanKind.INTERNAL
      ])
      expect(first?.attributes).toEqual({ ...attributes, "http.response.status_code": 503, "error.type": "503" })
      expect(second?.attributes).toEqual({
        ...attributes,
        "http.request.resend_count": 1,
        "error.type": "ConnectionLost"
      })
      expect(third?.attributes).toEqual({
        ...attributes,
        "http.request.resend_count": 2,
        "http.response.status_code": 200
      })
      expect(call?.attributes).toEqual({})
      expect(spans.map((span) => span.status.code)).toEqual([
        SpanStatusCode.ERROR,
        SpanStatusCode.ERROR,
        SpanStatusCode.OK,
        SpanStatusCode.OK,
        SpanStatusCode.OK
      ])
      expect([first, second, third].map((span) => span?.parentSpanContext?.spanId)).toEqual(
        Array(3).fill(call?.spanContext().spanId)
      )
      expect(call?.parentSpanContext?.spanId).toBe(caller?.spanContext().spanId)
    }))

  it.live("the server of requests, without workspace, query, default port and brackets", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted([status(404, 5)], {
        ...options,
        baseUrl: "http://[::1]:8080/path",
        workspaceId: "development"
      })
      const { spans } = yield* exported(Effect.all([
        Effect.ignore(secrets.list({ prefix: "canary" })),
        Effect.ignore(secrets.whoami()),
        Effect.ignore(secrets.delete(id))
      ]))
      const attempts = spans.filter(({ kind }) => Number(kind) === SpanKind.CLIENT)
      expect(attempts.map(({ attributes }) => attributes)).toEqual(
        [
          ["GET", "/v1/workspaces/{workspaceId}/workspace_secrets"],
          ["GET", "/v1/whoami"],
          ["DELETE", "/v1/workspaces/{workspaceId}/workspace_secrets/{id}"]
        ].map(([method, template]) => ({
          "http.request.method": method,
          "url.template": template,
          "server.address": "::1",
          "server.port": 8080,
          "http.response.status_code": 404,
          "error.type": "404"
        }))
      )
      expect(leaking(printed(shown(spans)), "canary")).toEqual([])
    }))

  it.live("the type of a failure, without text of server or transport", () =>
    Effect.gen(function*() {
      const echo = `got ${canaryValue} ${canaryKey} and ordinary words`
      const failures = [
        [json({ code: 7, message: echo }, { status: 403, headers: { "x-request-id": canaryKey } }), "PermissionDenied"],
        [new Response(echo, { status: 400, headers: { "content-type": "text/html" } }), "UnexpectedResponse"],
        [json(echo), "UnexpectedResponse"],
        ["ECONNREFUSED", "ConnectionError"],
        ["silence", "CallTimeout"]
      ] as const
      for (const [step, tag] of failures) {
        const { secrets } = yield* scripted([step], { ...options, apiKey: Redacted.make("key"), deadline: "20 millis" })
        const payload = { metadata: { name: "a" }, spec: { value: Redacted.make(canaryValue) } }
        const { exit, spans } = yield* exported(secrets.create(payload))
        expect(exit).toMatchObject({ cause: { error: { _tag: tag } } })
        expect(spans.at(-1)?.attributes).toEqual({ "error.type": tag })
        for (const { events, status } of spans) {
          expect(status.message).toMatch(/^create failed: \w+$/)
          expect(events.map(({ attributes, name }) => [name, attributes?.["exception.message"]])).toEqual([
            ["exception", status.message]
          ])
          expect(events[0]?.attributes?.["exception.stacktrace"]).toBe(`Error: ${status.message}`)
        }
        expect(leaking(printed(shown(spans)), ...canaries, "ordinary", "wsec_1")).toEqual([])
      }
    }))

  it.live.each(Object.entries(spellings))(
    "no secret that the API quotes, in the encoding %s",
    ([, spell]) =>
      Effect.gen(function*() {
        const told = [canaryValue, canaryKey].map((secret) => [secret, spell(secret)] as const)
        const message = told.map(([, spelled]) => spelled).join(" and ")
        const { secrets } = yield* scripted([json({ code: 13, message }, { status: 500 })], {
          retry: false,
          apiKey: Redacted.make(canaryKey)
        })
        const create = secrets.create({ metadata: { name: "a" }, spec: { value: Redacted.make(canaryValue) } })
        const { spans } = yield* exported(Effect.withSpan(create, "caller"))
        expect(spans.length).toBe(3)
        expect(leaking(printed(shown(spans)), ...told)).toEqual([])
      })
  )

  it.live("interrupted and refused calls", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted(["silence"], options)
      const interrupted = Effect.gen(function*() {
        const fiber = yield* Effect.fork(secrets.get(id))
        while (sent.length === 0) {
          yield* Effect.yieldNow()
        }
        yield* Fiber.interrupt(fiber)
      })
      const { spans } = yield* exported(interrupted)
      expect(spans.map(({ attributes }) => attributes["error.type"])).toEqual(["Interrupted", "Interrupted"])
      const refused = yield* exported(secrets.get("." as never))
      expect(refused.spans.map(({ attributes, name }) => [name, attributes["error.type"]])).toEqual([
        ["WorkspaceSecretsClient.get", "InvalidArgument"]
      ])
    }))
})

describe("spans", () => {
  it.effect("are not made if the program disables tracing", () =>
    Effect.gen(function*() {
      const { spans, tracer } = record()
      const { secrets, sent } = yield* scripted([json(secret)], { propagateTrace: true })
      yield* secrets.get(id).pipe(Effect.withTracerEnabled(false), Effect.withTracer(tracer))
      expect(spans).toEqual([])
      expect(sent[0]?.request.headers).not.toHaveProperty("traceparent")
    }))

  it.effect("have the program's annotations and links", () =>
    Effect.gen(function*() {
      const { spans, tracer } = record()
      const { secrets } = yield* scripted([json(secret)])
      yield* secrets.get(id).pipe(Effect.annotateSpans("team", "billing"), Effect.withTracer(tracer))
      expect(spans.map(({ attributes }) => attributes.get("team"))).toEqual(["billing", "billing"])
    }))
})

describe("trace headers are sent", () => {
  it.live("only with propagateTrace, for the span of the attempt", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([status(503, 14), json(secret), json(secret)], options)
      const { spans } = yield* exported(secrets.get(id, { propagateTrace: true }))
      yield* exported(secrets.get(id))
      const headers = sent.map(({ request }) => request.headers["traceparent"])
      expect(headers).toEqual([
        ...spans.slice(0, 2).map((span) => `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`),
        undefined
      ])
      expect(headers[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
      expect(sent.flatMap(({ request }) => Object.keys(request.headers))).not.toContain("b3")
    }))

  it.effect.each([[true, "01"], [false, "00"]] as const)(
    "as one that is sampled or not: %s",
    ([sampled, flags]) =>
      Effect.gen(function*() {
        const { secrets, sent } = yield* scripted([json(secret)], { propagateTrace: true })
        yield* Effect.withTracer(secrets.get(id), record({ sampled }).tracer)
        expect(sent[0]?.request.headers["traceparent"]).toBe(`00-trace-2-${flags}`)
      })
  )

  it.effect("by the call's option, else the client's", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted([json(secret)], { propagateTrace: true })
      yield* secrets.get(id)
      yield* secrets.get(id, { propagateTrace: false })
      expect(sent.map(({ request }) => "traceparent" in request.headers)).toEqual([true, false])
    }))
})

describe("metrics", () => {
  const tagged = (test: string) => Effect.tagMetrics("test", test)

  /** The metrics of this test, as `name{operation,outcome}`. */
  const of = (test: string) =>
    Object.fromEntries(
      Metric.unsafeSnapshot(undefined)
        .map(({ metricKey, metricState }) => ({
          name: metricKey.name,
          tags: Object.fromEntries(metricKey.tags.map(({ key, value }) => [key, value])),
          state: metricState
        }))
        .filter(({ name, tags }) => tags["test"] === test && name.startsWith("workspace_secrets."))
        .map(({ name, state, tags: { test: _, unit, ...tags } }) => [
          `${name} ${Object.values(tags).sort().join(" ")}${unit === undefined ? "" : ` in ${unit}`}`,
          MetricState.isHistogramState(state) ?
            state.count :
            (state as { readonly value?: number; readonly count?: number }).value
              ?? (state as { readonly count?: number }).count
        ])
    )

  it.live("count calls by operation and outcome, retries, and calls in flight", () =>
    Effect.gen(function*() {
      const { secrets, sent } = yield* scripted(
        [status(503, 14), "ECONNRESET", json(secret), status(404, 5), "silence"],
        options
      )
      const run = tagged("count")
      yield* run(secrets.get(id))
      yield* run(Effect.flip(secrets.get(id)))
      const fiber = yield* Effect.fork(run(secrets.delete(id)))
      yield* Effect.repeat(Effect.sleep(1), Schedule.recurUntil(() => sent.length === 5))
      expect(of("count")).toMatchObject({
        "workspace_secrets.client.in_flight delete": 1,
        "workspace_secrets.client.in_flight get": 0
      })
      yield* Fiber.interrupt(fiber)
      expect(of("count")).toEqual({
        "workspace_secrets.client.duration get success in s": 1,
        "workspace_secrets.client.duration WorkspaceSecretNotFound get in s": 1,
        "workspace_secrets.client.duration Interrupted delete in s": 1,
        "workspace_secrets.client.retries get": 2,
        "workspace_secrets.client.in_flight delete": 0,
        "workspace_secrets.client.in_flight get": 0
      })
    }))

  it.effect("have the durations of calls with all delays, in seconds", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted([status(503, 14, { "retry-after": "2" }), json(secret)])
      const fiber = yield* Effect.fork(tagged("duration")(secrets.get(id)))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      const sums = Metric.unsafeSnapshot(undefined).flatMap(({ metricKey, metricState }) =>
        metricKey.name.startsWith("workspace_secrets.") && metricKey.tags.some(({ value }) => value === "duration")
          && MetricState.isHistogramState(metricState)
          ? [metricState.sum]
          : []
      )
      expect(sums).toEqual([2])
    }))

  it.live("reach the real SDK, in seconds", () =>
    Effect.gen(function*() {
      const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
      const sdk = NodeSdk.layer(() => ({
        resource: { serviceName: "test" },
        metricReader: new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 100_000 })
      }))
      const { secrets } = yield* scripted([json(secret)], options)
      yield* tagged("sdk")(secrets.get(id)).pipe(Effect.provide(sdk))
      const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics)
      )
      const duration = metrics.find(({ descriptor }) => descriptor.name === "workspace_secrets.client.duration")
      expect(duration?.descriptor.unit).toBe("s")
      expect(duration?.dataPoints.map(({ attributes }) => attributes)).toContainEqual({
        operation: "get",
        outcome: "success",
        unit: "s",
        test: "sdk"
      })
    }))
})
