import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import * as Fetch from "@workspace-secrets/http-client/fetch"
import { layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const program = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient
  yield* secrets.whoami()
  const [attempt, call] = exporter.getFinishedSpans()
  yield* Console.log(`${call?.name}: ${attempt?.name}`) // WorkspaceSecretsClient.whoami: GET /v1/whoami
  yield* Console.log(attempt?.attributes["http.response.status_code"]) // 200
})

const exporter = new InMemorySpanExporter() // or one for OTLP

const TracerLive = NodeSdk.layer(() => ({
  resource: { serviceName: "deploy" },
  spanProcessor: new SimpleSpanProcessor(exporter)
}))

const SecretsLive = layerConfig().pipe(Layer.provide(Fetch.layer()))

await Effect.runPromise(Effect.provide(program, Layer.merge(SecretsLive, TracerLive)))
