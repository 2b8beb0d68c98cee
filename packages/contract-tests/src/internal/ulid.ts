import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import * as Option from "effect/Option"
import * as A from "./answer.js"
import type { Answer } from "./api.js"
import { every } from "./expect.js"

/** Whether an id is a prefixed ULID, with this prefix if one is given. */
export const isUlid = (u: unknown, prefix?: string): boolean =>
  typeof u === "string"
  && Option.exists(PrefixedUlid.parse(u), (parts) => prefix === undefined || parts.prefix === prefix)

/** The id of a secret that no server has: minted at the Unix epoch. */
export const unknownId = PrefixedUlid.encode("wsecret", 0, 0, 0)

/** The prefixes of ids other than that of a secret, by the fields that have them. */
const prefixes = { accountId: "account", id: "profile", profileId: "profile", workspaceId: "workspace" } as const

/** That ids which are prefixed ULIDs have the prefix of their field: whoever has set the server up may have given it ids of another form. */
export const keepPrefixes = (
  answer: Answer,
  metadata: A.Json,
  fields: ReadonlyArray<keyof typeof prefixes>
) =>
  every(fields.map((field) => {
    const id = metadata[field]
    const prefix = prefixes[field]
    return A.that(answer, !isUlid(id) || isUlid(id, prefix), `${prefix}_ and a ULID in metadata.${field}`)
  }))
