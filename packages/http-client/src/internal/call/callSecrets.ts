import * as Redaction from "@workspace-secrets/core/Redaction"
import type * as Redacted from "effect/Redacted"

/**
 * The secrets of all requests of a call: a response may repeat those of an earlier request. Responses and errors hold
 * the mask, so it must not hold the call: its fiber and spans would stay in memory, which costs a fifth of a call.
 */
export class CallSecrets {
  #secrets: ReadonlyArray<Redacted.Redacted<string>> = []
  #made: Redaction.Mask | undefined

  /** Adds the secrets of a request. */
  add(secrets: ReadonlyArray<Redacted.Redacted<string>>): void {
    this.#secrets = [...this.#secrets, ...secrets.filter((secret) => !this.#secrets.includes(secret))]
    this.#made = undefined
  }

  /** Redacts the secrets in a text. */
  readonly mask: Redaction.Mask = (text) => (this.#made ??= Redaction.make(this.#secrets))(text)

  /** A defect without message, cause and properties. */
  bare(defect: unknown): Redaction.Defect {
    return defect instanceof Redaction.Defect ? defect : new Redaction.Defect(defect, this.mask)
  }
}
