/**
 * What is expected of whoami (WIRE.md, Operations: whoami; Models: Profile).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { same } from "../internal/expect.js"
import { create } from "../internal/secret.js"
import { keepPrefixes } from "../internal/ulid.js"
import { wire } from "../internal/wire.js"

const profileTypes = ["PROFILE_TYPE_USER", "PROFILE_TYPE_API_KEY", "PROFILE_TYPE_SYSTEM", "PROFILE_TYPE_UNSPECIFIED"]

const metadataKeys = ["id", "accountId", "name", "profileId", "externalId", "labels", "createdAt"]

/**
 * The behaviours of whoami, which has one path in both layouts.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("whoami", [
  {
    id: "WS-WHOAMI-001",
    provenance: "P",
    statement: "whoami answers 200 with a Profile: metadata and spec",
    layouts: "one",
    *check({ api }) {
      const answer = yield* api.whoami()
      const json = yield* A.ok(answer)
      yield* A.that(answer, Object.keys(json).sort().join() === "metadata,spec", "metadata and spec, and nothing else")
    }
  },
  {
    id: "WS-WHOAMI-002",
    provenance: "D",
    statement: "a profile's metadata has id, accountId, name and profileId, all of them strings that are not empty",
    layouts: "one",
    *check({ api }) {
      const answer = yield* api.whoami()
      const metadata = A.at(yield* A.ok(answer), "metadata")
      for (const key of ["id", "accountId", "name", "profileId"]) {
        const text = metadata[key]
        yield* A.that(answer, typeof text === "string" && text !== "", `a string in metadata.${key}`)
      }
      for (const key of Object.keys(metadata)) {
        yield* A.that(answer, metadataKeys.includes(key), `${metadataKeys.join(", ")} and no more in metadata`)
      }
    }
  },
  {
    id: "WS-WHOAMI-003",
    provenance: "D",
    statement: "a profile's spec has a type that is known and, where set, email and name",
    layouts: "one",
    *check({ api }) {
      const answer = yield* api.whoami()
      const { email = "", name = "", type, ...rest } = A.at(yield* A.ok(answer), "spec")
      yield* A.that(
        answer,
        typeof type === "string" && profileTypes.includes(type),
        `one of ${profileTypes.join(", ")}`
      )
      yield* A.that(
        answer,
        typeof email === "string" && typeof name === "string",
        "strings in spec.email and spec.name"
      )
      yield* A.that(answer, Object.keys(rest).length === 0, "type, email and name and no more in spec")
    }
  },
  {
    id: "WS-WHOAMI-007",
    provenance: "P",
    statement: "the ids of a profile, where they are prefixed ULIDs, begin with profile_ and account_",
    layouts: "one",
    *check({ api }) {
      const answer = yield* api.whoami()
      yield* keepPrefixes(answer, A.at(yield* A.ok(answer), "metadata"), ["id", "profileId", "accountId"])
    }
  },
  {
    id: "WS-WHOAMI-005",
    provenance: "A",
    statement: "whoami is the profile that a secret made with the key has in info.createdBy and metadata.profileId",
    *check({ api, mine }) {
      const made = yield* create({ api, mine })
      const answer = yield* api.whoami()
      const me = yield* A.ok(answer)
      const secret = yield* A.object(made.answer)
      yield* same(A.at(secret, "info")["createdBy"], me, `${made.answer.request}: info.createdBy`)
      yield* same(A.at(secret, "metadata")["profileId"], A.at(me, "metadata")["id"], "metadata.profileId")
    }
  },
  {
    id: "WS-WHOAMI-006",
    provenance: "A",
    statement: "whoami is of the same account as the secrets of the key",
    layouts: "one",
    *check({ api, mine }) {
      const made = yield* create({ api, mine })
      const me = yield* A.ok(yield* api.whoami())
      const { accountId } = A.at(yield* A.object(made.answer), "metadata")
      yield* same(accountId, A.at(me, "metadata")["accountId"], `${made.answer.request}: metadata.accountId`)
    }
  }
])
