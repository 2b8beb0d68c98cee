import * as A from "./answer.js"

/** The position of a secret in the order of creation. */
export interface Position {
  readonly time: number
  readonly id: string
}

export const positionOf = (item: A.Json): Position => {
  const { createdAt, id } = A.at(item, "metadata")
  return { time: Date.parse(String(createdAt)), id: String(id) }
}

/** Whether one secret was created before another; ties are ordered by id. */
export const isBefore = (one: Position, other: Position): boolean =>
  one.time < other.time || (one.time === other.time && one.id < other.id)

/** Whether items are in order of creation, ties by id. */
export const isAscending = (items: ReadonlyArray<A.Json>): boolean =>
  items.every((item, i) => i === 0 || isBefore(positionOf(items[i - 1] ?? item), positionOf(item)))

/** Whether items are in the reverse of that order. */
export const isDescending = (items: ReadonlyArray<A.Json>): boolean => isAscending([...items].reverse())
