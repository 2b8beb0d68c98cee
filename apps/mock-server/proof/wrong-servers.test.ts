import { describe, expect, it } from "@effect/vitest"
import * as Behaviour from "@workspace-secrets/contract-tests/Behaviour"
import { behaviours } from "@workspace-secrets/contract-tests/Behaviours"
import type { Target } from "@workspace-secrets/contract-tests/Target"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as MockServer from "../src/MockServer.js"
import { target, whole } from "../test/target.js"
import * as Client from "./wrong/Client.js"
import * as ClientErrors from "./wrong/ClientErrors.js"
import * as ClientReading from "./wrong/ClientReading.js"
import * as ClientRequests from "./wrong/ClientRequests.js"
import * as C from "./WrongClient.js"
import { servers } from "./WrongServers.js"

const clients = [Client, ClientErrors, ClientReading, ClientRequests].flatMap(({ wrongClients }) =>
  Object.entries(wrongClients)
)

/** Behaviours that every wrong server has, unless they are its defect. */
const controls = {
  servers: ["WS-WHOAMI-001", "WS-LIST-001", "WS-GET-008", "WS-CREATE-001"],
  clients: ["WS-CLIENT-308", "WS-CLIENT-313", "WS-CLIENT-407"]
}

const byId = new Map(behaviours.map((behaviour) => [behaviour.id, behaviour]))

/** Why a behaviour fails: its message, and whether it crashed. `undefined` if it passes. */
const failure = (id: string) =>
  Effect.gen(function*() {
    const behaviour = byId.get(id)
    if (behaviour === undefined) {
      return yield* Effect.dieMessage(`there is no ${id}`)
    }
    let crashed = false
    const run = Effect.onError(behaviour.run, (cause) =>
      Effect.sync(() => {
        crashed = !Cause.isFailure(cause) || Cause.isDie(cause)
      }))
    const result = yield* Effect.either(Behaviour.check({ ...behaviour, run }))
    return result._tag === "Left" ? { id, message: result.left.message, crashed } : undefined
  })

const failures = (ids: ReadonlyArray<string>) =>
  Effect.map(Effect.forEach(ids, failure), (all) => all.filter((one) => one !== undefined))

const isCaught = (
  [what, [, ...breaks]]: readonly [string, readonly [unknown, ...ReadonlyArray<string>]],
  kind: keyof typeof controls,
  wrong: Layer.Layer<Target, unknown, MockServer.MockServer>
) =>
  it.live(`${what} fails ${breaks.join(", ")}`, () =>
    Effect.gen(function*() {
      const broken = yield* failures(breaks)
      expect(broken.map(({ id }) => id)).toEqual(breaks)
      for (const { crashed, message } of broken) {
        expect(message).toMatch(/\bexpected\b/)
        expect(crashed, message).toBe(false)
      }
      expect(yield* failures(controls[kind].filter((id) => !breaks.includes(id)))).toEqual([])
    }).pipe(Effect.provide(wrong), Effect.provide(MockServer.layerInProcess(whole))))

describe("a server that", () => {
  for (const server of servers) {
    isCaught(server, "servers", target({ between: server[1][0] }))
  }
})

describe("a client that", () => {
  for (const client of clients) {
    isCaught(client, "clients", target({ client: C.layersOf(client[1][0]) }))
  }
})

describe("the wrong servers and clients", () => {
  const named = [...servers, ...clients].flatMap(([, [, ...breaks]]) => breaks)

  it("exist for each behaviour", () => {
    expect(behaviours.map(({ id }) => id).filter((id) => !named.includes(id))).toEqual([])
  })

  it("break only existing behaviours", () => {
    expect(named.filter((id) => !byId.has(id))).toEqual([])
  })

  it.each([["servers", servers], ["clients", clients]] as const)(
    "have unique names: %s",
    (_, wrong) => {
      const names = wrong.map(([what]) => what)
      expect(names.filter((what, i) => names.indexOf(what) !== i)).toEqual([])
    }
  )
})
