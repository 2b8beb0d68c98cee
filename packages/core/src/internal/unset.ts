/** The annotation of an optional field: its row in `unsetFields`. */
export const UnsetFieldId = Symbol.for("@workspace-secrets/core/UnsetField")

export const isEmptyMap = (value: unknown): value is Readonly<Record<string, never>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
