// Runs in the page: the client on `fetch`, as an application bundles it.
import * as FetchTransport from "@workspace-secrets/http-client/fetch"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

interface Target {
  readonly url: string
  readonly apiKey: string
}

const provided = ({ apiKey, url }: Target) =>
  Effect.provide(
    WorkspaceSecretsClient.layer({ apiKey: Redacted.make(apiKey), baseUrl: url, retry: false }).pipe(
      Layer.provide(FetchTransport.layer())
    )
  )

/** The five operations, with the ids of their requests. */
const operations = Effect.gen(function*() {
  const { withResponse: secrets } = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
  const value = "correct horse battery staple"
  const created = yield* secrets.create({ metadata: { name: "From a page" }, spec: { value: Redacted.make(value) } })
  const { id } = created.value.metadata
  const got = yield* secrets.get(id)
  const listed = yield* secrets.list({ prefix: "From a page" })
  const updated = yield* secrets.update(id, { metadata: { name: "Renamed" }, updateMask: ["metadata.name"] })
  const deleted = yield* secrets.delete(id)
  return {
    done: [
      created.value.metadata.name,
      got.value.spec.value !== undefined && Redacted.value(got.value.spec.value) === value,
      listed.value.items.length,
      updated.value.metadata.name,
      deleted.response.status
    ],
    requestIds: [created, got, listed, updated, deleted].map(({ response }) => response.requestId)
  }
})

/** The error that an operation fails with. */
const failure = Effect.gen(function*() {
  const secrets = yield* WorkspaceSecretsClient.WorkspaceSecretsClient
  const error = yield* Effect.flip(secrets.whoami())
  return {
    tag: error._tag,
    ..."reason" in error ? { reason: error.reason } : {},
    ..."retryAfter" in error && error.retryAfter !== undefined ? { millis: Duration.toMillis(error.retryAfter) } : {}
  }
})

/** The part of a response that a script of the page can read. */
const look = async (url: string, init: RequestInit) => {
  try {
    const { headers, status } = await fetch(url, init)
    return { status, retryAfter: headers.get("retry-after"), requestId: headers.get("x-request-id") }
  } catch (error) {
    return { error: error instanceof Error ? error.name : "unknown" }
  }
}

Object.assign(globalThis, {
  operations: (target: Target) => Effect.runPromise(provided(target)(operations)),
  failure: (target: Target) => Effect.runPromise(provided(target)(failure)),
  look
})
