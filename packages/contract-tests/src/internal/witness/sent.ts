import * as FieldMask from "@workspace-secrets/core/FieldMask"
import { snakeCase } from "@workspace-secrets/core/FieldName"
import * as Labels from "@workspace-secrets/core/Labels"
import * as ResourceName from "@workspace-secrets/core/ResourceName"
import * as Either from "effect/Either"
import * as A from "../answer.js"
import type { Fields } from "../secret.js"
import type { Exchange } from "./exchange.js"

/** The parsed body of a create or an update, with names in lowerCamelCase. */
export interface Sent {
  /** Whether it is a JSON object. */
  readonly isObject: boolean
  readonly metadata: unknown
  readonly spec: unknown
  readonly updateMask: unknown
  /** The field with both spellings and different values. */
  readonly conflict: string | undefined
  /** Whether a field has both spellings with the same value. */
  readonly hasBothNames: boolean
  readonly isSnakeCase: boolean
  readonly hasUnknown: boolean
  readonly hasNull: boolean
  /** Whether it has server-set fields. */
  readonly hasServerFields: boolean
}

const isRecord = (u: unknown): u is A.Json => typeof u === "object" && u !== null && !Array.isArray(u)

const serverFields = ["id", "accountId", "workspaceId", "profileId", "createdAt", "updatedAt"]

/** A field by either spelling, and whether both were sent. */
const named = (record: A.Json, name: string) => {
  const snake = snakeCase(name)
  const hasSnake = snake !== name && Object.hasOwn(record, snake)
  const hasCamel = Object.hasOwn(record, name)
  return {
    value: hasCamel ? record[name] : hasSnake ? record[snake] : undefined,
    hasSnake,
    hasBoth: hasSnake && hasCamel,
    isSame: JSON.stringify(record[name]) === JSON.stringify(record[snake])
  }
}

export const sentOf = ({ sent }: Pick<Exchange, "sent">): Sent => {
  const json = Either.getOrElse(sent, () => undefined)
  const body: A.Json = isRecord(json) ? json : {}
  const metadata = A.at(body, "metadata")
  const spec = A.at(body, "spec")
  const mask = named(body, "updateMask")
  const externalId = named(metadata, "externalId")
  const both = [["updateMask", mask], ["metadata.externalId", externalId]] as const
  const fieldsOf = (record: A.Json, known: ReadonlyArray<string>) =>
    Object.keys(record).some((key) => !known.includes(key))
  return {
    isObject: isRecord(json),
    metadata: isRecord(body["metadata"])
      ? {
        ...("name" in metadata ? { name: metadata["name"] } : {}),
        ...("labels" in metadata ? { labels: metadata["labels"] } : {}),
        ...(externalId.value === undefined ? {} : { externalId: externalId.value })
      }
      : body["metadata"],
    spec: body["spec"],
    updateMask: mask.value,
    conflict: both.find(([, found]) => found.hasBoth && !found.isSame)?.[0],
    hasBothNames: both.some(([, found]) => found.hasBoth && found.isSame),
    isSnakeCase: both.some(([, found]) => found.hasSnake && !found.hasBoth),
    hasUnknown: fieldsOf(body, ["metadata", "spec", "info", "updateMask", "update_mask"])
      || fieldsOf(metadata, ["name", "labels", "externalId", "external_id", ...serverFields])
      || fieldsOf(spec, ["value"]),
    hasNull: [
      body["metadata"],
      body["spec"],
      mask.value,
      metadata["name"],
      metadata["labels"],
      externalId.value,
      spec["value"]
    ].includes(null),
    hasServerFields: "info" in body || serverFields.some((field) => field in metadata)
  }
}

const isUnset = (u: unknown): boolean => u === undefined || u === null

const isEmpty = (u: unknown): boolean => isUnset(u) || u === "" || (isRecord(u) && Object.keys(u).length === 0)

/** The fields of a secret in a body, as sent. */
export const given = ({ metadata, spec }: Sent): A.Json => {
  const { externalId, labels, name } = A.at(metadata)
  return { name, externalId, labels, value: A.at(spec)["value"] }
}

/** A field with a wrong type. */
export const wrongType = ({ metadata, spec, updateMask }: Sent): string | undefined => {
  const isWrong = (u: unknown, is: (u: unknown) => boolean) => !isUnset(u) && !is(u)
  const isText = (u: unknown) => typeof u === "string"
  const { externalId, labels, name } = A.at(metadata)
  return isWrong(metadata, isRecord)
    ? "metadata"
    : isWrong(spec, isRecord)
    ? "spec"
    : isWrong(updateMask, isText)
    ? "updateMask"
    : isWrong(name, isText)
    ? "metadata.name"
    : isWrong(externalId, isText)
    ? "metadata.externalId"
    : isWrong(labels, isRecord) || Object.values(A.at(labels)).some((label) => isWrong(label, isText))
    ? "metadata.labels"
    : isWrong(A.at(spec)["value"], isText)
    ? "spec.value"
    : undefined
}

/** Whether the labels break the rule of keys or of values. */
export const wrongLabels = (sent: Sent): "key" | "value" | undefined => {
  const entries = Object.entries(A.at(given(sent)["labels"]))
  return entries.some(([key]) => !Labels.isLabelKey(key))
    ? "key"
    : entries.some(([, value]) => typeof value === "string" && !Labels.isLabelValue(value))
    ? "value"
    : undefined
}

/** Whether a name has a valid length. */
export const nameProblem = (name: unknown): "missing" | "too long" | undefined =>
  typeof name !== "string" || name.trim() === ""
    ? "missing"
    : ResourceName.isResourceName(name)
    ? undefined
    : "too long"

/** The labels of a non-empty map. */
const labelsOf = (labels: unknown): Fields["labels"] => isEmpty(labels) ? undefined : labels as Fields["labels"]

const textOf = (u: unknown): string | undefined => isEmpty(u) ? undefined : String(u)

/** The secret of a valid create. */
export const asked = (sent: Sent): Fields => {
  const { externalId, labels, name, value } = given(sent)
  return {
    name: String(name).trim(),
    externalId: textOf(externalId),
    labels: labelsOf(labels),
    value: textOf(value)
  }
}

/** The mask of an update, if any, and the id of the rule that it breaks. */
export interface Mask {
  readonly text: string | undefined
  readonly paths: FieldMask.FieldMask
  readonly problem: "unknown" | "ofServer" | undefined
}

export const maskOf = ({ updateMask }: Sent): Mask => {
  const text = typeof updateMask === "string" && updateMask !== "" ? updateMask : undefined
  return text === undefined ? { text, paths: [], problem: undefined } : Either.match(FieldMask.parse(text), {
    onLeft: (): Mask => {
      const firstWrong = text.split(",").find((path) => Either.isLeft(FieldMask.parse(path))) ?? ""
      const camel = firstWrong.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
      const isOfServer = camel === "info" || camel.startsWith("info.") ||
        serverFields.some((field) => camel === `metadata.${field}`)
      return { text, paths: [], problem: isOfServer ? "ofServer" : "unknown" }
    },
    onRight: (paths): Mask => ({ text, paths, problem: undefined })
  })
}

/** The fields that an update writes. */
export const written = (sent: Sent, mask: Mask): ReadonlyArray<keyof Fields> => {
  const all = given(sent)
  return (["name", "externalId", "labels", "value"] as const).filter((field) => {
    const path = field === "value" ? "spec.value" : `metadata.${field}`
    return mask.text === undefined
      ? !isEmpty(all[field])
      : mask.paths.some((one) => one === "*" || one === path || path.startsWith(`${one}.`))
  })
}

/** The secret after an update. */
export const updated = (before: Fields, sent: Sent, fields: ReadonlyArray<keyof Fields>): Fields => {
  const all = asked(sent)
  return { ...before, ...Object.fromEntries(fields.map((field) => [field, all[field]])) }
}

/** The empty fields of a body. */
export const empties = (sent: Sent): ReadonlyArray<keyof Fields> => {
  const all = given(sent)
  return (["externalId", "labels", "value"] as const).filter((field) => !isUnset(all[field]) && isEmpty(all[field]))
}

/** The fields of a body. */
export const present = (sent: Sent): ReadonlyArray<keyof Fields> => {
  const all = given(sent)
  return (["name", "externalId", "labels", "value"] as const).filter((field) => !isUnset(all[field]))
}
