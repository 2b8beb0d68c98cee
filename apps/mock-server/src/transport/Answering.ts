import { Internal } from "@workspace-secrets/core/ApiError"
import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { randomInt } from "node:crypto"
import { nameOf } from "../api/Defect.js"
import type { Dispatch, Incoming, Outgoing } from "../api/Dispatcher.js"
import { answerError } from "../api/Dispatcher.js"
import { isNow } from "../api/Now.js"

/** Makes a request id for a request that could not be dispatched. Never throws. */
export const spareId = (): string =>
  PrefixedUlid.encode(
    "req",
    Math.min(Math.max(Math.floor(Date.now()), 0), PrefixedUlid.maxTimestamp),
    randomInt(2 ** 40),
    randomInt(2 ** 40)
  )

/** Logs a defect without its message, which can quote a value. */
export const logDefect = (requestId: string, defect: unknown): Effect.Effect<void> =>
  Effect.logError(`unexpected failure of ${requestId}`, Cause.die(nameOf(defect)))

/** The response to a request that ended with a defect. */
export const defectAnswer = (requestId: string): Outgoing =>
  answerError(new Internal({ message: "the mock server failed unexpectedly; see its log" }), requestId, {
    connection: "close"
  })

const onDefect = (defect: unknown): Effect.Effect<Outgoing> => {
  const requestId = spareId()
  return Effect.as(logDefect(requestId, defect), defectAnswer(requestId))
}

/** Turns everything that a dispatcher throws into a response, so that it cannot end the process. */
export const answering = (dispatch: Dispatch): Dispatch => (incoming: Incoming): Effect.Effect<Outgoing> => {
  try {
    const outgoing = dispatch(incoming)
    return isNow(outgoing)
      ? Either.isRight(outgoing) ? outgoing : onDefect(outgoing.left)
      : Effect.catchAllDefect(outgoing, onDefect)
  } catch (defect) {
    return onDefect(defect)
  }
}
