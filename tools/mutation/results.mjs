// The results of Stryker, module by module.

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

/** Counts mutants by result. Mutants that do not run are ignored. */
export const count = (mutants) => {
  const counts = { killed: 0, survived: 0, ignored: 0 }
  for (const { status } of mutants) {
    const outcome = outcomes[status]
    if (outcome !== undefined) counts[outcome]++
  }
  return counts
}

/** Adds the counts of modules. */
export const total = (modules) => count(modules.flatMap(({ mutants }) => mutants))

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
export const survivorsOf = ({ mutants, source }) =>
  mutants
    .filter(isSurvivor)
    .sort(({ location: { start: a } }, { location: { start: b } }) => a.line - b.line || a.column - b.column)
    .map(({ location, replacement, status }) => ({
      place: `${location.start.line}:${location.start.column}`,
      from: inOneLine(between(source, location)),
      to: inOneLine(replacement),
      isCovered: status === "Survived"
    }))

/** Counts ignored mutants by reason. */
export const reasonsOf = (modules) => {
  const reasons = new Map()
  for (const { mutants } of modules) {
    for (const { status, statusReason } of mutants) {
      if (status === "Ignored") reasons.set(statusReason, (reasons.get(statusReason) ?? 0) + 1)
    }
  }
  return [...reasons].sort(([, a], [, b]) => b - a)
}
