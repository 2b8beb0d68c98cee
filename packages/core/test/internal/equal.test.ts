import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import { isSame, isSameRedacted } from "../../src/internal/equal.js"

class Point {
  constructor(readonly x: number) {}
}

const wiped = (content: unknown) => {
  const redacted = Redacted.make(content)
  Redacted.unsafeWipe(redacted)
  return redacted
}

/** Rows of a kind of value: its two makers give values that differ. */
const kinds: ReadonlyArray<readonly [kind: string, one: () => unknown, other: () => unknown]> = [
  ["strings", () => "a", () => "b"],
  ["numbers", () => NaN, () => 0],
  ["arrays", () => [1, [2]], () => [1, [3]]],
  ["arrays of another length", () => [1], () => [1, 2]],
  ["an array and an object", () => ["a"], () => ({ 0: "a" })],
  ["objects", () => ({ a: { b: 1 } }), () => ({ a: { b: 2 } })],
  ["objects with other keys", () => ({ a: 1 }), () => ({ b: 1 })],
  ["an object with a key more", () => ({ a: 1 }), () => ({ a: 1, b: 1 })],
  ["objects of two classes", () => new Point(1), () => ({ x: 1 })],
  ["a string and an object", () => "a", () => ({ 0: "a" })],
  ["null and an object", () => null, () => ({})],
  ["undefined and null", () => undefined, () => null],
  ["times", () => DateTime.unsafeMake(1000), () => DateTime.unsafeMake(2000)],
  ["a time and its number", () => DateTime.unsafeMake(1000), () => 1000],
  ["durations", () => Duration.seconds(1), () => Duration.seconds(2)],
  ["secrets", () => Redacted.make("a"), () => Redacted.make("b")],
  ["secrets that are objects", () => Redacted.make({ a: ["b"] }), () => Redacted.make({ a: ["c"] })],
  ["a secret and its text", () => Redacted.make("a"), () => "a"],
  ["a secret and an object", () => Redacted.make("a"), () => ({})]
]

describe("isSame", () => {
  it.each(kinds)("finds %s that are equal equal, and others not, from both sides", (_, one, other) => {
    expect(isSame(one(), one())).toBe(true)
    expect(isSame(other(), other())).toBe(true)
    expect(isSame(one(), other())).toBe(false)
    expect(isSame(other(), one())).toBe(false)
  })

  it("ignores the order of keys, and keys that are undefined", () => {
    expect(isSame({ a: 1, b: 2, c: undefined }, { b: 2, a: 1 })).toBe(true)
    expect(isSame({ b: 2, a: 1 }, { a: 1, d: undefined, b: 2 })).toBe(true)
    expect(isSame({ a: undefined }, { b: 1 })).toBe(false)
  })

  it("compares times by their instant, also if the parts of one were read", () => {
    const read = DateTime.unsafeMake(1000)
    expect(DateTime.toParts(read).seconds).toBe(1)
    expect(isSame(read, DateTime.unsafeMake(1000))).toBe(true)
    expect(isSame(DateTime.unsafeMake(1000), read)).toBe(true)
  })
})

describe("isSameRedacted", () => {
  it("finds a wiped secret equal to itself alone", () => {
    const one = wiped("a")
    expect(isSameRedacted(one, one)).toBe(true)
    expect(isSameRedacted(one, wiped("a"))).toBe(false)
    expect(isSameRedacted(one, Redacted.make("a"))).toBe(false)
    expect(isSameRedacted(Redacted.make("a"), one)).toBe(false)
    expect(isSameRedacted(Redacted.make(undefined), one)).toBe(false)
  })
})
