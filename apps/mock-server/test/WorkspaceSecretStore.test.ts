import { describe, expect, it } from "@effect/vitest"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import { type WorkspaceSecret, WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as FastCheck from "effect/FastCheck"
import { type Position, positionOf, WorkspaceSecretStore } from "../src/WorkspaceSecretStore.js"
import { secret } from "./secrets.js"

const externalId = FastCheck.option(FastCheck.constantFrom("x", "y", "z", "__proto__", "constructor", ""), {
  nil: undefined
})
// A few milliseconds for many secrets, so that most of them share theirs with another.
const createdAt = FastCheck.integer({ min: 0, max: 3 })
const id = FastCheck.string({ unit: FastCheck.constantFrom("a", "b", "C", "_", "é"), minLength: 1, maxLength: 4 })
const anchor = FastCheck.record({ createdAt: FastCheck.integer({ min: -1, max: 4 }), id })
const nat = FastCheck.nat()

type Step =
  | { readonly step: "put"; readonly id: string; readonly createdAt: number; readonly externalId: string | undefined }
  | { readonly step: "replace"; readonly nat: number; readonly externalId: string | undefined; readonly name: string }
  | { readonly step: "remove"; readonly nat: number }
  | { readonly step: "walk"; readonly sortOrder: "asc" | "desc"; readonly nat: number; readonly anchor: Position }

const steps: FastCheck.Arbitrary<Array<Step>> = FastCheck.array(
  FastCheck.oneof(
    { weight: 4, arbitrary: FastCheck.record({ step: FastCheck.constant("put" as const), id, createdAt, externalId }) },
    {
      weight: 2,
      arbitrary: FastCheck.record({
        step: FastCheck.constant("replace" as const),
        nat,
        externalId,
        name: FastCheck.constantFrom("one", "two")
      })
    },
    { weight: 2, arbitrary: FastCheck.record({ step: FastCheck.constant("remove" as const), nat }) },
    {
      weight: 3,
      arbitrary: FastCheck.record({
        step: FastCheck.constant("walk" as const),
        sortOrder: FastCheck.constantFrom("asc" as const, "desc" as const),
        nat,
        anchor
      })
    }
  ),
  { maxLength: 60 }
)

const compare = (self: Position, that: Position) =>
  self.createdAt - that.createdAt || (self.id < that.id ? -1 : self.id > that.id ? 1 : 0)

/** The naive one: a list in no order, sorted and searched anew each time. */
class Model {
  secrets: Array<WorkspaceSecret> = []

  find(id: string) {
    return this.secrets.find(({ metadata }) => metadata.id === id)
  }

  isTaken(externalId: string | undefined, by: string) {
    return externalId !== undefined
      && this.secrets.some(({ metadata }) => metadata.externalId === externalId && metadata.id !== by)
  }

  walk(sortOrder: "asc" | "desc", after?: Position) {
    const sign = sortOrder === "asc" ? 1 : -1
    return [...this.secrets]
      .sort((a, b) => sign * compare(positionOf(a), positionOf(b)))
      .filter((secret) => after === undefined || sign * compare(positionOf(secret), after) > 0)
  }
}

const externalIds = ["x", "y", "z", "__proto__", "constructor", "", "never"].map((text) => ExternalId.make(text))

const ids = (secrets: Iterable<WorkspaceSecret>) => [...secrets].map(({ metadata }) => metadata.id)

/** Every way to look at it, as far as it is the very same secret that is found. */
const viewed = (store: WorkspaceSecretStore, model: Model) => ({
  size: store.size,
  byId: model.secrets.filter((secret) => store.find(secret.metadata.id) === secret).length,
  byExternalId: externalIds.filter((externalId) =>
    store.find({ externalId }) === model.secrets.find(({ metadata }) => metadata.externalId === externalId)
  ),
  walked: [...store.walk("asc")].filter((secret) => model.secrets.includes(secret)).length
})

const check = (store: WorkspaceSecretStore, model: Model) => {
  const all = model.secrets.length
  expect(viewed(store, model)).toEqual({ size: all, byId: all, byExternalId: externalIds, walked: all })
}

describe("WorkspaceSecretStore", () => {
  it.prop("does what a plain list does that is sorted and searched anew each time", [steps], ([steps]) => {
    const store = new WorkspaceSecretStore()
    const model = new Model()
    const gone: Array<Position> = []
    for (const step of steps) {
      const picked = "nat" in step ? model.secrets[step.nat % Math.max(model.secrets.length, 1)] : undefined
      switch (step.step) {
        case "put": {
          if (model.find(step.id) === undefined && !model.isTaken(step.externalId, step.id)) {
            const added = secret(step)
            model.secrets.push(added)
            store.put(added)
          }
          break
        }
        case "replace": {
          if (picked !== undefined && !model.isTaken(step.externalId, picked.metadata.id)) {
            const { createdAt, id } = positionOf(picked)
            const replacement = secret({ id, createdAt, name: step.name, externalId: step.externalId })
            model.secrets[model.secrets.indexOf(picked)] = replacement
            store.put(replacement)
          }
          break
        }
        case "remove": {
          if (picked !== undefined) {
            gone.push(positionOf(picked))
            model.secrets = model.secrets.filter((secret) => secret !== picked)
            store.remove(picked)
          }
          break
        }
        case "walk": {
          // A position is a secret's for good: no anchor has the id of a secret and another time.
          const anchors = [step.anchor, ...(picked === undefined ? [] : [positionOf(picked)]), ...gone.slice(-2)]
            .filter(({ createdAt, id }) => {
              const found = model.find(id)
              return found === undefined || positionOf(found).createdAt === createdAt
            })
          for (const after of anchors) {
            expect(ids(store.walk(step.sortOrder, after))).toEqual(ids(model.walk(step.sortOrder, after)))
          }
          expect(ids(store.walk(step.sortOrder))).toEqual(ids(model.walk(step.sortOrder)))
          break
        }
      }
      check(store, model)
    }
  }, { fastCheck: { numRuns: 200 } })

  it("goes on behind an anchor that is gone, in both orders, in the middle of one millisecond", () => {
    const store = new WorkspaceSecretStore()
    const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => secret({ id, createdAt: 5 })) as [
      WorkspaceSecret,
      WorkspaceSecret,
      WorkspaceSecret,
      WorkspaceSecret
    ]
    for (const each of [c, a, d, b]) {
      store.put(each)
    }
    store.remove(b)
    expect(ids(store.walk("asc", positionOf(b)))).toEqual(["c", "d"])
    expect(ids(store.walk("desc", positionOf(b)))).toEqual(["a"])
    store.remove(c)
    expect(ids(store.walk("asc", positionOf(b)))).toEqual(["d"])
  })

  it("forgets the external id that a replacement no longer has", () => {
    const store = new WorkspaceSecretStore()
    store.put(secret({ id: "a", externalId: "x" }))
    store.put(secret({ id: "a", externalId: "y" }))
    expect(store.find({ externalId: ExternalId.make("x") })).toBeUndefined()
    expect(store.find({ externalId: ExternalId.make("y") })?.metadata.id).toBe("a")
    store.put(secret({ id: "b", externalId: "x" }))
    expect(store.find({ externalId: ExternalId.make("x") })?.metadata.id).toBe("b")
  })

  it("takes a secret out that is not there for done", () => {
    const store = new WorkspaceSecretStore()
    store.put(secret({ id: "a" }))
    store.remove(secret({ id: "b" }))
    expect(ids(store.walk("desc"))).toEqual(["a"])
    expect(store.find(WorkspaceSecretId.make("b"))).toBeUndefined()
  })
})
