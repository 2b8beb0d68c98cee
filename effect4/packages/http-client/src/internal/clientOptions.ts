import { isApiKey } from "@workspace-secrets/core/ApiKey"
import type { FieldViolation } from "@workspace-secrets/core/FieldViolation"
import type * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { InvalidClientOptions } from "../ClientError.js"
import type * as Retry from "../Retry.js"
import * as CallSettings from "./callSettings.js"
import * as Target from "./target.js"

export const DEFAULT_BASE_URL = "https://api.cadenya.com"

const isLoopback = (hostname: string) =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)

const parseUrl = (input: unknown): URL | undefined => {
  try {
    return new URL(String(input))
  } catch {
    return undefined
  }
}

// No message quotes the URL: it may contain a password.
export const checkBaseUrl = (input: unknown, allowInsecureHttp: boolean): Result.Result<string, string> => {
  const url = parseUrl(input)
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return Result.fail(`Expected an http or https URL such as ${DEFAULT_BASE_URL}`)
  }
  if (url.protocol === "http:" && !allowInsecureHttp && !isLoopback(url.hostname)) {
    return Result.fail(
      "Expected an https URL: http sends the key unencrypted; allowInsecureHttp allows it for hosts other than localhost"
    )
  }
  if (url.username !== "" || url.password !== "") {
    return Result.fail("Expected a URL without user name and password; use apiKey")
  }
  // `search` and `hash` are empty for a trailing `?` or `#`, but the API's path would become part of them.
  return /[?#]/.test(url.href)
    ? Result.fail("Expected a URL without query and fragment")
    : Result.succeed(url.href.replace(/\/+$/, ""))
}

export const checkApiKey = (input: unknown): Result.Result<Redacted.Redacted<string>, string> => {
  if (!Redacted.isRedacted(input)) {
    return Result.fail("Expected a Redacted, such as Redacted.make(key)")
  }
  const key = valueOf(input)
  return typeof key === "string" && isApiKey(key) && !/^bearer /i.test(key)
    // A copy, so that the client outlives a wiped original.
    ? Result.succeed(Redacted.make(key))
    : Result.fail(
      "Expected visible ASCII characters with spaces only between them, without \"Bearer\""
    )
}

const valueOf = (redacted: Redacted.Redacted<unknown>): unknown => {
  try {
    return Redacted.value(redacted)
  } catch {
    return undefined
  }
}

export const checkWorkspaceId = (input: unknown): Result.Result<string, string> =>
  typeof input === "string" && input !== ""
    ? Target.segment(input)
    : Result.fail("Expected the id or alias of a workspace")

/** Checks the options, whatever they are at run time, and names all that is wrong with them. */
export const resolve = (options: {
  readonly baseUrl?: unknown
  readonly apiKey?: unknown
  readonly workspaceId?: unknown
  readonly allowInsecureHttp?: unknown
  readonly deadline?: Duration.Input | undefined
  readonly attemptDeadline?: Duration.Input | undefined
  readonly retry?: Retry.Policy | false | undefined
  readonly retryBudget?: Retry.Budget | false | undefined
  readonly propagateTrace?: boolean | undefined
}): Result.Result<Resolved, InvalidClientOptions> => {
  const baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL, options.allowInsecureHttp === true)
  const apiKey = checkApiKey(options.apiKey)
  const workspaceId = options.workspaceId === undefined
    ? Result.succeed(undefined)
    : checkWorkspaceId(options.workspaceId)
  const checks = {
    baseUrl: Result.mapError(baseUrl, named("baseUrl")),
    apiKey: Result.mapError(apiKey, named("apiKey")),
    workspaceId: Result.mapError(workspaceId, named("workspaceId")),
    settings: CallSettings.ofClient(options),
    budget: CallSettings.ofBudget(options.retryBudget)
  }
  return Result.mapBoth(Result.all(checks), {
    onSuccess: ({ apiKey, baseUrl, budget, settings, workspaceId }) => ({
      ...Target.makeTarget(baseUrl, workspaceId, apiKey),
      settings,
      budget
    }),
    onFailure: () =>
      new InvalidClientOptions({
        violations: Object.values<Result.Result<unknown, ReadonlyArray<FieldViolation>>>(checks).flatMap((check) =>
          Result.isFailure(check) ? check.failure : []
        )
      })
  })
}

/** What a client's options come to. */
export interface Resolved extends Target.Target {
  readonly settings: CallSettings.Settings
  readonly budget: CallSettings.BudgetSettings | undefined
}

const named = (field: string) => (description: string): ReadonlyArray<FieldViolation> => [{ field, description }]
