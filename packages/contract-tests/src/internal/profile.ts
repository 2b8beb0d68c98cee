import * as Either from "effect/Either"
import * as A from "./answer.js"
import type { Answer } from "./api.js"
import type { Expecting } from "./expect.js"
import { keepPrefixes } from "./ulid.js"

const profileTypes = ["PROFILE_TYPE_USER", "PROFILE_TYPE_API_KEY", "PROFILE_TYPE_SYSTEM", "PROFILE_TYPE_UNSPECIFIED"]

const metadataKeys = ["id", "accountId", "name", "profileId", "externalId", "labels", "createdAt"]

/** Fails unless a response is a profile. */
export const isProfile = (answer: Answer): Expecting<void> =>
  Either.flatMap(
    A.ok(answer),
    (json) => A.that(answer, Object.keys(json).sort().join() === "metadata,spec", "metadata and spec, and nothing else")
  )

/** Fails unless the metadata of a profile is valid. */
export const hasMetadata = (answer: Answer): Expecting<void> =>
  Either.gen(function*() {
    const metadata = A.at(yield* A.ok(answer), "metadata")
    for (const key of ["id", "accountId", "name", "profileId"]) {
      const text = metadata[key]
      yield* A.that(answer, typeof text === "string" && text !== "", `a string in metadata.${key}`)
    }
    for (const key of Object.keys(metadata)) {
      yield* A.that(answer, metadataKeys.includes(key), `${metadataKeys.join(", ")} and no more in metadata`)
    }
  })

/** Fails unless the spec of a profile is valid. */
export const hasSpec = (answer: Answer): Expecting<void> =>
  Either.gen(function*() {
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
  })

/** Fails if a prefixed ULID in a profile has the wrong prefix. */
export const keepsPrefixes = (answer: Answer): Expecting<void> =>
  Either.flatMap(
    A.ok(answer),
    (json) => keepPrefixes(answer, A.at(json, "metadata"), ["id", "profileId", "accountId"])
  )
