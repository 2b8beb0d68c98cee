/**
 * The ledger: the result of each behaviour, with the letter of its source. Results are counted per letter, never as one
 * score. Behaviours on which the sources disagree are counted as contested instead of under a letter.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Behaviour from "./Behaviour.js"
import { behaviours } from "./Behaviours.js"
import * as Target from "./Target.js"
import type { Report } from "./WitnessReport.js"

/**
 * The result of a behaviour.
 *
 * @since 0.1.0
 * @category models
 */
export type Result =
  | { readonly _tag: "Passed" }
  | { readonly _tag: "Failed"; readonly message: string }
  | { readonly _tag: "Skipped"; readonly reason: string }

/**
 * A behaviour and its result.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly behaviour: Behaviour.Behaviour
  readonly result: Result
}

/**
 * A column of the ledger: the results of one server.
 *
 * @since 0.1.0
 * @category models
 */
export interface Column {
  /** The heading, such as `in process`. */
  readonly name: string
  /** Whether this was the real service. Passed behaviours then count as verified live (`L`). */
  readonly live: boolean
  readonly entries: ReadonlyArray<Entry>
}

/**
 * The options of a run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The behaviours to check. Default: all. */
  readonly behaviours?: ReadonlyArray<Behaviour.Behaviour> | undefined
  /** Skips behaviours that may be too much for a shared server. Default: `false`. */
  readonly gentle?: boolean | undefined
  /** How many behaviours run concurrently. Default: 8. */
  readonly concurrency?: number | undefined
  /** The timeout of a behaviour in milliseconds. Default: 60,000. */
  readonly timeout?: number | undefined
  /** Called with each result as soon as it is known. */
  readonly onEntry?: ((entry: Entry) => Effect.Effect<void>) | undefined
}

const passed: Result = { _tag: "Passed" }

/**
 * Checks behaviours on the target. At the end, also after an interruption, it deletes leftover secrets; if that fails,
 * it logs an error.
 *
 * @since 0.1.0
 * @category running
 */
export const run = (options: Options = {}): Effect.Effect<ReadonlyArray<Entry>, never, Target.Target> => {
  const { concurrency = 8, onEntry = () => Effect.void, timeout = 60_000 } = options
  const look = (
    behaviour: Behaviour.Behaviour,
    target: Target.Service
  ): Effect.Effect<Result, never, Target.Target> => {
    const reason = Behaviour.whyNot(behaviour, target, options)
    return reason !== undefined
      ? Effect.succeed({ _tag: "Skipped", reason })
      : Behaviour.check(behaviour).pipe(
        Effect.timeoutFail({
          duration: timeout,
          onTimeout: () => new Behaviour.BehaviourFailed({ id: behaviour.id, message: `timed out after ${timeout} ms` })
        }),
        Effect.either,
        Effect.map(Either.match({
          onLeft: ({ message }): Result => ({ _tag: "Failed", message }),
          onRight: () => passed
        }))
      )
  }
  return Target.Target.pipe(
    Effect.flatMap((target) =>
      Effect.forEach(
        options.behaviours ?? behaviours,
        (behaviour) =>
          Effect.map(look(behaviour, target), (result) => ({ behaviour, result })).pipe(Effect.tap(onEntry)),
        { concurrency }
      )
    ),
    Effect.ensuring(Effect.catchAll(Target.cleanUp, ({ message }) => Effect.logError(message)))
  )
}

const operations: ReadonlyArray<readonly [Behaviour.Operation, title: string]> = [
  ["list", "list: GET /v1/workspace_secrets"],
  ["create", "create: POST /v1/workspace_secrets"],
  ["get", "get: GET /v1/workspace_secrets/{id}"],
  ["update", "update: PATCH /v1/workspace_secrets/{id}"],
  ["delete", "delete: DELETE /v1/workspace_secrets/{id}"],
  ["whoami", "whoami: GET /v1/whoami"],
  ["transport", "transport: what holds for all of them"],
  ["errors", "errors: how they fail"]
]

/** A behaviour and its result in each column. */
interface Row {
  readonly behaviour: Behaviour.Behaviour
  readonly results: ReadonlyArray<Result | undefined>
  /** The source of the statement, and L if it passed against the real service. */
  readonly letters: string
  /** Whether a run or observed traffic verified it live. */
  readonly isVerified: boolean
  /** How observed traffic confirmed it, as text. */
  readonly traffic: string
  /** The disagreements that affect it, and whether observed traffic contradicts it, as text; may be empty. */
  readonly contested: string
}

/** The result of a behaviour in the report of a witness. */
const trafficOf = (id: string, report: Report | undefined) => {
  const found = report?.statements.find((statement) => statement.id === id)
  if (report === undefined || found === undefined) {
    return { isVerified: false, confirmed: "", contradicted: "" }
  }
  const { confirmed, contradicted, lastAt, result } = found
  const where = report.isLive ? "" : ` at ${report.target}`
  const date = lastAt.slice(0, 10)
  return result === "confirmed"
    ? {
      isVerified: report.isLive,
      confirmed: `${date}, ${confirmed} ${confirmed === 1 ? "time" : "times"} in traffic${where}`,
      contradicted: ""
    }
    : {
      isVerified: false,
      confirmed: "",
      contradicted: `${date}, contradicted by ${contradicted} of ${contradicted + confirmed} in traffic${where}`
    }
}

const rowsOf = (columns: ReadonlyArray<Column>, report?: Report): ReadonlyArray<Row> => {
  const all = new Map(columns.flatMap(({ entries }) => entries.map(({ behaviour }) => [behaviour.id, behaviour])))
  const found = columns.map(({ entries }) => new Map(entries.map(({ behaviour, result }) => [behaviour.id, result])))
  return [...all.values()]
    // Wire behaviours come first.
    .sort((a, b) => a.via === b.via ? (a.id < b.id ? -1 : 1) : a.via === "wire" ? -1 : 1)
    .map((behaviour) => {
      const results = found.map((results) => results.get(behaviour.id))
      const verified = columns.some(({ live }, i) => live && results[i]?._tag === "Passed")
      const { confirmed, contradicted, isVerified } = trafficOf(behaviour.id, report)
      const letters = verified || isVerified ? `${behaviour.provenance} L` : behaviour.provenance
      const by = [...behaviour.contested, ...(contradicted === "" ? [] : [contradicted])]
      return {
        behaviour,
        results,
        letters,
        isVerified: verified || isVerified,
        traffic: confirmed,
        contested: by.length === 0 ? "" : `contested: ${by.join(", ")}`
      }
    })
}

const sections = (columns: ReadonlyArray<Column>, report?: Report) => {
  const rows = rowsOf(columns, report)
  return operations
    .map(([operation, title]) => ({ title, rows: rows.filter(({ behaviour }) => behaviour.operation === operation) }))
    .filter(({ rows }) => rows.length > 0)
}

/**
 * Whether no behaviour failed.
 *
 * @since 0.1.0
 * @category rules
 */
export const isClean = (columns: ReadonlyArray<Column>): boolean =>
  columns.every(({ entries }) => entries.every(({ result }) => result._tag !== "Failed"))

const cell = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll(/([*_<])/g, "\\$1")

/**
 * Formats the ledger as Markdown, with one table per operation and the results of a witness report, if given.
 *
 * @since 0.1.0
 * @category printing
 */
export const toMarkdown = (columns: ReadonlyArray<Column>, report?: Report): string =>
  sections(columns, report).map(({ rows, title }) =>
    [
      `## ${cell(title)}`,
      "",
      `| id | | seen | behaviour |${columns.map(({ name }) => ` ${cell(name)} |`).join("")}`,
      `| --- | --- | --- | --- |${columns.map(() => " --- |").join("")}`,
      ...rows.map(({ behaviour: { id, statement, via }, contested, letters, results, traffic }) =>
        `| ${id} | ${
          cell([traffic === "" ? letters : `${letters} (${traffic})`, contested].filter(Boolean).join(", "))
        } | ${via} | ${cell(statement)} |${results.map((result) => ` ${cell(inWords(result))} |`).join("")}`
      ),
      ""
    ].join("\n")
  ).join("\n")

const inWords = (result: Result | undefined): string => {
  switch (result?._tag) {
    case undefined:
      return ""
    case "Passed":
      return "passed"
    case "Failed":
      return "failed"
    case "Skipped":
      return `skipped: ${result.reason}`
  }
}

/**
 * Formats the ledger as JSON.
 *
 * @since 0.1.0
 * @category printing
 */
export const toJson = (columns: ReadonlyArray<Column>, report?: Report): string =>
  JSON.stringify(
    {
      columns: columns.map(({ live, name }) => ({ name, live })),
      behaviours: rowsOf(columns, report).map((
        { behaviour: { contested, id, operation, provenance, rows, statement, via }, isVerified, results }
      ) => ({
        id,
        operation,
        provenance,
        contested,
        verifiedLive: isVerified,
        ...(report === undefined ? {} : { traffic: report.statements.find((found) => found.id === id) ?? null }),
        via,
        statement,
        errors: rows.map(([status, code]) => ({ status, code })),
        results: Object.fromEntries(columns.map(({ name }, i) => {
          const result = results[i]
          return [
            name,
            result?._tag === "Failed"
              ? { result: "failed", message: result.message }
              : result?._tag === "Skipped"
              ? { result: "skipped", reason: result.reason }
              : result && { result: "passed" }
          ]
        }))
      }))
    },
    undefined,
    2
  )

/**
 * The options of `toText`.
 *
 * @since 0.1.0
 * @category models
 */
export interface TextOptions {
  /** The report of a witness. */
  readonly traffic?: Report | undefined
  /** Whether to write ANSI colours. Default: `false`. */
  readonly colours?: boolean | undefined
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }

/**
 * Formats the ledger as text: one line per behaviour, the failures with their actual results, and how many statements
 * are true, per letter and for contested ones.
 *
 * @since 0.1.0
 * @category printing
 */
export const toText = (
  columns: ReadonlyArray<Column>,
  { colours = false, traffic: report }: TextOptions = {}
): string => {
  const paint = (colour: keyof typeof codes, text: string) =>
    colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text
  const mark = (result: Result | undefined): string => {
    switch (result?._tag) {
      case undefined:
        return " "
      case "Passed":
        return paint("green", "✓")
      case "Failed":
        return paint("red", "✗")
      case "Skipped":
        return paint("yellow", "-")
    }
  }
  const lines = [
    ...columns.map(({ name }, i) => `${"│ ".repeat(i)}┌ ${name}`),
    ...sections(columns, report).flatMap(({ rows, title }) => [
      "",
      paint("bold", title),
      ...rows.map(({ behaviour: { id, statement }, contested, letters, results, traffic }) =>
        `${results.map(mark).join(" ")} ${paint("dim", id.padEnd(16))} ${letters.padEnd(3)} ${statement}${
          [traffic, contested].filter(Boolean).map((note) => paint("dim", ` (${note})`)).join("")
        }`
      )
    ])
  ]
  const rows = rowsOf(columns)
  const notes = columns.flatMap(({ name }, i) =>
    rows.flatMap(({ behaviour: { id, statement }, results }) => {
      const result = results[i]
      return result?._tag === "Failed"
        ? [
          "",
          paint("red", `✗ ${id} ${statement}`),
          `  ${name}`,
          ...result.message.split("\n").map((line) => `  ${line}`)
        ]
        : []
    })
  )
  const skips = columns.flatMap(({ name }, i) => {
    const reasons = new Map<string, Array<string>>()
    for (const { behaviour, results } of rows) {
      const result = results[i]
      if (result?._tag === "Skipped") {
        reasons.set(result.reason, [...(reasons.get(result.reason) ?? []), behaviour.id])
      }
    }
    return [...reasons].map(([reason, ids]) => `${paint("yellow", "-")} ${name}: ${reason}: ${ids.join(", ")}`)
  })
  const totals = columns.flatMap(({ entries, live, name }) => [
    `${name}`,
    ...(["D", "P", "A", "contested"] as const).flatMap((letter) => {
      const of = entries.filter(({ behaviour, result }) => kindOf(behaviour) === letter && result._tag !== "Skipped")
      const held = of.filter(({ result }) => result._tag === "Passed").length
      return of.length === 0
        ? []
        : [`  ${letter}  ${held} of ${of.length}${names[letter]}${live ? ", verified live (L)" : ""}`]
    })
  ])
  return [...lines, ...notes, ...(skips.length === 0 ? [] : ["", ...skips]), "", ...totals, ""].join("\n")
}

const names = { D: " documented", P: " published", A: " assumed", contested: "" }

/** The letter under which a behaviour is counted, or contested. */
const kindOf = ({ contested, provenance }: Behaviour.Behaviour): keyof typeof names =>
  contested.length === 0 ? provenance : "contested"
