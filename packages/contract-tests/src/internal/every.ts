import * as Effect from "effect/Effect"
import type { Api, Asking } from "./api.js"
import type { Mine } from "./mine.js"
import { bodyOf, create, type Fields } from "./secret.js"
import { unknownId } from "./ulid.js"
import type { World } from "./wire.js"

type Asked = readonly [operation: string, Asking]

/** A valid request of each operation on secrets. */
export const onSecrets = (api: Api, mine: Mine, id: string = unknownId): ReadonlyArray<Asked> => [
  ["list", api.list({ prefix: mine.prefix })],
  ["create", api.create({ metadata: { name: mine.name() }, spec: {} })],
  ["get", api.get(id)],
  ["update", api.update(id, { metadata: { name: mine.name() } })],
  ["delete", api.delete(id)]
]

/** A request of each operation. */
export const operation = (
  api: Api,
  mine: Mine
): ReadonlyArray<Asked> => [...onSecrets(api, mine), ["whoami", api.whoami()]]

/** A workspace id that no key can access. */
export const elsewhere = "workspace_00000000000000000000000000"

/** The fields of a complete secret. */
export const withAllFields = ({ mine }: Pick<World, "mine">): Fields => ({
  name: mine.name(),
  externalId: mine.externalId(),
  labels: { team: "core" },
  value: mine.value()
})

/** A successful response of each operation. */
export const successes = (world: World) =>
  Effect.gen(function*() {
    const { api, mine } = world
    const made = yield* create(world, { ...withAllFields(world), externalId: mine.externalId("all") })
    const gone = yield* create(world)
    return [
      made.answer,
      gone.answer,
      yield* api.get(made.id),
      yield* api.get(gone.id),
      yield* api.list({ prefix: mine.prefix, limit: "1" }),
      yield* api.list({ prefix: mine.prefix, includeInfo: "true" }),
      yield* api.update(made.id, { metadata: { name: mine.name("new") } }),
      yield* api.whoami(),
      yield* api.delete(gone.id)
    ]
  })

/** A response of each kind of failure that requests can cause. */
export const failures = (world: World) =>
  Effect.gen(function*() {
    const { api, mine, target } = world
    const { fields } = yield* create(world, withAllFields(world))
    const body = JSON.stringify(bodyOf({ name: mine.name() }))
    return [
      yield* api.list({ limit: "-1" }),
      yield* api.create({}),
      yield* api.send("POST", api.collection, { body: "{" }),
      yield* api.send("POST", api.collection, { body, contentType: "text/plain" }),
      yield* api.send("POST", api.collection, { body: body + " ".repeat(1024 * 1024) }),
      yield* api.create(bodyOf(fields)),
      yield* api.get(unknownId),
      yield* api.send("GET", "/v1/nothing"),
      yield* api.send("PUT", api.collection, { body }),
      yield* api.with({ authorization: undefined }).list(),
      ...target.layouts.includes("scoped")
        ? [yield* api.with({ layout: "scoped", workspace: elsewhere }).list()]
        : []
    ]
  })
