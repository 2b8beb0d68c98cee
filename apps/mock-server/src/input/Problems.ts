/** How many of the things that are wrong are told: whoever has more of them has made one mistake many times. */
const MOST = 20

/** The first of the problems, and how many more there are. */
export const few = <A>(problems: ReadonlyArray<A>, line: (problem: A) => string): ReadonlyArray<string> =>
  problems.length <= MOST
    ? problems.map(line)
    : [...problems.slice(0, MOST).map(line), `and ${problems.length - MOST} more`]
