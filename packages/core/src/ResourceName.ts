/**
 * Human-readable names of resources.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { expected, Text } from "./internal/schema.js"

/**
 * The maximum length of a trimmed name, in Unicode code points (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category constants
 */
export const maxLength = 255

/**
 * Whether a name is valid: 1 to 255 characters after trimming (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category rules
 */
export const isResourceName = (name: string): boolean => {
  const trimmed = name.trim()
  // Counts code points only if the number of code units leaves it open (1 to 2 units each).
  return trimmed !== "" &&
    (trimmed.length <= maxLength || (trimmed.length <= 2 * maxLength && [...trimmed].length <= maxLength))
}

/**
 * A name in a request. Names need not be unique.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ResourceName = Text.pipe(
  Schema.filter(isResourceName, {
    ...expected(`a name of 1 to ${maxLength} characters after trimming`),
    identifier: "ResourceName",
    description: "Human-readable name of the resource",
    jsonSchema: { minLength: 1 },
    arbitrary: () => (fc) => fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter(isResourceName)
  })
)

/**
 * @since 0.1.0
 * @category schemas
 */
export type ResourceName = typeof ResourceName.Type
