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
 * Whether two values are the same all the way down, of the same classes and with the same secrets: `toEqual` takes any
 * two Redacted for equal. A key that holds `undefined` is as good as absent, and the stack of an error is left out.
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
