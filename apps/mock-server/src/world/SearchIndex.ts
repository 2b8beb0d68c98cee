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

/** The estimated bytes of an empty set, with its typed array. */
const POSTINGS = 300

/** The estimated bytes of a term in a map, besides its text. */
const TERM = 64

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

  /** The estimated memory of the set. */
  get bytes(): number {
    return POSTINGS + 4 * (this.#list.length + (this.#bits?.length ?? 0))
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

/** Maps terms to the numbers of the secrets that contain them. A term of one secret, as most are, has its number and no set. */
class Inverted<Term> {
  readonly #entries = new Map<Term, number | Postings>()
  readonly #bytesOf: (term: Term) => number

  /** `bytesOf` estimates the memory of a term. */
  constructor(bytesOf: (term: Term) => number) {
    this.#bytesOf = bytesOf
  }

  get size(): number {
    return this.#entries.size
  }

  find(term: Term): Postings | undefined {
    const found = this.#entries.get(term)
    return typeof found === "number" ? postingsOf(found) : found
  }

  /** Returns how many bytes it grew. */
  add(term: Term, slot: number, slots: number): number {
    const found = this.#entries.get(term)
    if (found === undefined) {
      this.#entries.set(term, slot)
      return this.#bytesOf(term)
    }
    if (found === slot) {
      return 0
    }
    if (typeof found === "number") {
      const postings = postingsOf(found)
      postings.add(slot, slots)
      this.#entries.set(term, postings)
      return postings.bytes
    }
    const before = found.bytes
    found.add(slot, slots)
    return found.bytes - before
  }

  /** Returns how many bytes it shrank. */
  delete(term: Term, slot: number): number {
    const found = this.#entries.get(term)
    if (found instanceof Postings) {
      found.delete(slot)
    }
    if (found === slot || (found instanceof Postings && found.size === 0)) {
      this.#entries.delete(term)
      return this.#bytesOf(term) + (found instanceof Postings ? found.bytes : 0)
    }
    return 0
  }
}

const postingsOf = (slot: number): Postings => {
  const postings = new Postings()
  postings.add(slot, slot + 1)
  return postings
}

/**
 * The key of a gram. Longer grams share keys, but rarely: a shared key only gives more candidates. It is an integer of 32 bits, because
 * V8 looks these up fastest.
 */
const keyOf = (text: string, from: number, size: number): number => {
  let key = text.charCodeAt(from)
  for (let i = 1; i < size; i++) {
    key = Math.imul(key, 0x9e3779b1) + text.charCodeAt(from + i) | 0
  }
  return key
}

/** The maximum size of an index. Random text is expensive: 1,000 characters can have 3,000 new grams. */
export interface IndexLimits {
  readonly grams: number
  readonly characters: number
}

/** Enough for 100,000 secrets with usual names. */
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

/** The term of secrets that are too long to be indexed. Terms of labels contain `=`. */
const LONG = "long"

/** Maps terms to the numbers of the secrets that contain them. The numbers have the order of the secrets. */
export class SearchIndex {
  readonly #grams = new Inverted<number>(() => TERM)
  readonly #labels = new Inverted<string>((term) => TERM + 2 * term.length)
  /** Greater than the largest number. */
  #slots: number
  #characters = 0
  #bytes = 0
  #isFull = false
  readonly #limits: IndexLimits
  readonly #takeRoom: (bytes: number) => boolean

  /** `slots` is the number of secrets to expect, and `takeRoom` takes room for more bytes, or returns false if there is none. */
  constructor(slots: number, limits: IndexLimits = indexLimits, takeRoom: (bytes: number) => boolean = () => true) {
    this.#limits = limits
    this.#slots = slots
    this.#takeRoom = takeRoom
  }

  /** Whether it exceeded its limits, or found no room. It is then incomplete and must not be used. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** Its estimated memory. */
  get bytes(): number {
    return this.#bytes
  }

  add(slot: number, { metadata }: WorkspaceSecret): void {
    this.#slots = Math.max(this.#slots, slot + 1)
    let grown = 0
    this.#characters += eachTerm(
      metadata,
      (gram) => {
        grown += this.#grams.add(gram, slot, this.#slots)
        return this.#grams.size <= this.#limits.grams
      },
      (label) => {
        grown += this.#labels.add(label, slot, this.#slots)
      }
    )
    this.#isFull ||= this.#grams.size > this.#limits.grams
      || this.#characters > this.#limits.characters
      || (grown > 0 && !this.#takeRoom(grown))
    this.#bytes += grown
  }

  delete(slot: number, { metadata }: WorkspaceSecret): void {
    this.#characters -= eachTerm(
      metadata,
      (gram) => {
        this.#bytes -= this.#grams.delete(gram, slot)
        return true
      },
      (label) => {
        this.#bytes -= this.#labels.delete(label, slot)
      }
    )
  }

  /** The numbers of secrets that contain, or may contain, all the terms, from `from` upwards or downwards. */
  candidates(terms: Terms, from: number, step: 1 | -1): Iterable<number> {
    const indexed = this.#indexed(terms, from, step)
    const long = this.#labels.find(LONG)
    return long === undefined ? indexed : merged(indexed, this.#each(long, [], from, step), step)
  }

  *#indexed({ grams, labels }: Terms, from: number, step: 1 | -1): Generator<number> {
    const postings: Array<Postings> = []
    for (
      const found of [
        ...grams.map((gram) => this.#grams.find(keyOf(gram, 0, gram.length))),
        ...labels.map((label) => this.#labels.find(label))
      ]
    ) {
      if (found === undefined) {
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
}

/** Calls back for each term of a secret, until `onGram` returns false. Returns the number of characters. */
const eachTerm = (
  metadata: Metadata,
  onGram: (gram: number) => boolean,
  onLabel: (label: string) => void
): number => {
  if (isLong(metadata)) {
    onLabel(LONG)
    return 0
  }
  const { externalId, labels = {}, name } = metadata
  let characters = eachGram(START + fold(name), onGram) + eachGram(fold(externalId ?? ""), onGram)
  for (const [key, value] of Object.entries(labels)) {
    characters += eachGram(fold(key), onGram) + eachGram(fold(value), onGram)
    onLabel(labelTerm(key, value))
  }
  return characters
}

const eachGram = (text: string, onGram: (gram: number) => boolean): number => {
  for (let i = 0; i < text.length; i++) {
    for (let size = 1; size <= 3 && i + size <= text.length; size++) {
      if (!onGram(keyOf(text, i, size))) {
        return text.length
      }
    }
  }
  return text.length
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
