const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0

/** The `$id`s that Effect writes for `unknown`, `{}` and similar. No tool can resolve them. */
const hasEffectId = ({ $id }: Readonly<Record<string, unknown>>): boolean =>
  typeof $id === "string" && $id.startsWith("/schemas/")

/** The item of a tuple with equal items only. */
const itemOf = ({ items, prefixItems }: Readonly<Record<string, unknown>>): unknown =>
  Array.isArray(prefixItems) && items === false && new Set(prefixItems.map((item) => JSON.stringify(item))).size === 1
    ? prefixItems[0]
    : undefined

/**
 * Rewrites the JSON Schemas in an OpenAPI document of Effect, so that strict validators, linters and client generators accept them:
 *
 * - removes `$id`s that cannot be resolved, and empty `required` lists;
 * - turns a tuple of equal items into an array with `maxItems`;
 * - turns `allOf` with a single reference into that reference.
 */
export const portable = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value.map(portable)
  }
  if (!isObject(value)) {
    return value
  }
  if (hasEffectId(value)) {
    // With `anyOf`, Effect means an object or an array. In these documents, it is always an object.
    const { $id: _id, anyOf, title: _title, ...rest } = value
    return portable(anyOf === undefined ? rest : { type: "object", ...rest })
  }
  const item = itemOf(value)
  if (item !== undefined) {
    const { prefixItems, ...rest } = value
    return portable({ ...rest, items: item, maxItems: (prefixItems as ReadonlyArray<unknown>).length })
  }
  const { allOf } = value
  if (Array.isArray(allOf) && allOf.length === 1 && isObject(allOf[0]) && "$ref" in allOf[0]) {
    return allOf[0]
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === "required" && isEmpty(inner)))
      .map(([key, inner]) => [key, portable(inner)])
  )
}
