/**
 * The journal: the requests of a tenant and their responses. It contains no values of secrets and no API keys.
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
import { maxRecorded, overhead } from "./Capacity.js"
import { OperationName } from "./Fault.js"

/**
 * The default number of requests that a journal keeps.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultSize = 1000

/**
 * Whether a number is a valid size of a journal: 0 to 100,000.
 *
 * @since 0.1.0
 * @category rules
 */
export const isSize = (size: number): boolean => Number.isInteger(size) && size >= 0 && size <= 100_000

/**
 * The text that replaces a value or a key.
 *
 * @since 0.1.0
 * @category constants
 */
export const mask = Redaction.mask

/** Longer bodies are not kept, to bound the memory of a journal. In characters. */
const MAX_BODY = 64 * 1024

const MAX_TARGET = 2048

/** Further query parameters of a request are not kept. */
const MAX_PARAMETERS = 50

/** What a label, a header or a query parameter takes besides its text, recorded and in the entry. In characters. */
const MEMBER = 150

/** How long requests are masked before others run, in milliseconds. */
const SLICE_MILLIS = 10

const Texts = Schema.Record({ key: Schema.String, value: Schema.String })

const Broken = oneOf("closed", "cut", "html", "halfJson", "empty")

/**
 * A request and its response.
 *
 * - `sequence`: the number of the request in its journal, from 1, in the order in which requests ended;
 * - `receivedAt`: by the tenant's clock; `durationMillis`: in real time;
 * - `operation`, `id`, `externalId`: set if the path belongs to an operation, and addresses a secret;
 * - `target`, `path`, `query`: of a request with more than 50 query parameters, the first 50; of a long text, the first 2,048
 *   characters. Values of unknown parameters are masked;
 * - `request.body`: set if the operation read a body; without fields that the API ignores;
 * - `response`: absent if the client closed the connection first; `broken`: what a fault did to it;
 * - `fault`: the name of the applied fault rule;
 * - `bodiesOmitted`: a body had more than 64 KiB, so the bodies were not kept.
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
 * A request in a list of all requests: without headers and bodies.
 *
 * - `number`: the number of the request among those of all tenants, from 1, in the order in which requests ended;
 * - `tenant`: the id of the tenant; absent if the key was missing, malformed or unknown.
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
 * Requests of a server, oldest first. Pass `next` as `after` to get later requests. `dropped` is the number of requests that the journals
 * have dropped.
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
 * A filter for requests. A request matches if all given fields match.
 *
 * @since 0.1.0
 * @category schemas
 */
export const JournalMatch = struct("JournalMatch", {
  operation: Schema.optional(OperationName),
  method: Schema.optional(NonEmptyText),
  /** The path as sent, without the query. */
  path: Schema.optional(NonEmptyText),
  /** Query parameters, with decoded values. The request may have others. */
  query: Schema.optional(Texts),
  /** Headers of the request. The request may have others. For a header that may hold a key, only its presence is compared. */
  headers: Schema.optional(Texts),
  /** The id in the path. */
  id: Schema.optional(NonEmptyText),
  /** The external id in the path. */
  externalId: Schema.optional(NonEmptyText),
  /** Fields of the request's body. The body may have others. For `spec.value`, only its presence is compared. */
  body: Schema.optional(Schema.Unknown),
  /** The HTTP status of the response. */
  status: Schema.optional(Natural),
  requestId: Schema.optional(NonEmptyText),
  /** The name of the applied fault rule. */
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
 * Matching requests, oldest first. `dropped` is the number of earlier requests that the journal has dropped, matching or not. If it is not
 * 0, `overflowed` is true and the list may be incomplete.
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
 * An expectation is not met. `found` is the number of matching requests, `nearest` the closest other request, and `differences` has a line
 * for each difference of it.
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
 * The journal has dropped requests, so it cannot tell how many match.
 *
 * @since 0.1.0
 * @category errors
 */
export class JournalOverflow extends Schema.TaggedError<JournalOverflow>()("JournalOverflow", {
  message: Schema.String,
  dropped: Schema.Int
}) {}

/**
 * Encodes an operation's request and response bodies.
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
 * A request while it is handled, for the journal. Recording it drops the values of secrets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Exchange {
  readonly requestId: string
  readonly receivedAt: number
  readonly startedAt: number
  /** The epoch of the journal when the request came in. */
  readonly epoch: number
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  operation: Described | undefined
  /** The reference in the path: an id, or `external_id:` and an external id. */
  ref: string | undefined
  /** The size of the request's body, in bytes. */
  requestSize: number
  /** The decoded body of the request. */
  payload: unknown
  /** The decoded result of the operation. */
  success: unknown
  /** The body of an error. */
  failure: unknown
  /** The name of the applied fault rule. */
  fault: string | undefined
}

/**
 * A response, for the journal.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The length of the body, in characters. */
  readonly size: number
  readonly broken: "closed" | "cut" | "html" | "halfJson" | "empty" | undefined
}

/** Replaces a value: the journal shows that there is one, but not which. */
const HIDDEN = { value: Redacted.make(mask) }
const NONE = {}

const specOf = (spec: { readonly value?: unknown }) => spec.value === undefined ? NONE : HIDDEN

/**
 * Masks the values of a page.
 *
 * @since 0.1.0
 * @category conversions
 */
export const maskValues = ({ items, pagination }: WorkspaceSecretPage): WorkspaceSecretPage =>
  new WorkspaceSecretPage({
    items: items.map((item) => new WorkspaceSecret({ ...item, spec: specOf(item.spec) }, true)),
    pagination
  }, true)

/** Copies a body without its values, so that no reference to a value stays. */
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

/** Whether a header may hold credentials. */
const isSensitive = (name: string): boolean =>
  name !== "idempotency-key" && /auth|cookie|key|token|secret|password|credential|signature|session/.test(name)

/** Masks the API key of a request in any text, in every encoding that `Redaction` knows. */
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

/** Cuts a long text, and no surrogate pair: `encodeURIComponent` throws at half of one. */
const cut = (text: string): string =>
  text.length > MAX_TARGET ? `${text.slice(0, MAX_TARGET).replace(/[\ud800-\udbff]$/, "")}…` : text

const headersOf = (headers: Exchange["headers"], scrub: (text: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name, isSensitive(name) ? mask : scrub(typeof value === "string" ? value : value.join(", "))]]
    )
  )

const REF = "external_id:"

const sizeOfHeaders = (headers: Exchange["headers"]): number => {
  let size = 0
  for (const name in headers) {
    const value = headers[name]
    size += MEMBER + name.length + (typeof value === "string" ? value.length : value?.join("").length ?? 0)
  }
  return size
}

const sizeOfTarget = (target: string): number => {
  let size = target.length
  for (let at = target.indexOf("?"); at !== -1; at = target.indexOf("&", at + 1)) {
    size += MEMBER
  }
  return size
}

/**
 * How many members an object and the objects in it have.
 *
 * @since 0.1.0
 * @category conversions
 */
export const membersIn = (value: unknown): number =>
  typeof value === "object" && value !== null
    ? Object.values(value).reduce<number>((sum, member) => sum + 1 + membersIn(member), 0)
    : 0

const labelsIn = (body: unknown): number => {
  if (body instanceof WorkspaceSecretPage) {
    return body.items.reduce((sum, item) => sum + labelsIn(item), 0)
  }
  const { metadata } = body as { readonly metadata?: { readonly labels?: object | undefined } | undefined }
  return metadata?.labels === undefined ? 0 : Object.keys(metadata.labels).length
}

/** What the bodies of a request take in memory, in characters. */
const sizeOfBodies = ({ failure, payload, requestSize, success }: Exchange, answered: Answered | undefined): number => {
  const members = (payload === undefined ? 0 : labelsIn(payload)) + (success === undefined ? 0 : labelsIn(success))
    + (failure === undefined ? 0 : membersIn(failure))
  return requestSize + (answered?.size ?? 0) + MEMBER * members
}

/**
 * A recorded request, for a list of requests. Its summary is made when it is read.
 *
 * @since 0.1.0
 * @category models
 */
export interface Listed {
  readonly number: number
  readonly summary: RequestSummary
}

type Head = Pick<
  JournalEntry,
  "sequence" | "requestId" | "receivedAt" | "durationMillis" | "method" | "target" | "path" | "query"
>

/** The raw headers are private; the redacted entry is made when it is first read. */
class Recorded implements Listed {
  readonly journal: Journal
  readonly number: number
  readonly sequence: number
  /** What it takes in memory, in characters. */
  readonly size: number
  readonly #exchange: Exchange
  readonly #answered: Answered | undefined
  readonly #duration: number
  readonly #isLarge: boolean
  #entry: JournalEntry | undefined
  #head: Head | undefined

  constructor(
    journal: Journal,
    number: number,
    sequence: number,
    exchange: Exchange,
    answered: Answered | undefined
  ) {
    this.journal = journal
    this.number = number
    this.sequence = sequence
    this.#exchange = exchange
    this.#answered = answered
    this.#duration = performance.now() - exchange.startedAt
    this.#isLarge = exchange.requestSize > MAX_BODY || (answered?.size ?? 0) > MAX_BODY
    exchange.payload = this.#isLarge ? undefined : withoutValues(exchange.payload)
    exchange.success = this.#isLarge ? undefined : withoutValues(exchange.success)
    exchange.failure = this.#isLarge ? undefined : exchange.failure
    this.size = overhead + sizeOfTarget(exchange.target) + sizeOfHeaders(exchange.headers)
      + (this.#isLarge ? 0 : sizeOfBodies(exchange, answered))
  }

  get entry(): JournalEntry {
    return this.#entry ??= this.#look()
  }

  /** The parts of the entry that a list has, too. */
  get head(): Head {
    return this.#head ??= this.#lookAtHead(this.#scrubber())
  }

  /** The entry of a list. */
  get summary(): RequestSummary {
    const { fault, operation } = this.#exchange
    const { durationMillis, method, receivedAt, requestId, sequence, target } = this.head
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

  #lookAtHead(scrub: Redaction.Mask): Head {
    const { method, receivedAt, requestId, target } = this.#exchange
    const mark = target.indexOf("?")
    const path = cut(scrub(mark === -1 ? target : target.slice(0, mark)))
    const query = Object.fromEntries(
      [...new URLSearchParams(mark === -1 ? "" : target.slice(mark))].slice(0, MAX_PARAMETERS).map(([name, value]) => [
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
      target: search.length === 0 ? path : cut(`${path}?${search.join("&")}`),
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
      ...this.head,
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

/** The differences of a body, one line each. */
const missing = (expected: unknown, actual: unknown, path: string): ReadonlyArray<string> => {
  if (typeof expected === "object" && expected !== null && typeof actual === "object" && actual !== null) {
    return Object.entries(expected).flatMap(([name, value]) =>
      missing(value, Reflect.get(actual, name), Array.isArray(expected) ? `${path}[${name}]` : `${path}.${name}`)
    )
  }
  return Object.is(expected, actual) ? [] : [`${path}: expected ${show(expected)}, was ${show(actual)}`]
}

/** Masks the same values in a filter as in the journal, so that only their presence is compared. */
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
 * The differences between a request and a filter, one line each. Empty if it matches.
 *
 * @since 0.1.0
 * @category matching
 */
export const differences = (entry: JournalEntry, match: JournalMatch): ReadonlyArray<string> =>
  differencesOf(entry, masked(match))

const differencesOf = (entry: JournalEntry, match: JournalMatch): ReadonlyArray<string> => {
  const lines: Array<string> = []
  const compare = (field: string, expected: unknown, actual: unknown) => {
    if (expected !== undefined) {
      missing(expected, actual, field).forEach((line) => lines.push(line))
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
  /** Called for each recorded request. */
  readonly notify: (recorded: Recorded) => void
  /** Called when the journal is cleared. */
  readonly forget: () => void
}

/**
 * The maximum number of concurrent waits on a journal, because every request is matched against all of them.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxWaiters = 100

const noHold = "the requests that waiters hold are too large together: wait for fewer of them"

const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`

/**
 * The requests in all journals of a server, in the order in which they ended. If they exceed `maximum` characters together, their journals
 * drop the oldest, whoever sent them.
 *
 * @since 0.1.0
 * @category models
 */
export class Requests {
  /** The number of the last request that ended. */
  last = 0
  readonly #maximum: number
  readonly #kept = new Set<Recorded>()
  #size = 0
  #held = 0

  constructor(maximum: number = maxRecorded) {
    this.#maximum = maximum
  }

  /** The characters of all requests. */
  get size(): number {
    return this.#size
  }

  /** @internal */
  add(recorded: Recorded): void {
    this.#kept.add(recorded)
    this.#size += recorded.size
    if (this.#size > this.#maximum) {
      this.#shrink()
    }
  }

  /** @internal */
  remove(recorded: Recorded): void {
    if (this.#kept.delete(recorded)) {
      this.#size -= recorded.size
    }
  }

  /**
   * Counts characters of requests that waiters hold, also after their journal has dropped them. False if they are too many together.
   *
   * @internal
   */
  hold(size: number): boolean {
    this.#held += size
    return this.#held <= this.#maximum
  }

  #shrink(): void {
    for (const oldest of this.#kept) {
      if (this.#size <= this.#maximum) {
        return
      }
      this.remove(oldest)
      oldest.journal.drop(oldest)
    }
  }
}

/**
 * The journal of a tenant: a ring buffer of its last requests. It has fewer if the journals of the server are too large together.
 *
 * @since 0.1.0
 * @category models
 */
export class Journal {
  readonly #size: number
  readonly #requests: Requests
  /** A request that was dropped before others of the ring leaves its place empty. */
  readonly #ring: Array<Recorded | undefined> = []
  #emptied = 0
  #isCounted = true
  readonly #waiters = new Set<Waiter>()
  #recorded = 0
  #cleared = 0
  #epoch = 0

  constructor(size: number = defaultSize, requests: Requests = new Requests()) {
    this.#size = size
    this.#requests = requests
  }

  /** How often the journal was reset. */
  get epoch(): number {
    return this.#epoch
  }

  /** How many requests it has dropped since it was created or cleared: the oldest ones. */
  get dropped(): number {
    return this.#recorded - this.#cleared - this.#ring.length + this.#emptied
  }

  /**
   * Records a request with its response; without one if the client closed the connection. Returns its entry. A request that came in before
   * the last reset is not kept.
   */
  record(exchange: Exchange, answered: Answered | undefined): { readonly entry: JournalEntry } {
    if (exchange.epoch !== this.#epoch) {
      return new Recorded(this, 0, 0, exchange, answered)
    }
    const at = this.#placeOf(++this.#recorded)
    const recorded = new Recorded(this, ++this.#requests.last, this.#recorded, exchange, answered)
    if (this.#size > 0) {
      if (this.#ring.length === this.#size) {
        this.#leave(this.#ring[at])
      }
      this.#ring[at] = recorded
      if (this.#isCounted) {
        this.#requests.add(recorded)
      }
    }
    if (this.#waiters.size > 0) {
      this.#notify(recorded)
    }
    return recorded
  }

  /** Removes all requests, and sets `dropped` to 0. Sequences continue. */
  clear(): void {
    this.#empty()
    this.#cleared = this.#recorded
    this.#waiters.forEach((waiter) => waiter.forget())
  }

  /** Removes all requests. Sequences start again at 1. */
  reset(): void {
    this.#empty()
    this.#cleared = 0
    this.#recorded = 0
    this.#epoch++
    this.#waiters.forEach((waiter) => waiter.forget())
  }

  /**
   * Drops a request, because the journals of the server are too large together.
   *
   * @internal
   */
  drop({ sequence }: Recorded): void {
    this.#ring[this.#placeOf(sequence)] = undefined
    this.#emptied++
  }

  /**
   * Counts its requests among those of the server.
   *
   * @internal
   */
  attach(): void {
    if (!this.#isCounted) {
      this.#isCounted = true
      this.#all().forEach((recorded) => this.#requests.add(recorded))
    }
  }

  /**
   * Does not count its requests any more: the tenant was removed, so only the tenant's handle can read them.
   *
   * @internal
   */
  detach(): void {
    this.#isCounted = false
    this.#ring.forEach((recorded) => recorded !== undefined && this.#requests.remove(recorded))
  }

  /** Masks the requests that were not read before. Other requests run in between, because a large request takes long. */
  get prepare(): Effect.Effect<void> {
    return Effect.asVoid(Effect.suspend(() => inSlices(this.#all(), entryOf)))
  }

  /** The matching requests, oldest first. */
  list(match: JournalMatch = {}): JournalPage {
    const entries = this.#matching(match).map(entryOf)
    return { entries, dropped: this.dropped, overflowed: this.dropped > 0 }
  }

  /** The last requests after a number, newest first, at most `limit`. */
  since(number: number, limit: number): ReadonlyArray<Listed> {
    const found: Array<Listed> = []
    for (let back = 0; back < Math.min(limit, this.#ring.length); back++) {
      const recorded = this.#back(back)
      if (recorded === undefined || recorded.number <= number) {
        break
      }
      found.push(recorded)
    }
    return found
  }

  /** A request by its number, if the journal holds it. */
  find(number: number): JournalEntry | undefined {
    return this.#ring.find((recorded) => recorded?.number === number)?.entry
  }

  /** The number of matching requests. Fails if the journal has dropped requests. */
  count(match: JournalMatch = {}): Either.Either<number, JournalOverflow> {
    return Either.map(this.#whole(match), (entries) => entries.length)
  }

  /** The matching requests: at least one, or exactly `times`. Fails otherwise, and if the journal has dropped requests. */
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
   * Waits until `times` requests match (default: 1), and returns them. Earlier requests count, too. Fails at once if `maxWaiters` others
   * wait, and when the requests that all of them hold take more memory than those of all journals may.
   */
  waitFor(
    match: JournalMatch,
    { times = 1 }: { readonly times?: number | undefined } = {}
  ): Effect.Effect<ReadonlyArray<JournalEntry>, JournalMismatch> {
    return Effect.async<ReadonlyArray<JournalEntry>, JournalMismatch>((resume) => {
      const isMatch = matcher(match)
      let found = this.#all().filter(isMatch)
      if (found.length >= times) {
        return resume(Effect.succeed(found.map(entryOf)))
      }
      const fail = (message: string) =>
        resume(Effect.fail(new JournalMismatch({ message, found: found.length, differences: [] })))
      if (this.#waiters.size >= maxWaiters) {
        return fail(`${maxWaiters} others wait for requests of this journal, which is the maximum`)
      }
      let held = found.reduce((sum, { size }) => sum + size, 0)
      if (!this.#requests.hold(held)) {
        this.#requests.hold(-held)
        return fail(noHold)
      }
      const forget = () => {
        found = []
        this.#requests.hold(-held)
        held = 0
      }
      const end = () => {
        this.#waiters.delete(waiter)
        forget()
      }
      const waiter: Waiter = {
        notify: (recorded) => {
          try {
            if (isMatch(recorded)) {
              found.push(recorded)
              held += recorded.size
              const hasRoom = this.#requests.hold(recorded.size)
              if (found.length >= times) {
                resume(Effect.succeed(found.map(entryOf)))
                end()
              } else if (!hasRoom) {
                fail(noHold)
                end()
              }
            }
          } catch (defect) {
            // An invalid filter fails its waiter, not the request.
            resume(Effect.die(defect))
            end()
          }
        },
        forget
      }
      this.#waiters.add(waiter)
      return Effect.sync(end)
    })
  }

  /** The error of an expectation that is not met, with the closest request and its differences. */
  mismatch(match: JournalMatch, times: number | undefined): JournalMismatch {
    const meant = masked(match)
    const all = this.#all()
    const compared = all
      .filter(({ sequence }) => sequence > (match.after ?? 0))
      .map(({ entry }) => ({ entry, lines: differencesOf(entry, meant) }))
    const found = compared.filter(({ lines }) => lines.length === 0).length
    const near = compared
      .filter(({ lines }) => lines.length > 0)
      .reduce<{ readonly entry: JournalEntry; readonly lines: ReadonlyArray<string> } | undefined>(
        (best, next) => best === undefined || next.lines.length <= best.lines.length ? next : best,
        undefined
      )
    const wanted = times === undefined ? "at least 1 request" : plural(times, "request")
    const seen = all.length === 0
      ? "there were no requests"
      : near === undefined
      ? `all ${plural(all.length, "request")} match`
      : [
        `the closest is ${near.entry.method} ${near.entry.target} (${near.entry.requestId}):`,
        ...near.lines.map((line) => `  ${line}`)
      ].join("\n")
    return new JournalMismatch({
      message: `expected ${wanted} with ${show(meant)}, found ${found}; ${seen}`,
      found,
      nearest: near?.entry,
      differences: near?.lines ?? []
    })
  }

  #notify(recorded: Recorded): void {
    for (const waiter of [...this.#waiters]) {
      waiter.notify(recorded)
    }
  }

  #whole(match: JournalMatch): Either.Either<ReadonlyArray<JournalEntry>, JournalOverflow> {
    const { dropped, entries } = this.list(match)
    return dropped === 0 ? Either.right(entries) : Either.left(
      new JournalOverflow({
        dropped,
        message: `the journal has dropped ${plural(dropped, "request")} and cannot tell how many matched: ${
          this.#emptied === 0
            ? `it keeps ${plural(this.#size, "request")}; set a larger journalSize, or clear the journal in between`
            : "the journals of the server are too large together; clear them in between, or give Node a larger heap"
        }`
      })
    )
  }

  /** The request `count` before the last one. */
  #back(count: number): Recorded | undefined {
    return this.#ring[this.#placeOf(this.#recorded - count)]
  }

  #placeOf(sequence: number): number {
    return (sequence - this.#cleared - 1) % this.#size
  }

  /** Takes account of a request that leaves the ring, or of its empty place. */
  #leave(recorded: Recorded | undefined): void {
    if (recorded === undefined) {
      this.#emptied--
    } else {
      this.#requests.remove(recorded)
    }
  }

  #empty(): void {
    this.#ring.forEach((recorded) => this.#leave(recorded))
    this.#ring.length = 0
  }

  #all(): Array<Recorded> {
    const first = this.#ring.length < this.#size ? 0 : this.#placeOf(this.#recorded + 1)
    return [...this.#ring.slice(first), ...this.#ring.slice(0, first)].filter((recorded) => recorded !== undefined)
  }

  #matching(match: JournalMatch): ReadonlyArray<Recorded> {
    return this.#all().filter(matcher(match))
  }
}

/** A function that tells whether a request matches. */
const matcher = (match: JournalMatch): (recorded: Recorded) => boolean => {
  const meant = masked(match)
  return ({ entry }) => entry.sequence > (match.after ?? 0) && differencesOf(entry, meant).length === 0
}

const entryOf = ({ entry }: Recorded): JournalEntry => entry

/** Lets other requests run. */
const pause = Effect.async<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

/** Maps items, with a pause after each `SLICE_MILLIS`. */
const inSlices = <A, B>(
  items: ReadonlyArray<A>,
  f: (item: A) => B,
  done: Array<B> = []
): Effect.Effect<ReadonlyArray<B>> =>
  Effect.suspend(() => {
    const until = performance.now() + SLICE_MILLIS
    for (const item of items.slice(done.length)) {
      if (performance.now() >= until) {
        return Effect.zipRight(pause, inSlices(items, f, done))
      }
      done.push(f(item))
    }
    return Effect.succeed(done)
  })

/**
 * The summaries of requests. Other requests run in between, because a large request takes long.
 *
 * @since 0.1.0
 * @category conversions
 */
export const summaries = (requests: ReadonlyArray<Listed>): Effect.Effect<ReadonlyArray<RequestSummary>> =>
  inSlices(requests, ({ summary }) => summary)
