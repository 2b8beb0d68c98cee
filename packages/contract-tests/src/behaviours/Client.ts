/**
 * Behaviours of the client with a real server: every operation.
 *
 * @since 0.1.0
 */
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import { Profile } from "@workspace-secrets/core/Profile"
import { isUnset } from "@workspace-secrets/core/UnsetFields"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as A from "../internal/answer.js"
import { client, type ClientWorld, createWith, isEntity, payloadOf, toJson } from "../internal/client.js"
import { about, holds, same } from "../internal/expect.js"
import type { Fields } from "../internal/secret.js"

const all = ({ mine }: ClientWorld, of: string): Fields => ({
  name: mine.name(of),
  externalId: mine.externalId(of),
  labels: { team: "core", "example.com/tier": "" },
  value: mine.value(`${of} "鍵" 🔑\n`)
})

const createAll = (world: ClientWorld, names: ReadonlyArray<string>) =>
  Effect.forEach(names, (name) => createWith(world.client, { name: world.mine.name(name) }))

const namesOf = ({ mine }: ClientWorld, secrets: Iterable<WorkspaceSecret>) =>
  Array.from(secrets, ({ metadata }) => metadata.name.replace(`${mine.prefix}-`, "").toLowerCase())

const encodeProfile = Schema.encodeSync(Profile)

/**
 * The behaviours of the client's operations.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = [
  ...client("create", [
    {
      id: "WS-CLIENT-001",
      provenance: "D",
      statement: "create returns the new secret with the fields that were sent and nothing else",
      *check(world) {
        for (const fields of [all(world, "a"), { name: world.mine.name("b") }]) {
          yield* isEntity(world, "create", yield* createWith(world.client, fields), fields)
        }
      }
    },
    {
      id: "WS-CLIENT-002",
      provenance: "D",
      contested: ["values"],
      statement: "a returned value is Redacted, and the one that was sent",
      *check({ client, mine, target }) {
        const value = mine.value("\"\\\u2028 🔑")
        const { spec } = yield* createWith(client, { name: mine.name(), value })
        const came = spec.value
        const isLeftOut = target.writeOnlyValues ?? came === undefined
        yield* holds(
          isLeftOut ? came === undefined : Redacted.isRedacted(came) && Redacted.value(came) === value,
          "create: expected the value that was given, Redacted"
        )
      }
    }
  ]),
  ...client("get", [
    {
      id: "WS-CLIENT-003",
      provenance: "D",
      statement: "get returns the secret of an id, the same that create returned",
      *check({ client, mine }) {
        const made = yield* createWith(client, { name: mine.name(), labels: { team: "core" }, value: mine.value() })
        const found = yield* client.get(made.metadata.id)
        yield* same(toJson(found), toJson(made), "get: the secret that was made")
      }
    },
    {
      id: "WS-CLIENT-004",
      provenance: "P",
      statement: "get returns the secret of an external id with any characters",
      *check({ client, mine }) {
        for (const tail of ["a/b", "100%", "a b", "a%2Fb", "a+b", "q?x=1#top", "a:b", "naïve 鍵 🔑"]) {
          const externalId = ExternalId.make(mine.externalId(tail))
          const made = yield* createWith(client, { name: mine.name(), externalId })
          const found = yield* client.get({ externalId })
          yield* about(`external id …${tail}`)(same(toJson(found), toJson(made), "get: the secret that was made"))
        }
      }
    }
  ]),
  ...client("list", [
    {
      id: "WS-CLIENT-005",
      provenance: "P",
      statement: "list returns a page of secrets, with info if requested",
      *check(world) {
        const { client, mine } = world
        const fields = all(world, "a")
        yield* createWith(client, fields)
        for (const includeInfo of [undefined, false, true]) {
          const { items, pagination } = yield* client.list({ prefix: mine.prefix, includeInfo })
          yield* holds(
            items.length === 1 && pagination.nextCursor === undefined,
            "list: expected one secret and no more"
          )
          for (const secret of items) {
            yield* isEntity(world, `list, includeInfo ${includeInfo}`, secret, fields, { info: includeInfo === true })
          }
        }
      }
    },
    {
      id: "WS-CLIENT-006",
      provenance: "P",
      statement: "list sends every filter and the order to the server",
      *check(world) {
        const { client, mine } = world
        yield* createWith(client, { name: mine.name("one"), labels: { team: "core", tier: "gold" } })
        yield* createWith(client, { name: mine.name("two"), labels: { team: "core", tier: "iron" } })
        yield* createWith(client, { name: mine.name("three, ünd=100%&more"), labels: { team: "web" } })
        const prefix = mine.prefix
        const asked = {
          prefix: { prefix: mine.name("three, ünd=100%&") },
          query: { prefix, query: "D=100%&M" },
          labels: { prefix, labels: { team: "core", tier: "iron" } }
        }
        const found = yield* Effect.all({
          prefix: client.list(asked.prefix),
          query: client.list(asked.query),
          labels: client.list(asked.labels)
        })
        yield* same(
          { prefix: namesOf(world, found.prefix.items), query: namesOf(world, found.query.items) },
          { prefix: ["three, ünd=100%&more"], query: ["three, ünd=100%&more"] },
          "list: names"
        )
        yield* same(namesOf(world, found.labels.items), ["two"], "list: names with the labels")
        const ascending = yield* client.list({ prefix, sortOrder: "asc" })
        const descending = yield* client.list({ prefix, sortOrder: "desc" })
        yield* same(
          namesOf(world, descending.items),
          namesOf(world, ascending.items).reverse(),
          "list: names in descending order"
        )
      }
    },
    {
      id: "WS-CLIENT-007",
      provenance: "P",
      statement: "list continues with the cursor of the previous page",
      *check(world) {
        const { client, mine } = world
        yield* createAll(world, ["a", "b", "c"])
        const query = { prefix: mine.prefix, limit: 2 }
        const whole = yield* client.list({ prefix: mine.prefix })
        const first = yield* client.list(query)
        const second = yield* client.list({ ...query, cursor: first.pagination.nextCursor })
        yield* same(
          namesOf(world, [...first.items, ...second.items]),
          namesOf(world, whole.items),
          "list: names of both pages"
        )
        yield* holds(
          second.pagination.nextCursor === undefined,
          "list: expected no nextCursor on the last page, got one"
        )
      }
    },
    {
      id: "WS-CLIENT-008",
      provenance: "P",
      statement: "stream returns every secret once, for any page size",
      *check(world) {
        const { client, mine } = world
        yield* createAll(world, ["a", "b", "c", "d", "e"])
        const whole = namesOf(world, (yield* client.list({ prefix: mine.prefix })).items)
        for (const limit of [undefined, 1, 2, 5]) {
          const secrets = yield* Stream.runCollect(client.stream({ prefix: mine.prefix, limit }))
          yield* about(`limit ${limit}`)(same(namesOf(world, Chunk.toReadonlyArray(secrets)), whole, "stream: names"))
        }
      }
    }
  ]),
  ...client("update", [
    {
      id: "WS-CLIENT-009",
      provenance: "A",
      statement: "update without a mask writes the fields of its payload",
      *check(world) {
        const { client, mine } = world
        const before = all(world, "before")
        const { metadata } = yield* createWith(client, before)
        const name = mine.name("after")
        yield* isEntity(world, "update", yield* client.update(metadata.id, { metadata: { name } }), { ...before, name })
        const value = mine.value("after")
        const updated = yield* client.update(metadata.id, { spec: { value: Redacted.make(value) } })
        yield* isEntity(world, "update", updated, { ...before, name, value })
      }
    },
    {
      id: "WS-CLIENT-015",
      provenance: "P",
      statement: "update without a mask clears a field that is empty in its payload",
      *check(world) {
        const { client } = world
        const before = all(world, "before")
        const { metadata } = yield* createWith(client, before)
        const update = { metadata: { name: before.name, labels: {} }, spec: { value: Redacted.make("") } }
        const expected = { ...before, labels: undefined, value: undefined }
        yield* isEntity(world, "update", yield* client.update(metadata.id, update), expected)
      }
    },
    {
      id: "WS-CLIENT-010",
      provenance: "A",
      statement: "update with a mask writes its fields and leaves the rest",
      *check(world) {
        const { client } = world
        const before = all(world, "before")
        const after = all(world, "after")
        const payload = payloadOf(after)
        const written = {
          "metadata.name": { name: after.name },
          "metadata.externalId": { externalId: after.externalId },
          "metadata.labels": { labels: after.labels },
          metadata: { name: after.name, externalId: after.externalId, labels: after.labels },
          "spec.value": { value: after.value },
          spec: { value: after.value },
          "*": after
        } as const
        for (
          const path of [
            "metadata.name",
            "metadata.externalId",
            "metadata.labels",
            "metadata",
            "spec.value",
            "spec",
            "*"
          ] as const
        ) {
          yield* Effect.scoped(Effect.gen(function*() {
            const { metadata } = yield* createWith(client, before)
            const updated = yield* client.update(metadata.id, { ...payload, updateMask: [path] })
            yield* isEntity(world, `update, mask ${path}`, updated, { ...before, ...written[path] })
          }))
        }
      }
    },
    {
      id: "WS-CLIENT-011",
      provenance: "A",
      statement: "update clears fields that are in its mask and absent from its payload",
      *check(world) {
        const { client } = world
        const before = all(world, "before")
        const { metadata } = yield* createWith(client, before)
        const updated = yield* client.update(metadata.id, {
          updateMask: ["metadata.externalId", "metadata.labels", "spec.value"]
        })
        yield* isEntity(world, "update", updated, { name: before.name })
      }
    },
    {
      id: "WS-CLIENT-012",
      provenance: "P",
      statement: "update addresses a secret by its external id",
      *check(world) {
        const { client, mine } = world
        const before = all(world, "a/b c%")
        yield* createWith(client, before)
        const externalId = ExternalId.make(mine.externalId("a/b c%"))
        const name = mine.name("after")
        yield* isEntity(world, "update", yield* client.update({ externalId }, { metadata: { name } }), {
          ...before,
          name
        })
      }
    }
  ]),
  ...client("delete", [
    {
      id: "WS-CLIENT-013",
      provenance: "D",
      statement: "delete returns nothing, and the secret is gone",
      *check(world) {
        const { api, client, mine } = world
        const externalId = ExternalId.make(mine.externalId("a/b c%"))
        const first = yield* createWith(client, { name: mine.name() })
        const second = yield* createWith(client, { name: mine.name(), externalId })
        const results = [yield* client.delete(first.metadata.id), yield* client.delete({ externalId })]
        yield* holds(results.every((result) => result === undefined), "delete: expected nothing, got something")
        for (const { metadata } of [first, second]) {
          yield* A.refused(yield* api.get(metadata.id), A.NOT_FOUND)
        }
      }
    }
  ]),
  ...client("whoami", [
    {
      id: "WS-CLIENT-014",
      provenance: "P",
      statement: "whoami returns the profile of the key",
      *check({ api, client }) {
        const me = yield* client.whoami()
        const { metadata, spec } = yield* A.ok(yield* api.whoami())
        yield* holds(Schema.is(Profile)(me), "whoami: expected a Profile")
        // The client ignores unknown fields and reads times with millisecond precision.
        const { accountId, externalId, id, labels, name, profileId } = A.at({ metadata }, "metadata")
        const { createdAt: _, ...read } = encodeProfile(me).metadata
        const set = (model: string, json: A.Json) =>
          Object.fromEntries(Object.entries(json).filter(([field, value]) => !isUnset(model, field, value)))
        yield* same(
          read,
          set("AccountResourceMetadata", { accountId, externalId, id, labels, name, profileId }),
          "whoami: metadata"
        )
        yield* same(encodeProfile(me).spec, set("ProfileSpec", A.at({ spec }, "spec")), "whoami: spec")
      }
    }
  ])
]
