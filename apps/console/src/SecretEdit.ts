/** The request of a secret's form: only the changed fields, with their update mask. */
import * as LabelText from "./LabelText.js"
import type { Secret } from "./Wire.js"

export interface Fields {
  readonly name: string
  readonly externalId: string
  readonly labels: string
}

export const fieldsOf = (secret: Secret | undefined): Fields => ({
  name: secret?.metadata.name ?? "",
  externalId: secret?.metadata.externalId ?? "",
  labels: LabelText.format(secret?.metadata.labels)
})

/** What to do with the value. */
export type ValueChange = { readonly type: "keep" } | { readonly type: "clear" } | {
  readonly type: "set"
  readonly value: string
}

const specOf = (change: ValueChange) => change.type === "set" ? { value: change.value } : {}

export const creation = (fields: Fields, change: ValueChange) => {
  const labels = LabelText.parse(fields.labels)
  return {
    metadata: {
      name: fields.name,
      ...(fields.externalId === "" ? {} : { externalId: fields.externalId }),
      ...(Object.keys(labels).length === 0 ? {} : { labels })
    },
    spec: specOf(change)
  }
}

/** The changed fields, in the order of the form. */
export const maskOf = (before: Fields, after: Fields, change: ValueChange): ReadonlyArray<string> => [
  ...(before.name === after.name ? [] : ["metadata.name"]),
  ...(before.externalId === after.externalId ? [] : ["metadata.externalId"]),
  ...(before.labels === after.labels ? [] : ["metadata.labels"]),
  ...(change.type === "keep" ? [] : ["spec.value"])
]

export const update = (before: Fields, after: Fields, change: ValueChange) => {
  const mask = maskOf(before, after, change)
  const metadata = {
    ...(mask.includes("metadata.name") ? { name: after.name } : {}),
    ...(mask.includes("metadata.externalId") ? { externalId: after.externalId } : {}),
    ...(mask.includes("metadata.labels") ? { labels: LabelText.parse(after.labels) } : {})
  }
  return {
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(mask.includes("spec.value") ? { spec: specOf(change) } : {}),
    updateMask: mask.join(",")
  }
}
