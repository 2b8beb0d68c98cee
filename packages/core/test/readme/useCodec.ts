import { codec } from "@workspace-secrets/core/Codec"
import { Profile } from "@workspace-secrets/core/Profile"
import * as Either from "effect/Either"

const profiles = codec(Profile, { errors: "all" })
const read = profiles.decode({
  metadata: { id: "profile_1", accountId: "account_1", name: "Ada", profileId: "profile_1", externalId: "" },
  spec: { type: "PROFILE_TYPE_USER", email: null }
})
console.log(Either.getOrThrow(read).spec) // { type: 'PROFILE_TYPE_USER' }
