/**
 * API keys.
 *
 * @since 0.1.0
 */

/**
 * Whether a key can be sent as `Authorization: Bearer <key>`: visible ASCII characters, with spaces only between them
 * (WIRE.md, Transport: Auth).
 *
 * @since 0.1.0
 * @category rules
 */
export const isApiKey = (key: string): boolean => /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/.test(key)
