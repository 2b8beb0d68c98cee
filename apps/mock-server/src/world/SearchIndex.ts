import type { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"

/** The filters of a list. A secret must match all of them. */
export type Filter = Pick<ListWorkspaceSecrets, "prefix" | "query" | "labels">

type Metadata = WorkspaceSecret["metadata"]

/** Whether one of the texts that `query` searches matches (WIRE.md, List). */
const hasText = ({ externalId, labels, name }: Metadata, isIt: (text: string) => boolean): boolean => {
  if (isIt(name) || (externalId !== undefined && isIt(externalId))) {
    return true
  }
  for (const key in labels) {
    if (isIt(key) || isIt(labels[key] ?? "")) {
      return true
    }
  }
  return false
}

const hasLabels = ({ labels }: Metadata, selector: ReadonlyArray<readonly [string, string]>): boolean =>
  selector.every(([key, value]) => labels !== undefined && Object.hasOwn(labels, key) && labels[key] === value)

/** Checks one secret against a filter. */
export const matcher = ({ labels = {}, prefix = "", query = "" }: Filter): (secret: WorkspaceSecret) => boolean => {
  const lowerCase = query.toLowerCase()
  const isIt = (text: string) => text.toLowerCase().includes(lowerCase)
  const selector = Object.entries(labels)
  return ({ metadata }) =>
    metadata.name.startsWith(prefix)
    && hasLabels(metadata, selector)
    && (lowerCase === "" || hasText(metadata, isIt))
}

/*
 * The index finds candidates, which the filter then checks: it may return too many, but never too few. Its terms are labels and grams,
 * which are one, two or three adjacent characters. A text that contains another contains all grams of it.
 */

/** Marks the start of a name, so a prefix search is a text search. */
const START = "\u0002"

/** Lower case that does not depend on the position: only sigma has another lower case at the end of a word. */
const fold = (text: string): string => text.toLowerCase().replaceAll("ς", "σ")

/** How many grams of a text are looked up. More would hardly narrow the search. */
const MAX_GRAMS = 24

/** The longest grams of a search text. Grams with a surrogate are left out, because lower case applies to whole pairs. */
const gramsOfNeedle = (needle: string): ReadonlyArray<string> => {
  const size = Math.min(needle.length, 3)
  const grams = new Set<string>()
  for (let i = 0; i + size <= needle.length && grams.size < MAX_GRAMS; i++) {
    const gram = needle.slice(i, i + size)
    if (!/[\ud800-\udfff]/.test(gram)) {
      grams.add(gram)
    }
  }
  return [...grams]
}

const EMPTY = new Uint32Array(0)

/** A set of numbers in ascending order: a list while it is sparse, a bit set when it is dense. */
class Postings {
  size = 0
  #list = EMPTY
  #bits: Uint32Array | undefined

  get isDense(): boolean {
    return this.#bits !== undefined
  }

  has(slot: number): boolean {
    return this.#bits === undefined
      ? this.at(this.rank(slot)) === slot
      : (this.word(slot >>> 5) >>> (slot & 31) & 1) === 1
  }

  /** 32 bits of a dense set. */
  word(index: number): number {
    return this.#bits?.[index] ?? 0
  }

  /** The number at a rank of a sparse set. */
  at(rank: number): number | undefined {
    return rank >= 0 && rank < this.size ? this.#list[rank] : undefined
  }

  /** How many numbers of a sparse set are smaller. */
  rank(slot: number): number {
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#list[middle] ?? 0) < slot) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  add(slot: number, slots: number): void {
    if (this.#bits === undefined) {
      // Most numbers are the largest so far, and repeat for each occurrence of the gram in a secret.
      const last = this.size === 0 ? -1 : this.#list[this.size - 1] ?? -1
      const rank = slot > last ? this.size : this.rank(slot)
      if (this.at(rank) === slot) {
        return
      }
      if (this.size === this.#list.length) {
        const larger = new Uint32Array(Math.max(this.size * 2, 2))
        larger.set(this.#list)
        this.#list = larger
      }
      this.#list.copyWithin(rank + 1, rank, this.size)
      this.#list[rank] = slot
      this.size++
      // A bit set then takes at most twice the memory, and intersects faster.
      if (this.size >= 64 && this.size * 64 > slots) {
        this.#toBits(slots)
      }
      return
    }
    if (!this.has(slot)) {
      const index = slot >>> 5
      if (index >= this.#bits.length) {
        const larger = new Uint32Array(index + 1 + (index >>> 2))
        larger.set(this.#bits)
        this.#bits = larger
      }
      this.#bits[index] = this.word(index) | 1 << (slot & 31)
      this.size++
    }
  }

  delete(slot: number): void {
    if (!this.has(slot)) {
      return
    }
    if (this.#bits === undefined) {
      this.#list.copyWithin(this.rank(slot), this.rank(slot) + 1, this.size)
    } else {
      this.#bits[slot >>> 5] = this.word(slot >>> 5) & ~(1 << (slot & 31))
    }
    this.size--
  }

  #toBits(slots: number): void {
    const bits = new Uint32Array((slots >>> 5) + 1)
    for (let rank = 0; rank < this.size; rank++) {
      const slot = this.#list[rank] ?? 0
      bits[slot >>> 5] = (bits[slot >>> 5] ?? 0) | 1 << (slot & 31)
    }
    this.#bits = bits
    this.#list = EMPTY
  }
}

/** The terms of a filter. */
export interface Terms {
  readonly grams: ReadonlyArray<string>
  readonly labels: ReadonlyArray<string>
}

const labelTerm = (key: string, value: string): string => `${key}=${value}`

/** Returns the terms to look up for a filter, or `undefined` if it has none. */
export const termsOf = ({ labels = {}, prefix = "", query = "" }: Filter): Terms | undefined => {
  const grams = [
    ...query === "" ? [] : gramsOfNeedle(fold(query)),
    ...prefix === "" ? [] : gramsOfNeedle(START + fold(prefix))
  ]
  const all = { grams, labels: Object.entries(labels).map(([key, value]) => labelTerm(key, value)) }
  return all.grams.length + all.labels.length === 0 ? undefined : all
}

/** A node of the gram trie: the secrets with this gram, and the longer grams that begin with it. */
class Gram {
  readonly postings = new Postings()
  /** Children by the next character. Most are ASCII, for which an array is twice as fast as a map. */
  readonly #ascii: Array<Gram | undefined> = []
  #others: Map<number, Gram> | undefined

  find(unit: number): Gram | undefined {
    return unit < 128 ? this.#ascii[unit] : this.#others?.get(unit)
  }

  get(unit: number): Gram {
    let next = this.find(unit)
    if (next === undefined) {
      next = new Gram()
      if (unit < 128) {
        this.#ascii[unit] = next
      } else {
        this.#others ??= new Map()
        this.#others.set(unit, next)
      }
    }
    return next
  }
}

/** The maximum size of an index. Random text is expensive: 1,000 characters can have 3,000 new grams. */
export interface IndexLimits {
  readonly grams: number
  readonly characters: number
}

/** Enough for 100,000 secrets with usual names, and at most about 200 MB. */
export const indexLimits: IndexLimits = { grams: 200_000, characters: 8_000_000 }

/** The maximum number of characters of an indexed secret. A longer one is always a candidate: testing it is cheaper than indexing it. */
const MAX_CHARACTERS = 1000

const isLong = ({ externalId, labels, name }: Metadata): boolean => {
  let length = name.length + (externalId?.length ?? 0)
  for (const key in labels) {
    length += key.length + (labels[key]?.length ?? 0)
  }
  return length > MAX_CHARACTERS
}

/** Maps terms to the numbers of the secrets that contain them. The numbers have the order of the secrets. */
export class SearchIndex {
  readonly #root = new Gram()
  readonly #labels = new Map<string, Postings>()
  /** The numbers of secrets that are too long to be indexed. */
  readonly #long = new Postings()
  /** Greater than the largest number. */
  #slots: number
  #grams = 0
  #characters = 0
  readonly #limits: IndexLimits

  constructor(secrets: ReadonlyArray<WorkspaceSecret | undefined>, limits: IndexLimits = indexLimits) {
    this.#limits = limits
    this.#slots = secrets.length
    for (const [slot, secret] of secrets.entries()) {
      if (secret !== undefined && !this.isFull) {
        this.add(slot, secret)
      }
    }
  }

  /** Whether it exceeds its limits. It is then incomplete and must not be used. */
  get isFull(): boolean {
    return this.#grams > this.#limits.grams || this.#characters > this.#limits.characters
  }

  add(slot: number, { metadata }: WorkspaceSecret): void {
    this.#slots = Math.max(this.#slots, slot + 1)
    this.#eachPostings(metadata, (postings) => postings.add(slot, this.#slots))
  }

  delete(slot: number, { metadata }: WorkspaceSecret): void {
    const before = this.#characters
    this.#eachPostings(metadata, (postings) => postings.delete(slot))
    this.#characters = before - (this.#characters - before)
  }

  /** The numbers of secrets that contain, or may contain, all the terms, from `from` upwards or downwards. */
  candidates(terms: Terms, from: number, step: 1 | -1): Iterable<number> {
    const indexed = this.#indexed(terms, from, step)
    return this.#long.size === 0 ? indexed : merged(indexed, this.#each(this.#long, [], from, step), step)
  }

  *#indexed({ grams, labels }: Terms, from: number, step: 1 | -1): Generator<number> {
    const postings: Array<Postings> = []
    for (const found of [...grams.map((gram) => this.#find(gram)), ...labels.map((label) => this.#labels.get(label))]) {
      if (found === undefined || found.size === 0) {
        return
      }
      postings.push(found)
    }
    const [rarest, ...others] = postings.sort((a, b) => Number(a.isDense) - Number(b.isDense) || a.size - b.size)
    if (rarest !== undefined) {
      yield* this.#each(rarest, others, from, step)
    }
  }

  /** The intersection of all sets. `rarest` is dense only if all are. */
  #each(rarest: Postings, others: ReadonlyArray<Postings>, from: number, step: 1 | -1): Generator<number> {
    return rarest.isDense
      ? ofBits([rarest, ...others], this.#slots, from, step)
      : ofList(rarest, others, from, step)
  }

  #find(gram: string): Postings | undefined {
    let node: Gram | undefined = this.#root
    for (let i = 0; i < gram.length; i++) {
      node = node?.find(gram.charCodeAt(i))
    }
    return node?.postings
  }

  #eachPostings(metadata: Metadata, f: (postings: Postings) => void): void {
    if (isLong(metadata)) {
      return f(this.#long)
    }
    const { externalId, labels, name } = metadata
    this.#eachGram(START + fold(name), f)
    if (externalId !== undefined) {
      this.#eachGram(fold(externalId), f)
    }
    for (const [key, value] of Object.entries(labels ?? {})) {
      this.#eachGram(fold(key), f)
      this.#eachGram(fold(value), f)
      const term = labelTerm(key, value)
      const postings = this.#labels.get(term) ?? new Postings()
      this.#labels.set(term, postings)
      f(postings)
    }
  }

  #eachGram(text: string, f: (postings: Postings) => void): void {
    for (let i = 0; i < text.length; i++) {
      let gram = this.#root
      for (let k = i; k < text.length && k < i + 3; k++) {
        const unit = text.charCodeAt(k)
        let next = gram.find(unit)
        if (next === undefined) {
          next = gram.get(unit)
          this.#grams++
        }
        gram = next
        f(gram.postings)
      }
      if (this.#grams > this.#limits.grams) {
        return
      }
    }
    this.#characters += text.length
  }
}

/** Merges two ordered sequences without common numbers. */
function* merged(self: Iterator<number>, that: Iterator<number>, step: 1 | -1): Generator<number> {
  let [a, b] = [self.next(), that.next()]
  while (a.done !== true || b.done !== true) {
    if (b.done === true || (a.done !== true && (b.value - a.value) * step > 0)) {
      yield a.value
      a = self.next()
    } else {
      yield b.value
      b = that.next()
    }
  }
}

function* ofBits(
  postings: ReadonlyArray<Postings>,
  slots: number,
  from: number,
  step: 1 | -1
): Generator<number> {
  const first = from >>> 5
  for (let index = first; index >= 0 && index << 5 < slots; index += step) {
    // Masks out the numbers before `from`.
    let word = index !== first ? -1 : step === 1 ? -1 << (from & 31) : -1 >>> (31 - (from & 31))
    for (let i = 0; i < postings.length && word !== 0; i++) {
      word &= postings[i]?.word(index) ?? 0
    }
    while (word !== 0) {
      const bit = 31 - Math.clz32(step === 1 ? word & -word : word)
      yield (index << 5) + bit
      word &= ~(1 << bit)
    }
  }
}

function* ofList(
  rarest: Postings,
  others: ReadonlyArray<Postings>,
  from: number,
  step: 1 | -1
): Generator<number> {
  for (let rank = step === 1 ? rarest.rank(from) : rarest.rank(from + 1) - 1;; rank += step) {
    const slot = rarest.at(rank)
    if (slot === undefined) {
      return
    }
    if (others.every((each) => each.has(slot))) {
      yield slot
    }
  }
}
