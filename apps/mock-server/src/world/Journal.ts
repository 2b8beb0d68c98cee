/**
 * The journal: what a tenant was asked, and what it answered. It shows no value of a secret and no key.
 *
 * @since 0.1.0
 */
import { ListWorkspaceSecrets, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Profile } from "@workspace-secrets/core/Profile"
import * as Redaction from "@workspace-secrets/core/Redaction"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { NonEmptyText, number, oneOf, struct } from "../input/StrictSchema.js"
import { OperationName } from "./Fault.js"

/**
 * How many requests a journal holds unless it is told otherwise.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultSize = 1000

/**
 * Whether a journal can be of a size: 0, which holds nothing, to 100,000.
 *
 * @since 0.1.0
 * @category rules
 */
export const isSize = (size: number): boolean => Number.isInteger(size) && size >= 0 && size <= 100_000

/**
 * What stands in the place of a value or a key.
 *
 * @since 0.1.0
 * @category constants
 */
export const mask = Redaction.mask

/** Bodies over this many characters are not kept: a journal is bounded in what it weighs, too. */
const MAX_BODY = 64 * 1024

const MAX_TARGET = 2048

const Texts = Schema.Record({ key: Schema.String, value: Schema.String })

const Broken = oneOf("closed", "cut", "html", "halfJson", "empty")

/**
 * A request and its answer.
 *
 * - `sequence` counts the requests of the journal from 1, in the order in which they ended;
 * - `receivedAt` is by the tenant's clock, `durationMillis` by that of the process;
 * - `operation`, `id` and `externalId` are there where the path leads to an operation, and names a secret;
 * - `target` has no values of query parameters that the API does not know;
 * - `request.body` is there where the API read one, without what the API ignores;
 * - `response` is absent where the client went away before there was one; `broken` says what a fault did to it on the way;
 * - `fault` is the name of the rule that hit;
 * - `bodiesOmitted` says that a body had more than 64 KiB and was not kept.
 *
 * @since 0.1.0
 * @category schemas
 */
export const JournalEntry = struct("JournalEntry", {
  sequence: Schema.Int,
  requestId: Schema.String,
  receivedAt: Schema.String,
  durationMillis: Schema.Number,
  method: Schema.String,
  target: Schema.String,
  path: Schema.String,
  query: Texts,
  operation: Schema.optional(Schema.String),
  id: Schema.optional(Schema.String),
  externalId: Schema.optional(Schema.String),
  request: struct("JournalRequest", { headers: Texts, body: Schema.optional(Schema.Unknown) }),
  response: Schema.optional(struct("JournalResponse", {
    status: Schema.Int,
    headers: Texts,
    body: Schema.optional(Schema.Unknown),
    broken: Schema.optional(Broken)
  })),
  fault: Schema.optional(Schema.String),
  bodiesOmitted: Schema.optional(Schema.Literal(true))
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type JournalEntry = typeof JournalEntry.Type

/**
 * A request as a list of all requests shows it: without its headers and bodies.
 *
 * - `number` counts the requests of the server from 1, in the order in which they ended, whichever world they belong to;
 * - `tenant` is the world whose key the request had; absent for a missing, malformed or unknown key.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RequestSummary = struct("RequestSummary", {
  number: Schema.Int,
  tenant: Schema.optional(Schema.String),
  sequence: Schema.Int,
  requestId: Schema.String,
  receivedAt: Schema.String,
  durationMillis: Schema.Number,
  method: Schema.String,
  target: Schema.String,
  operation: Schema.optional(Schema.String),
  status: Schema.optional(Schema.Int),
  broken: Schema.optional(Broken),
  fault: Schema.optional(Schema.String)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type RequestSummary = typeof RequestSummary.Type

/**
 * Requests of a server, oldest first. A list that goes on asks for those after `next`. `dropped` requests are no longer in the journals.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RequestPage = struct("RequestPage", {
  requests: Schema.Array(RequestSummary),
  next: Schema.Int,
  dropped: Schema.Int
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type RequestPage = typeof RequestPage.Type

const Natural = number("a whole number that is not negative", (n) => Number.isSafeInteger(n) && n >= 0, {
  type: "integer",
  minimum: 0
})

/**
 * Which requests are meant: those that fit all that is given.
 *
 * @since 0.1.0
 * @category schemas
 */
export const JournalMatch = struct("JournalMatch", {
  operation: Schema.optional(OperationName),
  method: Schema.optional(NonEmptyText),
  /** The path as it was sent, without the query. */
  path: Schema.optional(NonEmptyText),
  /** Query parameters, each with its value as it was decoded. */
  query: Schema.optional(Texts),
  /** Headers of the request, by name. Of one that may hold a key, only that it is there counts. */
  headers: Schema.optional(Texts),
  /** The id in the path. */
  id: Schema.optional(NonEmptyText),
  /** The external id in the path. */
  externalId: Schema.optional(NonEmptyText),
  /** What is in the body of the request, among what else is there. Of `spec.value`, only that it is there counts. */
  body: Schema.optional(Schema.Unknown),
  /** The HTTP status of the answer. */
  status: Schema.optional(Natural),
  requestId: Schema.optional(NonEmptyText),
  /** The name of the rule that hit. */
  fault: Schema.optional(NonEmptyText),
  /** Only requests with a greater `sequence`. */
  after: Schema.optional(Natural)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type JournalMatch = typeof JournalMatch.Type

/**
 * Requests that fit, oldest first. `dropped` of them, or of others, came before and are gone: where it is not 0, the journal does not know all.
 *
 * @since 0.1.0
 * @category schemas
 */
export const JournalPage = struct("JournalPage", {
  entries: Schema.Array(JournalEntry),
  dropped: Schema.Int,
  overflowed: Schema.Boolean
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type JournalPage = typeof JournalPage.Type

/**
 * What was expected did not happen: how many requests fit, and for the one that is nearest to fitting, what differs.
 *
 * @since 0.1.0
 * @category errors
 */
export class JournalMismatch extends Schema.TaggedError<JournalMismatch>()("JournalMismatch", {
  message: Schema.String,
  found: Schema.Int,
  nearest: Schema.optional(JournalEntry),
  differences: Schema.Array(Schema.String)
}) {}

/**
 * The journal has dropped requests, so it cannot say what did and did not happen.
 *
 * @since 0.1.0
 * @category errors
 */
export class JournalOverflow extends Schema.TaggedError<JournalOverflow>()("JournalOverflow", {
  message: Schema.String,
  dropped: Schema.Int
}) {}

/**
 * How an operation's bodies are written as JSON.
 *
 * @since 0.1.0
 * @category models
 */
export interface Described {
  readonly name: string
  readonly encodePayload: (payload: unknown) => unknown
  readonly encodeSuccess: (success: unknown) => unknown
}

/**
 * What becomes known of a request on its way, for the journal. Values are left behind when it is recorded.
 *
 * @since 0.1.0
 * @category models
 */
export interface Exchange {
  readonly requestId: string
  readonly receivedAt: number
  readonly startedAt: number
  /** The epoch of the journal when it came in. */
  readonly epoch: number
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  operation: Described | undefined
  /** What is in the path behind the collection: an id, or `external_id:` and an external id. */
  ref: string | undefined
  /** The size of the request's body, in bytes. */
  requestSize: number
  /** The body of the request, decoded. */
  payload: unknown
  /** What the operation came to, decoded. */
  success: unknown
  /** The body of an error. */
  failure: unknown
  /** The name of the rule that hit. */
  fault: string | undefined
}

/**
 * An answer as the journal takes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** How long the body is, in characters. */
  readonly size: number
  readonly broken: "closed" | "cut" | "html" | "halfJson" | "empty" | undefined
}

/** What stands for a value that is there: it is known that there is one, and not which. */
const HIDDEN = { value: Redacted.make(mask) }
const NONE = {}

const specOf = (spec: { readonly value?: unknown }) => spec.value === undefined ? NONE : HIDDEN

/**
 * Puts a mask in place of each value of a page.
 *
 * @since 0.1.0
 * @category conversions
 */
export const maskValues = ({ items, pagination }: WorkspaceSecretPage): WorkspaceSecretPage =>
  new WorkspaceSecretPage({
    items: items.map((item) => new WorkspaceSecret({ ...item, spec: specOf(item.spec) }, true)),
    pagination
  }, true)

/** A body without values. What it was made of is not held on to. */
const withoutValues = (body: unknown): unknown => {
  if (body instanceof WorkspaceSecret) {
    return new WorkspaceSecret({ ...body, spec: specOf(body.spec) }, true)
  }
  if (body instanceof WorkspaceSecretPage) {
    return maskValues(body)
  }
  return typeof body === "object" && body !== null && "spec" in body && !(body instanceof Profile)
    ? { ...body, ...(body.spec === undefined ? {} : { spec: specOf(body.spec as { readonly value?: unknown }) }) }
    : body
}

const QUERY = new Set(Object.keys(ListWorkspaceSecrets.fields))

/** Headers whose values get somebody in. */
const isSensitive = (name: string): boolean =>
  name !== "idempotency-key" && /auth|cookie|key|token|secret|password|credential|signature|session/.test(name)

/** Replaces a key wherever it is in a text, whatever its spelling. */
const scrubber = (authorization: string): Redaction.Mask =>
  Redaction.make([Redacted.make(authorization.replace(/^\s*\S+\s+/, ""))], { mask })

const scrubAll = (value: unknown, scrub: (text: string) => string): unknown =>
  typeof value === "string"
    ? scrub(value)
    : Array.isArray(value)
    ? value.map((item) => scrubAll(item, scrub))
    : typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [scrub(name), scrubAll(item, scrub)]))
    : value

const cut = (text: string): string => text.length > MAX_TARGET ? `${text.slice(0, MAX_TARGET)}…` : text

const headersOf = (headers: Exchange["headers"], scrub: (text: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name, isSensitive(name) ? mask : scrub(typeof value === "string" ? value : value.join(", "))]]
    )
  )

const REF = "external_id:"

/** A request that was recorded. What it still has of keys is private to it; what it shows is made when somebody looks. */
class Recorded {
  readonly number: number
  readonly sequence: number
  readonly #exchange: Exchange
  readonly #answered: Answered | undefined
  readonly #duration: number
  readonly #isLarge: boolean
  #entry: JournalEntry | undefined

  constructor(number: number, sequence: number, exchange: Exchange, answered: Answered | undefined) {
    this.number = number
    this.sequence = sequence
    this.#exchange = exchange
    this.#answered = answered
    this.#duration = performance.now() - exchange.startedAt
    this.#isLarge = exchange.requestSize > MAX_BODY || (answered?.size ?? 0) > MAX_BODY
    exchange.payload = this.#isLarge ? undefined : withoutValues(exchange.payload)
    exchange.success = this.#isLarge ? undefined : withoutValues(exchange.success)
    exchange.failure = this.#isLarge ? undefined : exchange.failure
  }

  get entry(): JournalEntry {
    return this.#entry ??= this.#look()
  }

  /** What a list shows of it. */
  get summary(): RequestSummary {
    const { fault, operation } = this.#exchange
    const { durationMillis, method, receivedAt, requestId, sequence, target } = this.#head(this.#scrubber())
    const answered = this.#answered
    return {
      number: this.number,
      sequence,
      requestId,
      receivedAt,
      durationMillis,
      method,
      target,
      ...(operation === undefined ? {} : { operation: operation.name }),
      ...(answered === undefined ? {} : { status: answered.status }),
      ...(answered?.broken === undefined ? {} : { broken: answered.broken }),
      ...(fault === undefined ? {} : { fault })
    }
  }

  #scrubber(): Redaction.Mask {
    return scrubber(String(this.#exchange.headers["authorization"] ?? ""))
  }

  #head(scrub: Redaction.Mask) {
    const { method, receivedAt, requestId, target } = this.#exchange
    const mark = target.indexOf("?")
    const path = cut(scrub(mark === -1 ? target : target.slice(0, mark)))
    const query = Object.fromEntries(
      [...new URLSearchParams(mark === -1 ? "" : target.slice(mark))].map(([name, value]) => [
        cut(scrub(name)),
        QUERY.has(name) ? cut(scrub(value)) : mask
      ])
    )
    const search = Object.entries(query).map(([name, value]) =>
      `${encodeURIComponent(name)}=${value === mask ? mask : encodeURIComponent(value)}`
    )
    return {
      sequence: this.sequence,
      requestId,
      receivedAt: new Date(receivedAt).toISOString(),
      durationMillis: Math.round(this.#duration * 1000) / 1000,
      method,
      target: search.length === 0 ? path : `${path}?${search.join("&")}`,
      path,
      query
    }
  }

  #look(): JournalEntry {
    const { failure, fault, headers, operation, payload, ref, success } = this.#exchange
    const scrub = this.#scrubber()
    const body = scrubAll(payload === undefined ? undefined : operation?.encodePayload(payload), scrub)
    const answered = this.#answered
    const isReplaced = answered?.broken !== undefined && answered.broken !== "cut"
    const answer = isReplaced
      ? undefined
      : scrubAll(success === undefined ? failure : operation?.encodeSuccess(success), scrub)
    return {
      ...this.#head(scrub),
      ...(operation === undefined ? {} : { operation: operation.name }),
      ...(ref === undefined
        ? {}
        : ref.startsWith(REF)
        ? { externalId: scrub(ref.slice(REF.length)) }
        : { id: scrub(ref) }),
      request: { headers: headersOf(headers, scrub), ...(body === undefined ? {} : { body }) },
      ...(answered === undefined ? {} : {
        response: {
          status: answered.status,
          headers: headersOf(answered.headers, scrub),
          ...(answer === undefined ? {} : { body: answer }),
          ...(answered.broken === undefined ? {} : { broken: answered.broken })
        }
      }),
      ...(fault === undefined ? {} : { fault }),
      ...(this.#isLarge ? { bodiesOmitted: true } : {})
    }
  }
}

const show = (value: unknown): string => value === undefined ? "nothing" : JSON.stringify(value)

/** What of a body is not there, or not so: a line for each. */
const missing = (expected: unknown, actual: unknown, path: string): ReadonlyArray<string> => {
  if (typeof expected === "object" && expected !== null && typeof actual === "object" && actual !== null) {
    return Object.entries(expected).flatMap(([name, value]) =>
      missing(value, Reflect.get(actual, name), Array.isArray(expected) ? `${path}[${name}]` : `${path}.${name}`)
    )
  }
  return Object.is(expected, actual) ? [] : [`${path}: expected ${show(expected)}, was ${show(actual)}`]
}

/** What is meant, with the mask where the journal has it: of a key or a value it can tell that there is one, and not which. */
const masked = (match: JournalMatch): JournalMatch => {
  const { body, headers } = match
  const spec: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "spec") : undefined
  return {
    ...match,
    ...(headers === undefined ? {} : {
      headers: Object.fromEntries(
        Object.entries(headers).map((
          [name, value]
        ) => [name.toLowerCase(), isSensitive(name.toLowerCase()) ? mask : value])
      )
    }),
    ...(typeof spec === "object" && spec !== null && "value" in spec
      ? { body: { ...body as object, spec: { ...spec, value: mask } } }
      : {})
  }
}

/**
 * Why a request is not the one that is meant: a line for each difference, none where it is.
 *
 * @since 0.1.0
 * @category matching
 */
export const differences = (entry: JournalEntry, meant: JournalMatch): ReadonlyArray<string> => {
  const lines: Array<string> = []
  const match = masked(meant)
  const compare = (field: string, expected: unknown, actual: unknown) => {
    if (expected !== undefined) {
      lines.push(...missing(expected, actual, field))
    }
  }
  compare("operation", match.operation, entry.operation)
  compare("method", match.method, entry.method)
  compare("path", match.path, entry.path)
  compare("query", match.query, entry.query)
  compare("headers", match.headers, entry.request.headers)
  compare("id", match.id, entry.id)
  compare("externalId", match.externalId, entry.externalId)
  compare("body", match.body, entry.request.body)
  compare("status", match.status, entry.response?.status)
  compare("requestId", match.requestId, entry.requestId)
  compare("fault", match.fault, entry.fault)
  return lines
}

interface Waiter {
  /** Takes a request in that was recorded. */
  readonly notify: (entry: JournalEntry) => void
  /** Begins anew, when the requests before are forgotten. */
  readonly forget: () => void
}

/**
 * How many can wait for requests of one journal at the same time: each request is held against what each of them waits for.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxWaiters = 100

const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`

/**
 * The number of the last request that ended. All journals of a server share it.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestNumbers {
  last: number
}

/**
 * The journal of a tenant: a ring of its last requests.
 *
 * @since 0.1.0
 * @category models
 */
export class Journal {
  readonly #size: number
  readonly #numbers: RequestNumbers
  readonly #ring: Array<Recorded> = []
  readonly #waiters = new Set<Waiter>()
  #recorded = 0
  #cleared = 0
  #epoch = 0

  constructor(size: number = defaultSize, numbers: RequestNumbers = { last: 0 }) {
    this.#size = size
    this.#numbers = numbers
  }

  /** How often it was reset. */
  get epoch(): number {
    return this.#epoch
  }

  /** How many requests it has dropped since it was made or cleared: those that came before the ones it holds. */
  get dropped(): number {
    return this.#recorded - this.#cleared - this.#ring.length
  }

  /**
   * Takes a request in whose answer is on its way, or will not come any more. Gives what it shows of it. One that came in before a reset is
   * not kept: nobody who reads the journal after it asked for it.
   */
  record(exchange: Exchange, answered: Answered | undefined): { readonly entry: JournalEntry } {
    if (exchange.epoch !== this.#epoch) {
      return new Recorded(0, 0, exchange, answered)
    }
    const at = (this.#recorded - this.#cleared) % this.#size
    this.#recorded++
    const recorded = new Recorded(++this.#numbers.last, this.#recorded, exchange, answered)
    if (this.#size > 0) {
      this.#ring[at] = recorded
    }
    if (this.#waiters.size > 0) {
      this.#notify(recorded)
    }
    return recorded
  }

  /** Forgets all requests, that it dropped some included. Sequences go on. */
  clear(): void {
    this.#ring.length = 0
    this.#cleared = this.#recorded
    this.#waiters.forEach((waiter) => waiter.forget())
  }

  /** Forgets all requests, and begins to count anew. */
  reset(): void {
    this.#ring.length = 0
    this.#cleared = 0
    this.#recorded = 0
    this.#epoch++
    this.#waiters.forEach((waiter) => waiter.forget())
  }

  /** The requests that fit, oldest first. */
  list(match: JournalMatch = {}): JournalPage {
    const entries = this.#all().filter((entry) => isMeant(entry, match))
    return { entries, dropped: this.dropped, overflowed: this.dropped > 0 }
  }

  /** The last requests after a number, newest first; at most `limit` of them. */
  since(number: number, limit: number): ReadonlyArray<RequestSummary> {
    const found: Array<RequestSummary> = []
    for (let back = 0; back < Math.min(limit, this.#ring.length); back++) {
      const recorded = this.#back(back)
      if (recorded === undefined || recorded.number <= number) {
        break
      }
      found.push(recorded.summary)
    }
    return found
  }

  /** The request of a number, where the journal holds it. */
  find(number: number): JournalEntry | undefined {
    return this.#ring.find((recorded) => recorded.number === number)?.entry
  }

  /** How many requests fit; an overflow when it has dropped some, and cannot know. */
  count(match: JournalMatch = {}): Either.Either<number, JournalOverflow> {
    return Either.map(this.#whole(match), (entries) => entries.length)
  }

  /** The requests that fit: at least one, or as many as `times` says. An overflow when it has dropped some, and cannot know. */
  expect(
    match: JournalMatch,
    { times }: { readonly times?: number | undefined } = {}
  ): Either.Either<ReadonlyArray<JournalEntry>, JournalMismatch | JournalOverflow> {
    return Either.filterOrLeft(
      this.#whole(match),
      (entries) => times === undefined ? entries.length > 0 : entries.length === times,
      () => this.mismatch(match, times)
    )
  }

  /**
   * Waits until as many requests fit as `times` says, one unless given, and gives them: those that came before included. Fails at once where
   * `maxWaiters` wait already.
   */
  waitFor(
    match: JournalMatch,
    { times = 1 }: { readonly times?: number | undefined } = {}
  ): Effect.Effect<ReadonlyArray<JournalEntry>, JournalMismatch> {
    return Effect.async<ReadonlyArray<JournalEntry>, JournalMismatch>((resume) => {
      let entries = this.list(match).entries
      if (entries.length >= times) {
        return resume(Effect.succeed(entries))
      }
      if (this.#waiters.size >= maxWaiters) {
        const message = `${maxWaiters} others wait for requests of this journal, and no more can`
        return resume(Effect.fail(new JournalMismatch({ message, found: entries.length, differences: [] })))
      }
      const waiter: Waiter = {
        notify: (entry) => {
          try {
            if (isMeant(entry, match)) {
              entries = [...entries, entry]
              if (entries.length >= times) {
                this.#waiters.delete(waiter)
                resume(Effect.succeed(entries))
              }
            }
          } catch (defect) {
            // It is the fault of who waits, and not of the request that is recorded.
            this.#waiters.delete(waiter)
            resume(Effect.die(defect))
          }
        },
        forget: () => {
          entries = []
        }
      }
      this.#waiters.add(waiter)
      return Effect.sync(() => this.#waiters.delete(waiter))
    })
  }

  /** Why an expectation is not met: the request that is nearest to it, and what differs. */
  mismatch(match: JournalMatch, times: number | undefined): JournalMismatch {
    const found = this.list(match).entries.length
    const all = this.#all()
    const near = all
      .filter((entry) => !isMeant(entry, match) && entry.sequence > (match.after ?? 0))
      .map((entry) => ({ entry, lines: differences(entry, match) }))
      .reduce<{ readonly entry: JournalEntry; readonly lines: ReadonlyArray<string> } | undefined>(
        (best, next) => best === undefined || next.lines.length <= best.lines.length ? next : best,
        undefined
      )
    const wanted = times === undefined ? "at least 1 request" : plural(times, "request")
    const seen = all.length === 0
      ? "nothing was asked"
      : near === undefined
      ? `all ${plural(all.length, "request")} fit`
      : [
        `the nearest is ${near.entry.method} ${near.entry.target} (${near.entry.requestId}):`,
        ...near.lines.map((line) => `  ${line}`)
      ].join("\n")
    return new JournalMismatch({
      message: `expected ${wanted} with ${show(masked(match))}, found ${found}; ${seen}`,
      found,
      nearest: near?.entry,
      differences: near?.lines ?? []
    })
  }

  #notify({ entry }: Recorded): void {
    for (const waiter of [...this.#waiters]) {
      waiter.notify(entry)
    }
  }

  #whole(match: JournalMatch): Either.Either<ReadonlyArray<JournalEntry>, JournalOverflow> {
    const { dropped, entries } = this.list(match)
    return dropped === 0 ? Either.right(entries) : Either.left(
      new JournalOverflow({
        dropped,
        message: `the journal has dropped ${plural(dropped, "request")} and cannot tell what happened: it holds ${
          plural(this.#size, "request")
        }; set another journalSize, or clear it in between`
      })
    )
  }

  /** The request so many before the last one. */
  #back(count: number): Recorded | undefined {
    return this.#ring[(this.#recorded - this.#cleared - 1 - count) % this.#size]
  }

  #all(): ReadonlyArray<JournalEntry> {
    const first = this.dropped > 0 ? (this.#recorded - this.#cleared) % this.#size : 0
    return [...this.#ring.slice(first), ...this.#ring.slice(0, first)].map(({ entry }) => entry)
  }
}

const isMeant = (entry: JournalEntry, match: JournalMatch): boolean =>
  entry.sequence > (match.after ?? 0) && differences(entry, match).length === 0
