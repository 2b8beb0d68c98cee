import * as Redacted from "effect/Redacted"

/*
 * Effect compares plain objects by identity, so two secrets decoded from the same response would differ. This
 * comparison is deep.
 */

const NOTHING = Symbol("nothing")

const contentOf = (redacted: Redacted.Redacted<unknown>): unknown => {
  try {
    return Redacted.value(redacted)
  } catch {
    return NOTHING
  }
}

/** Whether two Redacted have equal values. A wiped one is equal only to itself. */
export const isSameRedacted = (self: Redacted.Redacted<unknown>, that: Redacted.Redacted<unknown>): boolean => {
  if (self === that) {
    return true
  }
  const content = contentOf(self)
  return content !== NOTHING && isSame(content, contentOf(that))
}

const keysOf = (self: object): ReadonlyArray<string> =>
  Object.keys(self).filter((key) => Reflect.get(self, key) !== undefined)

/** Deep equality. A key with the value `undefined` equals an absent key. */
export const isSame = (self: unknown, that: unknown): boolean => {
  if (Object.is(self, that)) {
    return true
  }
  if (typeof self !== "object" || typeof that !== "object" || self === null || that === null) {
    return false
  }
  if (Redacted.isRedacted(self)) {
    return Redacted.isRedacted(that) && isSameRedacted(self, that)
  }
  const keys = keysOf(self)
  return Object.getPrototypeOf(self) === Object.getPrototypeOf(that)
    && keys.length === keysOf(that).length
    && keys.every((key) => isSame(Reflect.get(self, key), Reflect.get(that, key)))
}
