/** Caches the result of `make` for each object, as long as the object is reachable. */
export const weakMemo = <A extends object, B>(make: (a: A) => B) => {
  const made = new WeakMap<A, B>()
  return (a: A): B => {
    let b = made.get(a)
    if (b === undefined) {
      b = make(a)
      made.set(a, b)
    }
    return b
  }
}
