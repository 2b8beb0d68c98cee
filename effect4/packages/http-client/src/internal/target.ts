import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

/** Where requests go, and the key that goes along. */
export interface Target {
  /** The URL of the collection, without a slash at its end. */
  readonly secrets: string
  /** The URL of `whoami`, which no workspace scopes. */
  readonly whoami: string
  /** The workspace, as it stands in URLs. */
  readonly workspace: string | undefined
  readonly apiKey: Redacted.Redacted<string>
}

/** The URLs of a base URL without a slash at its end, and of a workspace as it stands in URLs. */
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
 * A text as one segment of a path, percent-encoded; on the left what would be right. A URL parser walks up at `..`, and
 * at `%2e%2e` just the same, so no encoding gets those two through.
 */
export const segment = (text: string): Result.Result<string, string> =>
  text === "." || text === ".."
    ? Result.fail("Expected other than . and .., which a URL cannot hold")
    : isWellFormed(text)
    ? Result.succeed(encodeURIComponent(text))
    : Result.fail("Expected well-formed Unicode: no lone surrogates")

/** Whether a text can be percent-encoded as it is: one with a lone surrogate has no UTF-8. */
export const isWellFormed = (text: string): boolean =>
  native === undefined ? !/\p{Surrogate}/u.test(text) : native.call(text)

// As good as free, and newer than what some browsers have.
const native = Reflect.get(String.prototype, "isWellFormed") as ((this: string) => boolean) | undefined
