import { describe, expect, it } from "@effect/vitest"
import * as Behaviour from "@workspace-secrets/contract-tests/Behaviour"
import { behaviours } from "@workspace-secrets/contract-tests/Behaviours"
import * as Target from "@workspace-secrets/contract-tests/Target"
import * as ApiError from "@workspace-secrets/core/ApiError"
import * as CreateWorkspaceSecret from "@workspace-secrets/core/CreateWorkspaceSecret"
import * as ListWorkspaceSecrets from "@workspace-secrets/core/ListWorkspaceSecrets"
import * as Profile from "@workspace-secrets/core/Profile"
import * as CoreStatus from "@workspace-secrets/core/Status"
import * as UpdateWorkspaceSecret from "@workspace-secrets/core/UpdateWorkspaceSecret"
import * as WorkspaceSecret from "@workspace-secrets/core/WorkspaceSecret"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Arbitrary from "effect/Arbitrary"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Bridge, layersOf } from "./client.js"

class Process extends Context.Tag("Process")<Process, Bridge>() {}

const corsOrigin = "https://app.example"

const target = (env: Readonly<Record<string, string>> = {}) =>
  Layer.unwrapScoped(Effect.gen(function*() {
    const server = yield* MockServer.MockServer
    const bridge = yield* Bridge.start(env)
    return Target.layerFetch({
      baseUrl: server.url,
      apiKey: server.apiKey,
      workspaceId: server.workspaceId,
      workspaceAlias: "development",
      otherTenant: yield* server.tenant(),
      spacedTenant: yield* server.tenant({ apiKey: Redacted.make("My API Key") }),
      restrictedTenant: yield* server.tenant({ scopes: [] }),
      disabledTenant: yield* server.tenant({ disabled: true }),
      archivedTenant: yield* server.tenant({ archived: true }),
      corsOrigin,
      writeOnlyValues: false,
      uppercaseNames: false,
      omitUnsetFields: false,
      client: layersOf(bridge)
    })
  })).pipe(Layer.provide(MockServer.layer({ corsOrigin })))

const ofClients = behaviours.filter(({ via }) => via === "client")

it.layer(target(), { timeout: "2 minutes" })("the client for Effect 4", (it) => {
  it.effect.each(ofClients.map((behaviour) => [`${behaviour.id} ${behaviour.statement}`, behaviour] as const))(
    "%s",
    ([, behaviour]) =>
      Effect.gen(function*() {
        expect(Behaviour.whyNot(behaviour, yield* Target.Target)).toBe(undefined)
        yield* Behaviour.check(behaviour)
      })
  )
})

describe("a client for Effect 4 that is wrong on purpose", () => {
  it.effect.each([
    ["names", "WS-CLIENT-001"],
    ["key", "WS-CLIENT-003"]
  ])("in its %s is caught by %s", ([broken, id]) =>
    Effect.gen(function*() {
      const behaviour = ofClients.find((behaviour) => behaviour.id === id)
      const exit = yield* Effect.exit(behaviour === undefined ? Effect.void : Behaviour.check(behaviour))
      expect(Exit.isFailure(exit)).toBe(true)
    }).pipe(Effect.provide(target({ BROKEN: broken ?? "" }))))
})

const ask = (bridge: Bridge, message: Readonly<Record<string, unknown>>) =>
  Effect.mapError(bridge.ask(message), ({ message }) => new Error(String(message)))

/** The lines encode the `_tag` of an error in different positions. */
const parsed = (text: string): unknown => JSON.parse(text)

describe("the JSON of one line decodes in the other, and encodes to the same JSON", () => {
  const { ApiError: anyError, ...errors } = ApiError
  const all: Readonly<Record<string, unknown>> = {
    ...errors,
    ApiError: anyError,
    ...CreateWorkspaceSecret,
    ...ListWorkspaceSecrets,
    ...Profile,
    ...CoreStatus,
    ...UpdateWorkspaceSecret,
    ...WorkspaceSecret
  }
  const schemas = Object.entries(all).flatMap(([name, value]) =>
    Schema.isSchema(value) ? [[name, value as Schema.Schema<unknown, unknown>] as const] : []
  )

  it("of every wire schema", () => {
    expect(schemas.length).toBeGreaterThan(30)
  })

  it.layer(Layer.scoped(Process, Bridge.start()), { timeout: "2 minutes" })((it) => {
    it.effect.each(schemas)("%s", ([name, schema]) =>
      Effect.gen(function*() {
        const bridge = yield* Process
        const ours = FastCheck.sample(Arbitrary.make(schema), { numRuns: 40, seed: 1 }).map((value) =>
          JSON.stringify(Schema.encodeSync(schema)(value))
        )
        const back = (yield* ask(bridge, { type: "golden", schema: name, json: ours })) as ReadonlyArray<string>
        expect(back.map(parsed)).toEqual(ours.map(parsed))
        const theirs = (yield* ask(bridge, { type: "samples", schema: name, count: 40 })) as ReadonlyArray<string>
        expect(theirs).toHaveLength(40)
        expect(
          theirs.map((text) =>
            parsed(JSON.stringify(Schema.encodeSync(schema)(Schema.decodeUnknownSync(schema)(JSON.parse(text)))))
          )
        ).toEqual(theirs.map(parsed))
      }))
  })
})
