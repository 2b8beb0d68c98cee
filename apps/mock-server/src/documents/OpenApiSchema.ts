const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0

/** What Effect writes for `unknown`, `{}` and their like: an `$id` that no reader can look up. */
const isOfEffect = ({ $id }: Readonly<Record<string, unknown>>): boolean =>
  typeof $id === "string" && $id.startsWith("/schemas/")

/** The item of a tuple whose items are all the same, and nothing else. */
const itemOf = ({ items, prefixItems }: Readonly<Record<string, unknown>>): unknown =>
  Array.isArray(prefixItems) && items === false && new Set(prefixItems.map((item) => JSON.stringify(item))).size === 1
    ? prefixItems[0]
    : undefined

/**
 * The JSON Schemas in a document of Effect, rewritten so that validators in strict mode, linters and generators of clients read them:
 * without an `$id` of Effect's own, without empty lists, tuples of equal items as arrays, and a reference as a plain one.
 */
export const portable = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value.map(portable)
  }
  if (!isObject(value)) {
    return value
  }
  if (isOfEffect(value)) {
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
