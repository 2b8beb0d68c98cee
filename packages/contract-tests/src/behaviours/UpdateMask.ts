/**
 * Behaviours of the mask of an update (WIRE.md, Update).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as A from "../internal/answer.js"
import { about, same } from "../internal/expect.js"
import { bodyOf, create, type Fields, isMade } from "../internal/secret.js"
import { type Case, wire, type World } from "../internal/wire.js"

type Field = keyof Fields

const before = ({ mine }: World): Fields => ({
  name: mine.name("before"),
  externalId: mine.externalId("before"),
  labels: { team: "core", tier: "gold" },
  value: mine.value("before")
})

const after = ({ mine }: World): Fields => ({
  name: mine.name("after"),
  externalId: mine.externalId("after"),
  labels: { team: "web" },
  value: mine.value("after")
})

const pick = (fields: Fields, keys: ReadonlyArray<Field>): Partial<Fields> =>
  Object.fromEntries(keys.map((key) => [key, fields[key]]))

/** The fields that each path writes. */
const written: ReadonlyArray<readonly [id: string, path: string, fields: ReadonlyArray<Field>]> = [
  ["WS-UPDATE-101", "metadata.name", ["name"]],
  ["WS-UPDATE-102", "metadata.externalId", ["externalId"]],
  ["WS-UPDATE-103", "metadata.labels", ["labels"]],
  ["WS-UPDATE-104", "metadata", ["name", "externalId", "labels"]],
  ["WS-UPDATE-105", "spec.value", ["value"]],
  ["WS-UPDATE-106", "spec", ["value"]],
  ["WS-UPDATE-107", "*", ["name", "externalId", "labels", "value"]]
]

/** Updates all fields of a complete secret with a mask: only the fields of the mask may change. */
const writesOnly = (world: World, updateMask: string, fields: ReadonlyArray<Field>) =>
  Effect.gen(function*() {
    const made = yield* create(world, before(world))
    const expected = { ...made.fields, ...pick(after(world), fields) }
    const answer = yield* world.api.update(made.id, { ...bodyOf(after(world)), updateMask })
    yield* isMade(world, answer, made, expected)
    yield* isMade(world, yield* world.api.get(made.id), made, expected)
    // Frees the external id for the next mask.
    yield* A.ok(yield* world.api.delete(made.id))
  }).pipe(about(`mask ${updateMask}`))

/** Updates these fields of a complete secret with absent or empty values, which must clear them. */
const clears = (world: World, updateMask: string, body: object, fields: ReadonlyArray<Field>) =>
  Effect.gen(function*() {
    const made = yield* create(world, before(world))
    const cleared = Object.fromEntries(fields.map((field) => [field, undefined]))
    const expected = { ...made.fields, ...cleared }
    yield* isMade(world, yield* world.api.update(made.id, { ...body, updateMask }), made, expected)
    yield* isMade(world, yield* world.api.get(made.id), made, expected)
    yield* A.ok(yield* world.api.delete(made.id))
  }).pipe(about(`mask ${updateMask}`))

/** Sends updates with invalid masks, which must be refused and change nothing. */
const refuses = (world: World, updates: ReadonlyArray<readonly [updateMask: string, body?: object]>) =>
  Effect.gen(function*() {
    const made = yield* create(world, before(world))
    for (const [updateMask, body = bodyOf(after(world))] of updates) {
      const answer = yield* world.api.update(made.id, { ...body, updateMask })
      yield* about(`mask ${updateMask}`)(A.refused(answer, A.INVALID_ARGUMENT))
    }
    yield* isMade(world, yield* world.api.get(made.id), made)
  })

/**
 * The behaviours of the mask.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("update", [
  ...written.map(([id, path, fields]): Case<World> => ({
    id,
    provenance: "A",
    statement: `mask ${path} writes ${path === "*" ? "everything" : fields.join(", ")} and leaves the rest`,
    *check(world) {
      yield* writesOnly(world, path, fields)
    }
  })),
  {
    id: "WS-UPDATE-108",
    provenance: "A",
    statement: "a mask of several paths, separated by commas, writes all of them",
    *check(world) {
      yield* writesOnly(world, "metadata.name,spec.value", ["name", "value"])
      yield* writesOnly(world, "spec,metadata.labels,metadata.externalId", ["value", "labels", "externalId"])
      yield* writesOnly(world, "metadata.name,metadata,metadata.name", ["name", "externalId", "labels"])
    }
  },
  {
    id: "WS-UPDATE-109",
    provenance: "A",
    statement: "a path may be in snake_case",
    *check(world) {
      yield* writesOnly(world, A.snakeCase("metadata.externalId"), ["externalId"])
      yield* writesOnly(world, `spec.value,${A.snakeCase("metadata.externalId")}`, ["externalId", "value"])
    }
  },
  {
    id: "WS-UPDATE-110",
    provenance: "A",
    statement: "a field in the mask that is absent from the body is cleared: externalId, labels, value",
    *check(world) {
      yield* clears(world, "metadata.externalId", {}, ["externalId"])
      yield* clears(world, "metadata.externalId", { metadata: {} }, ["externalId"])
      yield* clears(world, "metadata.labels", {}, ["labels"])
      yield* clears(world, "metadata.labels", { metadata: {} }, ["labels"])
      yield* clears(world, "spec.value", {}, ["value"])
      yield* clears(world, "spec.value", { spec: {} }, ["value"])
      yield* clears(world, "metadata.externalId,spec.value", {}, ["externalId", "value"])
    }
  },
  {
    id: "WS-UPDATE-111",
    provenance: "A",
    statement: "mask metadata, spec or * clears the fields below it that are absent from the body",
    *check(world) {
      const { name } = before(world)
      yield* clears(world, "spec", {}, ["value"])
      yield* clears(world, "spec", { spec: {} }, ["value"])
      yield* clears(world, "metadata", { metadata: { name } }, ["externalId", "labels"])
      yield* clears(world, "*", { metadata: { name } }, ["externalId", "labels", "value"])
    }
  },
  {
    id: "WS-UPDATE-112",
    provenance: "A",
    statement: "labels are replaced as a whole, also by an empty map",
    *check(world) {
      yield* clears(world, "metadata.labels", { metadata: { labels: {} } }, ["labels"])
    }
  },
  {
    id: "WS-UPDATE-118",
    provenance: "P",
    statement: "a field in the mask that is empty in the body is cleared: externalId, labels, value",
    rows: [A.NOT_FOUND],
    *check(world) {
      const { name } = before(world)
      const empty = { metadata: { name, externalId: "", labels: {} }, spec: { value: "" } }
      yield* clears(world, "metadata.externalId", empty, ["externalId"])
      yield* clears(world, "metadata.labels", empty, ["labels"])
      yield* clears(world, "spec.value", empty, ["value"])
      yield* clears(world, "metadata", empty, ["externalId", "labels"])
      yield* A.refused(yield* world.api.get(`external_id:${world.mine.externalId("before")}`), A.NOT_FOUND)
    }
  },
  {
    id: "WS-UPDATE-119",
    provenance: "P",
    statement: "mask * clears what is empty in the body, and two secrets may both have no externalId afterwards",
    *check(world) {
      const { mine } = world
      const empty = { metadata: { name: mine.name(), externalId: "", labels: {} }, spec: { value: "" } }
      for (const  of of["first", "second"]) {
        const made = yield* create(world, { ...before(world), name: mine.name(), externalId: mine.externalId(of) })
        const fields = { name: mine.name() }
        yield* isMade(world, yield* world.api.update(made.id, { ...empty, updateMask: "*" }), made, fields)
        yield* isMade(world, yield* world.api.get(made.id), made, fields)
      }
    }
  },
  {
    id: "WS-UPDATE-113",
    provenance: "A",
    statement: "a name cannot be cleared: a mask with the name and a body without it is INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const { externalId } = after(world)
      yield* refuses(world, [
        ["metadata.name", {}],
        ["metadata.name", { metadata: {} }],
        ["metadata", { metadata: { externalId } }],
        ["*", { metadata: { externalId }, spec: {} }],
        ["*", {}]
      ])
    }
  },
  {
    id: "WS-UPDATE-114",
    provenance: "A",
    statement: "a mask without metadata.name allows a body without a name",
    *check(world) {
      const made = yield* create(world, before(world))
      const { externalId } = after(world)
      const answer = yield* world.api.update(made.id, { metadata: { externalId }, updateMask: "metadata.externalId" })
      yield* isMade(world, answer, made, { ...made.fields, externalId })
    }
  },
  {
    id: "WS-UPDATE-115",
    provenance: "A",
    statement: "an unknown path is INVALID_ARGUMENT, even beside known ones, and nothing is written",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const paths = ["name", "metadata.nope", "spec.values", "metadata.labels.team", "spec.value.x", "Metadata.name"]
      yield* refuses(world, paths.flatMap((path) => [[path], [`spec.value,${path}`]] as const))
    }
  },
  {
    id: "WS-UPDATE-116",
    provenance: "A",
    statement: "a path of a field that the server sets is INVALID_ARGUMENT, and nothing is written",
    rows: [A.INVALID_ARGUMENT],
    *check(world) {
      const ofServer = [
        "id",
        "accountId",
        "workspaceId",
        "profileId",
        "createdAt",
        "updatedAt",
        "account_id",
        "created_at"
      ]
      const paths = [...ofServer.map((key) => `metadata.${key}`), "info", "info.createdBy", "spec.value,metadata.id"]
      yield* refuses(world, paths.map((path) => [path]))
    }
  },
  {
    id: "WS-UPDATE-117",
    provenance: "A",
    statement: "a mask whose fields keep their values changes nothing, not even updatedAt",
    *check(world) {
      const made = yield* create(world)
      const found = yield* A.ok(yield* world.api.get(made.id))
      for (
        const updateMask of ["metadata.externalId", "metadata.labels", "spec.value", "spec", "metadata.labels,spec"]
      ) {
        const answer = yield* world.api.update(made.id, { updateMask })
        yield* about(`mask ${updateMask}`)(same(yield* A.ok(answer), found, `${answer.request}: the secret before`))
      }
      const answer = yield* world.api.update(made.id, { ...bodyOf(made.fields), updateMask: "*" })
      yield* about("mask *")(same(yield* A.ok(answer), found, `${answer.request}: the secret before`))
    }
  }
])
