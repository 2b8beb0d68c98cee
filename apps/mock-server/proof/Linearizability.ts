/**
 * Checks that a history is linearizable: the search of Wing and Gong, with Lowe's cache of visited states.
 *
 * J. M. Wing, C. Gong: Testing and Verifying Concurrent Objects, 1993. G. Lowe: Testing for Linearizability, 2017.
 */

/** An operation, with the times when it began and ended. All times are different. */
export interface Operation<A> {
  readonly what: A
  readonly invoked: number
  readonly answered: number
}

/**
 * Finds a linearization: a sequential order of the operations that explains every response, in which an operation comes after all that had
 * ended when it began. `undefined` if there is none. `step` returns the state after an operation, or `undefined` if its response is wrong
 * in that state. States with equal `keyOf` are equal.
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
