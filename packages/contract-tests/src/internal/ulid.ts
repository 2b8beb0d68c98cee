import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import * as Option from "effect/Option"
import * as A from "./answer.js"
import type { Answer } from "./api.js"
import { every } from "./expect.js"

/** Whether an id is a prefixed ULID, with this prefix if one is given. */
export const isUlid = (u: unknown, prefix?: string): boolean =>
  typeof u === "string"
  && Option.exists(PrefixedUlid.parse(u), (parts) => prefix === undefined || parts.prefix === prefix)

/** The id of a secret that no server has: its time is the Unix epoch. */
export const unknownId = PrefixedUlid.encode("wsecret", 0, 0, 0)

/** The id prefixes of other resources, by field. */
const prefixes = { accountId: "account", id: "profile", profileId: "profile", workspaceId: "workspace" } as const

/** Checks the prefixes of prefixed ULIDs only: a server may be configured with ids of another form. */
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
