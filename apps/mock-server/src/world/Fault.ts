/**
 * Faults: rules by which a tenant's requests fail, wait or break, on demand.
 *
 * @since 0.1.0
 */
import * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import type { RpcCodeName } from "@workspace-secrets/core/RpcCode"
import { nameOf, RpcCode } from "@workspace-secrets/core/RpcCode"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { array, expected, NonEmptyText, number, oneOf, strict, struct } from "../input/StrictSchema.js"
import { maxMillis } from "./TenantClock.js"

/**
 * The operations of the API by the names that rules and the journal have for them. Both path layouts share them.
 *
 * @since 0.1.0
 * @category schemas
 */
export const OperationName = oneOf("list", "create", "get", "update", "delete", "whoami")

/**
 * @since 0.1.0
 * @category schemas
 */
export type OperationName = typeof OperationName.Type

/** Those that have an id in their path. */
const ADDRESSED: ReadonlyArray<OperationName> = ["get", "update", "delete"]

const codes = [...new Set(ErrorTable.rows.map(({ code }) => nameOf(code)))].filter((name) => name !== undefined)

const CodeName = Schema.declare((u): u is RpcCodeName => codes.some((code) => code === u)).annotations({
  ...expected(codes.join(", ")),
  identifier: "RpcCodeName",
  jsonSchema: { type: "string", enum: codes }
})

const statusesOf = (code: RpcCodeName): ReadonlyArray<number> => [
  ...new Set(ErrorTable.rows.filter((row) => row.code === RpcCode[code]).map(({ status }) => status))
]

const MAX_DELAY = 3_600_000

/** The most rules of a tenant: each request is held against all of them. */
const MAX_RULES = 100

/** The most characters of an error's message, and of its details as JSON: every answer that it hits has them. */
const MAX_MESSAGE = 4096
const MAX_DETAILS = 64 * 1024

const lengthOf = (details: unknown): number => {
  try {
    return JSON.stringify(details).length
  } catch {
    return Infinity
  }
}

const Positive = number("a whole number from 1 to 2^53 - 1", (n) => Number.isSafeInteger(n) && n >= 1, {
  type: "integer",
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER
})

/**
 * An error to answer with: a row of the error table (WIRE.md, Errors) and what goes with it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FaultError = struct("FaultError", {
  /** The google.rpc.Code by its name, `UNAVAILABLE`. */
  code: CodeName,
  /** The HTTP status, for a code that has several rows; the first of its rows unless given. */
  status: Schema.optional(number("an HTTP status", Number.isInteger, { type: "integer" })),
  /** What the error says; else that it was asked for. */
  message: Schema.optional(Schema.String.annotations(expected("a string"))),
  /** The details of google.rpc.Status, written as they are; none unless given. */
  details: Schema.optional(array(
    Schema.Struct({ "@type": NonEmptyText }, { key: Schema.String, value: Schema.Unknown }).annotations({
      message: () => "Expected an object with an @type"
    })
  )),
  /** The `Retry-After` header, in seconds; none unless given. */
  retryAfter: Schema.optional(
    number("a whole number of seconds, 0 to 2147483647", (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 31, {
      type: "integer",
      minimum: 0
    })
  ),
  /** How `Retry-After` is written: in seconds, unless it is to be a date, by the tenant's clock. */
  retryAfterAs: Schema.optional(oneOf("seconds", "date"))
}).pipe(
  Schema.filter(({ code, details = [], message = "", retryAfter, retryAfterAs, status }) => {
    const statuses = statusesOf(code)
    return [
      ...(message.length > MAX_MESSAGE
        ? [{ path: ["message"], message: `Expected at most ${MAX_MESSAGE} characters` }]
        : []),
      ...(lengthOf(details) > MAX_DETAILS
        ? [{ path: ["details"], message: `Expected JSON of at most ${MAX_DETAILS} characters` }]
        : []),
      ...(status === undefined || statuses.includes(status)
        ? []
        : [{ path: ["status"], message: `${code} travels as ${statuses.join(" or ")}` }]),
      ...(retryAfterAs === undefined || retryAfter !== undefined
        ? []
        : [{ path: ["retryAfterAs"], message: "There is no retryAfter to write" }])
    ]
  }, { identifier: "FaultError" })
)

/**
 * @since 0.1.0
 * @category schemas
 */
export type FaultError = typeof FaultError.Type

/**
 * A rule: which requests it is for, which of them it hits, and what becomes of those. A request is hit by the first rule that is for it and has
 * its turn; every rule that is for it counts it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FaultRule = struct("FaultRule", {
  /** What the journal calls it; else `faults[0]` by its place. */
  name: Schema.optional(NonEmptyText),
  /** The operation, or several; any unless given. */
  operation: Schema.optional(
    Schema.Union(
      OperationName,
      Schema.Array(OperationName).pipe(Schema.filter((names) => names.length > 0))
    ).annotations(expected("an operation, or an array of them: list, create, get, update, delete or whoami"))
  ),
  /** The id of the secret, however the request names it. */
  id: Schema.optional(NonEmptyText),
  /** The external id of the secret, however the request names it. */
  externalId: Schema.optional(NonEmptyText),
  /** The first request that it hits, counted from 1, among those that it is for; the first unless given. */
  nth: Schema.optional(Positive),
  /** How many it hits; without an end unless given, once where there is an `nth`. */
  times: Schema.optional(Positive),
  /** How likely it hits one that has its turn, by the tenant's chance: above 0, and at most 1, which it is unless given. */
  probability: Schema.optional(
    number("a number above 0 and at most 1", (n) => n > 0 && n <= 1, { exclusiveMinimum: 0, maximum: 1 })
  ),
  /** Whether delay, error and close come before the operation, which is then not run, or after its change was made. Before unless given. */
  when: Schema.optional(oneOf("before", "after")),
  /** How long the answer is held back, in milliseconds of the process, at most an hour. */
  delayMillis: Schema.optional(
    number(
      `a whole number of milliseconds, 1 to ${MAX_DELAY}`,
      (n) => Number.isInteger(n) && n >= 1 && n <= MAX_DELAY,
      {
        type: "integer",
        minimum: 1,
        maximum: MAX_DELAY
      }
    )
  ),
  /** An error in the place of the answer. */
  error: Schema.optional(FaultError),
  /** Closes the connection instead of answering. */
  close: Schema.optional(Schema.Literal(true).annotations(expected("true"))),
  /**
   * What becomes of the body of the answer, that of `error` included: `cut` ends the connection in the middle of it; `html`, `halfJson` and `empty`
   * take its place, under the answer's own status.
   */
  body: Schema.optional(oneOf("cut", "html", "halfJson", "empty"))
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type FaultRule = typeof FaultRule.Type

const operationsOf = ({ externalId, id, operation }: FaultRule): ReadonlyArray<OperationName> | undefined =>
  operation !== undefined ? [operation].flat() : id !== undefined || externalId !== undefined ? ADDRESSED : undefined

const problemsOf = (rule: FaultRule): ReadonlyArray<FieldViolation.FieldViolation> => {
  const problems: Array<FieldViolation.FieldViolation> = []
  const say = (field: string, description: string) => problems.push({ field, description })
  for (const field of ["id", "externalId"] as const) {
    if (rule[field] !== undefined) {
      for (const operation of operationsOf(rule) ?? []) {
        if (!ADDRESSED.includes(operation)) {
          say(field, `Can never match: ${operation} has no id in its path; only get, update and delete have`)
        }
      }
    }
  }
  if (rule.id?.startsWith("external_id:") === true) {
    say("id", "Can never match: an id does not begin with external_id:; give what follows it as externalId")
  }
  if (
    rule.delayMillis === undefined && rule.error === undefined && rule.close === undefined && rule.body === undefined
  ) {
    say("", "Does nothing: give it a delayMillis, an error, close or a body")
  }
  if (rule.close !== undefined && rule.error !== undefined) {
    say("close", "Leaves no answer for an error: give one of the two")
  }
  if (rule.close !== undefined && rule.body !== undefined) {
    say("close", "Leaves no answer for a body: give one of the two")
  }
  if (
    rule.when !== undefined && rule.delayMillis === undefined && rule.error === undefined && rule.close === undefined
  ) {
    say("when", "Says when delay, error or close come, and there is none")
  }
  return problems
}

/** Whether one rule hits all that another is for, before the other has its turn. */
const hides = (self: FaultRule, that: FaultRule): boolean => {
  const own = operationsOf(self)
  const others = operationsOf(that)
  return self.nth === undefined && self.times === undefined && (self.probability ?? 1) === 1
    && (own === undefined || (others !== undefined && others.every((operation) => own.includes(operation))))
    && (self.id === undefined || self.id === that.id)
    && (self.externalId === undefined || self.externalId === that.externalId)
}

const decode = strict(array(FaultRule))

/**
 * Reads rules, as JSON or as code gives them. What is left are all the things that are wrong, each with its field: what is no rule, what can never
 * match, what can never have its turn.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (input: unknown): Either.Either<ReadonlyArray<FaultRule>, ReadonlyArray<string>> =>
  Array.isArray(input) && input.length > MAX_RULES
    ? Either.left([`faults: Expected at most ${MAX_RULES} rules`])
    : Either.match(decode(input), {
      onLeft: (violations) =>
        Either.left(
          violations.map((violation) => FieldViolation.format({ ...violation, field: `faults${violation.field}` }))
        ),
      onRight: (rules) => {
        const problems = rules.flatMap((rule, i) => {
          const before = rules.findIndex((other, j) => j < i && hides(other, rule))
          return [
            ...problemsOf(rule),
            ...(before === -1
              ? []
              : [{ field: "", description: `Can never match: faults[${before}] hits every request that it is for` }])
          ].map(({ description, field }) =>
            FieldViolation.format({ field: field === "" ? `faults[${i}]` : `faults[${i}].${field}`, description })
          )
        })
        return problems.length > 0 ? Either.left(problems) : Either.right(rules)
      }
    })

/**
 * A rule, how many requests it was for since it was put, and how many of them it hit.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FaultStatus = struct("FaultStatus", {
  name: Schema.String,
  rule: FaultRule,
  calls: Schema.Int,
  hits: Schema.Int
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type FaultStatus = typeof FaultStatus.Type

/**
 * Rules that a test put and that hit nothing.
 *
 * @since 0.1.0
 * @category errors
 */
export class FaultsNotHit extends Schema.TaggedError<FaultsNotHit>()("FaultsNotHit", {
  faults: Schema.Array(FaultStatus),
  message: Schema.String
}) {}

/**
 * What a request is, for a rule.
 *
 * @since 0.1.0
 * @category models
 */
export interface Subject {
  readonly operation: string
  readonly id: string | undefined
  readonly externalId: string | undefined
}

/**
 * A rule that hit, by its name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Hit {
  readonly name: string
  readonly rule: FaultRule
}

interface Counted extends Hit {
  readonly operations: ReadonlyArray<string> | undefined
  calls: number
  hits: number
}

const countedOf = (name: string, rule: FaultRule): Counted => ({
  name,
  rule,
  operations: operationsOf(rule),
  calls: 0,
  hits: 0
})

/**
 * The rules of a tenant at one moment, and how many requests each was for and hit. While the rules stay, `rules` is the same array.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultsState {
  readonly rules: ReadonlyArray<Hit>
  readonly counts: ReadonlyArray<readonly [calls: number, hits: number]>
}

/**
 * The rules of a tenant, and their counts.
 *
 * @since 0.1.0
 * @category models
 */
export class Faults {
  #rules: ReadonlyArray<Counted> = []
  readonly #chance: () => number

  constructor(chance: () => number) {
    this.#chance = chance
  }

  /** Whether there are none, so that a request need not ask. */
  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /** Puts rules in the place of those that are there; counts begin at 0. */
  put(rules: ReadonlyArray<FaultRule>): void {
    this.#rules = rules.map((rule, i) => countedOf(rule.name ?? `faults[${i}]`, rule))
  }

  /** Adds rules behind those that are there, whose counts go on. */
  add(rules: ReadonlyArray<FaultRule>): void {
    const names = new Set(this.#rules.map(({ name }) => name))
    this.#rules = [
      ...this.#rules,
      ...rules.map((rule) => {
        let i = this.#rules.length
        while (rule.name === undefined && names.has(`faults[${i}]`)) {
          i++
        }
        const name = rule.name ?? `faults[${i}]`
        names.add(name)
        return countedOf(name, rule)
      })
    ]
  }

  /** Removes the rules of a name. The counts of the others go on. False where there is none. */
  remove(name: string): boolean {
    const before = this.#rules.length
    this.#rules = this.#rules.filter((rule) => rule.name !== name)
    return this.#rules.length < before
  }

  /** The rules, with their counts. */
  get status(): ReadonlyArray<FaultStatus> {
    return this.#rules.map(({ calls, hits, name, rule }) => ({ calls, hits, name, rule }))
  }

  /** What `restore` takes back. */
  get state(): FaultsState {
    return { rules: this.#rules, counts: this.#rules.map(({ calls, hits }) => [calls, hits] as const) }
  }

  /** Puts rules and their counts back. */
  restore({ counts, rules }: FaultsState): void {
    this.#rules = rules.map(({ name, rule }, i) => {
      const [calls, hits] = counts[i] ?? [0, 0]
      return { ...countedOf(name, rule), calls, hits }
    })
  }

  /** Counts a request, and gives the rule that hits it. */
  hit(subject: Subject): Hit | undefined {
    let found: Counted | undefined
    for (const counted of this.#rules) {
      const { operations, rule } = counted
      if (
        (operations === undefined || operations.includes(subject.operation))
        && (rule.id === undefined || rule.id === subject.id)
        && (rule.externalId === undefined || rule.externalId === subject.externalId)
      ) {
        counted.calls++
        if (found === undefined && this.#hasItsTurn(counted)) {
          counted.hits++
          found = counted
        }
      }
    }
    return found
  }

  #hasItsTurn({ calls, hits, rule: { nth, probability = 1, times } }: Counted): boolean {
    return calls >= (nth ?? 1)
      && hits < (times ?? (nth === undefined ? Infinity : 1))
      && (probability === 1 || this.#chance() < probability)
  }
}

/**
 * An error of a rule as an answer: its HTTP status, headers and body.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toResponse = (
  { code, details = [], message = "a fault that a test asked for", retryAfter, retryAfterAs, status }: FaultError,
  now: number
) => ({
  status: status ?? statusesOf(code)[0] ?? 500,
  headers: {
    ...(code === "UNAUTHENTICATED" ? { "www-authenticate": "Bearer" } : {}),
    ...(retryAfter === undefined
      ? {}
      : {
        "retry-after": retryAfterAs === "date"
          ? new Date(Math.min(now + retryAfter * 1000, maxMillis)).toUTCString()
          : String(retryAfter)
      })
  } as Readonly<Record<string, string>>,
  body: { code: RpcCode[code], message, details }
})

/**
 * What stands in the place of a body.
 *
 * @since 0.1.0
 * @category constants
 */
export const garbage = {
  html: {
    contentType: "text/html",
    body: "<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n"
  },
  halfJson: { contentType: "application/json", body: "{\"metadata\":{\"id\":\"wsec_" },
  empty: { contentType: "application/json", body: "" }
} as const
