import type { LazyArbitrary } from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as PrefixedUlid from "../PrefixedUlid.js"
import { NonEmptyText } from "./schema.js"

const arbitrary = (prefix: string) => (): LazyArbitrary<string> => (fc) => {
  const timestamp = fc.integer({ min: 0, max: PrefixedUlid.maxTimestamp })
  const bits40 = fc.integer({ min: 0, max: 2 ** 40 - 1 })
  return fc.tuple(timestamp, bits40, bits40).map(([time, high, low]) => PrefixedUlid.encode(prefix, time, high, low))
}

/**
 * The schema of an id: a non-empty string, branded. Its arbitrary generates prefixed ULIDs, as servers do.
 */
export const id = <const Brand extends string>(brand: Brand, prefix: string, description: string) =>
  NonEmptyText.annotations({ description, arbitrary: arbitrary(prefix) }).pipe(Schema.brand(brand))
