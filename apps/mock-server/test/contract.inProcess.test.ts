import { expect, it } from "@effect/vitest"
import * as Behaviour from "@workspace-secrets/contract-tests/Behaviour"
import { behaviours } from "@workspace-secrets/contract-tests/Behaviours"
import { contract } from "@workspace-secrets/contract-tests/Contract"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestContext from "effect/TestContext"
import * as MockServer from "../src/MockServer.js"
import { target, whole } from "./target.js"

/** The behaviours on which the sources disagree. */
const contested = behaviours.filter((behaviour) => behaviour.contested.length > 0)

contract(
  "the mock server, which leaves values out and says so",
  Layer.provide(target({ writeOnlyValues: true }), MockServer.layerInProcess({ writeOnlyValues: true })),
  { behaviours: contested }
)

const untold = { writeOnlyValues: undefined, uppercaseNames: undefined, omitUnsetFields: undefined }

contract("the mock server, which says nothing", Layer.provide(target(untold), MockServer.layerInProcess()), {
  behaviours: contested
})

contract(
  "the mock server, which writes names in upper case and says so",
  Layer.provide(target({ uppercaseNames: true }), MockServer.layerInProcess({ uppercaseNames: true })),
  { behaviours: contested }
)

const otherwise = { ...whole, writeOnlyValues: true, uppercaseNames: true }

// No behaviour needs to read a value back, or the case of a name.
contract(
  "the mock server, which leaves values out, writes names in upper case and says nothing",
  Layer.provide(target(untold), MockServer.layerInProcess(otherwise)),
  { behaviours: behaviours.filter(({ strain }) => strain === undefined) }
)

/** The behaviours that depend on order. */
const ofOrder = behaviours.filter(({ operation, statement }) =>
  operation === "list" && /\b(order|sortOrder|cursor|page by page)\b/.test(statement)
)

// Every secret is created at the same time, so only ids order them.
contract(
  "the mock server, on a clock that stands still",
  target().pipe(Layer.provide(MockServer.layerInProcess()), Layer.provide(TestContext.TestContext)),
  { behaviours: ofOrder }
)

/** All data in the workspace of the first key. */
const contents = ({ apiKey, fetch, url }: MockServer.Service) =>
  Effect.promise(async () => {
    const headers = { authorization: `Bearer ${Redacted.value(apiKey)}` }
    const response = await fetch(`${url}/v1/workspace_secrets?includeInfo=true&limit=200`, { headers })
    return response.text()
  })

const secrets = [1, 2, 3].map((i) =>
  JSON.stringify({ metadata: { name: `here before ${i}`, externalId: `before-${i}` }, spec: { value: "1" } })
)

it.effect(
  "leaves a workspace unchanged, on a correct server and on a wrong one",
  () =>
    Effect.gen(function*() {
      const server = yield* MockServer.MockServer
      const headers = { authorization: `Bearer ${Redacted.value(server.apiKey)}`, "content-type": "application/json" }
      for (const body of secrets) {
        yield* Effect.promise(() =>
          server.fetch(`${server.url}/v1/workspace_secrets`, { method: "POST", headers, body })
        )
      }
      const before = yield* contents(server)
      const failures = Effect.forEach(
        behaviours.filter(({ operation }) => operation === "create" || operation === "whoami"),
        (behaviour) => Effect.option(Effect.flip(Behaviour.check(behaviour)))
      ).pipe(Effect.map((results) => results.filter(({ _tag }) => _tag === "Some").length))

      expect(yield* Effect.provide(failures, target())).toBe(0)
      expect(yield* contents(server)).toBe(before)

      const wrong: typeof fetch = async (input, init) => {
        const response = await server.fetch(input, init)
        return init?.method === "POST" && response.ok
          ? Response.json({ ...await response.json() as object, spec: { value: "wrong" } })
          : response
      }
      expect(yield* Effect.provide(failures, target({ between: () => wrong }))).toBeGreaterThan(5)
      expect(yield* contents(server)).toBe(before)
    }).pipe(Effect.provide(MockServer.layerInProcess())),
  60_000
)
