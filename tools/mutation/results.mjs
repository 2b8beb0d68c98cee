// The results of Stryker, module by module.

/** What a score below this says: that rules are not held by a test. Percent of the mutants that are not left out. */
export const GOAL = 85

const outcomes = {
  Killed: "killed",
  Timeout: "killed",
  Survived: "survived",
  NoCoverage: "survived",
  Ignored: "ignored"
}

/** Whether no test noticed a mutant. */
export const isSurvivor = ({ status }) => outcomes[status] === "survived"

/** How many mutants came to what. One that does not run is left out: neither it nor a test says a thing of the other. */
export const count = (mutants) => {
  const counts = { killed: 0, survived: 0, ignored: 0 }
  for (const { status } of mutants) {
    const outcome = outcomes[status]
    if (outcome !== undefined) counts[outcome]++
  }
  return counts
}

/** The counts of several modules. */
export const total = (modules) => count(modules.flatMap(({ mutants }) => mutants))

/** Percent that were killed of those that were tried, or `undefined` where none was. */
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

/** Those that no test noticed, in the order of the source. */
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

/** How many mutants were left out for which reason. */
export const reasonsOf = (modules) => {
  const reasons = new Map()
  for (const { mutants } of modules) {
    for (const { status, statusReason } of mutants) {
      if (status === "Ignored") reasons.set(statusReason, (reasons.get(statusReason) ?? 0) + 1)
    }
  }
  return [...reasons].sort(([, a], [, b]) => b - a)
}
