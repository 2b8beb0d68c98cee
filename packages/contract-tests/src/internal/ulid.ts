import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import * as Option from "effect/Option"

/** Whether an id is a prefixed ULID, with this prefix if one is given. */
export const isUlid = (u: unknown, prefix?: string): boolean =>
  typeof u === "string"
  && Option.exists(PrefixedUlid.parse(u), (parts) => prefix === undefined || parts.prefix === prefix)

/** The id of a secret that no server has: minted at the Unix epoch. */
export const unknownId = PrefixedUlid.encode("wsec", 0, 0, 0)
