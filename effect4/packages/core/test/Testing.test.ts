import * as Cause from "effect/Cause"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import assert from "node:assert"
import { describe, expect, it } from "vitest"
import { WorkspaceSecretPage } from "../src/ListWorkspaceSecrets.js"
import { Profile } from "../src/Profile.js"
import { equalityTester, withSecrets } from "../src/Testing.js"
import { WorkspaceSecret } from "../src/WorkspaceSecret.js"

const metadata = { id: "p", accountId: "a", name: "n", profileId: "p", labels: { team: "a" } }
const createdBy = { metadata, spec: { type: "PROFILE_TYPE_USER", email: "a@example.com" } }

const json = (value?: string, id = "p") => ({
  metadata: { ...metadata, id, createdAt: "2019-12-27T18:11:19.117Z", workspaceId: "w" },
  spec: value === undefined ? {} : { value },
  info: { createdBy, lastUsedAt: "2019-12-27T18:11:19.117Z" }
})
const secret = (value?: string, id?: string) => Schema.decodeUnknownSync(WorkspaceSecret)(json(value, id))
const page = (...values: ReadonlyArray<string>) =>
  Schema.decodeUnknownSync(WorkspaceSecretPage)({
    items: values.map((value) => json(value)),
    pagination: { nextCursor: "c" }
  })
const profile = (name: string, id = "p") =>
  Schema.decodeUnknownSync(Profile)({ metadata: { ...metadata, id, name }, spec: { type: "x" } })
const wiped = () => {
  const redacted = Redacted.make("hunter22")
  Redacted.wipeUnsafe(redacted)
  return redacted
}

/** Pairs with different values, in every kind of container. */
const different: ReadonlyArray<readonly [what: string, a: unknown, b: unknown]> = [
  ["two Redacted", Redacted.make("hunter22"), Redacted.make("hunter23")],
  ["Redacted in objects", { a: [{ b: Redacted.make(1) }] }, { a: [{ b: Redacted.make(2) }] }],
  ["Redacted in maps", new Map([["a", Redacted.make("x")]]), new Map([["a", Redacted.make("y")]])],
  ["Redacted in sets", new Set([Redacted.make("x")]), new Set([Redacted.make("y")])],
  [
    "Redacted in errors",
    Object.assign(new Error("a"), { key: Redacted.make("x") }),
    Object.assign(new Error("a"), { key: Redacted.make("y") })
  ],
  ["Redacted in exits", Exit.succeed(Redacted.make("x")), Exit.succeed(Redacted.make("y"))],
  ["Redacted in causes", Cause.fail({ key: Redacted.make("x") }), Cause.fail({ key: Redacted.make("y") })],
  ["two that were wiped", wiped(), wiped()],
  ["one that was wiped", wiped(), Redacted.make(undefined)],
  ["secrets", secret("hunter22"), secret("hunter23")],
  ["pages", page("a", "b"), page("a", "c")]
]

const equal: ReadonlyArray<readonly [what: string, make: () => unknown]> = [
  ["two Redacted", () => Redacted.make("hunter22")],
  ["Redacted that hold objects", () => Redacted.make({ key: ["a"] })],
  ["Redacted in objects", () => ({ a: [{ b: Redacted.make(1) }] })],
  ["secrets", () => secret("hunter22")],
  ["secrets without a value", () => secret()],
  ["pages", () => page("a", "b")]
]

describe("the equality tester", () => {
  it.each(different)("finds %s with different values unequal", (_, a, b) => {
    expect(() => expect(a).toEqual(b)).toThrow()
    expect(() => expect(a).toStrictEqual(b)).toThrow()
    expect(() => expect({ a }).toMatchObject({ a: b })).toThrow()
  })

  it.each(equal)("finds %s with equal values equal", (_, make) => {
    expect(make()).toEqual(make())
    expect(make()).toStrictEqual(make())
    expect({ a: make(), b: 1 }).toMatchObject({ a: make() })
  })

  it("returns undefined unless both are Redacted", () => {
    expect(equalityTester(Redacted.make(1), 1)).toBe(undefined)
    expect(equalityTester({}, {})).toBe(undefined)
    expect(equalityTester(Redacted.make(1), Redacted.make(1))).toBe(true)
  })
})

describe("withSecrets", () => {
  const deepStrictEqual = withSecrets(assert.deepStrictEqual)

  it.each(different.filter(([what]) => !what.includes("causes")))(
    "finds %s with different values unequal",
    (_, a, b) => {
      expect(() => deepStrictEqual(a, b)).toThrow("Redacted values differ at: ")
    }
  )

  it.each(equal)("finds %s with equal values equal", (_, make) => {
    deepStrictEqual(make(), make())
  })

  it("fails as the assertion does, with the path of a difference and without the value", () => {
    expect(() => deepStrictEqual({ a: 1 }, { a: 2 })).toThrow(assert.AssertionError)
    expect(() => deepStrictEqual(1, 2, "one and two")).toThrow("one and two")
    expect(() => deepStrictEqual(secret("hunter22"), secret("hunter23"))).toThrow(
      /^Redacted values differ at: spec\.value$/
    )
    expect(() => deepStrictEqual(Redacted.make("a"), Redacted.make("b"))).toThrow(/at: the top$/)
    const ring = (value: string) => {
      const self: Record<string, unknown> = { value: Redacted.make(value) }
      return Object.assign(self, { self })
    }
    deepStrictEqual(ring("a"), ring("a"))
    expect(() => deepStrictEqual(ring("a"), ring("b"))).toThrow("at: value")
  })

  it("leaves all else to the assertion", () => {
    const lenient = withSecrets(() => {})
    lenient({ a: Redacted.make(1), b: Redacted.make(1), c: null, d: {}, e: 1 }, { a: 1, b: {}, c: {}, d: null, e: {} })
    lenient({ a: 1, b: {}, d: {}, e: undefined }, { a: Redacted.make(1), b: Redacted.make(1), e: {} })
  })
})

describe("Equal.equals and Schema.toEquivalence", () => {
  it("are true for entities with equal values, and false for others", () => {
    const pairs: ReadonlyArray<readonly [unknown, unknown, unknown]> = [
      [secret("a"), secret("a"), secret("b")],
      [page("a"), page("a"), page("b")],
      [profile("a"), profile("a"), profile("b")]
    ]
    for (const [one, same, other] of pairs) {
      expect(Equal.equals(one, same)).toBe(true)
      expect(Hash.hash(one)).toBe(Hash.hash(same))
      expect(Equal.equals(one, other)).toBe(false)
      expect(Equal.equals(one, {})).toBe(false)
    }
    expect(Hash.hash(secret("a", "p"))).not.toBe(Hash.hash(secret("a", "q")))
    expect(Hash.hash(profile("a", "p"))).not.toBe(Hash.hash(profile("a", "q")))
    expect(Hash.hash(page("a", "b"))).not.toBe(Hash.hash(page("a")))
    const secrets = Schema.toEquivalence(WorkspaceSecret)
    expect([secrets(secret("a"), secret("a")), secrets(secret("a"), secret("b"))]).toEqual([true, false])
    const pages = Schema.toEquivalence(WorkspaceSecretPage)
    expect([pages(page("a"), page("a")), pages(page("a"), page("b"))]).toEqual([true, false])
    const profiles = Schema.toEquivalence(Profile)
    expect([profiles(profile("a"), profile("a")), profiles(profile("a"), profile("b"))]).toEqual([true, false])
  })
})
