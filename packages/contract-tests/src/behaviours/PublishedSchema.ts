/**
 * What is expected of the fields that the newest document requires, for each model (WIRE.md, Transport: Unset fields). The fields and
 * their empty values come from `UnsetFields` of core.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as A from "../internal/answer.js"
import { withAllFields } from "../internal/every.js"
import { about, differences, holds } from "../internal/expect.js"
import { emptyValues, type Model, models, requiredFields, setFields } from "../internal/published.js"
import { create } from "../internal/secret.js"
import { type Case, wire, type World } from "../internal/wire.js"

/** A part of an answer. */
interface Instance {
  readonly model: Model
  /** Where it was found. */
  readonly where: string
  readonly json: unknown
  /** Whether its fields that may be unset are set, where that is known. */
  readonly isSet: boolean | undefined
}

const ofProfile = (where: string, json: unknown): ReadonlyArray<Instance> => [
  { model: "Profile", where, json, isSet: undefined },
  { model: "AccountResourceMetadata", where: `${where}, metadata`, json: A.at(json)["metadata"], isSet: undefined },
  { model: "ProfileSpec", where: `${where}, spec`, json: A.at(json)["spec"], isSet: undefined }
]

const ofSecret = (where: string, json: A.Json, isSet: boolean): ReadonlyArray<Instance> => [
  { model: "WorkspaceSecret", where, json, isSet },
  { model: "ResourceMetadata", where: `${where}, metadata`, json: json["metadata"], isSet },
  ..."info" in json ? ofProfile(`${where}, info.createdBy`, A.at(json, "info")["createdBy"]) : []
]

const ofPage = (where: string, json: A.Json, isSet: boolean): ReadonlyArray<Instance> => [
  { model: "Page", where, json, isSet },
  { model: "Pagination", where: `${where}, pagination`, json: json["pagination"], isSet }
]

/** The parts of the answers of every operation: of a secret with nothing set, of one with everything set, and of a profile. */
const instances = (world: World) =>
  Effect.gen(function*() {
    const { api, mine } = world
    const out: Array<Instance> = [...ofProfile("whoami", yield* A.ok(yield* api.whoami()))]
    for (const isSet of [false, true]) {
      const what = isSet ? "everything set" : "nothing set"
      const name = mine.name(isSet ? "all" : "bare")
      const made = yield* create(world, isSet ? { ...withAllFields(world), name } : { name })
      const answers = {
        create: made.answer,
        get: yield* api.get(made.id),
        update: yield* api.update(made.id, { metadata: { name }, updateMask: "metadata.name" })
      }
      for (const [operation, answer] of Object.entries(answers)) {
        out.push(...ofSecret(`${operation}, ${what}`, yield* A.ok(answer), isSet))
      }
      for (const includeInfo of ["false", "true"]) {
        const page = yield* A.ok(yield* api.list({ prefix: name, includeInfo }))
        const { items } = page
        out.push(
          ...ofPage(`list, includeInfo ${includeInfo}`, page, false),
          ...(Array.isArray(items) ? items : []).flatMap((item) =>
            ofSecret(`item of list, includeInfo ${includeInfo}, ${what}`, A.at(item), isSet)
          )
        )
      }
    }
    const empty = yield* A.ok(yield* api.list({ prefix: mine.name("none") }))
    const first = yield* A.ok(yield* api.list({ prefix: mine.prefix, limit: "1" }))
    return [...out, ...ofPage("empty list", empty, false), ...ofPage("first page of two", first, true)]
  })

/** Whether a value is of the same type as an empty one. */
const isLike = (empty: unknown, value: unknown): boolean =>
  typeof value === typeof empty && value !== null && !Array.isArray(value)

/**
 * Fails unless each part of the model has the fields that are always set and, unless the server leaves unset fields out, those that may be
 * unset, with their empty value where they are.
 */
const hasRequired = ({ target }: World, model: Model, all: ReadonlyArray<Instance>) =>
  Effect.gen(function*() {
    const found = all.filter((instance) => instance.model === model)
    yield* holds(found.length > 0, `expected a ${model} in the answers, got none`)
    let omits = target.omitUnsetFields
    for (const { isSet, json, where } of found) {
      const fields = A.at(json)
      const check = (condition: boolean, expected: string) => about(where)(holds(condition, `expected ${expected}`))
      for (const field of setFields(model)) {
        yield* check(fields[field] !== undefined && fields[field] !== null, `${field}, got nothing`)
      }
      for (const [field, empty] of Object.entries(emptyValues(model))) {
        if (!Object.hasOwn(fields, field)) {
          yield* check(isSet !== true, `${field}, which was set, got nothing`)
          omits ??= true
          yield* check(omits, `${field} with its empty value, got nothing`)
        } else {
          const isEmpty = differences(empty, fields[field], []).length === 0
          yield* check(isLike(empty, fields[field]), `${field} to be like ${JSON.stringify(empty)}, got another type`)
          yield* check(isSet !== true || !isEmpty, `${field}, which was set, got its empty value`)
          yield* check(isSet !== false || isEmpty, `${field} with its empty value, got another one`)
          if (isEmpty) {
            omits ??= false
            yield* check(!omits, `no ${field}, which is not set, got its empty value`)
          }
        }
      }
    }
  })

const idOf = (model: Model): string => `WS-TRANSPORT-1${String(models.indexOf(model) + 1).padStart(2, "0")}`

/** Where the fields of a model that are not required are, which are absent when they are not set. */
const optionalFields = ["metadata.updatedAt", "spec.value", "info.lastUsedAt"]

/**
 * The behaviours of the fields that the newest document requires.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("transport", [
  ...models.map((model): Case<World> => {
    const mayBeUnset = Object.keys(emptyValues(model)).length > 0
    return {
      id: idOf(model),
      provenance: "P",
      contested: mayBeUnset ? ["unsetFields"] : [],
      statement: `${model} has ${requiredFields(model).join(", ")}${
        mayBeUnset ? "; one that is not set is empty" : ""
      }`,
      *check(world) {
        yield* hasRequired(world, model, yield* instances(world))
      }
    }
  }),
  {
    id: "WS-TRANSPORT-120",
    provenance: "P",
    statement: "spec.value, info.lastUsedAt and metadata.updatedAt are absent while they are not set",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world)
      const { items } = yield* A.page(yield* api.list({ prefix: mine.prefix, includeInfo: "true" }))
      const reads = [yield* A.ok(made.answer), yield* A.ok(yield* api.get(made.id)), ...items]
      for (const secret of reads) {
        for (const path of optionalFields) {
          const [part = "", field = ""] = path.split(".")
          yield* holds(
            !(field in A.at(secret, part)),
            `${made.answer.request}, and reads: expected no ${path}, got one`
          )
        }
      }
    }
  }
])
