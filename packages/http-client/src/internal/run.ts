import type * as HttpClient from "@effect/platform/HttpClient"
import type * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ConnectionError, UnexpectedResponse } from "../ClientError.js"
import type { Operation } from "./operation.js"
import { redact } from "./redact.js"
import type { Call } from "./request.js"
import * as Response from "./response.js"
import { send } from "./send.js"

/** Sends the request of an operation and reads what comes back. */
export const run = <A, E extends { readonly _tag: ErrorTable.Tag }>(
  http: HttpClient.HttpClient,
  operation: Operation<A, E>,
  call: Call
): Effect.Effect<A, E | ConnectionError | UnexpectedResponse> =>
  Effect.gen(function*() {
    const attempts = 1
    const answer = yield* send(http, call, operation, attempts)
    const now = yield* Clock.currentTimeMillis
    return yield* Response.read(operation, answer, { now, attempts, redact: redact(call.secrets) })
  })
