import { describe, expect, it } from "@effect/vitest"
import { isApiKey } from "../src/ApiKey.js"

describe("isApiKey", () => {
  it.each(["k", "mock-api-key", "My API Key", "a  b", "eyJ.eyJ.c2ln", "~!@#$%^&*()"])("takes %j", (key) => {
    expect(isApiKey(key)).toBe(true)
  })

  it.each(["", " ", " a", "a ", "a\tb", "a\nb", "a\u0000b", "ä", "a\u007f"])("refuses %j", (key) => {
    expect(isApiKey(key)).toBe(false)
  })
})
