import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"

const isLeaf = (u: object): boolean => Redacted.isRedacted(u) || DateTime.isDateTime(u) || Duration.isDuration(u)

const keysOf = (self: object): ReadonlyArray<string> =>
  Object.getOwnPropertyNames(self)
    .filter((key) => key !== "stack" && Reflect.get(self, key) !== undefined)
    .sort()

/**
 * Deep equality, including classes and the values of secrets: `toEqual` treats any two Redacted as equal. A key with
 * the value `undefined` equals an absent key, and the stack of an error is ignored.
 */
export const same = (self: unknown, that: unknown): boolean => {
  if (Object.is(self, that)) {
    return true
  }
  if (typeof self !== "object" || typeof that !== "object" || self === null || that === null) {
    return false
  }
  if (isLeaf(self)) {
    return Equal.equals(self, that)
  }
  const keys = keysOf(self)
  return Object.getPrototypeOf(self) === Object.getPrototypeOf(that)
    && keys.join("\n") === keysOf(that).join("\n")
    && keys.every((key) => same(Reflect.get(self, key), Reflect.get(that, key)))
}
