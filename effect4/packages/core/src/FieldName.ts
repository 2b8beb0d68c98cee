/**
 * The two spellings of a field's name: lowerCamelCase in JSON, snake_case in protobuf (WIRE.md, Transport: Field names in requests).
 *
 * @since 0.1.0
 */

/**
 * The name of a field in lowerCamelCase: `externalId` for `external_id`. Both spellings give the same.
 *
 * @since 0.1.0
 * @category conversions
 */
export const lowerCamelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, character: string) => character.toUpperCase())

/**
 * The name of a field in snake_case: `external_id` for `externalId`. Both spellings give the same.
 *
 * @since 0.1.0
 * @category conversions
 */
export const snakeCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (character) => `_${character.toLowerCase()}`)
