/**
 * Behaviours of the client as a reader of responses (WIRE.md, Transport; Models). Errors are in another module. The
 * responses are made up, because no server produces them on request.
 *
 * @since 0.1.0
 */
import { profile, workspaceSecret } from "@workspace-secrets/core/Examples"
import { Profile } from "@workspace-secrets/core/Profile"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { canned, client, type ClientWorld, toJson } from "../internal/client.js"
import { about, holds, same } from "../internal/expect.js"

const id = WorkspaceSecretId.make("id")

const { externalId: _externalId, labels: _labels, ...required } = workspaceSecret.metadata

/** The secret that a client reads from a body. */
const reads = ({ api }: ClientWorld, body: unknown) =>
  Effect.flatMap(canned(api.layout, { body }), ({ client }) => client.get(id))

const encodeProfile = Schema.encodeSync(Profile)

/**
 * The behaviours of the client as a reader.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = [
  ...client("transport", [
    {
      id: "WS-CLIENT-301",
      provenance: "D",
      statement: "the documented response decodes, and encodes back to the same JSON",
      *check(world) {
        yield* same(toJson(yield* reads(world, workspaceSecret)), workspaceSecret, "get: the documented answer")
      }
    },
    {
      id: "WS-CLIENT-302",
      provenance: "A",
      statement: "optional fields may be absent",
      *check(world) {
        const bare = { metadata: required, spec: {} }
        yield* same(toJson(yield* reads(world, bare)), bare, "get")
      }
    },
    {
      id: "WS-CLIENT-303",
      provenance: "A",
      statement: "null is read as unset",
      *check(world) {
        const nulls = {
          metadata: { ...required, externalId: null, labels: null, updatedAt: null },
          spec: { value: null },
          info: null
        }
        yield* same(toJson(yield* reads(world, nulls)), { metadata: required, spec: {} }, "get")
        const info = { createdBy: null, lastUsedAt: null }
        yield* same(toJson(yield* reads(world, { ...nulls, info }))["info"], {}, "get: info")
      }
    },
    {
      id: "WS-CLIENT-318",
      provenance: "P",
      contested: ["unsetFields"],
      statement: "an empty field is read as unset",
      *check(world) {
        const createdBy = {
          metadata: { ...profile.metadata, externalId: "", labels: {}, createdAt: "" },
          spec: { type: "PROFILE_TYPE_USER", email: "", name: "" }
        }
        const empty = {
          metadata: { ...required, externalId: "", labels: {}, updatedAt: "" },
          spec: { value: "" },
          info: { createdBy, lastUsedAt: "" }
        }
        const { externalId: _, labels: __, ...metadata } = profile.metadata
        const bare = {
          metadata: required,
          spec: {},
          info: { createdBy: { metadata, spec: { type: "PROFILE_TYPE_USER" } } }
        }
        yield* same(toJson(yield* reads(world, empty)), bare, "get")
      }
    },
    {
      id: "WS-CLIENT-304",
      provenance: "P",
      statement: "unknown fields are ignored at every level",
      *check(world) {
        const more = { nope: { deep: [null] } }
        const body = {
          ...workspaceSecret,
          ...more,
          metadata: { ...workspaceSecret.metadata, ...more },
          spec: { ...workspaceSecret.spec, ...more },
          info: {
            ...workspaceSecret.info,
            ...more,
            createdBy: { ...profile, ...more, spec: { ...profile.spec, ...more } }
          }
        }
        yield* same(toJson(yield* reads(world, body)), workspaceSecret, "get")
      }
    },
    {
      id: "WS-CLIENT-305",
      provenance: "P",
      statement: "an unknown profile type is kept",
      *check({ api }) {
        for (const type of ["PROFILE_TYPE_ROBOT", "PROFILE_TYPE_UNSPECIFIED", "PROFILE_TYPE_SYSTEM", ""]) {
          const body = { ...profile, spec: { type } }
          const { client } = yield* canned(api.layout, { body })
          yield* same(encodeProfile(yield* client.whoami()), body, "whoami")
        }
      }
    },
    {
      id: "WS-CLIENT-306",
      provenance: "A",
      statement: "timestamps are read with 0 to 9 fractional digits",
      *check(world) {
        const times = {
          "2019-12-27T18:11:19Z": "2019-12-27T18:11:19.000Z",
          "2019-12-27T18:11:19.1Z": "2019-12-27T18:11:19.100Z",
          "2019-12-27T18:11:19.117Z": "2019-12-27T18:11:19.117Z",
          "2019-12-27T18:11:19.117342Z": "2019-12-27T18:11:19.117Z",
          "2019-12-27T18:11:19.117342561Z": "2019-12-27T18:11:19.117Z"
        }
        for (const [createdAt, millis] of Object.entries(times)) {
          const json = toJson(
            yield* reads(world, { metadata: { ...required, createdAt, updatedAt: createdAt }, spec: {} })
          )
          const metadata = { ...required, createdAt: millis, updatedAt: millis }
          yield* same(json["metadata"], metadata, "get: metadata")
        }
      }
    },
    {
      id: "WS-CLIENT-307",
      provenance: "P",
      statement: "updatedAt of a secret and createdAt of a profile are read if present",
      *check(world) {
        const time = "2026-05-03T00:00:00.000Z"
        const createdBy = { ...profile, metadata: { ...profile.metadata, createdAt: time } }
        const body = {
          ...workspaceSecret,
          metadata: { ...workspaceSecret.metadata, updatedAt: time },
          info: { ...workspaceSecret.info, createdBy }
        }
        yield* same(toJson(yield* reads(world, body)), body, "get")
      }
    },
    {
      id: "WS-CLIENT-317",
      provenance: "D",
      statement: "ids of any form are accepted and kept",
      *check(world) {
        for (
          const text of [
            "id",
            "7",
            "wsec_01JD6G5W2N8Z3Q4R5S6T7V8W9X",
            "wsecret_01JD6G5W2N8Z3Q4R5S6T7V8W9X",
            "Wsec-01 ü/%2F"
          ]
        ) {
          const metadata = { ...required, id: text, accountId: text, profileId: text, workspaceId: text }
          const body = { metadata, spec: {} }
          yield* same(toJson(yield* reads(world, body)), body, "get")
        }
      }
    }
  ]),
  ...client("list", [
    {
      id: "WS-CLIENT-308",
      provenance: "P",
      statement: "an empty nextCursor ends the list",
      *check({ api }) {
        const { client, sent } = yield* canned(api.layout, {
          body: { items: [workspaceSecret], pagination: { nextCursor: "" } }
        })
        const { pagination } = yield* client.list()
        yield* holds(pagination.nextCursor === undefined, "list: expected no nextCursor, got one")
        const secrets = yield* Stream.runCollect(client.stream())
        yield* holds(Chunk.size(secrets) === 1 && sent.length === 2, "stream: expected one page")
      }
    }
  ]),
  ...client("delete", [
    {
      id: "WS-CLIENT-309",
      provenance: "A",
      statement: "a delete succeeds with any 2xx and any body, or none",
      *check({ api }) {
        for (
          const answer of [{ body: {} }, { body: "" }, { status: 204 }, { status: 202, body: "<html></html>" }, {
            body: "{"
          }]
        ) {
          const { client } = yield* canned(api.layout, answer)
          yield* about(`status ${answer.status ?? 200}`)(client.delete(id))
        }
      }
    }
  ])
]
