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

/** The id of a request that no tenant's ids have: that of one which could not be dispatched. It never throws. */
export const spareId = (): string =>
  PrefixedUlid.encode(
    "req",
    Math.min(Math.max(Math.floor(Date.now()), 0), PrefixedUlid.maxTimestamp),
    randomInt(2 ** 40),
    randomInt(2 ** 40)
  )

/** Logs a defect without what it says, which can quote a value. */
export const logDefect = (requestId: string, defect: unknown): Effect.Effect<void> =>
  Effect.logError(`unexpected failure of ${requestId}`, Cause.die(nameOf(defect)))

/** The answer to a request that met with a defect. */
export const defectAnswer = (requestId: string): Outgoing =>
  answerError(new Internal({ message: "the mock server failed unexpectedly; its log says more" }), requestId, {
    connection: "close"
  })

const onDefect = (defect: unknown): Effect.Effect<Outgoing> => {
  const requestId = spareId()
  return Effect.as(logDefect(requestId, defect), defectAnswer(requestId))
}

/** A dispatcher that answers whatever is thrown on the way, which ends no process. */
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
