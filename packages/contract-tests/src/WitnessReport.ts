/**
 * The report of a witness: during the run, one line for each exchange that confirms or contradicts something; at the
 * end, one document. Both can be read back. It contains no value and no key.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { behaviours } from "./Behaviours.js"
import { hiddenReason } from "./internal/witness/coverage.js"
import type { Counts, Shown } from "./Witness.js"

const Problem = Schema.Struct({ expected: Schema.String, times: Schema.Number })

/**
 * The results for a statement.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Statement = Schema.Struct({
  id: Schema.String,
  result: Schema.Literal("confirmed", "contradicted"),
  confirmed: Schema.Number,
  contradicted: Schema.Number,
  problems: Schema.Array(Problem),
  /** The ids of contradicting requests; at most three. */
  requestIds: Schema.Array(Schema.String),
  /** The time of the last result. */
  lastAt: Schema.String
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type Statement = typeof Statement.Type

const Head = Schema.Struct({
  version: Schema.Literal(1),
  /** The origin of the server. */
  target: Schema.String,
  /** Whether it is the real service. */
  isLive: Schema.Boolean,
  /** Whether the witness saw all writes to the workspaces. */
  seesAllWrites: Schema.Boolean,
  startedAt: Schema.String
})

/**
 * The head of a report.
 *
 * @since 0.1.0
 * @category models
 */
export type Head = typeof Head.Type

/**
 * A report.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Report = Schema.Struct({
  ...Head.fields,
  endedAt: Schema.String,
  counts: Schema.Record({ key: Schema.String, value: Schema.Number }),
  statements: Schema.Array(Statement),
  unknownFields: Schema.Record({ key: Schema.String, value: Schema.Number })
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type Report = typeof Report.Type

const Line = Schema.Struct({
  at: Schema.Number,
  request: Schema.String,
  requestId: Schema.optional(Schema.String),
  confirmed: Schema.Array(Schema.String),
  contradicted: Schema.Array(Schema.Struct({ id: Schema.String, problem: Schema.String })),
  unknownFields: Schema.Array(Schema.String)
})

const MAX_PROBLEMS = 5
const MAX_REQUEST_IDS = 3

interface Tally {
  confirmed: number
  contradicted: number
  readonly problems: Map<string, number>
  readonly requestIds: Array<string>
  lastAt: number
}

/**
 * Accumulates the results of exchanges.
 *
 * @since 0.1.0
 * @category models
 */
export interface Totals {
  readonly add: (shown: Shown) => void
  readonly statements: () => ReadonlyArray<Statement>
  readonly unknownFields: () => Readonly<Record<string, number>>
  readonly lastAt: () => number
}

/**
 * Makes empty totals.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeTotals = (): Totals => {
  const tallies = new Map<string, Tally>()
  const unknown = new Map<string, number>()
  let last = 0
  const tally = (id: string, at: number): Tally => {
    const found = tallies.get(id) ?? { confirmed: 0, contradicted: 0, problems: new Map(), requestIds: [], lastAt: at }
    found.lastAt = at
    tallies.set(id, found)
    return found
  }
  return {
    add: ({ at, confirmed, contradicted, requestId, unknownFields }) => {
      last = at
      for (const id of confirmed) {
        tally(id, at).confirmed++
      }
      for (const { id, problem } of contradicted) {
        const found = tally(id, at)
        found.contradicted++
        if (found.problems.has(problem) || found.problems.size < MAX_PROBLEMS) {
          found.problems.set(problem, (found.problems.get(problem) ?? 0) + 1)
        }
        if (requestId !== undefined && found.requestIds.length < MAX_REQUEST_IDS) {
          found.requestIds.push(requestId)
        }
      }
      for (const name of unknownFields) {
        unknown.set(name, (unknown.get(name) ?? 0) + 1)
      }
    },
    statements: () =>
      [...tallies].sort(([a], [b]) => a < b ? -1 : 1).map(([id, { lastAt, problems, ...found }]) => ({
        id,
        result: found.contradicted > 0 ? "contradicted" as const : "confirmed" as const,
        ...found,
        problems: [...problems].map(([expected, times]) => ({ expected, times })),
        lastAt: new Date(lastAt).toISOString()
      })),
    unknownFields: () => Object.fromEntries(unknown),
    lastAt: () => last
  }
}

/**
 * Formats the first line of a report in progress.
 *
 * @since 0.1.0
 * @category printing
 */
export const headLine = (head: Head): string => `${JSON.stringify(head)}\n`

/**
 * Formats the line of an exchange in a report in progress.
 *
 * @since 0.1.0
 * @category printing
 */
export const line = (shown: Shown): string => `${JSON.stringify(shown)}\n`

/**
 * Formats a report as JSON.
 *
 * @since 0.1.0
 * @category printing
 */
export const toJson = (report: Report): string => `${JSON.stringify(report, undefined, 2)}\n`

/**
 * Makes a report from totals.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (head: Head, totals: Totals, counts: Counts | undefined, endedAt: number): Report => ({
  ...head,
  endedAt: new Date(endedAt).toISOString(),
  counts: { ...counts },
  statements: totals.statements(),
  unknownFields: totals.unknownFields()
})

/** Parses JSON. */
const parse = (text: string): Either.Either<unknown, string> =>
  Either.try({ try: () => JSON.parse(text) as unknown, catch: () => "it is no JSON" })

const decoded = <A, I>(schema: Schema.Schema<A, I>, what: string) => (json: unknown): Either.Either<A, string> =>
  Either.mapLeft(Schema.decodeUnknownEither(schema)(json), (error) => {
    const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
    return `${what} is not one of a witness, at ${issue?.path.join(".") ?? "the top"}`
  })

/**
 * Reads a report: a document, or the lines of a killed run, whose last line may be truncated. Returns what is wrong as
 * `Left`.
 *
 * @since 0.1.0
 * @category parsing
 */
export const read = (text: string): Either.Either<Report, string> => {
  const document = parse(text)
  if (Either.isRight(document) && "statements" in Object(document.right)) {
    return decoded(Report, "the report")(document.right)
  }
  const [first = "", ...rest] = text.split("\n")
  return Either.gen(function*() {
    const head = yield* Either.flatMap(parse(first), decoded(Head, "the first line"))
    const totals = makeTotals()
    const last = rest.length - 1 - [...rest].reverse().findIndex((one) => one !== "")
    for (const [i, one] of rest.entries()) {
      if (one !== "") {
        const shown = Either.flatMap(parse(one), decoded(Line, `line ${i + 2}`))
        if (Either.isRight(shown)) {
          totals.add({ ...shown.right, requestId: shown.right.requestId })
        } else if (i !== last) {
          return yield* Either.left(shown.left)
        }
      }
    }
    return make(head, totals, undefined, totals.lastAt() || Date.parse(head.startedAt))
  })
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`

/**
 * Formats the numbers of confirmed, contradicted and not exercised statements.
 *
 * @since 0.1.0
 * @category printing
 */
export const summary = ({ statements }: Pick<Report, "statements">): string => {
  const confirmed = statements.filter(({ result }) => result === "confirmed").length
  const contradicted = statements.length - confirmed
  return `${confirmed} confirmed, ${contradicted} contradicted, ${behaviours.length - statements.length} not exercised`
}

/** The words for the counts. */
const words: Readonly<Record<string, string>> = {
  cutOff: "cut off",
  tooLarge: "too large to look at",
  foreign: "not answered by the API",
  withoutKey: "without a key",
  redirects: "redirected",
  unreadable: "unreadable"
}

/**
 * Formats the number of exchanges that were not judged completely, such as `6 exchanges: 2 cut off, 1 without a key`;
 * empty if there was no exchange.
 *
 * @since 0.1.0
 * @category printing
 */
export const unread = ({ counts }: Pick<Report, "counts">): string => {
  const some = Object.entries(words).flatMap(([name, what]) => {
    const count = counts[name] ?? 0
    return count === 0 ? [] : [`${count} ${what}`]
  })
  return some.length === 0 ? "" : `${plural(counts["exchanges"] ?? 0, "exchange")}: ${some.join(", ")}`
}

/**
 * Describes a contradiction, such as `expected spec.value, which was absent in 9 of 9 (request id 0f3c)`.
 *
 * @since 0.1.0
 * @category printing
 */
export const problemOf = ({ confirmed, contradicted, problems, requestIds }: Statement): string =>
  `${problems.map(({ expected }) => expected).join("; ")} in ${contradicted} of ${contradicted + confirmed}${
    requestIds.length === 0 ? "" : ` (request id ${requestIds.join(", ")})`
  }`

const title = ({ seesAllWrites, startedAt, target }: Head): string =>
  [
    "# What traffic has shown",
    "",
    `Of ${target}, from ${startedAt}. ${
      seesAllWrites
        ? "The witness was told that it sees all writes."
        : "The witness was not told that it sees all writes: statements that need that are not judged."
    }`,
    "",
    ""
  ].join("\n")

const tableHead = "| | id | statement | seen |\n| --- | --- | --- | --- |\n"

const cell = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll(/([*_<])/g, "\\$1")

const statementOf = new Map(behaviours.map(({ id, statement }) => [id, statement]))

/**
 * Formats the head of a Markdown report in progress.
 *
 * @since 0.1.0
 * @category printing
 */
export const markdownHead = (head: Head): string => title(head) + tableHead

/**
 * Formats the Markdown row of a statement.
 *
 * @since 0.1.0
 * @category printing
 */
export const markdownRow = (mark: string, id: string, seen: string): string =>
  `| ${mark} | ${id} | ${cell(statementOf.get(id) ?? "")} | ${cell(seen)} |\n`

/**
 * The mark of a confirmed statement: `L` for the real service, otherwise `ok`.
 *
 * @since 0.1.0
 * @category printing
 */
export const markOf = ({ isLive }: Pick<Head, "isLive">): string => isLive ? "L" : "ok"

/**
 * Formats a report as Markdown.
 *
 * @since 0.1.0
 * @category printing
 */
export const toMarkdown = (report: Report): string => {
  const { counts, endedAt, statements, unknownFields } = report
  const of = (result: Statement["result"]) => statements.filter((statement) => statement.result === result)
  const unseen = behaviours.filter(({ id }) => !statements.some((statement) => statement.id === id))
  const names = Object.entries(unknownFields)
  return [
    title(report).trimEnd(),
    "",
    `${summary(report)}, until ${endedAt}.`,
    "",
    `${unread(report) || plural(counts["exchanges"] ?? 0, "exchange")}.`,
    "",
    tableHead.trimEnd(),
    ...of("contradicted").map((one) => markdownRow("DRIFT", one.id, problemOf(one)).trimEnd()),
    ...of("confirmed").map((one) =>
      markdownRow(markOf(report), one.id, `${plural(one.confirmed, "time")}, last ${one.lastAt}`).trimEnd()
    ),
    "",
    ...(names.length === 0 ? [] : [
      `Unknown fields: ${names.map(([name, times]) => `\`${name}\` (${times})`).join(", ")}.`,
      ""
    ]),
    "## Not exercised",
    "",
    "| id | statement | can traffic show it? |",
    "| --- | --- | --- |",
    ...unseen.map(({ id, statement }) => `| ${id} | ${cell(statement)} | ${hiddenReason(id) ?? "yes"} |`),
    ""
  ].join("\n")
}
