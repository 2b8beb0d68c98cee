import { describe, expect, it } from "@effect/vitest"
import * as JSONSchema from "effect/JSONSchema"
import * as Predicate from "effect/Predicate"
import * as Pretty from "effect/Pretty"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { same } from "./same.js"
import { exported, generic, moduleNames, schemas } from "./schemas.js"

/** Classes such as `Redaction.Defect` have uppercase names, too, but make no schema. */
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
    const errors = schemas.filter(([, schema]) => Predicate.hasProperty(schema, "_tag")).map(([name]) => name)
    expect(errors).toHaveLength(16)
  })
})

describe("same", () => {
  it("compares values, classes, arrays and errors deeply, and treats undefined as absent", () => {
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
    expect(JSONSchema.make(schema)).toHaveProperty("$schema")
    expect(Pretty.make(schema)).toBeTypeOf("function")
    expect(Schema.equivalence(schema)).toBeTypeOf("function")
  })
})

describe("encoded JSON decodes to an equal value, and encodes to the same JSON again", () => {
  for (const [name, schema] of schemas) {
    const encode = Schema.encodeSync(schema)
    const decode = Schema.decodeUnknownSync(schema)

    it.prop(name, [schema], ([value]) => {
      const json = JSON.stringify(encode(value))
      const back = decode(JSON.parse(json))
      expect(same(back, value), json).toBe(true)
      expect(JSON.stringify(encode(back))).toBe(json)
    }, { fastCheck: { numRuns: 30 } })
  }
})
