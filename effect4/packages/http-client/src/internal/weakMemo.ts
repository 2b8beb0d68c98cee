/** Makes of one thing another, once for as long as somebody holds on to it. */
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
