/**
 * Ids from external systems.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Text } from "./internal/schema.js"

/**
 * The id of a resource in an external system, as it was stored (WIRE.md, Models: `externalId?`). An empty string means unset;
 * in an update, it clears the field.
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
