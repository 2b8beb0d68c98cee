/**
 * Behaviours of create (WIRE.md, Operations: create; Semantics: Create). Fields and labels are in other modules.
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import { about, holds } from "../internal/expect.js"
import { listAll } from "../internal/list.js"
import { bodyOf, create, isMade, isSecret } from "../internal/secret.js"
import { isUlid, keepPrefixes } from "../internal/ulid.js"
import { wire } from "../internal/wire.js"

/**
 * The behaviours of create.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("create", [
  {
    id: "WS-CREATE-001",
    provenance: "A",
    statement: "create returns 200, not 201",
    *check({ api, mine }) {
      const answer = yield* api.create(bodyOf({ name: mine.name() }))
      yield* A.that(answer, answer.status === 200, "status 200")
    }
  },
  {
    id: "WS-CREATE-021",
    provenance: "P",
    statement: "a name and an empty spec are enough, and the other fields are then unset",
    *check(world) {
      const fields = { name: world.mine.name() }
      yield* isSecret(world, yield* world.api.create(bodyOf(fields)), fields)
    }
  },
  {
    id: "WS-CREATE-003",
    provenance: "P",
    statement: "create stores name, externalId, labels and value, and returns them with info and nothing else",
    *check(world) {
      const { api, mine } = world
      const fields = {
        name: mine.name(),
        externalId: mine.externalId(),
        labels: { team: "core", "example.com/tier": "" },
        value: mine.value()
      }
      yield* isSecret(world, yield* api.create(bodyOf(fields)), fields)
    }
  },
  {
    id: "WS-CREATE-004",
    provenance: "P",
    statement: "a new secret is visible at once, in get and in the list",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, { value: mine.value() })
      yield* isMade(world, yield* api.get(made.id), made)
      const items = yield* listAll(api, { prefix: mine.prefix })
      yield* holds(
        items.length === 1 && A.at(items[0], "metadata")["id"] === made.id,
        `GET ${api.collection}: expected the new secret in the list, got ${items.length} others`
      )
    }
  },
  {
    id: "WS-CREATE-005",
    provenance: "D",
    statement: "the id of a new secret is a prefixed ULID",
    *check(world) {
      const { answer } = yield* create(world)
      const { id } = A.at(yield* A.object(answer), "metadata")
      yield* A.that(answer, isUlid(id), "a prefixed ULID in metadata.id")
    }
  },
  {
    id: "WS-CREATE-022",
    provenance: "P",
    statement:
      "a new secret's id begins with wsecret_; the others, if they are prefixed ULIDs, with account_, profile_ and workspace_",
    *check(world) {
      const { answer } = yield* create(world)
      const metadata = A.at(yield* A.object(answer), "metadata")
      yield* A.that(answer, isUlid(metadata.id, "wsecret"), "wsecret_ and a ULID in metadata.id")
      yield* keepPrefixes(answer, metadata, ["accountId", "profileId", "workspaceId"])
    }
  },
  {
    id: "WS-CREATE-007",
    provenance: "A",
    statement: "fields that the server sets are ignored in a request",
    *check(world) {
      const { api, mine } = world
      const fields = { name: mine.name() }
      const sent = {
        id: "wsecret_00000000000000000000000001",
        accountId: "account_00000000000000000000000001",
        workspaceId: "workspace_00000000000000000000000001",
        profileId: "profile_00000000000000000000000001",
        createdAt: "2001-01-01T00:00:00.000Z"
      }
      const metadata = { id: sent.profileId, accountId: sent.accountId, name: "nobody", profileId: sent.profileId }
      const answer = yield* api.create({
        metadata: { ...fields, ...sent },
        spec: {},
        info: { createdBy: { metadata, spec: { type: "PROFILE_TYPE_SYSTEM" } }, lastUsedAt: sent.createdAt }
      })
      const json = yield* isSecret(world, answer, fields)
      for (const [key, value] of Object.entries(sent)) {
        yield* A.that(
          answer,
          A.at(json, "metadata")[key] !== value,
          `another metadata.${key} than the one that was sent`
        )
      }
      const info = A.at(json, "info")
      yield* A.that(
        answer,
        A.at(info, "createdBy", "metadata")["name"] !== "nobody",
        "the key's profile in info.createdBy"
      )
      yield* A.that(answer, info["lastUsedAt"] === undefined, "no info.lastUsedAt of a secret that was not used")
    }
  },
  {
    id: "WS-CREATE-012",
    provenance: "P",
    statement: "metadata and spec are required",
    rows: [A.INVALID_ARGUMENT],
    *check({ api, mine }) {
      const metadata = { name: mine.name() }
      for (const body of [{}, { metadata }, { spec: {} }, { metadata, spec: null }, { metadata: null, spec: {} }]) {
        yield* about(`body with ${Object.keys(body).join(" and ") || "nothing"}`)(
          A.refused(yield* api.create(body), A.INVALID_ARGUMENT)
        )
      }
    }
  },
  {
    id: "WS-CREATE-013",
    provenance: "P",
    statement: "a field of the wrong type is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api, mine }) {
      const name = mine.name()
      const wrong: Readonly<Record<string, unknown>> = {
        "metadata.name": { metadata: { name: 5 }, spec: {} },
        "metadata.externalId": { metadata: { name, externalId: ["a"] }, spec: {} },
        "metadata.labels": { metadata: { name, labels: "team=core" }, spec: {} },
        "metadata.labels.team": { metadata: { name, labels: { team: 1 } }, spec: {} },
        "spec.value": { metadata: { name }, spec: { value: 5 } },
        metadata: { metadata: name, spec: {} },
        spec: { metadata: { name }, spec: mine.value() }
      }
      for (const [field, body] of Object.entries(wrong)) {
        yield* about(`wrong ${field}`)(A.refused(yield* api.create(body), A.INVALID_ARGUMENT))
      }
    }
  }
])
