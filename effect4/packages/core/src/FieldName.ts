/**
 * The two spellings of a field's name: lowerCamelCase in JSON, snake_case in protobuf (WIRE.md, Transport: Field names in requests).
 *
 * @since 0.1.0
 */

/**
 * Returns a field name in lowerCamelCase: `externalId` for `external_id` and for `externalId`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const lowerCamelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, character: string) => character.toUpperCase())

/**
 * Returns a field name in snake_case: `external_id` for `externalId` and for `external_id`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const snakeCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (character) => `_${character.toLowerCase()}`)
