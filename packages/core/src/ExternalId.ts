/**
 * The name that another system gave to a resource.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { expected, Text } from "./internal/schema.js"

/**
 * An id from an external system, as it is read: any string (WIRE.md, Models: `externalId?`).
 *
 * @since 0.1.0
 * @category ids
 */
export const ExternalId = Text.annotations({
  description: "Id of the resource in an external system, unique in its workspace"
}).pipe(Schema.brand("ExternalId"))

/**
 * @since 0.1.0
 * @category ids
 */
export type ExternalId = typeof ExternalId.Type

/**
 * An external id as it is written: not empty, since it is an address (WIRE.md, Operations: `external_id:<value>`).
 *
 * @since 0.1.0
 * @category ids
 */
export const NewExternalId = ExternalId.pipe(
  Schema.filter((externalId) => externalId !== "", {
    ...expected("an external id that is not empty; leave the field out for none"),
    jsonSchema: { minLength: 1 }
  })
)
