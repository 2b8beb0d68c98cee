/** What is expected of a text that UTF-8 cannot hold: a part of it would be replaced without a word. */
export const WELL_FORMED = "Expected well-formed Unicode: no lone surrogates"

// The language's own is as good as free, and newer than what some browsers have.
const native = Reflect.get(String.prototype, "isWellFormed") as ((this: string) => boolean) | undefined

/** Whether a text has no lone surrogates. */
export const isWellFormed: (text: string) => boolean = native === undefined
  ? (text) => !/\p{Surrogate}/u.test(text)
  : (text) => native.call(text)
