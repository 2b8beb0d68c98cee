import * as Either from "effect/Either"

/**
 * A text as one segment of a path, percent-encoded; on the left what would be right. A URL parser walks up at `..`, and
 * at `%2e%2e` just the same, so no encoding gets those two through.
 */
export const segment = (text: string): Either.Either<string, string> =>
  text === "." || text === ".."
    ? Either.left("Expected other than . and .., which a URL cannot hold")
    : isWellFormed(text)
    ? Either.right(encodeURIComponent(text))
    : Either.left("Expected well-formed Unicode: no lone surrogates")

/** Whether a text can be percent-encoded as it is: one with a lone surrogate has no UTF-8. */
export const isWellFormed = (text: string): boolean =>
  native === undefined ? !/\p{Surrogate}/u.test(text) : native.call(text)

// As good as free, and newer than what some browsers have.
const native = Reflect.get(String.prototype, "isWellFormed") as ((this: string) => boolean) | undefined
