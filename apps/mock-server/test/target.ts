import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Target from "@workspace-secrets/contract-tests/Target"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as MockServer from "../src/MockServer.js"

export type Fetch = typeof globalThis.fetch

export const defaultKey = MockServer.defaultApiKey
export const restrictedKey = "restricted-key"
export const disabledKey = "disabled-key"
export const archivedKey = "archived-key"

/** The options of a server that has everything that behaviours need. */
export const whole = { corsOrigin: "https://app.example" }

/** A mock server in process, started with `whole`, as target of the contract suite. A `fetch` and a client in between may change its behaviour. */
export const target = ({ between = (fetch) => fetch, client, ...told }: {
  readonly between?: ((fetch: Fetch, other: Target.Tenant) => Fetch) | undefined
  readonly client?: Target.ClientLayers | undefined
  readonly writeOnlyValues?: boolean | undefined
  readonly uppercaseNames?: boolean | undefined
  readonly omitUnsetFields?: boolean | undefined
  readonly paths?: Target.Options["paths"]
} = {}): Layer.Layer<Target.Target, unknown, MockServer.MockServer> =>
  Layer.unwrapEffect(Effect.gen(function*() {
    const { addTenant, apiKey, fetch, url: baseUrl, workspaceId } = yield* MockServer.MockServer
    const otherTenant = yield* addTenant({ apiKey: Redacted.make("another-key") })
    const spacedTenant = yield* addTenant({ apiKey: Redacted.make("My API Key") })
    const restrictedTenant = yield* addTenant({ apiKey: Redacted.make(restrictedKey), scopes: [] })
    const disabledTenant = yield* addTenant({ apiKey: Redacted.make(disabledKey), disabled: true })
    const archivedTenant = yield* addTenant({ apiKey: Redacted.make(archivedKey), archived: true })
    const changed = between(fetch, otherTenant)
    return Target.layer({
      baseUrl,
      apiKey,
      workspaceId,
      workspaceAlias: "development",
      otherTenant,
      spacedTenant,
      restrictedTenant,
      disabledTenant,
      archivedTenant,
      corsOrigin: whole.corsOrigin,
      client,
      writeOnlyValues: false,
      uppercaseNames: false,
      omitUnsetFields: false,
      ...told,
      fetch: changed
    }).pipe(Layer.provide(FetchHttpClient.layer), Layer.provide(Layer.succeed(FetchHttpClient.Fetch, changed)))
  }))
