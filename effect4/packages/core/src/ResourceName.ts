/**
 * The name that people know a resource by.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { text } from "./internal/schema.js"

/**
 * The most characters (Unicode code points) a name has, white space around it not counted (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category constants
 */
export const maxLength = 255

/**
 * The rule for a name: 1 to 255 characters after trimming (WIRE.md, Create).
 *
 * @since 0.1.0
 * @category rules
 */
export const isResourceName = (name: string): boolean => {
  const trimmed = name.trim()
  // A string has at least as many code units as code points, and at most twice as many.
  return trimmed !== "" &&
    (trimmed.length <= maxLength || (trimmed.length <= 2 * maxLength && [...trimmed].length <= maxLength))
}

const message = `Expected a name of 1 to ${maxLength} characters, not counting white space around it`

/**
 * A name as it is written. Names need not be unique.
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
