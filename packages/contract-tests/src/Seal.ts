/**
 * Seals of values and keys: they can be compared, but not read. For Node.
 *
 * @since 0.1.0
 */
import { createHmac, randomBytes } from "node:crypto"

/**
 * Seals a text: its length, rounded up to a power of two, and an HMAC. The HMAC key is random for each run and never
 * leaves the process. Equal texts have equal seals within a run.
 *
 * @since 0.1.0
 * @category models
 */
export type Seal = (text: string) => string

/**
 * Makes a seal function with a new key.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (): Seal => {
  const key = randomBytes(32)
  return (text) =>
    `sealed-${lengthClass(text.length)}-${createHmac("sha256", key).update(text).digest("base64url").slice(0, 22)}`
}

const lengthClass = (length: number): number => length <= 1 ? length : 2 ** Math.ceil(Math.log2(length))
