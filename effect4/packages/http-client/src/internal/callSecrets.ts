import * as Redaction from "@workspace-secrets/core/Redaction"
import * as Cause from "effect/Cause"
import type * as Redacted from "effect/Redacted"

/**
 * The secrets of all requests of a call: a response may repeat those of an earlier request. Responses and errors hold
 * the mask, so it must not hold the call: its fiber and spans would stay in memory.
 */
export class CallSecrets {
  #secrets: ReadonlyArray<Redacted.Redacted<string>> = []
  #made: Redaction.Mask | undefined

  /** Adds the secrets of a request. */
  add(secrets: ReadonlyArray<Redacted.Redacted<string>>): void {
    this.#secrets = [...this.#secrets, ...secrets.filter((secret) => !this.#secrets.some((known) => known === secret))]
    this.#made = undefined
  }

  /** Redacts the secrets in a text. */
  readonly mask: Redaction.Mask = (text) => (this.#made ??= Redaction.make(this.#secrets))(text)

  /** Reduces the defects of a cause to class and frames. */
  bare<E>(cause: Cause.Cause<E>): Cause.Cause<E> {
    return Cause.hasDies(cause)
      ? Cause.fromReasons(
        cause.reasons.map((reason) =>
          Cause.isDieReason(reason) ? Cause.makeDieReason(this.defect(reason.defect)) : reason
        )
      )
      : cause
  }

  /** A defect without message, cause and properties. */
  defect(defect: unknown): Redaction.Defect {
    return defect instanceof Redaction.Defect ? defect : new Redaction.Defect(defect, this.mask)
  }
}
