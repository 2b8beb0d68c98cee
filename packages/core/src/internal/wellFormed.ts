/** UTF-8 cannot represent a lone surrogate: it would be replaced silently. */
export const WELL_FORMED = "Expected well-formed Unicode: no lone surrogates"

// The native method is the fastest; some browsers do not have it.
const native = Reflect.get(String.prototype, "isWellFormed") as ((this: string) => boolean) | undefined

export const isWellFormed: (text: string) => boolean = native === undefined
  ? (text) => !/\p{Surrogate}/u.test(text)
  : (text) => native.call(text)
