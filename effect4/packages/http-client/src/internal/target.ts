import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

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
export const segment = (text: string): Result.Result<string, string> =>
  text === "." || text === ".."
    ? Result.fail("Expected neither . nor ..: URLs resolve them")
    : isWellFormed(text)
    ? Result.succeed(encodeURIComponent(text))
    : Result.fail("Expected well-formed Unicode: no lone surrogates")

/** Whether a text has no lone surrogates, which cannot be percent-encoded. */
export const isWellFormed = (text: string): boolean =>
  native === undefined ? !/\p{Surrogate}/u.test(text) : native.call(text)

// The native method is the fastest; some browsers do not have it.
const native = Reflect.get(String.prototype, "isWellFormed") as ((this: string) => boolean) | undefined
