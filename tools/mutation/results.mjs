// The results of Stryker, module by module. `results.json` keeps them, also for those who mutate another module.
import { createHash } from "node:crypto"

/** The minimum score: percent of the mutants that are not ignored. */
export const GOAL = 85

const outcomes = {
  Killed: "killed",
  Timeout: "killed",
  Survived: "survived",
  NoCoverage: "survived",
  Ignored: "ignored"
}

/** Whether a mutant survived. */
export const isSurvivor = ({ status }) => outcomes[status] === "survived"

/** Counts mutants by result. Mutants that do not run count for nothing. */
export const count = (mutants) => {
  const counts = { killed: 0, survived: 0, ignored: 0 }
  for (const { status } of mutants) {
    const outcome = outcomes[status]
    if (outcome !== undefined) counts[outcome]++
  }
  return counts
}

/** Adds the counts of records. */
export const total = (records) => {
  const counts = { killed: 0, survived: 0, ignored: 0 }
  for (const record of records) {
    for (const outcome of Object.keys(counts)) counts[outcome] += record[outcome]
  }
  return counts
}

/** The percentage of killed mutants, or `undefined` without mutants. */
export const scoreOf = ({ killed, survived }) =>
  killed + survived === 0 ? undefined : 100 * killed / (killed + survived)

/** The text of a source between two places; Stryker counts lines and columns from one. */
const between = (source, { end, start }) => {
  const lines = source.split("\n").slice(start.line - 1, end.line)
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1)
  lines[0] = lines[0].slice(start.column - 1)
  return lines.join("\n")
}

const WIDTH = 70

const inOneLine = (text) => {
  const line = text.replaceAll(/\s+/g, " ").trim()
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 2)} …` : line
}

/** The survivors, in source order. */
const survivorsOf = ({ mutants, source }) =>
  mutants
    .filter(isSurvivor)
    .sort(({ location: { start: a } }, { location: { start: b } }) => a.line - b.line || a.column - b.column)
    .map(({ location, replacement, status }) => ({
      place: `${location.start.line}:${location.start.column}`,
      from: inOneLine(between(source, location)),
      to: inOneLine(replacement),
      ...status === "NoCoverage" ? { isCovered: false } : {}
    }))

const hashOf = (source) => createHash("sha256").update(source).digest("hex").slice(0, 16)

/** What is kept of the result of a module. */
export const recordOf = ({ mutants, source }, date) => ({
  source: hashOf(source),
  date,
  ...count(mutants),
  survivors: survivorsOf({ mutants, source })
})

/** Whether a record is of this source. */
export const isOf = (record, source) => record.source === hashOf(source)
