/** The maximum number of problems to show: more are mostly the same mistake. */
const MOST = 20

/** Formats the first problems, and the number of the others. */
export const few = <A>(problems: ReadonlyArray<A>, line: (problem: A) => string): ReadonlyArray<string> =>
  problems.length <= MOST
    ? problems.map(line)
    : [...problems.slice(0, MOST).map(line), `and ${problems.length - MOST} more`]
