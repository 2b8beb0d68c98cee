import { type EmptyValue, type UnsetField, unsetFields } from "@workspace-secrets/core/UnsetFields"

/** The fields of each model that are always set (WIRE.md, Models). */
const alwaysSet = {
  WorkspaceSecret: ["metadata", "spec"],
  ResourceMetadata: ["id", "accountId", "createdAt", "name", "profileId", "workspaceId"],
  Profile: ["metadata", "spec"],
  AccountResourceMetadata: ["id", "accountId", "name", "profileId"],
  ProfileSpec: ["type"],
  Page: ["items", "pagination"],
  Pagination: []
} as const satisfies Readonly<Record<string, ReadonlyArray<string>>>

/** The models of responses. */
export type Model = keyof typeof alwaysSet

export const models = Object.keys(alwaysSet) as ReadonlyArray<Model>

const table: Readonly<Record<string, Readonly<Record<string, UnsetField>>>> = unsetFields

const fieldsOf = (model: string): ReadonlyArray<readonly [field: string, unset: UnsetField]> =>
  Object.entries(table[model] ?? {})

const emptyOf = new Map(models.map((model) => [
  model,
  Object.fromEntries(
    fieldsOf(model).filter(([, { isAlwaysPresent }]) => isAlwaysPresent).map(([field, { empty }]) => [field, empty])
  )
]))

/** The fields that the newest document requires although they may be unset, with their empty value. */
export const emptyValues = (model: Model): Readonly<Record<string, EmptyValue>> => emptyOf.get(model) ?? {}

/** The fields of a model that are always set. */
export const alwaysSetFields = (model: Model): ReadonlyArray<string> => alwaysSet[model]

/** The fields of a model that the newest document requires. */
export const requiredFields = (model: Model): ReadonlyArray<string> => [
  ...alwaysSetFields(model),
  ...Object.keys(emptyValues(model))
]

/** All fields of a model, set or not. */
export const knownFields = (model: Model | "WorkspaceSecretInfo"): ReadonlyArray<string> => [
  ...(model === "WorkspaceSecretInfo"
    ? ["createdBy"]
    : model === "WorkspaceSecret"
    ? [...alwaysSetFields(model), "info"]
    : alwaysSetFields(model)),
  ...fieldsOf(model).map(([field]) => field)
]
