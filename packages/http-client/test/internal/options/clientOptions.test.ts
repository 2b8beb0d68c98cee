import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { leaking, printed } from "../../../../../tools/leaks/sinks.js"
import { resolve } from "../../../src/internal/options/clientOptions.js"

const apiKey = Redacted.make("key")

const resolved = (options: object) => Either.getOrThrow(resolve({ apiKey, ...options }))
const refused = (options: object) => {
  const error = Either.getOrThrow(Either.flip(resolve({ apiKey, ...options })))
  return Object.fromEntries(error.violations.map(({ description, field }) => [field, description]))
}

describe("resolve", () => {
  it("defaults to the API's base URL", () => {
    expect(resolved({})).toMatchObject({
      secrets: "https://api.cadenya.com/v1/workspace_secrets",
      whoami: "https://api.cadenya.com/v1/whoami"
    })
  })

  it("uses the workspace in the path of secrets, not of whoami", () => {
    expect(resolved({ workspaceId: "a/b c" })).toMatchObject({
      secrets: "https://api.cadenya.com/v1/workspaces/a%2Fb%20c/workspace_secrets",
      whoami: "https://api.cadenya.com/v1/whoami"
    })
  })

  it.each([
    ["a slash at the end", "https://example.com/", "https://example.com"],
    ["a path before the API's own", "https://example.com/cadenya/api", "https://example.com/cadenya/api"],
    ["a path with slashes at the end", "https://example.com/cadenya//", "https://example.com/cadenya"],
    ["a URL", new URL("https://example.com:8443/x"), "https://example.com:8443/x"],
    ["http on localhost", "http://localhost:8080", "http://localhost:8080"],
    ["http on 127.0.0.0/8", "http://127.1.2.3:8080", "http://127.1.2.3:8080"],
    ["http on ::1", "http://[::1]:8080", "http://[::1]:8080"]
  ])("takes %s", (_, baseUrl, expected) => {
    expect(resolved({ baseUrl }).whoami).toBe(`${expected}/v1/whoami`)
  })

  it("allows http to another host with allowInsecureHttp", () => {
    expect(resolved({ baseUrl: "http://api.internal", allowInsecureHttp: true }).whoami).toBe(
      "http://api.internal/v1/whoami"
    )
  })

  it.each([
    ["http to another host", "http://example.com", /https URL.*allowInsecureHttp/],
    ["http to a host that only looks like this one", "http://127.0.0.1.example.com", /https URL/],
    ["http to a host whose name ends like this one's", "http://notlocalhost", /https URL/],
    ["http to all interfaces", "http://0.0.0.0", /https URL/],
    ["another scheme", "ftp://example.com", /http or https URL such as https:\/\/api\.cadenya\.com/],
    ["no scheme", "api.cadenya.com", /http or https URL/],
    ["nothing", "", /http or https URL/],
    ["a number", 42, /http or https URL/],
    ["an object that cannot be converted to a string", { toString: undefined }, /http or https URL/],
    ["a user name", "https://user@example.com", /without user name and password/],
    ["a password", "https://:hunter22@example.com", /without user name and password/],
    ["a query", "https://example.com?a=b", /without query and fragment/],
    ["an empty query", "https://example.com/?", /without query and fragment/],
    ["a fragment", "https://example.com#a", /without query and fragment/],
    ["an empty fragment", "https://example.com/#", /without query and fragment/]
  ])("refuses a base URL with %s", (_, baseUrl, expected) => {
    expect(refused({ baseUrl })).toEqual({ baseUrl: expect.stringMatching(expected) as string })
  })

  it("accepts only true for allowInsecureHttp", () => {
    expect(refused({ baseUrl: "http://example.com", allowInsecureHttp: "false" })).toHaveProperty("baseUrl")
  })

  it.each([
    ["empty", ""],
    ["with a space before it", " hunter 22"],
    ["with a space behind it", "hunter 22 "],
    ["with a tab", "hunter\t22"],
    ["of spaces", "   "],
    ["with a line break", "hunter22\n"],
    ["with a control character", "hunter\u000022"],
    ["not ASCII", "hünter22"],
    ["with its scheme", "Bearer hunter22"],
    ["with its scheme in another case", "bearer  hunter22"],
    ["not text", 22]
  ])("refuses a key that is %s, without showing it", (_, key) => {
    const refusal = refused({ apiKey: Redacted.make(key) })
    expect(refusal).toEqual({ apiKey: expect.stringContaining("visible ASCII characters") as string })
    expect(leaking(printed(refusal), "hunter", "hünter")).toEqual([])
  })

  it.each([["My API Key"], ["a  b"], ["Bearers of keys"]])("accepts a key with inner spaces, such as %j", (key) => {
    expect(Redacted.value(resolved({ apiKey: Redacted.make(key) }).apiKey)).toBe(key)
  })

  it("refuses a long key of spaces quickly", () => {
    expect(refused({ apiKey: Redacted.make(`a${" ".repeat(1_000_000)}`) })).toHaveProperty("apiKey")
    expect(refused({ apiKey: Redacted.make(`${"a ".repeat(500_000)}\n`) })).toHaveProperty("apiKey")
  })

  it("refuses a key that is not Redacted, without showing it", () => {
    expect(refused({ apiKey: "hunter22" })).toEqual({ apiKey: "Expected a Redacted, such as Redacted.make(key)" })
  })

  it("refuses a wiped key, and keeps working if an accepted one is wiped later", () => {
    const wiped = Redacted.make("key")
    const target = resolved({ apiKey: wiped })
    Redacted.unsafeWipe(wiped)
    expect(refused({ apiKey: wiped })).toHaveProperty("apiKey")
    expect(Redacted.value(target.apiKey)).toBe("key")
  })

  it.each([[""], ["."], [".."], ["\ud800"], [7]])("refuses the workspace id %j", (workspaceId) => {
    expect(refused({ workspaceId })).toEqual({ workspaceId: expect.stringContaining("Expected") as string })
  })

  it("reports all violations at once", () => {
    const error = Either.getOrThrow(Either.flip(resolve({ baseUrl: "x", workspaceId: ".." })))
    expect(error.message).toBe(
      "baseUrl: Expected an http or https URL such as https://api.cadenya.com; " +
        "apiKey: Expected a Redacted, such as Redacted.make(key); " +
        "workspaceId: Expected neither . nor ..: URLs resolve them"
    )
  })
})
