/** The name of a field in lowerCamelCase: `externalId` of `external_id`. */
export const lowerCamelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, character: string) => character.toUpperCase())

/** The name of a field in snake_case: `external_id` of `externalId`. */
export const snakeCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (character) => `_${character.toLowerCase()}`)
