import * as Redaction from "@workspace-secrets/core/Redaction"
import * as Redacted from "effect/Redacted"

/** The minimum length of a credential without its scheme, and of a password. */
const MIN_PART = 8

/** The minimum length of a parameter that is masked. Shorter ones are words that may occur in any text, such as `env=production`. */
const MIN_PARAMETER = 16

/** The user and password of Basic credentials, and the password alone. */
const basicOf = (credential: string): ReadonlyArray<string> => {
  try {
    const text = atob(/^basic\s+(\S+)$/i.exec(credential)?.[1] ?? "")
    return [text, text.replace(/^[^:]*:/, "")]
  } catch {
    return []
  }
}

/** What a server may quote of a credential: it without its scheme, Basic decoded, and the values of `a=b; c="d"` unless they are paths. */
const partsOf = (credential: string): ReadonlyArray<string> => {
  const parameters = credential.split(/[;,]/).map((part) => part.replace(/^[^=]*=\s*"?/, "").trim().replace(/"$/, ""))
  return [
    ...[credential.replace(/^\S+\s+/, ""), ...basicOf(credential)].filter(({ length }) => length >= MIN_PART),
    ...parameters.filter((value) => value.length >= MIN_PARAMETER && !value.startsWith("/"))
  ]
}

/** The credentials in the headers of a caller, and their parts. */
export const credentials = (headers: Readonly<Record<string, string>> = {}): ReadonlyArray<Redacted.Redacted<string>> =>
  Object.entries(headers).flatMap(([name, value]) =>
    /auth|cookie|key|token|secret|password|credential|signature|session/.test(name)
      ? [value, ...partsOf(value.trim())].map((text) => Redacted.make(text))
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
