import * as Either from "effect/Either"
import * as A from "./answer.js"
import { differences, type Expecting, holds } from "./expect.js"
import { alwaysSetFields, emptyValues, type Model, models } from "./published.js"

/** An instance of a model in a response. */
export interface Instance {
  readonly model: Model
  /** Its place, for messages. */
  readonly where: string
  readonly json: unknown
  /** Whether its optional fields are set, if known. */
  readonly isSet: boolean | undefined
}

export const ofProfile = (where: string, json: unknown): ReadonlyArray<Instance> => [
  { model: "Profile", where, json, isSet: undefined },
  { model: "AccountResourceMetadata", where: `${where}, metadata`, json: A.at(json)["metadata"], isSet: undefined },
  { model: "ProfileSpec", where: `${where}, spec`, json: A.at(json)["spec"], isSet: undefined }
]

export const ofSecret = (where: string, json: A.Json, isSet: boolean | undefined): ReadonlyArray<Instance> => [
  { model: "WorkspaceSecret", where, json, isSet },
  { model: "ResourceMetadata", where: `${where}, metadata`, json: json["metadata"], isSet },
  ..."info" in json ? ofProfile(`${where}, info.createdBy`, A.at(json, "info")["createdBy"]) : []
]

export const ofPage = (where: string, json: A.Json, isSet: boolean | undefined): ReadonlyArray<Instance> => [
  { model: "Page", where, json, isSet },
  { model: "Pagination", where: `${where}, pagination`, json: json["pagination"], isSet }
]

/** The id of the behaviour that checks a model. */
export const idOfModel = (model: Model): string => `WS-TRANSPORT-1${String(models.indexOf(model) + 1).padStart(2, "0")}`

/** The optional fields of a secret, which are absent if unset. */
export const optionalFields = ["metadata.updatedAt", "spec.value", "info.lastUsedAt"]

/** Whether a value has the type of an empty value. */
const isLike = (empty: unknown, value: unknown): boolean =>
  typeof value === typeof empty && value !== null && !Array.isArray(value)

/**
 * Checks the required fields. An unset one is absent if the server omits unset fields; otherwise it has its empty value.
 * Returns whether the server omits unset fields, if known.
 */
export const hasRequiredFields = (
  { isSet, json, model, where }: Instance,
  omitsUnset: boolean | undefined
): Expecting<boolean | undefined> =>
  Either.gen(function*() {
    let omits = omitsUnset
    const fields = A.at(json)
    const check = (condition: boolean, expected: string) => {
      const message = `${where}: expected ${expected}`
      return holds(condition, message, message)
    }
    for (const field of alwaysSetFields(model)) {
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
    return omits
  })
