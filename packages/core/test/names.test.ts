import { describe, expect, it } from "@effect/vitest"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { refused } from "./refused.js"
import { nameOf, schemas } from "./schemas.js"

describe("a class", () => {
  const classes = schemas.flatMap(([name, schema]) =>
    "identifier" in schema && typeof schema.identifier === "string" ? [[name, schema.identifier] as const] : []
  )

  it.each(classes)("has its export's name as identifier: %s", (name, identifier) => {
    expect(identifier).toBe(nameOf(name))
  })

  it("is used for errors, pages and models", () => {
    expect(classes).toHaveLength(19)
  })
})

describe("an error", () => {
  const errors = schemas.filter(([, schema]) => Predicate.hasProperty(schema, "_tag"))

  it.each(errors)("names itself if the tag is wrong: %s", (name, schema) => {
    const error: unknown = Reflect.construct(schema as unknown as new() => unknown, [{ message: "m" }])
    const body = Schema.encodeSync(schema)(error)
    expect(body).toMatchObject({ _tag: nameOf(name) })
    expect(refused(schema, { ...body as object, _tag: "Other" })).toEqual([`Expected the error ${nameOf(name)}`])
  })
})

describe("an object", () => {
  const objects = schemas.filter(([, schema]) => {
    const ast = SchemaAST.encodedAST(schema.ast)
    return SchemaAST.isTypeLiteral(ast) && ast.indexSignatures.length === 0 && !Predicate.hasProperty(schema, "_tag")
  })

  it.each(objects)("names itself if the value is none: %s", (name, schema) => {
    expect(refused(schema, 7)).toEqual([`Expected an object (${nameOf(name)})`])
  })

  it.each(objects)("has its name in a ParseError: %s", (name, schema) => {
    expect(String(schema.ast)).toContain(nameOf(name))
    expect(String(schema.ast)).not.toContain("filter")
  })

  it("is a model, its part or a body", () => {
    expect(objects).toHaveLength(20)
  })
})
