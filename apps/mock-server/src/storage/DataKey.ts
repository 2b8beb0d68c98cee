/**
 * The key that encrypts a data directory: AES-256-GCM.
 */
import * as Effect from "effect/Effect"
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto"
import * as Fs from "node:fs/promises"
import { attempt, Refusal, unlessMissing } from "./Disk.js"

const ALGORITHM = "aes-256-gcm"
const NONCE = 12
const TAG = 16

/** How many bytes the salt of a file has. */
export const saltSize = 16

/** How many bytes a sealed text is longer than the text. */
export const sealSize = NONCE + TAG

/**
 * Encrypts the records of one file. Each has a nonce by chance: with a key for each file, 2^32 records are safe (NIST SP 800-38D, 8.3), and a
 * record that is written again after a failure never has the nonce of the one before.
 */
export interface Cipher {
  /** Tells the key from others. It says nothing of the key. */
  readonly check: string
  /** `context` is what the text is bound to: it opens nowhere else. */
  readonly seal: (text: Buffer, context: Buffer) => Buffer
  /** Nothing where it was sealed by another key, for another context, or was changed since. */
  readonly open: (sealed: Buffer, context: Buffer) => Buffer | undefined
}

/** A key of 256 bits. Printing it does not print it. */
export class DataKey {
  readonly #secret: Buffer

  constructor(secret: Buffer) {
    this.#secret = secret
  }

  /** The cipher of a file, by its salt. */
  cipher(salt: Buffer): Cipher {
    const derive = (use: string, size: number) =>
      Buffer.from(hkdfSync("sha256", this.#secret, salt, `workspace-secrets-mock ${use}`, size))
    const key = derive("records", 32)
    return {
      check: derive("check", 16).toString("hex"),
      seal: (text, context) => {
        const nonce = randomBytes(NONCE)
        const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAAD(context)
        return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
      },
      open: (sealed, context) => {
        if (sealed.length < sealSize) {
          return undefined
        }
        const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE), { authTagLength: TAG })
          .setAAD(context)
          .setAuthTag(sealed.subarray(sealed.length - TAG))
        try {
          return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()])
        } catch {
          return undefined
        }
      }
    }
  }
}

/** Reads a key from a file: 64 hexadecimal digits. */
export const readDataKey = (path: string): Effect.Effect<DataKey, Refusal> =>
  Effect.flatMap(
    attempt("it cannot be read", () => unlessMissing(Fs.readFile(path, "latin1"))),
    (text = "") =>
      /^[0-9a-f]{64}$/i.test(text.trim())
        ? Effect.succeed(new DataKey(Buffer.from(text.trim(), "hex")))
        : new Refusal({
          what:
            "there is no such file, or no key in it; expected 64 hexadecimal digits, such as `openssl rand -hex 32` makes"
        })
  )
