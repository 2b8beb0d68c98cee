import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"

/** The URLs of requests, and the API key. */
export interface Target {
  /** The URL of the collection, without a trailing slash. */
  readonly secrets: string
  /** The URL of `whoami`, which is never workspace-scoped. */
  readonly whoami: string
  /** The workspace, percent-encoded. */
  readonly workspace: string | undefined
  readonly apiKey: Redacted.Redacted<string>
}

/** Makes the URLs. `baseUrl` has no trailing slash; `workspace` is percent-encoded. */
export const makeTarget = (
  baseUrl: string,
  workspace: string | undefined,
  apiKey: Redacted.Redacted<string>
): Target => ({
  secrets: workspace === undefined
    ? `${baseUrl}/v1/workspace_secrets`
    : `${baseUrl}/v1/workspaces/${workspace}/workspace_secrets`,
  whoami: `${baseUrl}/v1/whoami`,
  workspace,
  apiKey
})

/**
 * Percent-encodes a text as one path segment. Fails for `.` and `..`: URL parsers resolve them even if percent-encoded.
 */
export const segment = (text: string): Either.Either<string, string> =>
  text === "." || text === ".."
    ? Either.left("Expected neither . nor ..: URLs resolve them")
    : isWellFormed(text)
    ? Either.right(encodeURIComponent(text))
    : Either.left("Expected well-formed Unicode: no lone surrogates")

/** Whether a text has no lone surrogates, which cannot be percent-encoded. */
export const isWellFormed = (text: string): boolean =>
  native === undefined ? !/\p{Surrogate}/u.test(text) : native.call(text)

// The native method is the fastest; some browsers do not have it.
const native = Reflect.get(String.prototype, "isWellFormed") as ((this: string) => boolean) | undefined
