import { describe, expect, it } from "@effect/vitest"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as FastCheck from "effect/FastCheck"
import {
  type Filter,
  type IndexLimits,
  matcher,
  SearchIndex,
  type Terms,
  termsOf
} from "../../src/world/SearchIndex.js"
import { secret } from "../secrets.js"

/** The indexed texts of a secret: in lower case, the name with its start mark. */
const textsOf = ({ metadata: { externalId, labels = {}, name } }: WorkspaceSecret) =>
  [`\u0002${name}`, externalId ?? "", ...Object.entries(labels).flat()]
    .map((text) => text.toLowerCase().replaceAll("ς", "σ"))

/** The grams to look up for a text: at each of its first 24 places, three characters, or fewer for a short text. */
const windows = (needle: string) => {
  const size = Math.min(needle.length, 3)
  const all = Array.from({ length: needle.length - size + 1 }, (_, i) => needle.slice(i, i + size))
  return [...new Set(all.filter((window) => !/[\ud800-\udfff]/.test(window)))].slice(0, 24)
}

const needlesOf = ({ prefix = "", query = "" }: Filter) =>
  [...query === "" ? [] : [query], ...prefix === "" ? [] : [`\u0002${prefix}`]]
    .map((needle) => needle.toLowerCase().replaceAll("ς", "σ"))

/** Whether a secret has all terms of a filter, which is less than matching the filter. */
const isCandidate = (filter: Filter) => {
  const grams = needlesOf(filter).flatMap(windows)
  return (secret: WorkspaceSecret) =>
    grams.every((gram) => textsOf(secret).some((text) => text.includes(gram)))
    && Object.entries(filter.labels ?? {}).every(([key, value]) => secret.metadata.labels?.[key] === value)
}

const indexOf = (secrets: ReadonlyArray<WorkspaceSecret | undefined>, limits?: IndexLimits) => {
  const index = new SearchIndex(secrets.length, limits)
  secrets.forEach((secret, slot) => secret !== undefined && index.add(slot, secret))
  return index
}

/** Secrets by number, with gaps, and an index that is updated or rebuilt. */
class World {
  readonly secrets: Array<WorkspaceSecret | undefined> = []
  index = new SearchIndex(0)

  put(slot: number, secret: WorkspaceSecret | undefined) {
    const before = this.secrets[slot]
    if (before !== undefined) {
      this.index.delete(slot, before)
    }
    while (this.secrets.length <= slot) {
      this.secrets.push(undefined)
    }
    this.secrets[slot] = secret
    if (secret !== undefined) {
      this.index.add(slot, secret)
    }
  }

  /** The start numbers to test. */
  check(filters: ReadonlyArray<Filter>, froms: ReadonlyArray<number>) {
    const anew = indexOf(this.secrets)
    for (const filter of filters) {
      const terms = termsOf(filter)
      const isIt = isCandidate(filter)
      const all = this.secrets.flatMap((secret, slot) => secret !== undefined && isIt(secret) ? [slot] : [])
      for (const from of froms.filter((from) => terms !== undefined && from < this.secrets.length)) {
        const upwards = all.filter((slot) => slot >= from)
        const downwards = all.filter((slot) => slot <= from).reverse()
        for (const index of [this.index, anew]) {
          const found = ([1, -1] as const).map((step) => [...index.candidates(terms as Terms, from, step)])
          expect({ filter, from, found }).toEqual({ filter, from, found: [upwards, downwards] })
        }
      }
    }
  }
}

const unit = FastCheck.constantFrom("a", "b", "A", "Σ", "ς", "é", "\u007f", "\u0080", "\u0081", "🔑", "-")
const text = FastCheck.string({ unit, maxLength: 5 })
const labels = FastCheck.dictionary(text, text, { maxKeys: 2 })
const content = FastCheck.record({ name: text, externalId: FastCheck.option(text, { nil: undefined }), labels })
const filter = FastCheck.record({ prefix: text, query: text, labels }, { requiredKeys: [] })

describe("the index", () => {
  it.prop(
    "returns the secrets with all terms, from any secret on, upwards and downwards",
    [FastCheck.array(FastCheck.tuple(FastCheck.nat(9), FastCheck.option(content)), { maxLength: 30 }), filter],
    ([changes, filter]) => {
      const world = new World()
      for (const [slot, content] of changes) {
        world.put(slot, content === null ? undefined : secret({ id: "id", ...content }))
      }
      const some = changes.find(([, content]) => content !== null)?.[1]
      const own = some === undefined || some === null
        ? []
        : [{ query: some.name.slice(1, 4) }, { prefix: some.name.slice(0, 3) }, { labels: some.labels }]
      world.check([filter, ...own], [0, 4, 9])
    },
    { fastCheck: { numRuns: 300 } }
  )

  it("does not index secrets of more than 1,000 characters, which are always candidates", () => {
    const world = new World()
    const long = "x".repeat(1001)
    const make = (i: number) =>
      secret({ id: "id", name: `name ${String(i)}`, ...i % 3 === 0 ? { externalId: `${String(i)}${long}` } : {} })
    for (let i = 0; i < 100; i++) {
      world.put(i, make(i))
    }
    const limits = { grams: 1000, characters: 1000 }
    for (const index of [world.index, indexOf(world.secrets, limits)]) {
      expect(index.isFull).toBe(false)
      for (const [query, found] of [["nothing", []], ["name 4", [4, 40, 41, 43, 44, 46, 47, 49]]] as const) {
        const expected = [...Array.from({ length: 34 }, (_, i) => 3 * i), ...found.filter((slot) => slot % 3 !== 0)]
          .sort((a, b) => a - b)
        const terms = termsOf({ query }) as Terms
        expect([...index.candidates(terms, 0, 1)]).toEqual(expected)
        expect([...index.candidates(terms, 99, -1)]).toEqual([...expected].reverse())
        expect([...index.candidates(terms, 45, 1)]).toEqual(expected.filter((slot) => slot >= 45))
      }
    }
    for (let i = 0; i < 100; i++) {
      world.put(i, undefined)
    }
    expect([...world.index.candidates(termsOf({ query: "name" }) as Terms, 0, 1)]).toEqual([])
  })

  it("does so for rare terms, and for terms that nearly all secrets have", () => {
    const world = new World()
    // Not in order, so later ones are inserted between others.
    const order = Array.from({ length: 600 }, (_, i) => i * 7 % 600)
    const make = (i: number, name = `Name ${String(i % 10)}`) =>
      secret({
        id: "id",
        name,
        externalId: `x${String(i)}`,
        labels: { half: String(i % 2), ...i % 150 === 0 ? { rare: "yes" } : {} }
      })
    const filters: ReadonlyArray<Filter> = [
      { query: "name" },
      { query: "e 7" },
      { query: "x59" },
      { prefix: "name 3" },
      { prefix: "ame" },
      { labels: { half: "1" } },
      { labels: { half: "0", rare: "yes" } },
      { labels: { half: "1", rare: "yes" } },
      { query: "x3", labels: { half: "0" } },
      { query: "nothing" }
    ]
    const check = () => {
      world.check(filters, [0, 1, 31, 32, 33, 299, 598, 599, 640])
    }
    order.forEach((i, n) => {
      world.put(i, make(i))
      // Sizes at which lists become bit sets.
      if ([1, 63, 64, 65, 66, 129, 400].includes(n)) {
        check()
      }
    })
    check()
    for (const i of order.filter((i) => i % 4 !== 1)) {
      world.put(i, undefined)
    }
    check()
    for (const i of order.filter((i) => i % 4 === 1)) {
      world.put(i, make(i, "Other"))
    }
    // More than before, so bit sets must grow.
    for (let i = 600; i < 800; i++) {
      world.put(i, make(i))
    }
    check()
  })

  it.prop(
    "takes no memory after all its secrets were deleted",
    [FastCheck.array(FastCheck.tuple(FastCheck.nat(99), FastCheck.option(content)), { maxLength: 30 })],
    ([changes]) => {
      const world = new World()
      for (const [slot, content] of changes) {
        world.put(slot, content === null ? undefined : secret({ id: "id", ...content }))
      }
      world.secrets.forEach((_, slot) => {
        world.put(slot, undefined)
      })
      expect(world.index.bytes).toBe(0)
    }
  )

  it("takes no more memory when the labels of a secret change again and again", () => {
    const world = new World()
    const change = (i: number) => {
      world.put(0, secret({ id: "id", labels: { key: `value-${String(10_000 + i)}` } }))
      return world.index.bytes
    }
    const bytes = change(0)
    for (let i = 1; i < 4000; i++) {
      expect(change(i)).toBeLessThan(bytes * 1.5)
    }
  })

  it("takes little memory for names in which ASCII and other characters alternate", () => {
    const index = new SearchIndex(0)
    for (let i = 0; i < 308; i++) {
      const name = Array.from({ length: 125 }, (_, k) => `${String.fromCharCode(0x3400 + (i * 125 + k) % 39_936)}z`)
      index.add(i, secret({ id: "id", name: name.join("") }))
    }
    expect(index.isFull).toBe(false)
    expect(index.bytes).toBeLessThan(30_000_000)
  })

  it("counts all texts of a secret for the 1,000 characters", () => {
    const [most, more] = ["x".repeat(1000), "x".repeat(1001)]
    const isIndexed = (content: Parameters<typeof secret>[0]) =>
      [...indexOf([secret(content)]).candidates(termsOf({ query: "nothing" }) as Terms, 0, 1)].length === 0
    for (
      const contentOf of [
        (text: string) => ({ name: text }),
        (text: string) => ({ name: "", externalId: text }),
        (text: string) => ({ name: "", labels: { [text]: "" } }),
        (text: string) => ({ name: "", labels: { a: text.slice(1) } }),
        (text: string) => ({
          name: text.slice(0, 300),
          externalId: text.slice(300, 500),
          labels: { [text.slice(500, 900)]: text.slice(900, 990), bb: text.slice(992) }
        })
      ]
    ) {
      expect([most, more].map((text) => isIndexed({ id: "id", ...contentOf(text) }))).toEqual([true, false])
    }
  })

  it("merges long secrets with those that it finds, whichever are first or last", () => {
    const long = secret({ id: "id", name: "x".repeat(1001) })
    const short = secret({ id: "id", name: "name" })
    const terms = termsOf({ query: "name" }) as Terms
    for (const kinds of ["s", "l", "sls", "lsl", "ssll", "llss", "sslsslls"]) {
      const index = indexOf([...kinds].map((kind) => kind === "l" ? long : short))
      const all = [...kinds].map((_, slot) => slot)
      expect([...index.candidates(terms, 0, 1)]).toEqual(all)
      expect([...index.candidates(terms, kinds.length - 1, -1)]).toEqual(all.reverse())
    }
  })

  it("is full above its limits: grams, characters, or no room", () => {
    // One, two and three of the mark of a start, "a" and "b".
    const ab = secret({ id: "id", name: "ab" })
    expect([6, 5].map((grams) => indexOf([ab, ab], { grams, characters: 100 }).isFull)).toEqual([false, true])
    const whole = secret({ id: "id", name: "ab", externalId: "cde", labels: { fg: "hi", j: "klm" } })
    const characters = "\u0002abcdefghijklm".length
    expect([0, 1].map((less) => indexOf([whole], { grams: 100, characters: characters - less }).isFull)).toEqual([
      false,
      true
    ])
    const index = indexOf([], { grams: 100, characters })
    for (let i = 0; i < 3; i++) {
      index.add(0, whole)
      index.delete(0, whole)
    }
    expect(index.isFull).toBe(false)
    const asked: Array<number> = []
    const limited = new SearchIndex(1, undefined, (bytes) => asked.push(bytes) < 2)
    limited.add(0, ab)
    limited.add(0, ab)
    expect([asked, limited.isFull]).toEqual([[limited.bytes], false])
    limited.add(1, ab)
    expect([asked.length, limited.isFull]).toEqual([2, true])
  })

  it("takes memory for each term once in a secret, and for the text of a label", () => {
    const bytesOf = (content: Partial<Parameters<typeof secret>[0]>) =>
      indexOf([secret({ id: "id", name: "", ...content })]).bytes
    expect(bytesOf({ name: "aaaa" })).toBe(bytesOf({ name: "aaa" }))
    expect(bytesOf({ name: "aab" })).toBeGreaterThan(bytesOf({ name: "aaa" }))
    const labelled = (length: number) => bytesOf({ labels: { a: "x".repeat(length) } })
    expect(labelled(100) - labelled(50)).toBe(2 * 50)
  })

  it("takes four bytes for each secret of a rare term, and a bit for each secret of the store otherwise", () => {
    const each = secret({ id: "id", name: "" })
    const bytesOf = (count: number, slots: number) => {
      const index = new SearchIndex(slots)
      for (let slot = 0; slot < count; slot++) {
        index.add(slot, each)
      }
      return index.bytes
    }
    const [alone, one] = [bytesOf(1, 1_000_000), bytesOf(2, 1_000_000)]
    const overhead = one - 2 * 4
    expect(overhead).toBeGreaterThan(alone)
    // Lists double.
    expect([63, 64, 65].map((count) => bytesOf(count, 1_000_000) - overhead)).toEqual([64 * 4, 64 * 4, 128 * 4])
    expect([63, 64].map((count) => bytesOf(count, 64 * 64) - overhead)).toEqual([64 * 4, 64 * 4])
    const bits = (slots: number) => 4 * (Math.floor(slots / 32) + 1)
    expect([63, 64].map((count) => bytesOf(count, 64 * 64 - 1) - overhead)).toEqual([64 * 4, bits(64 * 64 - 1)])
    expect(bytesOf(10_000, 10_000) - overhead).toBe(bits(10_000))
  })

  it("forgets the secrets of a term that many have, one by one", () => {
    const each = secret({ id: "id", name: "aa" })
    const terms = termsOf({ query: "a" }) as Terms
    const index = indexOf(Array.from({ length: 200 }, () => each))
    for (let slot = 0; slot < 199; slot++) {
      index.delete(slot, each)
    }
    expect([...index.candidates(terms, 0, 1)]).toEqual([199])
    index.delete(199, each)
    expect([[...index.candidates(terms, 0, 1)], index.bytes]).toEqual([[], 0])
  })

  it("finds what has a rare label and one that many had", () => {
    const world = new World()
    for (let slot = 0; slot < 100; slot++) {
      world.put(slot, secret({ id: "id", labels: { many: "1", ...slot < 30 ? { rare: "1" } : {} } }))
    }
    for (let slot = 1; slot < 100; slot++) {
      world.put(slot, slot < 30 ? secret({ id: "id", labels: { rare: "1" } }) : undefined)
    }
    world.check([{ labels: { many: "1", rare: "1" } }], [0, 50])
  })

  it("looks up at most 24 grams of a text", () => {
    const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
    expect(termsOf({ query: alphabet.slice(0, 25) })?.grams).toHaveLength(23)
    expect(termsOf({ query: alphabet.slice(0, 26) })?.grams).toHaveLength(24)
    expect(termsOf({ query: alphabet })?.grams).toHaveLength(24)
    expect(termsOf({ query: alphabet })?.grams.at(-1)).toBe("xyz")
  })

  it("has no terms for an empty filter, or for halves of surrogate pairs", () => {
    for (const filter of [{}, { query: "" }, { prefix: "" }, { labels: {} }, { query: "\ud83d" }, { query: "🔑" }]) {
      expect(termsOf(filter)).toBeUndefined()
    }
    expect(termsOf({ query: "a", labels: { b: "c" } })).toEqual({ grams: ["a"], labels: ["b=c"] })
    expect(termsOf({ query: "AB", prefix: "c", labels: { a: "b" } })).toEqual({
      grams: ["ab", "\u0002c"],
      labels: ["a=b"]
    })
  })
})

describe("the filter", () => {
  it("matches everything if it is empty, including a secret with a name only", () => {
    const bare = secret({ id: "id", name: "" })
    for (const filter of [{}, { query: "" }, { prefix: "" }, { labels: {} }]) {
      expect(matcher(filter)(bare)).toBe(true)
    }
    expect(matcher({ query: "a" })(bare)).toBe(false)
    expect(matcher({ prefix: "a" })(bare)).toBe(false)
    expect(matcher({ labels: { a: "" } })(bare)).toBe(false)
  })
})
