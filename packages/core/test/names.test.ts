import { describe, expect, it } from "@effect/vitest"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { refused } from "./refused.js"
import { nameOf, schemas } from "./schemas.js"

describe("a class", () => {
  const classes = schemas.flatMap(([name, schema]) =>
    "identifier" in schema && typeof schema.identifier === "string" ? [[name, schema.identifier] as const] : []
  )

  it.each(classes)("is known to Effect by the name of its export: %s", (name, identifier) => {
    expect(identifier).toBe(nameOf(name))
  })

  it("is what errors, pages and models are", () => {
    expect(classes).toHaveLength(19)
  })
})

describe("an error", () => {
  const errors = schemas.filter(([, schema]) => Predicate.hasProperty(schema, "_tag"))

  it.each(errors)("says which it is where another's tag is read: %s", (name, schema) => {
    const error: unknown = Reflect.construct(schema as unknown as new() => unknown, [{ message: "m" }])
    const body = Schema.encodeSync(schema)(error)
    expect(body).toMatchObject({ _tag: nameOf(name) })
    expect(refused(schema, { ...body as object, _tag: "Other" })).toEqual([`Expected the error ${nameOf(name)}`])
  })
})
