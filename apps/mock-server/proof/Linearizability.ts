/**
 * Whether a history could have come about one operation after another: the search of Wing and Gong, which remembers where it has been (Lowe).
 *
 * J. M. Wing, C. Gong: Testing and Verifying Concurrent Objects, 1993. G. Lowe: Testing for Linearizability, 2017.
 */

/** An operation: what was done, and when it began and ended, on a clock that never shows a time twice. */
export interface Operation<A> {
  readonly what: A
  readonly invoked: number
  readonly answered: number
}

/**
 * The operations in an order in which each finds the state that those before it leave, and in which none comes before another that had
 * ended when it began. `undefined` where there is no such order. `step` gives the state after an operation, or `undefined` where its answer is
 * wrong; states with the same `keyOf` are the same.
 */
export const linearize = <State, A>(
  history: ReadonlyArray<Operation<A>>,
  initial: State,
  step: (state: State, what: A) => State | undefined,
  keyOf: (state: State) => string
): ReadonlyArray<Operation<A>> | undefined => {
  const seen = new Set<string>()
  const search = (state: State, done: ReadonlyArray<Operation<A>>): ReadonlyArray<Operation<A>> | undefined => {
    const left = history.filter((operation) => !done.includes(operation))
    if (left.length === 0) {
      return done
    }
    const here = `${left.map((operation) => history.indexOf(operation)).join()} ${keyOf(state)}`
    if (seen.has(here)) {
      return undefined
    }
    seen.add(here)
    const firstToEnd = Math.min(...left.map(({ answered }) => answered))
    for (const operation of left) {
      const after = operation.invoked < firstToEnd ? step(state, operation.what) : undefined
      const found = after === undefined ? undefined : search(after, [...done, operation])
      if (found !== undefined) {
        return found
      }
    }
    return undefined
  }
  return search(initial, [])
}
