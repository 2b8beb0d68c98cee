// Runs clients of the Effect 4 line in a child process, for the tests of the Effect 3 line. The parent process says
// what to call, sends the requests, and receives the results.
import * as ApiError from "@workspace-secrets/core/ApiError"
import * as CreateWorkspaceSecret from "@workspace-secrets/core/CreateWorkspaceSecret"
import * as ListWorkspaceSecrets from "@workspace-secrets/core/ListWorkspaceSecrets"
import * as Profile from "@workspace-secrets/core/Profile"
import * as Status from "@workspace-secrets/core/Status"
import * as UpdateWorkspaceSecret from "@workspace-secrets/core/UpdateWorkspaceSecret"
import * as WorkspaceSecret from "@workspace-secrets/core/WorkspaceSecret"
import { layer, layerConfig, WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Arbitrary from "effect/Arbitrary"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const schemas = {
  ...ApiError,
  ...CreateWorkspaceSecret,
  ...ListWorkspaceSecrets,
  ...Profile,
  ...Status,
  ...UpdateWorkspaceSecret,
  ...WorkspaceSecret
}

/** Breaks the client on purpose, to show that the suite notices. */
const broken = process.env.BROKEN

const clients = new Map()
const running = new Map()
const pulls = new Map()
const waiting = new Map()
let requests = 0

const send = (message) => process.send(message)

/** Encodes Effect's values as JSON with their type. */
const pack = (value) => {
  if (Redacted.isRedacted(value)) return { $redacted: Redacted.value(value) }
  if (Duration.isDuration(value)) return { $millis: String(Duration.toMillis(value)) }
  if (Array.isArray(value)) return value.map(pack)
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pack(inner)]))
  }
  return value
}

const unpack = (value) => {
  if (Array.isArray(value)) return value.map(unpack)
  if (typeof value !== "object" || value === null) return value
  if (typeof value.$redacted === "string") return Redacted.make(value.$redacted)
  if (typeof value.$millis === "string") return Duration.millis(Number(value.$millis))
  if (value.$undefined === true) return undefined
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpack(inner)]))
}

const bodyOf = ({ body }) => body._tag === "Uint8Array" ? Buffer.from(body.body).toString("base64") : ""

const transportOf = (client) =>
  HttpClient.make((request, url, signal) =>
    Effect.callback((resume) => {
      const id = ++requests
      waiting.set(id, (answer) => {
        waiting.delete(id)
        resume(
          answer.lost === undefined
            ? Effect.succeed(HttpClientResponse.fromWeb(
              request,
              new globalThis.Response(
                [204, 304].includes(answer.status) ? null : Buffer.from(answer.body, "base64"),
                answer
              )
            ))
            : Effect.fail(
              new HttpClientError.HttpClientError({
                reason: new HttpClientError.TransportError({ request, cause: { code: answer.lost } })
              })
            )
        )
      })
      signal.addEventListener("abort", () => send({ type: "abort", request: id }), { once: true })
      const headers = { ...request.headers }
      if (broken === "key") delete headers.authorization
      send({
        type: "request",
        request: id,
        client,
        method: request.method,
        url: url.href,
        headers,
        body: bodyOf(request)
      })
    })
  )

const encoders = [WorkspaceSecret.WorkspaceSecret, ListWorkspaceSecrets.WorkspaceSecretPage, Profile.Profile]

const encode = (value) => {
  const schema = encoders.find((schema) => value instanceof schema)
  const json = schema === undefined ? value : Schema.encodeUnknownSync(schema)(value)
  return broken === "names" && json?.metadata?.name !== undefined
    ? { ...json, metadata: { ...json.metadata, name: "another" } }
    : json
}

const failure = (cause) => {
  const error = Cause.squash(cause)
  // A SchemaError contains whole schemas.
  return {
    ...(Schema.isSchemaError(error) ? {} : pack({ ...error })),
    _tag: error._tag ?? "Defect",
    message: error.message
  }
}

const make = ({ client, env, options }) =>
  WorkspaceSecretsClient.pipe(
    Effect.provide(
      env === undefined
        ? layer(unpack(options))
        : Layer.provide(layerConfig(), ConfigProvider.layer(ConfigProvider.fromUnknown(env)))
    ),
    Effect.provideService(HttpClient.HttpClient, transportOf(client)),
    Effect.map((made) => {
      clients.set(client, made)
    })
  )

/** Sends each item on demand, so that no page is fetched early. */
const stream = ({ args, call, client }) =>
  Effect.gen(function*() {
    const wanted = Effect.callback((resume) => pulls.set(call, () => resume(Effect.void)))
    yield* wanted
    yield* Stream.runForEach(clients.get(client).stream(...unpack(args)), (item) =>
      Effect.flatMap(Effect.sync(() => send({ type: "item", call, value: encode(item) })), () => wanted))
  })

const call = ({ args, client, operation }) =>
  Effect.map(
    clients.get(client).withResponse[operation](...unpack(args)),
    ({ response, value }) => ({ response, value: encode(value) })
  )

const golden = ({ json, schema }) =>
  Effect.sync(() =>
    json.map((text) => {
      const codec = schemas[schema]
      return JSON.stringify(Schema.encodeUnknownSync(codec)(Schema.decodeUnknownSync(codec)(JSON.parse(text))))
    })
  )

const samples = ({ count, schema }) =>
  Effect.map(
    Arbitrary.sampleEffect(Arbitrary.schema(schemas[schema]), { count, seed: 1 }),
    (values) => values.map((value) => JSON.stringify(Schema.encodeUnknownSync(schemas[schema])(value)))
  )

const jobs = { make, call, stream, golden, samples }

process.on("message", (message) => {
  if (message.type === "response") return waiting.get(message.request)?.(message)
  if (message.type === "pull") return pulls.get(message.call)?.()
  if (message.type === "interrupt") return running.get(message.call)?.interruptUnsafe()
  const fiber = Effect.runFork(Effect.suspend(() => jobs[message.type](message)))
  running.set(message.call, fiber)
  fiber.addObserver((exit) => {
    running.delete(message.call)
    pulls.delete(message.call)
    send(
      Exit.isSuccess(exit)
        ? { type: "done", call: message.call, value: exit.value }
        : { type: "failed", call: message.call, error: failure(exit.cause) }
    )
  })
})

process.on("disconnect", () => process.exit())
send({ type: "ready" })
