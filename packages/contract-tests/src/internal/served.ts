import * as Either from "effect/Either"
import * as A from "./answer.js"
import type { Answer } from "./api.js"
import { type Expecting, holds, same } from "./expect.js"

/** Published operations without an id in their path. */
export const published = [
  "/v1/account",
  "/v1/account/profiles",
  "/v1/account/workspaces",
  "/v1/workspaces",
  "/v1/workspaces/{workspaceId}/agents",
  "/v1/workspaces/{workspaceId}/api_keys",
  "/v1/workspaces/{workspaceId}/memory_layers",
  "/v1/workspaces/{workspaceId}/models",
  "/v1/workspaces/{workspaceId}/tool_sets",
  "/v1/workspaces/{workspaceId}/widgets"
]

/** Fails unless an error has the missing and the granted scopes. */
export const isScopeMissing = (answer: Answer): Expecting<void> =>
  Either.gen(function*() {
    const info = yield* A.errorInfo(answer, yield* A.refused(answer, A.PERMISSION_DENIED))
    const { granted_scopes: granted, required_scope: required } = A.at(info, "metadata")
    yield* same(
      { reason: info["reason"], required },
      { reason: "SCOPE_MISSING", required: "secrets:manage" },
      "ErrorInfo"
    )
    const message = "expected the scopes of the key in granted_scopes"
    yield* holds(typeof granted === "string" && !granted.includes("secrets:manage"), message, message)
  })

/** Fails unless a published operation is served, or fails with a message that names it. */
export const isServedOrNamed = (answer: Answer, template: string): Expecting<void> =>
  Either.gen(function*() {
    yield* A.that(answer, answer.status !== 404, "a route")
    if (answer.status === 501) {
      const { message } = yield* A.refused(answer, A.NOT_SERVED)
      yield* A.that(answer, String(message).includes(`GET ${template}`), `a message that names GET ${template}`)
    }
  })
