/**
 * Faults: rules that make requests of a tenant fail, wait or break.
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
 * The names of the API's operations, in rules and in the journal. Both path layouts have the same names.
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

/** The operations with an id in their path. */
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

/** The maximum number of rules of a tenant, because every request is matched against all of them. */
const MAX_RULES = 100

/** The maximum length of an error's message, and of its details as JSON, in characters. */
const MAX_MESSAGE = 4096
const MAX_DETAILS = 64 * 1024

/** The maximum length of a rule's name, id and external id, in characters. */
const MAX_TEXT = 1024

const lengthOf = (value: unknown): number => {
  try {
    return JSON.stringify(value).length
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
 * The error of a rule: a row of the error table, with its message, details and headers (WIRE.md, Errors).
 *
 * @since 0.1.0
 * @category schemas
 */
export const FaultError = struct("FaultError", {
  /** The name of the google.rpc.Code, such as `UNAVAILABLE`. */
  code: CodeName,
  /** The HTTP status, for a code with several rows. Default: the first of them. */
  status: Schema.optional(number("an HTTP status", Number.isInteger, { type: "integer" })),
  /** The message. Default: a fixed text. At most 4,096 characters. */
  message: Schema.optional(Schema.String.annotations(expected("a string"))),
  /** The details of google.rpc.Status, sent unchanged. Default: none. At most 65,536 characters as JSON. */
  details: Schema.optional(array(
    Schema.Struct({ "@type": NonEmptyText }, { key: Schema.String, value: Schema.Unknown }).annotations({
      message: () => "Expected an object with an @type"
    })
  )),
  /** The `Retry-After` header, in seconds. Default: none. */
  retryAfter: Schema.optional(
    number("a whole number of seconds, 0 to 2147483647", (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 31, {
      type: "integer",
      minimum: 0
    })
  ),
  /** The format of `Retry-After`: seconds, or an HTTP date by the tenant's clock. Default: `seconds`. */
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
        : [{ path: ["status"], message: `Expected ${statuses.join(" or ")} for ${code}` }]),
      ...(retryAfterAs === undefined || retryAfter !== undefined
        ? []
        : [{ path: ["retryAfterAs"], message: "Requires retryAfter" }])
    ]
  }, { identifier: "FaultError" })
)

/**
 * @since 0.1.0
 * @category schemas
 */
export type FaultError = typeof FaultError.Type

/**
 * A rule: which requests it matches, to which of them it is applied, and what it does. The first matching rule that is due is applied.
 * Every matching rule counts the request.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FaultRule = struct("FaultRule", {
  /** The name, for the journal. Default: `faults[i]`, with its index. */
  name: Schema.optional(NonEmptyText),
  /** The operation, or several. Default: every operation. */
  operation: Schema.optional(
    Schema.Union(
      OperationName,
      Schema.Array(OperationName).pipe(Schema.filter((names) => names.length > 0))
    ).annotations(expected("an operation, or an array of them: list, create, get, update, delete or whoami"))
  ),
  /** The id of the secret. It also matches requests that use the external id. */
  id: Schema.optional(NonEmptyText),
  /** The external id of the secret. It also matches requests that use the id. */
  externalId: Schema.optional(NonEmptyText),
  /** The first matching request that the rule is applied to, counted from 1. Default: 1. */
  nth: Schema.optional(Positive),
  /** How often the rule is applied. Default: 1 with `nth`, otherwise without limit. */
  times: Schema.optional(Positive),
  /** The probability that a due rule is applied: above 0, at most 1. Repeatable with a `randomSeed`. Default: 1. */
  probability: Schema.optional(
    number("a number above 0 and at most 1", (n) => n > 0 && n <= 1, { exclusiveMinimum: 0, maximum: 1 })
  ),
  /**
   * When delay, error and close happen: `before` the operation, which error and close then prevent, or `after` its change was made.
   * Default: `before`.
   */
  when: Schema.optional(oneOf("before", "after")),
  /** Delays the response, in milliseconds of real time. At most one hour. */
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
  /** Sends an error instead of the response. */
  error: Schema.optional(FaultError),
  /** Closes the connection without a response. */
  close: Schema.optional(Schema.Literal(true).annotations(expected("true"))),
  /**
   * Breaks the body of the response, also that of `error`. `cut` closes the connection in the middle of the body; `html`, `halfJson` and
   * `empty` replace the body and keep the status.
   */
  body: Schema.optional(oneOf("cut", "html", "halfJson", "empty"))
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type FaultRule = typeof FaultRule.Type

const operationsOf = ({ externalId, id, operation }: FaultRule): ReadonlyArray<OperationName> | undefined =>
  operation !== undefined
    ? [...new Set([operation].flat())]
    : id !== undefined || externalId !== undefined
    ? ADDRESSED
    : undefined

const problemsOf = (rule: FaultRule): ReadonlyArray<FieldViolation.FieldViolation> => {
  const problems: Array<FieldViolation.FieldViolation> = []
  const say = (field: string, description: string) => problems.push({ field, description })
  for (const field of ["id", "externalId"] as const) {
    if (rule[field] !== undefined) {
      for (const operation of operationsOf(rule) ?? []) {
        if (!ADDRESSED.includes(operation)) {
          say(field, `Can never match: only get, update and delete have an id in their path, ${operation} has none`)
        }
      }
    }
  }
  for (const field of ["name", "id", "externalId"] as const) {
    if ((rule[field]?.length ?? 0) > MAX_TEXT) {
      say(field, `Expected at most ${MAX_TEXT} characters`)
    }
  }
  if (rule.id?.startsWith("external_id:") === true) {
    say("id", "Can never match: no id begins with external_id:; use externalId")
  }
  if (
    rule.delayMillis === undefined && rule.error === undefined && rule.close === undefined && rule.body === undefined
  ) {
    say("", "Has no effect: set delayMillis, error, close or body")
  }
  if (rule.close !== undefined && rule.error !== undefined) {
    say("close", "Cannot be combined with error")
  }
  if (rule.close !== undefined && rule.body !== undefined) {
    say("close", "Cannot be combined with body")
  }
  if (
    rule.when !== undefined && rule.delayMillis === undefined && rule.error === undefined && rule.close === undefined
  ) {
    say("when", "Requires delayMillis, error or close")
  }
  return problems
}

/** What a rule takes besides its texts, in characters. */
const OVERHEAD = 200

const sizes = new WeakMap<FaultRule, number>()

/**
 * The memory that a rule takes, in characters.
 *
 * @internal
 */
export const roomOf = (rule: FaultRule): number => {
  let size = sizes.get(rule)
  if (size === undefined) {
    size = OVERHEAD + lengthOf(rule)
    sizes.set(rule, size)
  }
  return size
}

/** Whether a rule is applied to every request that a later rule matches. */
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
 * Checks rules, from JSON or from code. Fails with all problems, each with its field: invalid rules, and rules that can never be applied.
 * None quotes the input.
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
              : [{
                field: "",
                description: `Can never be applied: faults[${before}] is applied to every request that it matches`
              }])
          ].map(({ description, field }) =>
            FieldViolation.format({ field: field === "" ? `faults[${i}]` : `faults[${i}].${field}`, description })
          )
        })
        return problems.length > 0 ? Either.left(problems) : Either.right(rules)
      }
    })

/**
 * A rule, the number of requests that matched it (`calls`), and the number of those it was applied to (`hits`).
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
 * Rules that were never applied.
 *
 * @since 0.1.0
 * @category errors
 */
export class FaultsNotHit extends Schema.TaggedError<FaultsNotHit>()("FaultsNotHit", {
  faults: Schema.Array(FaultStatus),
  message: Schema.String
}) {}

/**
 * The parts of a request that rules match.
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
 * A rule that is applied, with its name.
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
 * The rules and their counts at one moment. `rules` is the same array until the rules change.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultsState {
  readonly rules: ReadonlyArray<Hit>
  readonly counts: ReadonlyArray<readonly [calls: number, hits: number]>
}

/**
 * The rules of a tenant, with their counts.
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

  /** Whether there are no rules. */
  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /** Replaces the rules. Their counts start at 0. */
  put(rules: ReadonlyArray<FaultRule>): void {
    this.#rules = rules.map((rule, i) => countedOf(rule.name ?? `faults[${i}]`, rule))
  }

  /** Adds rules after the existing ones, whose counts stay. */
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

  /** Removes all rules with a name. The counts of the others stay. False if there is none. */
  remove(name: string): boolean {
    const before = this.#rules.length
    this.#rules = this.#rules.filter((rule) => rule.name !== name)
    return this.#rules.length < before
  }

  /** The rules, without their counts. */
  get rules(): ReadonlyArray<FaultRule> {
    return this.#rules.map(({ rule }) => rule)
  }

  get status(): ReadonlyArray<FaultStatus> {
    return this.#rules.map(({ calls, hits, name, rule }) => ({ calls, hits, name, rule }))
  }

  /** The state, for `restore`. */
  get state(): FaultsState {
    return { rules: this.#rules, counts: this.#rules.map(({ calls, hits }) => [calls, hits] as const) }
  }

  /** Restores rules and counts. */
  restore({ counts, rules }: FaultsState): void {
    this.#rules = rules.map(({ name, rule }, i) => {
      const [calls, hits] = counts[i] ?? [0, 0]
      return { ...countedOf(name, rule), calls, hits }
    })
  }

  /** Counts a request, and returns the rule to apply to it. */
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
 * The response for the error of a rule: HTTP status, headers and body.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toResponse = (
  { code, details = [], message = "a fault that a test injected", retryAfter, retryAfterAs, status }: FaultError,
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
 * The bodies that replace the body of a response.
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
