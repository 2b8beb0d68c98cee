import { describe, expect, it } from "@effect/vitest"
import { lowerCamelCase, snakeCase } from "../src/FieldName.js"

describe("the names of a field", () => {
  it.each([
    ["externalId", "external_id"],
    ["updateMask", "update_mask"],
    ["name", "name"],
    ["", ""]
  ])("are %s and %s", (camel, snake) => {
    expect([snakeCase(camel), snakeCase(snake)]).toEqual([snake, snake])
    expect([lowerCamelCase(snake), lowerCamelCase(camel)]).toEqual([camel, camel])
  })
})
