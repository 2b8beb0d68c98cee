/**
 * Behaviours of the client as a writer of requests (WIRE.md, Transport; Operations; Workspace-scoped paths). The
 * responses are made up.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import { Cursor } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { calls, canned, cannedHttp, type Client, client, type ClientWorld } from "../internal/client.js"
import { about, holds, same } from "../internal/expect.js"

const id = WorkspaceSecretId.make("wsecret_01")

interface Expected {
  readonly method: string
  /** The path without that of the base URL. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Fails unless a call sends exactly this request. The result does not matter. */
const sends = (
  { api, target }: ClientWorld,
  call: (client: Client) => Effect.Effect<unknown, unknown>,
  expected: Expected
) =>
  Effect.gen(function*() {
    const { client, sent } = yield* canned(api.layout, {})
    yield* Effect.ignore(call(client))
    const base = new URL(target.baseUrl).pathname.replace(/\/$/, "")
    const requests = sent.map(({ body, method, url }) => ({
      method,
      path: url.pathname.slice(base.length),
      query: Object.fromEntries(url.searchParams),
      ...(body === "" ? {} : { body: JSON.parse(body) as unknown })
    }))
    yield* same(requests, [{ query: {}, ...expected }], "the requests that were sent")
  })

const configured = (
  { target }: ClientWorld,
  answers: ReturnType<typeof cannedHttp>,
  variables: Readonly<Record<string, string>>
) =>
  WorkspaceSecretsClient.WorkspaceSecretsClient.pipe(
    Effect.provide(
      target.client.layerConfig().pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, answers.http)),
        Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))))
      )
    )
  )

/**
 * The behaviours of the client as a writer.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = [
  ...client("list", [
    {
      id: "WS-CLIENT-401",
      provenance: "D",
      statement: "list is a GET of the collection, and without parameters it has no query",
      *check(world) {
        yield* sends(world, (client) => client.list(), { method: "GET", path: world.api.collection })
      }
    },
    {
      id: "WS-CLIENT-402",
      provenance: "P",
      statement:
        "list sends limit, cursor, prefix, query, labels (key=value, separated by commas), sortOrder, includeInfo",
      *check(world) {
        const params = {
          limit: 7,
          cursor: Cursor.make("c+/="),
          prefix: "a b&c",
          query: "ü%",
          labels: { "example.com/team": "core", tier: "" },
          sortOrder: "asc",
          includeInfo: true
        } as const
        yield* sends(world, (client) => client.list(params), {
          method: "GET",
          path: world.api.collection,
          query: { ...params, limit: "7", labels: "example.com/team=core,tier=", includeInfo: "true" }
        })
      }
    }
  ]),
  ...client("create", [
    {
      id: "WS-CLIENT-403",
      provenance: "P",
      statement: "create is a POST of metadata and spec to the collection",
      *check(world) {
        const metadata = { name: world.mine.name(), externalId: world.mine.externalId(), labels: { team: "core" } }
        const value = world.mine.value()
        yield* sends(
          world,
          (client) =>
            client.create({
              metadata: { ...metadata, externalId: ExternalId.make(metadata.externalId) },
              spec: { value: Redacted.make(value) }
            }),
          { method: "POST", path: world.api.collection, body: { metadata, spec: { value } } }
        )
        const bare = { metadata: { name: world.mine.name() }, spec: {} }
        yield* sends(world, (client) => client.create(bare), { method: "POST", path: world.api.collection, body: bare })
      }
    }
  ]),
  ...client("get", [
    {
      id: "WS-CLIENT-404",
      provenance: "D",
      statement: "get is a GET of the id, percent-encoded",
      *check(world) {
        const { collection } = world.api
        yield* sends(world, (client) => client.get(id), { method: "GET", path: `${collection}/${id}` })
        const odd = WorkspaceSecretId.make("../admin?x=1#%2F ü")
        const path = `${collection}/..%2Fadmin%3Fx%3D1%23%252F%20%C3%BC`
        yield* sends(world, (client) => client.get(odd), { method: "GET", path })
      }
    },
    {
      id: "WS-CLIENT-405",
      provenance: "P",
      statement: "an external id is sent as external_id:<value>, percent-encoded",
      *check(world) {
        const externalId = ExternalId.make("a/b c%")
        const path = `${world.api.collection}/external_id%3Aa%2Fb%20c%25`
        yield* sends(world, (client) => client.get({ externalId }), { method: "GET", path })
      }
    }
  ]),
  ...client("update", [
    {
      id: "WS-CLIENT-406",
      provenance: "P",
      statement:
        "update is a PATCH of the id with metadata, spec and updateMask: paths in lowerCamelCase, separated by commas",
      *check(world) {
        const metadata = { name: world.mine.name(), labels: { team: "core" } }
        const value = world.mine.value()
        const path = `${world.api.collection}/${id}`
        yield* sends(
          world,
          (client) =>
            client.update(id, {
              metadata,
              spec: { value: Redacted.make(value) },
              updateMask: ["metadata.externalId", "metadata.labels", "spec"]
            }),
          {
            method: "PATCH",
            path,
            body: { metadata, spec: { value }, updateMask: "metadata.externalId,metadata.labels,spec" }
          }
        )
      }
    },
    {
      id: "WS-CLIENT-413",
      provenance: "P",
      statement: "update without a mask sends a mask of the fields of its payload, including empty ones",
      *check(world) {
        const path = `${world.api.collection}/${id}`
        const name = world.mine.name()
        for (const labels of [{ team: "core" }, {}]) {
          const metadata = { name, labels }
          yield* sends(world, (client) => client.update(id, { metadata }), {
            method: "PATCH",
            path,
            body: { metadata, updateMask: "metadata.name,metadata.labels" }
          })
        }
        const value = world.mine.value()
        yield* sends(world, (client) => client.update(id, { spec: { value: Redacted.make(value) } }), {
          method: "PATCH",
          path,
          body: { spec: { value }, updateMask: "spec.value" }
        })
      }
    }
  ]),
  ...client("delete", [
    {
      id: "WS-CLIENT-407",
      provenance: "D",
      statement: "delete is a DELETE of the id",
      *check(world) {
        const path = `${world.api.collection}/${id}`
        yield* sends(world, (client) => client.delete(id), { method: "DELETE", path })
      }
    }
  ]),
  ...client("whoami", [
    {
      id: "WS-CLIENT-408",
      provenance: "P",
      statement: "whoami is a GET of /v1/whoami, with a workspace and without",
      *check(world) {
        yield* sends(world, (client) => client.whoami(), { method: "GET", path: "/v1/whoami" })
      }
    }
  ]),
  ...client("transport", [
    {
      id: "WS-CLIENT-409",
      provenance: "D",
      statement: "every request has Authorization: Bearer <key>, and one with a body has content-type application/json",
      *check({ api, mine, target }) {
        const { client, sent } = yield* canned(api.layout, {})
        for (const [, call] of calls(client, { mine })) {
          yield* Effect.ignore(Effect.scoped(call))
        }
        const authorization = `Bearer ${Redacted.value(target.apiKey)}`
        for (const { body, headers, method, url } of sent) {
          yield* about(`${method} ${url.pathname}`)(Effect.zipRight(
            holds(headers["authorization"] === authorization, "expected Authorization: Bearer and the key"),
            holds(
              body === "" || /^application\/json(;|$)/.test(headers["content-type"] ?? ""),
              `expected content-type application/json, got ${headers["content-type"] ?? "none"}`
            )
          ))
        }
        yield* holds(sent.length >= 7, `expected a request of each operation, got ${sent.length}`)
      }
    },
    {
      id: "WS-CLIENT-410",
      provenance: "A",
      statement: "the workspace id or alias in the path is percent-encoded",
      layouts: ["scoped"],
      *check({ target }) {
        const answers = cannedHttp({})
        const layer = target.client.layer({
          baseUrl: target.baseUrl,
          apiKey: target.apiKey,
          allowInsecureHttp: true,
          workspaceId: "a/b c"
        })
        const client = yield* WorkspaceSecretsClient.WorkspaceSecretsClient.pipe(
          Effect.provide(layer),
          Effect.provideService(HttpClient.HttpClient, answers.http)
        )
        yield* Effect.ignore(client.list())
        const paths = answers.sent.map(({ url }) => url.pathname)
        yield* holds(
          paths.length === 1 && paths.every((path) => path.endsWith("/v1/workspaces/a%2Fb%20c/workspace_secrets")),
          `expected the workspace percent-encoded, got ${paths.join()}`
        )
      }
    },
    {
      id: "WS-CLIENT-411",
      provenance: "D",
      statement: "the default base URL is https://api.cadenya.com, and the key comes from CADENYA_API_KEY",
      layouts: "one",
      *check(world) {
        const answers = cannedHttp({})
        yield* Effect.ignore((yield* configured(world, answers, { CADENYA_API_KEY: "key" })).list())
        const sent = answers.sent.map(({ headers, url }) => [url.href, headers["authorization"]])
        yield* same(
          sent,
          [["https://api.cadenya.com/v1/workspace_secrets", "Bearer key"]],
          "the requests that were sent"
        )
      }
    },
    {
      id: "WS-CLIENT-412",
      provenance: "P",
      statement: "CADENYA_BASE_URL and CADENYA_WORKSPACE_ID set the base URL and the workspace",
      layouts: ["scoped"],
      *check(world) {
        const answers = cannedHttp({})
        const client = yield* configured(world, answers, {
          CADENYA_API_KEY: "key",
          CADENYA_BASE_URL: "https://example.com/api/",
          CADENYA_WORKSPACE_ID: "development"
        })
        yield* Effect.ignore(client.list())
        const sent = answers.sent.map(({ url }) => url.href)
        yield* same(
          sent,
          ["https://example.com/api/v1/workspaces/development/workspace_secrets"],
          "the requests that were sent"
        )
      }
    }
  ])
]
