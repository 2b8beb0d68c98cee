import { describe, expect, it } from "@effect/vitest"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import type { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecret, WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import {
  type Position,
  positionOf,
  roomOf,
  sizeOf,
  sizeOfProfile,
  WorkspaceSecretStore
} from "../../src/world/WorkspaceSecretStore.js"
import { secret } from "../secrets.js"

const externalId = FastCheck.option(FastCheck.constantFrom("x", "y", "z", "__proto__", "constructor", ""), {
  nil: undefined
})
// Few creation times for many secrets, so that most share one.
const createdAt = FastCheck.integer({ min: 0, max: 3 })
const id = FastCheck.string({ unit: FastCheck.constantFrom("a", "b", "C", "_", "é"), minLength: 1, maxLength: 4 })
const anchor = FastCheck.record({ createdAt: FastCheck.integer({ min: -1, max: 4 }), id })
const nat = FastCheck.nat()

type FilterOfList = Pick<ListWorkspaceSecrets, "prefix" | "query" | "labels">

type Step =
  | { readonly step: "put"; readonly id: string; readonly createdAt: number; readonly externalId: string | undefined }
  | { readonly step: "replace"; readonly nat: number; readonly externalId: string | undefined; readonly name: string }
  | { readonly step: "remove"; readonly nat: number }
  | { readonly step: "putBack"; readonly nat: number }
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
    { weight: 1, arbitrary: FastCheck.record({ step: FastCheck.constant("putBack" as const), nat }) },
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

/** The naive store: an unordered list that is sorted and searched each time. */
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

/** Compares all ways to read both stores. They must find identical objects. */
const viewed = (store: WorkspaceSecretStore, model: Model) => ({
  size: store.size,
  characters: store.characters,
  byId: model.secrets.filter((secret) => store.find(secret.metadata.id) === secret).length,
  byExternalId: externalIds.filter((externalId) =>
    store.find({ externalId }) === model.secrets.find(({ metadata }) => metadata.externalId === externalId)
  ),
  walked: [...store.walk("asc")].filter((secret) => model.secrets.includes(secret)).length
})

const check = (store: WorkspaceSecretStore, model: Model) => {
  const all = model.secrets.length
  const characters = model.secrets.reduce((sum, secret) => sum + roomOf(secret), 0)
  expect(viewed(store, model)).toEqual({ size: all, characters, byId: all, byExternalId: externalIds, walked: all })
  expect(store.places).toBeGreaterThanOrEqual(all)
  expect(store.places).toBeLessThanOrEqual(2 * all + 32)
}

describe("WorkspaceSecretStore", () => {
  it.prop("gives the same results as a plain list that is sorted and searched each time", [steps], ([steps]) => {
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
        case "putBack": {
          const position = gone[step.nat % Math.max(gone.length, 1)]
          if (position !== undefined && model.find(position.id) === undefined) {
            const added = secret(position)
            model.secrets.push(added)
            store.put(added)
          }
          break
        }
        case "walk": {
          const anchors = [step.anchor, ...(picked === undefined ? [] : [positionOf(picked)]), ...gone.slice(-2)]
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

  it("continues after an anchor that is gone, in both orders, in the middle of one millisecond", () => {
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

  it("continues after an anchor whose id came back at another time", () => {
    const store = new WorkspaceSecretStore()
    store.put(secret({ id: "a", createdAt: 5 }))
    expect(ids(store.walk("asc", { createdAt: 4, id: "a" }))).toEqual(["a"])
    expect(ids(store.walk("asc", { createdAt: 5, id: "a" }))).toEqual([])
    expect(ids(store.walk("desc", { createdAt: 6, id: "a" }))).toEqual(["a"])
    expect(ids(store.walk("desc", { createdAt: 5, id: "a" }))).toEqual([])
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

  it("forgets the external id of a removed secret, which comes back without it", () => {
    const store = new WorkspaceSecretStore()
    store.put(secret({ id: "a", externalId: "x" }))
    store.remove(secret({ id: "a", externalId: "x" }))
    store.put(secret({ id: "a" }))
    expect(store.find({ externalId: ExternalId.make("x") })).toBeUndefined()
    expect(store.find(WorkspaceSecretId.make("a"))?.metadata.id).toBe("a")
  })

  it("removes empty places when they are too many, and not before", () => {
    const store = new WorkspaceSecretStore()
    const put = (from: number, to: number) => {
      const secrets = Array.from(
        { length: to - from },
        (_, i) => secret({ id: `id-${String(from + i)}`, createdAt: from + i })
      )
      secrets.forEach((each) => store.put(each))
      return secrets
    }
    const secrets = put(100, 200)
    secrets.slice(0, 66).forEach((each) => store.remove(each))
    expect([store.size, store.places]).toEqual([34, 100])
    store.remove(secrets[66] as WorkspaceSecret)
    expect([store.size, store.places]).toEqual([33, 33])
    secrets.slice(67).forEach((each) => store.remove(each))
    expect([store.size, store.places]).toEqual([0, 0])
  })

  it("does not grow when many secrets come and go", () => {
    const store = new WorkspaceSecretStore()
    for (let i = 0; i < 1000; i++) {
      const each = secret({ id: `id-${String(i)}`, createdAt: i })
      store.put(each)
      store.remove(each)
    }
    expect(store.places).toBeLessThanOrEqual(32)
  })

  it("ignores the removal of a secret that is gone", () => {
    const store = new WorkspaceSecretStore()
    store.put(secret({ id: "a" }))
    store.remove(secret({ id: "b" }))
    expect(ids(store.walk("desc"))).toEqual(["a"])
    expect(store.find(WorkspaceSecretId.make("b"))).toBeUndefined()
  })

  const unit = FastCheck.constantFrom(
    "a",
    "b",
    "A",
    "B",
    "-",
    "=",
    "Σ",
    "σ",
    "ς",
    "İ",
    "i",
    "\ud83d",
    "\udd11",
    "𐐀",
    "𐐨",
    "\u0002",
    "\0"
  )
  // Only a query can have half a surrogate pair.
  const text = FastCheck.string({ unit, maxLength: 6 }).filter((text) => !/[\ud800-\udfff]/u.test(text))
  const texts = FastCheck.dictionary(text, text, { maxKeys: 2 })
  const content = FastCheck.record({
    name: text,
    externalId: FastCheck.option(text, { nil: undefined }),
    labels: texts
  })
  const filter = FastCheck.record(
    {
      prefix: FastCheck.string({ unit, maxLength: 4 }),
      query: FastCheck.string({ unit, maxLength: 4 }),
      labels: texts
    },
    { requiredKeys: [] }
  )
  const changes = FastCheck.array(
    FastCheck.oneof(
      { weight: 5, arbitrary: FastCheck.record({ put: FastCheck.record({ id, createdAt, content }) }) },
      { weight: 2, arbitrary: FastCheck.record({ remove: nat }) },
      { weight: 1, arbitrary: FastCheck.record({ putBack: content }) },
      { weight: 3, arbitrary: FastCheck.record({ search: filter, nat, of: nat }) }
    ),
    { maxLength: 40 }
  )

  /** Whether a secret matches a filter, by WIRE.md, List. */
  const passes = (
    { externalId, labels = {}, name }: WorkspaceSecret["metadata"],
    { labels: selector = {}, prefix = "", query = "" }: FilterOfList
  ) =>
    name.slice(0, prefix.length) === prefix
    && Object.entries(selector).every(([key, value]) => new Map(Object.entries(labels)).get(key) === value)
    && [name, externalId ?? "", ...Object.keys(labels), ...Object.values(labels)]
      .some((text) => text.toLowerCase().indexOf(query.toLowerCase()) !== -1)

  it.prop("finds by index the same as by a scan, while secrets come, change and go", [changes], ([changes]) => {
    const store = new WorkspaceSecretStore({ indexedFrom: 0 })
    const model = new Model()
    let last: Position | undefined
    for (const change of changes) {
      if ("put" in change) {
        const { content, createdAt, id } = change.put
        const before = model.find(id)
        if (!model.isTaken(content.externalId, id)) {
          const at = before === undefined ? createdAt : positionOf(before).createdAt
          const added = secret({ id, createdAt: at, ...content })
          model.secrets = [...model.secrets.filter((each) => each !== before), added]
          store.put(added)
        }
      } else if ("remove" in change) {
        const gone = model.secrets[change.remove % Math.max(model.secrets.length, 1)]
        if (gone !== undefined) {
          model.secrets = model.secrets.filter((each) => each !== gone)
          store.remove(gone)
          last = positionOf(gone)
        }
      } else if ("putBack" in change) {
        // In the place of the last removed one, with other content.
        if (
          last !== undefined && model.find(last.id) === undefined && !model.isTaken(change.putBack.externalId, last.id)
        ) {
          const added = secret({ ...last, ...change.putBack })
          model.secrets.push(added)
          store.put(added)
        }
      } else {
        const of = model.secrets[change.of % Math.max(model.secrets.length, 1)]?.metadata
        const anchor = model.secrets[change.nat % Math.max(model.secrets.length, 1)]
        // Also searches for existing texts, because random texts are rarely found.
        const own = of === undefined
          ? []
          : [
            { prefix: of.name.slice(0, change.nat % 5) },
            { query: of.name.slice(change.nat % 3, 5).toUpperCase() },
            { labels: of.labels, query: of.externalId?.slice(1) }
          ]
        for (const filter of [change.search, ...own]) {
          for (const sortOrder of ["asc", "desc"] as const) {
            for (const after of [undefined, anchor && positionOf(anchor)]) {
              expect([filter, ids(store.search(filter, sortOrder, after))]).toEqual([
                filter,
                ids(model.walk(sortOrder, after)).filter((id) =>
                  passes((model.find(id) as WorkspaceSecret).metadata, filter)
                )
              ])
            }
          }
        }
      }
    }
  }, { fastCheck: { numRuns: 300 } })

  it("finds by index what changed, went and came back after the first search", () => {
    const store = new WorkspaceSecretStore({ indexedFrom: 0 })
    const found = (query: string) => ids(store.search({ query }, "asc"))
    for (const id of ["a", "b", "c"]) {
      store.put(secret({ id, createdAt: 1, name: `first ${id}` }))
    }
    expect(found("first")).toEqual(["a", "b", "c"])
    store.put(secret({ id: "b", createdAt: 1, name: "second" }))
    expect([found("first"), found("second")]).toEqual([["a", "c"], ["b"]])
    store.remove(secret({ id: "b", createdAt: 1 }))
    expect([found("first"), found("second")]).toEqual([["a", "c"], []])
    store.put(secret({ id: "b", createdAt: 1, name: "third" }))
    expect([found("first"), found("second"), found("third")]).toEqual([["a", "c"], [], ["b"]])
    expect(ids(store.walk("asc"))).toEqual(["a", "b", "c"])
    expect(store.places).toBe(3)
  })

  it("finds by index in thousands the same as by a scan, on every page", () => {
    const store = new WorkspaceSecretStore()
    const model = new Model()
    const add = (i: number) => {
      const labels = {
        rare: String(i % 1000),
        half: String(i % 2),
        third: String(i % 3),
        ...i % 700 === 0 ? { "a/b": "" } : {}
      }
      const added = secret({
        id: `id-${String(i).padStart(5, "0")}`,
        createdAt: i >> 2,
        name: `Name-${i * 7919 % 4000}`,
        labels
      })
      store.put(added)
      model.secrets.push(added)
    }
    for (let i = 0; i < 3000; i++) {
      add(i)
    }
    const filters: ReadonlyArray<FilterOfList> = [
      {},
      { prefix: "Name-1" },
      { prefix: "name-1" },
      { prefix: "Name-1234" },
      { query: "AME-39" },
      { query: "e" },
      { query: "99" },
      { query: "nothing" },
      { labels: { half: "0", third: "1" } },
      { labels: { half: "0", rare: "77" } },
      { labels: { "a/b": "" }, query: "7", prefix: "N" }
    ]
    const all = () =>
      filters.map((filter) =>
        (["asc", "desc"] as const).map((sortOrder) => {
          const pages: Array<string> = []
          for (;;) {
            const last = model.find(pages.at(-1) ?? "")
            const page: Array<string> = []
            for (const { metadata } of store.search(filter, sortOrder, last && positionOf(last))) {
              if (page.push(metadata.id) === 100) {
                break
              }
            }
            if (page.length === 0) {
              return [filter, pages]
            }
            pages.push(...page)
          }
        })
      )
    const expected = () =>
      filters.map((filter) => {
        const found = ids(model.walk("asc")).filter((id) =>
          passes((model.find(id) as WorkspaceSecret).metadata, filter)
        )
        return [[filter, found], [filter, [...found].reverse()]]
      })
    expect(all()).toEqual(expected())
    // Removes every other secret, so that empty places are removed; changes some; and adds new ones, one of them before the others.
    for (const gone of model.secrets.filter((_, i) => i % 3 !== 0)) {
      store.remove(gone)
    }
    model.secrets = model.secrets.filter((_, i) => i % 3 === 0)
    model.secrets = model.secrets.map((each, i) => {
      const { createdAt, id } = positionOf(each)
      const changed = i % 5 === 0 ? secret({ id, createdAt, name: `Name-1${i}`, labels: { half: "0" } }) : each
      store.put(changed)
      return changed
    })
    expect(all()).toEqual(expected())
    for (const i of [3000, 3001, 1, 3002]) {
      add(i)
      expect(all()).toEqual(expected())
    }
  })
})

describe("an index that would be too large", () => {
  const random = (seed: number, length: number) =>
    Array.from({ length }, (_, i) => String.fromCharCode(0x4e00 + (seed * 7919 + i * 104729) % 20_000)).join("")

  it.each([
    ["grams", { grams: 5000, characters: Infinity }, Infinity],
    ["characters", { grams: Infinity, characters: 5000 }, Infinity],
    ["bytes", { grams: Infinity, characters: Infinity }, 500_000]
  ])("by its %s is discarded: searches give the same results, also after deletes", (_, limits, room) => {
    let free = room
    const takeRoom = (bytes: number) => {
      free -= bytes
      return free >= 0
    }
    const store = new WorkspaceSecretStore({ indexedFrom: 1, limits, takeRoom })
    const all = Array.from(
      { length: 30 },
      (_, i) => secret({ id: `s${i}`, createdAt: i, name: `name ${i}`, externalId: random(i, 300) })
    )
    const find = (query: string) => [...store.search({ query }, "asc")].map(({ metadata }) => metadata.id)
    const check = (secrets: typeof all) => {
      for (const { metadata } of secrets) {
        expect(find(metadata.externalId?.slice(100, 110) ?? "")).toContain(metadata.id)
      }
      expect(find("nowhere")).toEqual([])
    }
    all.slice(0, 5).forEach((each) => store.put(each))
    check(all.slice(0, 5))
    expect(store.isIndexed).toBe(true)
    all.slice(5).forEach((each) => store.put(each))
    expect(store.isIndexed).toBe(false)
    check(all)
    expect([store.isIndexed, store.indexBytes]).toEqual([false, 0])
  })

  it("is tried again only after empty places were removed", () => {
    let asked = 0
    const takeRoom = () => {
      asked++
      return false
    }
    const store = new WorkspaceSecretStore({ indexedFrom: 1, takeRoom })
    const all = Array.from({ length: 80 }, (_, i) => secret({ id: `s${i}`, createdAt: i }))
    const search = () => [...store.search({ query: "name" }, "asc")].length
    all.forEach((each) => store.put(each))
    expect([asked, search(), search(), asked]).toEqual([0, 80, 80, 1])
    all.slice(0, 56).forEach((each) => store.remove(each))
    expect([store.places, search(), asked]).toEqual([80, 24, 1])
    store.remove(all[56] as WorkspaceSecret)
    expect([store.places, search(), search(), asked]).toEqual([23, 23, 23, 2])
  })
})

it("searches an index from 512 secrets on", () => {
  const store = new WorkspaceSecretStore()
  const search = () => [...store.search({ query: "name" }, "asc")].length
  for (let i = 0; i < 511; i++) {
    store.put(secret({ id: `s${i}`, createdAt: i }))
  }
  expect([search(), store.isIndexed]).toEqual([511, false])
  store.put(secret({ id: "s511", createdAt: 511 }))
  expect([search(), store.isIndexed]).toEqual([512, true])
})

it("the size of a secret is the number of characters of its texts", () => {
  const metadata = { id: "1", accountId: "22", name: "333", profileId: "4444" }
  const labels = { a: "55555", bb: "" }
  const createdBy = {
    metadata: { ...metadata, externalId: "666666", labels },
    spec: { type: "7".repeat(10), email: "8".repeat(20), name: "9".repeat(40) }
  }
  const size = (json: object) => {
    const decoded = Schema.decodeUnknownSync(WorkspaceSecret)(json)
    return [sizeOf(decoded), decoded.info?.createdBy === undefined ? 0 : sizeOfProfile(decoded.info.createdBy)]
  }
  const least = { metadata: { ...metadata, createdAt: "2026-01-01T00:00:00Z", workspaceId: "w".repeat(100) }, spec: {} }
  expect(size(least)).toEqual([10 + 100, 0])
  expect(size({ ...least, spec: { value: "v".repeat(200) } })).toEqual([10 + 100 + 200, 0])
  expect(size({ ...least, metadata: { ...least.metadata, labels, externalId: "x".repeat(400) } }))
    .toEqual([10 + 100 + 8 + 400, 0])
  expect(size({ ...least, info: { createdBy } })).toEqual([10 + 100 + 94, 94])
  const { email, name, ...spec } = createdBy.spec
  expect(email.length + name.length).toBe(60)
  expect(size({ ...least, info: { createdBy: { metadata, spec } } })).toEqual([10 + 100 + 20, 20])
})
