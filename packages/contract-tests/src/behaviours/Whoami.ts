/**
 * Behaviours of whoami (WIRE.md, Operations: whoami; Models: Profile).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { same } from "../internal/expect.js"
import * as Profile from "../internal/profile.js"
import { create } from "../internal/secret.js"
import { wire } from "../internal/wire.js"

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
    statement: "whoami returns 200 with a Profile: metadata and spec",
    layouts: "one",
    *check({ api }) {
      const answer = yield* api.whoami()
      yield* Profile.isProfile(answer)
    }
  },
  {
    id: "WS-WHOAMI-002",
    provenance: "D",
    statement: "a profile's metadata has id, accountId, name and profileId, all non-empty strings",
    layouts: "one",
    *check({ api }) {
      const answer = yield* api.whoami()
      yield* Profile.hasMetadata(answer)
    }
  },
  {
    id: "WS-WHOAMI-003",
    provenance: "D",
    statement: "a profile's spec has a known type and, if set, email and name",
    layouts: "one",
    *check({ api }) {
      const answer = yield* api.whoami()
      yield* Profile.hasSpec(answer)
    }
  },
  {
    id: "WS-WHOAMI-007",
    provenance: "P",
    statement: "the ids of a profile, if they are prefixed ULIDs, begin with profile_ and account_",
    layouts: "one",
    *check({ api }) {
      const answer = yield* api.whoami()
      yield* Profile.keepsPrefixes(answer)
    }
  },
  {
    id: "WS-WHOAMI-005",
    provenance: "A",
    statement: "whoami is the profile in info.createdBy and metadata.profileId of secrets that the key creates",
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
    statement: "whoami has the same account as the secrets of the key",
    layouts: "one",
    *check({ api, mine }) {
      const made = yield* create({ api, mine })
      const me = yield* A.ok(yield* api.whoami())
      const { accountId } = A.at(yield* A.object(made.answer), "metadata")
      yield* same(accountId, A.at(me, "metadata")["accountId"], `${made.answer.request}: metadata.accountId`)
    }
  }
])
