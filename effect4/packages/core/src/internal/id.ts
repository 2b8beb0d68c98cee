import * as Schema from "effect/Schema"
import { Text } from "./schema.js"

/** The schema of an id: a non-empty string. Its arbitrary generates prefixed ULIDs, as servers do. */
export const id = (identifier: string, prefix: string, description: string) =>
  Text.check(
    Schema.isNonEmpty({
      message: "Expected a non-empty string",
      identifier,
      description,
      arbitraryConstraint: { patterns: [{ source: `^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`, flags: "" }] }
    })
  )
