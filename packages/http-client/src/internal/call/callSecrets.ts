import * as Redaction from "@workspace-secrets/core/Redaction"
import * as Redacted from "effect/Redacted"

/** Shorter parts of a credential are words that may occur in any text. */
const MIN_PART = 8

/** What a server may quote of a credential: it without its scheme, and the values of `a=b; c="d"`. */
const partsOf = (credential: string): ReadonlyArray<string> =>
  [credential, ...credential.split(/[;,]/)].flatMap((text) => {
    const part = text.trim()
    return [part.replace(/^\S+\s+/, ""), part.replace(/^[^=]*=\s*"?/, "").replace(/"$/, "")]
  }).filter((part) => part.length >= MIN_PART)

/** The credentials in the headers of a caller, and their parts. */
export const credentials = (headers: Readonly<Record<string, string>> = {}): ReadonlyArray<Redacted.Redacted<string>> =>
  Object.entries(headers).flatMap(([name, value]) =>
    /auth|cookie|key|token|secret|password|credential|signature|session/.test(name)
      ? [value, ...partsOf(value)].map((text) => Redacted.make(text))
      : []
  )

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
