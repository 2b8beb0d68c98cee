import { isApiKey } from "@workspace-secrets/core/ApiKey"
import type { FieldViolation } from "@workspace-secrets/core/FieldViolation"
import type * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { InvalidClientOptions } from "../../ClientError.js"
import type * as Retry from "../../Retry.js"
import * as Target from "../wire/target.js"
import * as CallSettings from "./callSettings.js"

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
export const checkBaseUrl = (input: unknown, allowInsecureHttp: boolean): Either.Either<string, string> => {
  const url = parseUrl(input)
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return Either.left(`Expected an http or https URL such as ${DEFAULT_BASE_URL}`)
  }
  if (url.protocol === "http:" && !allowInsecureHttp && !isLoopback(url.hostname)) {
    return Either.left(
      "Expected an https URL: http sends the key unencrypted; allowInsecureHttp allows it for hosts other than localhost"
    )
  }
  if (url.username !== "" || url.password !== "") {
    return Either.left("Expected a URL without user name and password; use apiKey")
  }
  // `search` and `hash` are empty for a trailing `?` or `#`, but the API's path would become part of them.
  return /[?#]/.test(url.href)
    ? Either.left("Expected a URL without query and fragment")
    : Either.right(url.href.replace(/\/+$/, ""))
}

export const checkApiKey = (input: unknown): Either.Either<Redacted.Redacted<string>, string> => {
  if (!Redacted.isRedacted(input)) {
    return Either.left("Expected a Redacted, such as Redacted.make(key)")
  }
  const key = valueOf(input)
  if (key === undefined) {
    return Either.left("Expected a readable Redacted: it was wiped, or made by another version of effect")
  }
  return typeof key === "string" && isApiKey(key) && !/^bearer /i.test(key)
    // A copy, so that the client outlives a wiped original.
    ? Either.right(Redacted.make(key))
    : Either.left(
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

export const checkWorkspaceId = (input: unknown): Either.Either<string, string> =>
  typeof input === "string" && input !== ""
    ? Target.segment(input)
    : Either.left("Expected the id or alias of a workspace")

/** Checks the options, whatever they are at run time, and names all that is wrong with them. */
export const resolve = (options: {
  readonly baseUrl?: unknown
  readonly apiKey?: unknown
  readonly workspaceId?: unknown
  readonly allowInsecureHttp?: unknown
  readonly deadline?: Duration.DurationInput | undefined
  readonly attemptDeadline?: Duration.DurationInput | undefined
  readonly retry?: Retry.Policy | false | undefined
  readonly retryBudget?: Retry.Budget | false | undefined
  readonly propagateTrace?: boolean | undefined
}): Either.Either<Resolved, InvalidClientOptions> => {
  const baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL, options.allowInsecureHttp === true)
  const apiKey = checkApiKey(options.apiKey)
  const workspaceId = options.workspaceId === undefined
    ? Either.right(undefined)
    : checkWorkspaceId(options.workspaceId)
  const checks = {
    baseUrl: Either.mapLeft(baseUrl, named("baseUrl")),
    apiKey: Either.mapLeft(apiKey, named("apiKey")),
    workspaceId: Either.mapLeft(workspaceId, named("workspaceId")),
    settings: CallSettings.ofClient(options),
    budget: CallSettings.ofBudget(options.retryBudget)
  }
  return Either.mapBoth(Either.all(checks), {
    onRight: ({ apiKey, baseUrl, budget, settings, workspaceId }) => ({
      ...Target.makeTarget(baseUrl, workspaceId, apiKey),
      settings,
      budget
    }),
    onLeft: () =>
      new InvalidClientOptions({
        violations: Object.values<Either.Either<unknown, ReadonlyArray<FieldViolation>>>(checks).flatMap((check) =>
          Either.isLeft(check) ? check.left : []
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
