import type { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"

/** What a list can be narrowed by; all of it has to hold. */
export type Filter = Pick<ListWorkspaceSecrets, "prefix" | "query" | "labels">

type Metadata = WorkspaceSecret["metadata"]

/** The texts that `query` is looked for in (WIRE.md, List). */
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

/** The filter itself, a secret at a time. */
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
 * The index narrows a filter down to candidates, which the filter itself then decides about: it may hold too much and must not hold
 * too little. Its terms are labels, and grams: one, two or three characters that stand side by side. A text that has another in it
 * has all of its grams.
 */

/** What stands before a name, so that a prefix is a text like any other. */
const START = "\u0002"

/** Lower case in which a character is the same wherever it stands: of all letters, a sigma at the end of a word has one of its own. */
const fold = (text: string): string => text.toLowerCase().replaceAll("ς", "σ")

/** How many grams of a text are looked up; more of them would hardly tell more. */
const MAX_GRAMS = 24

/** The longest grams of a text that is looked for. Half a surrogate pair is no part of them, since its case is not its own. */
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

/** Numbers in ascending order: as a list while they are few, as bits when they are many. */
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

  /** The 32 bits of a word; of a dense one. */
  word(index: number): number {
    return this.#bits?.[index] ?? 0
  }

  /** The number at a rank; of a sparse one. */
  at(rank: number): number | undefined {
    return rank >= 0 && rank < this.size ? this.#list[rank] : undefined
  }

  /** How many are smaller; of a sparse one. */
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
      // Most are the largest so far, and come once for each time that a secret has the gram.
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
      // As bits they take at most twice the room, and are faster to go through together with others.
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

/** The terms of a filter; none when it lets everything pass, or when there are none to look up. */
export interface Terms {
  readonly grams: ReadonlyArray<string>
  readonly labels: ReadonlyArray<string>
}

const labelTerm = (key: string, value: string): string => `${key}=${value}`

/** What a filter is looked up by, if anything. */
export const termsOf = ({ labels = {}, prefix = "", query = "" }: Filter): Terms | undefined => {
  const grams = [
    ...query === "" ? [] : gramsOfNeedle(fold(query)),
    ...prefix === "" ? [] : gramsOfNeedle(START + fold(prefix))
  ]
  const all = { grams, labels: Object.entries(labels).map(([key, value]) => labelTerm(key, value)) }
  return all.grams.length + all.labels.length === 0 ? undefined : all
}

/** The secrets that have a gram, and what longer grams begin with it. */
class Gram {
  readonly postings = new Postings()
  /** By the next character: an array is twice as fast as a map, for those that are nearly all there are. */
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

/** How much an index may hold. A text of 1,000 random characters has 3,000 grams of its own, each far larger than the text. */
export interface IndexLimits {
  readonly grams: number
  readonly characters: number
}

/** Enough for 100,000 secrets as people name them, and at most some 200 MB. */
export const indexLimits: IndexLimits = { grams: 200_000, characters: 8_000_000 }

/** The most characters of a secret in the index. One that has more is always a candidate: to look at it takes less than to index it. */
const MAX_CHARACTERS = 1000

const isLong = ({ externalId, labels, name }: Metadata): boolean => {
  let length = name.length + (externalId?.length ?? 0)
  for (const key in labels) {
    length += key.length + (labels[key]?.length ?? 0)
  }
  return length > MAX_CHARACTERS
}

/** From terms to the numbers of the secrets that have them. The numbers are in the order of the secrets. */
export class SearchIndex {
  readonly #root = new Gram()
  readonly #labels = new Map<string, Postings>()
  /** Those of secrets that are too long to be indexed. */
  readonly #long = new Postings()
  /** More than the largest number. */
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

  /** Whether it has more than it may hold. It then leaves out what is added, and is of no use any more. */
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

  /** The numbers that have all the terms, or may have them, from one on, upwards or downwards. */
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

  /** What is in all of them; `rarest` is dense only where all are. */
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

/** Two that have no number in common, in order. */
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
    // Those before the first one are passed over.
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
