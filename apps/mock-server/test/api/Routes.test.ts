import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Routes from "../../src/api/Routes.js"

const routes = [
  { method: "GET", path: "/v1/things", target: "list" },
  { method: "POST", path: "/v1/things", target: "create" },
  { method: "GET", path: "/v1/things/:id", target: "get" },
  { method: "DELETE", path: "/v1/things/:id", target: "delete" },
  { method: "GET", path: "/v1/shops/:shop/things/:id", target: "getOfShop" },
  { method: "GET", path: "/v1/whoami", target: "whoami" }
] as const

const find = Routes.make<string>(routes)

const found = (target: string, params: Record<string, string> = {}) => ({ _tag: "Found", target, params })

describe("Routes", () => {
  it.each([
    ["GET", "/v1/things", found("list")],
    ["POST", "/v1/things", found("create")],
    ["GET", "/v1/things/a", found("get", { id: "a" })],
    ["DELETE", "/v1/things/a", found("delete", { id: "a" })],
    ["GET", "/v1/shops/s/things/a", found("getOfShop", { shop: "s", id: "a" })],
    ["GET", "/v1/whoami", found("whoami")]
  ])("finds the endpoint of %s %s", (method, path, match) => {
    expect(find(method, path)).toEqual(match)
  })

  it.each([
    ["/v1/things/a%2Fb", "a/b"],
    ["/v1/things/a%2fb%2F", "a/b/"],
    ["/v1/things/%2e%2e", ".."],
    ["/v1/things/..", ".."],
    ["/v1/things/.", "."],
    ["/v1/things/%00", "\0"],
    ["/v1/things/%20", " "],
    ["/v1/things/a+b", "a+b"],
    ["/v1/things/%C3%A9", "é"],
    ["/v1/things/%F0%9F%94%91", "🔑"],
    ["/v1/things/%2525", "%25"],
    ["/v1/things/external_id:a%3Ab", "external_id:a:b"],
    ["/v1/things/__proto__", "__proto__"],
    ["/v1/things/:id", ":id"],
    ["/v1/things/a;b=c", "a;b=c"]
  ])("matches the segments of %s before it decodes them", (path, id) => {
    expect(find("GET", path)).toEqual(found("get", { id }))
  })

  it.prop("decodes any percent-encoded text", [FastCheck.string({ unit: "grapheme", minLength: 1 })], ([id]) => {
    expect(find("GET", `/v1/things/${encodeURIComponent(id)}`)).toEqual(found("get", { id }))
  })

  it.each(["%", "%z", "%zz", "a%2", "%ff", "%C3", "%C3%28", "%ED%A0%80"])(
    "reports the segment %s, which is not percent-encoded UTF-8, as malformed",
    (segment) => {
      expect(find("GET", `/v1/things/${segment}`)).toEqual({ _tag: "MalformedPath" })
      expect(find("GET", `/v1/shops/${segment}/things/a`)).toEqual({ _tag: "MalformedPath" })
    }
  )

  it.each([
    "",
    "/",
    "v1/things",
    "/v1/things/",
    "//v1/things",
    "/v1//things",
    "/v1/things//",
    "/v1/things/a/",
    "/v1/things//a",
    "/v1/things/a/b",
    "/v1/shops//things/a",
    "/v1/shops/s/things",
    "/V1/things",
    "/v1/Things",
    "/v1/thing%73",
    "/v1/whoami/",
    "/v2/things",
    "/v1/constructor",
    "*"
  ])("finds nothing at %j", (path) => {
    expect(find("GET", path)).toMatchObject({ _tag: "NotFound" })
    expect(find("NONE", path)).toMatchObject({ _tag: "NotFound" })
  })

  it.each(["OPTIONS", "PUT", "TRACE", "get", "constructor", ""])(
    "lists the allowed methods for %j",
    (method) => {
      expect(find(method, "/v1/things")).toEqual({ _tag: "MethodNotAllowed", allow: ["GET", "HEAD", "POST"] })
      expect(find(method, "/v1/things/a")).toEqual({ _tag: "MethodNotAllowed", allow: ["GET", "HEAD", "DELETE"] })
      expect(find(method, "/v1/things/%zz")).toEqual({ _tag: "MethodNotAllowed", allow: ["GET", "HEAD", "DELETE"] })
      expect(find(method, "/v1/whoami")).toEqual({ _tag: "MethodNotAllowed", allow: ["GET", "HEAD"] })
    }
  )

  it.each([
    ["GET /v1/thing", "GET /v1/things"],
    ["POST /v1/Things", "POST /v1/things"],
    ["GET /things", "GET /v1/things"],
    ["GET /v2/things/a", "GET /v1/things/{id}"],
    ["GET //v1/things", "GET /v1/things"],
    ["GET /v1/things/", "GET /v1/things"],
    ["DELETE /v1/things/", "DELETE /v1/things/{id}"],
    ["GET /v1/things/a/b", "GET /v1/things/{id}"],
    ["GET /v1/shops//things/a", "GET /v1/shops/{shop}/things/{id}"],
    ["GET /v1/shops/s/thing/a", "GET /v1/shops/{shop}/things/{id}"],
    ["DELETE /v1/shops/s/thing/a", "GET /v1/shops/{shop}/things/{id}"],
    ["GET /v1/who-am-i", "GET /v1/whoami"],
    ["GET /a/b/c/d/e", undefined],
    [`GET ${"/v1".repeat(12)}`, undefined]
  ])("suggests, for %s, the route %s", (request, nearest) => {
    const [method = "", path = ""] = request.split(" ")
    expect(find(method, path)).toEqual({ _tag: "NotFound", nearest })
  })

  it.each<readonly [ReadonlyArray<`/${string}`>, string, string | undefined]>([
    [["/things"], "/x/thi", "GET /things"],
    [["/things"], "/x/th", undefined],
    [["/a/b/things"], "things", undefined],
    [["/b/things"], "things", "GET /b/things"],
    [["/things"], "/a/b/things", undefined],
    [["/v1/:id", "/v1/abcdefghij"], "/v2/abcdefghiX", "GET /v1/{id}"],
    [["/v1/:id", "/v1/abcdefghij"], "/v2/abcdefghij", "GET /v1/abcdefghij"],
    [["/v1/things:batch"], "/v1/things:batc", "GET /v1/things:batch"],
    [["/1/2/3/4/5/6/7/8/9/10/eleven"], "/1/2/3/4/5/6/7/8/9/10/elevn", "GET /1/2/3/4/5/6/7/8/9/10/eleven"],
    [["/1/2/3/4/5/6/7/8/9/10/eleven"], "/1/2/3/4/5/6/7/8/9/10/eleven/", undefined]
  ])("suggests, of %j, for %s the route %s", (paths, path, nearest) => {
    const find = Routes.make<string>(paths.map((path) => ({ method: "GET", path, target: path })))
    expect(find("GET", path)).toEqual({ _tag: "NotFound", nearest })
  })

  it("compares only the beginning of a long segment", () => {
    const [long, short] = [`/${"a".repeat(64)}`, `/${"a".repeat(32)}`] as const
    const find = Routes.make<string>([long, short].map((path) => ({ method: "GET", path, target: path })))
    expect(find("GET", `${long}${"b".repeat(10_000)}`)).toEqual({ _tag: "NotFound", nearest: `GET ${long}` })
  })

  it("distinguishes an operation that is not served from an unknown one", () => {
    const find = Routes.make<string>(routes, [
      { method: "POST", path: "/v1/shops" },
      { method: "PATCH", path: "/v1/things/:id" },
      { method: "GET", path: "/v1/whoami" }
    ])
    expect(find("POST", "/v1/shops")).toEqual({ _tag: "Unserved", operation: "POST /v1/shops" })
    expect(find("PATCH", "/v1/things/%zz")).toEqual({ _tag: "Unserved", operation: "PATCH /v1/things/{id}" })
    expect(find("GET", "/v1/things/a")).toEqual(found("get", { id: "a" }))
    expect(find("PUT", "/v1/things/a")).toEqual({ _tag: "MethodNotAllowed", allow: ["GET", "HEAD", "DELETE", "PATCH"] })
    expect(find("GET", "/v1/shops")).toEqual({ _tag: "MethodNotAllowed", allow: ["POST"] })
    expect(find("GET", "/v1/whoami"), "one that is served after all").toEqual(found("whoami"))
  })

  it("takes the verb from the end of a parameter", () => {
    const find = Routes.make<string>([
      { method: "POST", path: "/v1/:shop/things/:id:archive", target: "archive" },
      { method: "POST", path: "/v1/:shop/things/:id", target: "create" }
    ], [{ method: "POST", path: "/v1/:shop/things/:id:restore" }])
    expect(find("POST", "/v1/s/things/a:archive")).toEqual(found("archive", { shop: "s", id: "a" }))
    expect(find("POST", "/v1/s/things/a:b:archive")).toEqual(found("archive", { shop: "s", id: "a:b" }))
    expect(find("POST", "/v1/s/things/a:archived")).toEqual(found("create", { shop: "s", id: "a:archived" }))
    expect(find("POST", "/v1/s/things/:archive")).toEqual(found("create", { shop: "s", id: ":archive" }))
    expect(find("POST", "/v1/s/things/%zz:archive")).toEqual({ _tag: "MalformedPath" })
    expect(find("PUT", "/v1/s/things/a:restore")).toEqual({ _tag: "MethodNotAllowed", allow: ["POST"] })
  })

  it("names the verb of an operation that is not served", () => {
    const find = Routes.make<string>([], [{ method: "POST", path: "/v1/things/:id:restore" }])
    expect(find("POST", "/v1/things/a:restore")).toEqual({
      _tag: "Unserved",
      operation: "POST /v1/things/{id}:restore"
    })
    expect(find("POST", "/v1/things/a")).toEqual({ _tag: "NotFound", nearest: undefined })
  })
})
