/**
 * Behaviours of the fields that the newest document requires, for each model (WIRE.md, Transport: Unset fields). The
 * fields and their empty values come from `UnsetFields` of core.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as A from "../internal/answer.js"
import { withAllFields } from "../internal/every.js"
import { holds } from "../internal/expect.js"
import {
  hasRequiredFields,
  idOfModel,
  type Instance,
  ofPage,
  ofProfile,
  ofSecret,
  optionalFields
} from "../internal/instances.js"
import { emptyValues, type Model, models, requiredFields } from "../internal/published.js"
import { create } from "../internal/secret.js"
import { type Case, wire, type World } from "../internal/wire.js"

/** The model instances in the responses of every operation, for an empty secret, a complete one, and a profile. */
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

/** Fails unless each instance of the model has its fields. */
const hasRequired = ({ target }: World, model: Model, all: ReadonlyArray<Instance>) =>
  Effect.gen(function*() {
    const found = all.filter((instance) => instance.model === model)
    yield* holds(found.length > 0, `expected a ${model} in the answers, got none`)
    let omits = target.omitUnsetFields
    for (const instance of found) {
      omits = yield* hasRequiredFields(instance, omits)
    }
  })

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
      id: idOfModel(model),
      provenance: "P",
      contested: mayBeUnset ? ["unsetFields"] : [],
      statement: `${model} has ${requiredFields(model).join(", ")}${mayBeUnset ? "; unset ones are empty" : ""}`,
      *check(world) {
        yield* hasRequired(world, model, yield* instances(world))
      }
    }
  }),
  {
    id: "WS-TRANSPORT-120",
    provenance: "P",
    statement: "spec.value, info.lastUsedAt and metadata.updatedAt are absent if unset",
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
