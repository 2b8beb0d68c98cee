/**
 * The name that another system gave to a resource.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Text } from "./internal/schema.js"

/**
 * An id from an external system: any string (WIRE.md, Models: `externalId?`). An empty one is unset; in an update, it clears the field.
 *
 * @since 0.1.0
 * @category ids
 */
export const ExternalId = Text.annotate({
  description: "Id of the resource in an external system, unique in its workspace"
}).pipe(Schema.brand("ExternalId"))

/**
 * @since 0.1.0
 * @category ids
 */
export type ExternalId = typeof ExternalId.Type
