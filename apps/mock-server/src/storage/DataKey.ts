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

/** The size of a file's salt, in bytes. */
export const saltSize = 16

/** How much longer an encrypted text is, in bytes. */
export const sealSize = NONCE + TAG

/**
 * Encrypts the records of one file. Each record has a random nonce: with one key per file, 2^32 records are safe (NIST SP 800-38D, 8.3),
 * and a record that is written again after a failure gets a new nonce.
 */
export interface Cipher {
  /** Identifies the key without revealing it. */
  readonly check: string
  /** Encrypts a text. It can only be decrypted with the same `context`. */
  readonly seal: (text: Buffer, context: Buffer) => Buffer
  /** Decrypts a text. `undefined` if the key or the context is another, or the text was changed. */
  readonly open: (sealed: Buffer, context: Buffer) => Buffer | undefined
}

/** A key of 256 bits. Printing the object does not print the key. */
export class DataKey {
  readonly #secret: Buffer

  constructor(secret: Buffer) {
    this.#secret = secret
  }

  /** Makes the cipher of a file, by its salt. */
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
            "there is no such file, or it contains no key; expected 64 hexadecimal digits, for example from `openssl rand -hex 32`"
        })
  )
