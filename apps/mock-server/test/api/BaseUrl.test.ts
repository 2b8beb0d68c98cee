import { describe, expect, it } from "@effect/vitest"
import { baseUrlOf, urlAt, urlOf } from "../../src/api/BaseUrl.js"

const origin = "http://127.0.0.1:4010"

describe("baseUrlOf", () => {
  it.each([
    ["127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["localhost:8080", "http://localhost:8080"],
    ["LOCALHOST:80", "http://localhost"],
    ["[::1]:8080", "http://[::1]:8080"],
    ["mock_server", "http://mock_server"],
    ["mock.test.", "http://mock.test."],
    ["a", "http://a"],
    ["0.0.0.0:8080", "http://127.0.0.1:8080"],
    ["[::]:8080", "http://[::1]:8080"],
    ["0.0.0.0", "http://127.0.0.1:80"]
  ])("uses the Host %j", (host, url) => {
    expect(baseUrlOf({ headers: { host }, origin })).toBe(url)
  })

  it.each([
    "",
    " ",
    "a b",
    "a/b",
    "a?b",
    "a#b",
    "a@b",
    "a\\b",
    "a\"b",
    "a<b>",
    "a%41",
    "a\u0000",
    "a\nb",
    "é.test",
    "a:",
    ":8080",
    "a:b",
    "a:65536",
    "a:8080:8080",
    "a,b",
    "-a",
    "[::1",
    "::1",
    "[g::1]",
    "[::1%25eth0]",
    "1.2.3.999",
    `${"a".repeat(300)}.test`
  ])("uses the origin of the transport when the Host is %j", (host) => {
    expect(baseUrlOf({ headers: { host }, origin })).toBe(origin)
  })

  it("uses the origin of the transport without a Host, or with more than one", () => {
    expect(baseUrlOf({ headers: {}, origin })).toBe(origin)
    expect(baseUrlOf({ headers: { host: ["a", "b"] }, origin })).toBe(origin)
  })

  it("is a path when there is neither", () => {
    expect(baseUrlOf({ headers: {}, origin: undefined })).toBe("/")
  })
})

describe("urlOf", () => {
  it.each([
    ["127.0.0.1", "http://127.0.0.1:80"],
    ["localhost", "http://localhost:80"],
    ["::1", "http://[::1]:80"],
    ["2001:db8::1", "http://[2001:db8::1]:80"],
    ["0.0.0.0", "http://127.0.0.1:80"],
    ["0", "http://127.0.0.1:80"],
    ["0x0", "http://127.0.0.1:80"],
    ["000.000.000.000", "http://127.0.0.1:80"],
    ["", "http://[::1]:80"],
    ["::", "http://[::1]:80"],
    ["::0", "http://[::1]:80"],
    ["0:0:0:0:0:0:0:0", "http://[::1]:80"],
    ["::ffff:0.0.0.0", "http://127.0.0.1:80"],
    ["::ffff:0:0", "http://127.0.0.1:80"]
  ])("returns an address to connect to for %j", (host, url) => {
    expect(urlOf(host, 80)).toBe(url)
  })
})

describe("urlAt", () => {
  it("treats a name that resolves to every address like that address", () => {
    expect(urlAt("everywhere", { address: "0.0.0.0", port: 80 })).toBe("http://127.0.0.1:80")
    expect(urlAt("localhost", { address: "127.0.0.1", port: 80 })).toBe("http://localhost:80")
  })
})
