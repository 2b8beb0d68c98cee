import { describe, expect, it } from "@effect/vitest"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as ErrorTable from "../src/ErrorTable.js"
import { same } from "./same.js"
import { exported, generic, moduleNames, schemas } from "./schemas.js"

/** Whether it is a class: a class that is not a schema is not a function that makes one. */
const isClass = (value: object) => Function.prototype.toString.call(value).startsWith("class ")

describe("the list of schemas", () => {
  it("has every module of src, and no duplicate schema", () => {
    expect(moduleNames).toContain("WorkspaceSecret")
    expect(moduleNames).not.toContain("index")
    expect(schemas.length).toBeGreaterThan(50)
    expect(new Set(schemas.map(([name]) => name)).size).toBe(schemas.length)
  })

  it("has every function that makes a schema", () => {
    const makers = exported
      .filter(([name, value]) =>
        typeof value === "function" && !Schema.isSchema(value) && /\.[A-Z]\w*$/.test(name) && !isClass(value)
      )
      .map(([name]) => name)
    expect(makers.sort()).toEqual(Object.keys(generic).sort())
  })

  it("includes the errors", () => {
    const tags = new Set<string>(ErrorTable.rows.map(({ tag }) => tag))
    const errors = schemas.filter(([name]) => tags.has(name.slice(name.indexOf(".") + 1)))
    expect(errors).toHaveLength(tags.size)
  })
})

describe("same", () => {
  it("distinguishes secrets, classes and keys", () => {
    class Box {
      constructor(readonly value: unknown) {}
    }
    expect(same(Redacted.make("a"), Redacted.make("a"))).toBe(true)
    expect(same(Redacted.make("a"), Redacted.make("b"))).toBe(false)
    expect(same({ value: 1 }, { value: 1, other: undefined })).toBe(true)
    expect(same({ value: 1 }, { value: 1, other: 2 })).toBe(false)
    expect(same({ value: 1 }, new Box(1))).toBe(false)
    expect(same([1, [2]], [1, [3]])).toBe(false)
    expect(same(new Error("a"), new Error("b"))).toBe(false)
  })
})

describe("a schema", () => {
  it.each(schemas)("has a JSON schema, a printer and an equivalence: %s", (_, schema) => {
    expect(Schema.toJsonSchemaDocument(schema)).toHaveProperty("dialect")
    expect(Schema.toFormatter(schema)).toBeTypeOf("function")
    expect(Schema.toEquivalence(schema)).toBeTypeOf("function")
  })
})

describe("encoded JSON decodes to an equal value, and encodes to the same JSON again", () => {
  for (const [name, schema] of schemas) {
    const encode = Schema.encodeSync(schema)
    const decode = Schema.decodeUnknownSync(schema)

    it.prop(name, [schema], ([value]) => {
      const json = JSON.stringify(encode(value))
      const back = decode(JSON.parse(json))
      expect(JSON.stringify(encode(back))).toBe(json)
      expect(Equal.equals(decode(JSON.parse(json)), back), json).toBe(true)
    }, { arbitrary: { runs: 30 } })
  }
})
