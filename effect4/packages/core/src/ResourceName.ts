/**
 * Human-readable names of resources.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { text } from "./internal/schema.js"

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

const message = `Expected a name of 1 to ${maxLength} characters after trimming`

/**
 * A name in a request. Names need not be unique.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ResourceName = text(message).check(
  Schema.makeFilter(isResourceName, {
    message,
    identifier: "ResourceName",
    description: "Human-readable name of the resource",
    toJsonSchema: () => ({ minLength: 1 })
  })
)

/**
 * @since 0.1.0
 * @category schemas
 */
export type ResourceName = typeof ResourceName.Type
