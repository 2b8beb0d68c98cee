import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import {
  type Cursor,
  LabelSelector,
  Limit,
  ListWorkspaceSecrets,
  Pagination,
  type SortOrder,
  WorkspaceSecretPage
} from "../src/ListWorkspaceSecrets.js"
import { WorkspaceSecret } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { refused, unwritable } from "./refused.js"

describe("Limit", () => {
  const decode = Schema.decodeUnknownSync(Limit)

  it.each([
    ["0", 0],
    ["1", 1],
    ["50", 50],
    ["200", 200],
    ["201", 201],
    ["007", 7],
    ["2147483647", 2147483647]
  ])("reads %s", (text, limit) => {
    expect(decode(text)).toBe(limit)
  })

  it.each([
    "",
    "-1",
    "-0",
    "1.5",
    "1.0",
    "1e3",
    " 5",
    "5 ",
    "+5",
    "0x10",
    "five",
    "5\n",
    "NaN",
    "Infinity",
    "٥",
    "2147483648",
    "9007199254740993",
    "9".repeat(400),
    5,
    null
  ])(
    "refuses %j",
    (wrong) => {
      expect(refused(Limit, wrong)).toEqual(["Expected a whole number from 0 to 2147483647"])
    }
  )

  it.prop("writes digits", [
    FastCheck.oneof(FastCheck.integer({ min: 0, max: 2147483647 }), FastCheck.constantFrom(0, 2147483647))
  ], ([limit]) => {
    const text = Schema.encodeSync(Limit)(limit)
    expect(text).toMatch(/^\d+$/)
    expect(Number(text)).toBe(limit)
  })

  it("refuses to encode an invalid limit", () => {
    for (const wrong of [-1, 0.5, NaN, Infinity, "5", 2147483648, Number.MAX_SAFE_INTEGER]) {
      expect(unwritable(Limit, wrong)).toEqual(["Expected a whole number from 0 to 2147483647"])
    }
  })
})

describe("LabelSelector", () => {
  const decode = Schema.decodeUnknownSync(LabelSelector)
  const encode = Schema.encodeSync(LabelSelector)

  it.each([
    ["", {}],
    ["team=platform", { team: "platform" }],
    ["team=", { team: "" }],
    ["a=1,b=2", { a: "1", b: "2" }],
    ["a=b=c", { a: "b=c" }],
    ["a==", { a: "=" }],
    ["example.com/team=x", { "example.com/team": "x" }],
    ["a b= c ", { "a b": " c " }]
  ])("reads %j, and writes it again", (text, selector) => {
    expect(decode(text)).toEqual(selector)
    expect(encode(decode(text))).toBe(text)
  })

  it.each(["team", ",", "a=1,", ",a=1", "a=1,,b=2", "=1", "a=1,=2", "a=1,a=2", "a=1,b", ["a=1"], { a: "1" }, null])(
    "refuses %j",
    (wrong) => {
      expect(refused(LabelSelector, wrong)).toEqual([
        typeof wrong === "string"
          ? "Expected comma-separated key=value pairs with unique keys"
          : "Expected a string"
      ])
    }
  )

  it("accepts a repeated pair", () => {
    expect(encode(decode("a=1,b=2,a=1"))).toBe("a=1,b=2")
  })

  it("accepts the keys __proto__ and constructor", () => {
    const selector = decode("__proto__=a,constructor=b")
    expect(Object.entries(selector)).toEqual([["__proto__", "a"], ["constructor", "b"]])
    expect(Object.getPrototypeOf(selector)).toBe(Object.prototype)
    expect(encode(selector)).toBe("__proto__=a,constructor=b")
  })

  it("refuses to encode a selector that would decode differently", () => {
    for (const wrong of [{ "": "a" }, { "a=b": "c" }, { "a,b": "c" }, { a: "b,c=d" }, { a: 7 }, "a=b"]) {
      expect(unwritable(LabelSelector, wrong)).toEqual(["Expected labels without commas, and keys without ="])
    }
  })

  it.prop("decodes everything that it encodes", [
    FastCheck.dictionary(FastCheck.string({ maxLength: 3 }), FastCheck.string({ maxLength: 3 }), { maxKeys: 3 })
  ], ([selector]) => {
    if (unwritable(LabelSelector, selector).length === 0) {
      expect(Object.entries(decode(encode(selector))).sort()).toEqual(Object.entries(selector).sort())
    }
  }, { fastCheck: { numRuns: 300 } })
})

describe("ListWorkspaceSecrets", () => {
  const decode = Schema.decodeUnknownSync(ListWorkspaceSecrets)
  const encode = Schema.encodeSync(ListWorkspaceSecrets)

  const query = {
    limit: "25",
    cursor: "b3BhcXVl",
    prefix: "Stripe",
    query: "KEY",
    labels: "team=payments,tier=",
    sortOrder: "asc",
    includeInfo: "true"
  }

  it("decodes every parameter, and encodes it as text", () => {
    const list = decode(query)
    expect(list).toEqual({
      limit: 25,
      cursor: "b3BhcXVl",
      prefix: "Stripe",
      query: "KEY",
      labels: { team: "payments", tier: "" },
      sortOrder: "asc",
      includeInfo: true
    })
    expect(encode(list)).toEqual(query)
  })

  it("requires no parameter, and ignores unknown ones", () => {
    expect(decode({})).toEqual({})
    expect(decode({ page: "7" })).toEqual({})
  })

  it("decodes a query object without a prototype", () => {
    expect(decode(Object.setPrototypeOf({ limit: "5", page: "7" }, null))).toEqual({ limit: 5 })
  })

  it("keeps an empty text", () => {
    expect(decode({ prefix: "", query: "", cursor: "", labels: "" })).toEqual({
      prefix: "",
      query: "",
      cursor: "",
      labels: {}
    })
  })

  it.each(["true", "false"])("reads includeInfo=%s", (includeInfo) => {
    expect(decode({ includeInfo }).includeInfo).toBe(includeInfo === "true")
    expect(encode(decode({ includeInfo }))).toEqual({ includeInfo })
  })

  it.each(["", "1", "0", "TRUE", "True", "yes", " true"])("refuses includeInfo=%j", (includeInfo) => {
    expect(refused(ListWorkspaceSecrets, { includeInfo })).toEqual(["includeInfo: Expected true or false"])
  })

  it.each(["", "ASC", "ascending", "Desc", "asc "])("refuses sortOrder=%j", (sortOrder) => {
    expect(refused(ListWorkspaceSecrets, { sortOrder })).toEqual(["sortOrder: Expected asc or desc"])
  })

  it("reports every invalid parameter with errors: all", () => {
    expect(refused(
      ListWorkspaceSecrets,
      { limit: "-1", labels: "team", sortOrder: "up", includeInfo: "?", prefix: ["a", "b"] },
      { errors: "all" }
    )).toEqual([
      "limit: Expected a whole number from 0 to 2147483647",
      "prefix: Expected a string",
      "labels: Expected comma-separated key=value pairs with unique keys",
      "sortOrder: Expected asc or desc",
      "includeInfo: Expected true or false"
    ])
  })

  it.prop("encodes every parameter as text", [ListWorkspaceSecrets], ([list]) => {
    const entries = Object.entries(encode(list)).filter(([, value]) => value !== undefined)
    expect(entries.every(([, value]) => typeof value === "string")).toBe(true)
    expect(decode(Object.fromEntries(entries))).toEqual(list)
  })

  it("has no null in its type", () => {
    expect(refused(ListWorkspaceSecrets, { prefix: null })).toEqual(["prefix: Expected a string"])
    expectTypeOf<typeof ListWorkspaceSecrets.Encoded["prefix"]>().toEqualTypeOf<string | undefined>()
  })

  it("has two sort orders, and a branded cursor", () => {
    expectTypeOf<SortOrder>().toEqualTypeOf<"asc" | "desc">()
    expectTypeOf<string>().not.toExtend<Cursor>()
  })
})

describe("Pagination", () => {
  const decode = Schema.decodeUnknownSync(Pagination)
  const encode = Schema.encodeSync(Pagination)

  it("has a nextCursor unless the page is the last", () => {
    expect(decode({ nextCursor: "b3BhcXVl" })).toEqual({ nextCursor: "b3BhcXVl" })
    expect(encode(decode({ nextCursor: "b3BhcXVl" }))).toEqual({ nextCursor: "b3BhcXVl" })
  })

  it("decodes an empty nextCursor and null as unset", () => {
    for (const wire of [{}, { nextCursor: "" }, { nextCursor: null }]) {
      expect(decode(wire)).toEqual({})
      expect(JSON.stringify(encode(decode(wire)))).toBe("{}")
    }
  })

  it("refuses to encode an invalid pagination", () => {
    expect(unwritable(Pagination, "x")).toEqual(["Expected an object (Pagination)"])
  })
})

describe("WorkspaceSecretPage", () => {
  const decode = Schema.decodeUnknownSync(WorkspaceSecretPage)
  const encode = Schema.encodeSync(WorkspaceSecretPage)

  it("decodes a page, and encodes the same JSON", () => {
    const json = JSON.stringify({ items: [example, example], pagination: { nextCursor: "b3BhcXVl" } })
    const page = decode(JSON.parse(json))
    expect(page).toBeInstanceOf(WorkspaceSecretPage)
    expect(page.items[1]).toBeInstanceOf(WorkspaceSecret)
    expect(JSON.stringify(encode(page))).toBe(json)
  })

  it("decodes an empty page", () => {
    expect(JSON.stringify(encode(decode({ items: [], pagination: {} })))).toBe(`{"items":[],"pagination":{}}`)
  })

  it("reports the path of an invalid field", () => {
    expect(refused(WorkspaceSecretPage, { items: [example, { ...example, spec: "value" }], pagination: {} })).toEqual([
      "items[1].spec: Expected an object (WorkspaceSecretSpec)"
    ])
    expect(refused(WorkspaceSecretPage, { items: [null], pagination: {} })).toEqual([
      "items[0]: Expected an object (WorkspaceSecret)"
    ])
    expect(refused(WorkspaceSecretPage, { items: {}, pagination: {} })).toEqual(["items: Expected an array"])
    expect(refused(WorkspaceSecretPage, { items: [] })).toEqual(["pagination: Required, and missing"])
    expect(refused(WorkspaceSecretPage, { pagination: {} })).toEqual(["items: Required, and missing"])
    expect(refused(WorkspaceSecretPage, [])).toEqual(["Expected an object (WorkspaceSecretPage)"])
  })
})
