import { describe, expect, it } from "@effect/vitest"
import type { Behaviour } from "@workspace-secrets/contract-tests/Behaviour"
import { behaviours } from "@workspace-secrets/contract-tests/Behaviours"
import * as Ledger from "@workspace-secrets/contract-tests/Ledger"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readFileSync } from "node:fs"
import * as MockServer from "../src/MockServer.js"
import { target, whole } from "../test/target.js"
import { confirmed, contradicted, make, witnessed } from "./Witnessed.js"
import { type WrongServer } from "./WrongServer.js"
import { servers } from "./WrongServers.js"

const byId = new Map(behaviours.map((behaviour) => [behaviour.id, behaviour]))

const those = (ids: ReadonlyArray<string>): ReadonlyArray<Behaviour> =>
  [...new Set(ids)].map((id) => byId.get(id)).filter((behaviour) => behaviour !== undefined)

/** Wrong servers whose traffic cannot show the defect, with the reason. For those that are marked, the witness reports an unknown field. */
const FIELD = "an unknown field is a warning with its name, and no contradiction: a reader ignores it"
const KEY = "which keys the server should know, and what they may do, cannot be seen in an exchange"
const GATEWAY = "an answer in HTML without x-request-id may be a gateway's"
const unseen: Readonly<Record<string, string>> = {
  "returns the total number in a page": FIELD,
  "has an additional field": FIELD,
  "has info in a profile": FIELD,
  "has a profile's workspace": FIELD,
  "has an additional field in its errors": FIELD,
  "accepts no alias of a workspace":
    "a 403 may be right: an alias that is not known looks like a workspace that is not the key's",
  "accepts no key with spaces inside": KEY,
  "accepts every key": KEY,
  "accepts a key by its beginning": KEY,
  "requires no scope to read": KEY,
  "requires no scope": KEY,
  "does not say which scope is missing": "without its details, a 403 may have another cause",
  "accepts a key that is disabled": KEY,
  "answers PERMISSION_DENIED to a key that is disabled": KEY,
  "serves a workspace that is archived": KEY,
  "answers NOT_FOUND for a workspace that is archived": KEY,
  "allows another origin": "which origins the server should allow cannot be seen in an exchange",
  "starts again with a malformed cursor": "a cursor that the witness has not seen may be one of before it began",
  "has an externalId in one workspace only":
    "a secret of the same workspace that the witness has not seen may have the externalId",
  "answers with HTML where there is no route": GATEWAY,
  "has errors in HTML": GATEWAY,
  "deletes another secret too":
    "the suite does not read the other secret before the delete, so it may never have been there",
  "answers INTERNAL to broken JSON": "a 500 may have another cause than the request"
}

/**
 * Further defects, which traffic shows but the suite does not check: the first deletes a secret that it reports as missing, the second
 * omits secrets from other lists.
 */
const besides: Readonly<Record<string, ReadonlyArray<string>>> = {
  "has secrets of their own in workspace-scoped paths": ["WS-DELETE-002"],
  "filters a page after it has cut it": ["WS-CREATE-004", "WS-LIST-001", "WS-LIST-007"]
}

const controls = ["WS-GET-001", "WS-WHOAMI-001", "WS-LIST-001", "WS-GET-008", "WS-CREATE-001"]

/** Behaviours to run first, because a witness needs their traffic to detect the defect. */
const before = (breaks: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...controls,
  ...(breaks.some((id) => id.startsWith("WS-TRANSPORT-30")) ? ["WS-TRANSPORT-304", "WS-TRANSPORT-303"] : []),
  ...(breaks.includes("WS-WHOAMI-008") ? ["WS-ERR-020"] : []),
  ...(breaks.some((id) => id.startsWith("WS-LIST-20")) ? ["WS-LIST-201", "WS-LIST-202", "WS-TRANSPORT-203"] : [])
]

const run = (wrong: WrongServer, first: ReadonlyArray<string>, second: ReadonlyArray<string>) => {
  const witness = make()
  return Effect.as(
    Effect.provide(
      Effect.forEach([first, second], (ids) => Ledger.run({ behaviours: those(ids), concurrency: 1 })),
      Layer.provide(
        target({ between: (fetch, other) => witnessed(wrong(fetch, other), witness) }),
        MockServer.layerInProcess(whole)
      )
    ),
    witness
  )
}

/** Which of these behaviours fail in the suite. */
const broken = (wrong: WrongServer, ids: ReadonlyArray<string>) =>
  Effect.map(
    Effect.provide(
      Ledger.run({ behaviours: those(ids), concurrency: 1 }),
      Layer.provide(target({ between: wrong }), MockServer.layerInProcess(whole))
    ),
    (entries) => entries.filter(({ result }) => result._tag === "Failed").map(({ behaviour }) => behaviour.id)
  )

describe("a witness of the suite's own traffic", () => {
  it.live("confirms what it can see, and contradicts nothing", () =>
    Effect.gen(function*() {
      const witness = make()
      const entries = yield* Effect.provide(
        Ledger.run(),
        Layer.provide(target({ between: (fetch) => witnessed(fetch, witness) }), MockServer.layerInProcess(whole))
      )
      expect(entries.filter(({ result }) => result._tag === "Failed")).toEqual([])
      expect(contradicted(witness)).toEqual([])
      const wire = behaviours.filter(({ via }) => via === "wire").map(({ id }) => id)
      expect(wire.filter((id) => !confirmed(witness).includes(id))).toEqual([
        "WS-LIST-102",
        "WS-LIST-108",
        "WS-LIST-204",
        "WS-ERR-021",
        "WS-ERR-022"
      ])
      expect(witness.counts).toMatchObject({ cutOff: 0, tooLarge: 0, foreign: 0, unreadable: 0, redirects: 0 })
      expect([...witness.unknownFields]).toEqual([])
    }), 600_000)
})

const table = readFileSync(new URL("../../../docs/witness-servers.md", import.meta.url), "utf8")

/** The entry of a server in the table. */
const rowOf = (server: string): string | undefined =>
  table.split("\n").find((line) => line.startsWith(`| ${server} | `))?.slice(server.length + 5, -2)

describe("a witness of a server that", () => {
  for (const [what, [wrong, ...breaks]] of servers) {
    const wire = breaks.filter((id) => byId.get(id)?.via === "wire")
    const why = unseen[what]
    it.live(`${what}: ${why === undefined ? "contradicts what is broken, and nothing else" : "contradicts nothing"}`, () =>
      Effect.gen(function*() {
        const witness = yield* run(wrong, before(wire), wire)
        const drift = contradicted(witness)
        expect(witness.counts.unreadable).toBe(0)
        expect(rowOf(what)?.startsWith("not shown: ")).toBe(why !== undefined)
        if (why !== undefined) {
          expect(rowOf(what)).toBe(`not shown: ${why}`)
          expect(drift).toEqual([])
          expect(witness.unknownFields.size > 0).toBe(why === FIELD)
          return
        }
        expect(drift).not.toEqual([])
        expect(rowOf(what)?.split(", ").filter((id) => drift.includes(id))).not.toEqual([])
        const others = drift.filter((id) => !breaks.includes(id) && besides[what]?.includes(id) !== true)
        expect(yield* broken(wrong, others)).toEqual(others)
      }))
  }
})
