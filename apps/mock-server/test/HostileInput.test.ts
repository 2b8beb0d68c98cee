import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as MockServer from "../src/MockServer.js"
import { head, RawConnection } from "./RawConnection.js"
import { type Answer, expectError, send, sendJson, type Server, type WirePage, type WireSecret } from "./wire.js"

const secrets = "/v1/workspace_secrets"

let running: MockServer.RunningServer
const servers: { socket: Server; inProcess: Server } = {} as never

beforeAll(async () => {
  running = await MockServer.start()
  servers.socket = { url: running.url, apiKey: Redacted.make(running.apiKey), fetch: globalThis.fetch }
  servers.inProcess = await Effect.runPromise(Effect.provide(MockServer.MockServer, MockServer.layerInProcess()))
})
afterAll(() => running.stop())

const names = Object.getOwnPropertyNames(Object.prototype)

/** Asserts that no prototype was changed. */
const expectCleanPrototypes = () => {
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names)
  expect(Reflect.get({}, "polluted")).toBeUndefined()
  expect(Reflect.get([], "polluted")).toBeUndefined()
  expect(Reflect.get({}, "toString")).toBe(Object.prototype.toString)
}

const json = { "content-type": "application/json" }

type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

const valid: { readonly [key: string]: Json } = {
  metadata: { name: "name", externalId: "external", labels: { env: "prod" } },
  spec: { value: "value" },
  updateMask: "metadata.name"
}

/** Every path into a value, without the root. */
const pathsOf = (value: Json): ReadonlyArray<ReadonlyArray<string>> =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map((path) => [key, ...path])])
    : []

const placed = (value: Json, [key = "", ...rest]: ReadonlyArray<string>, wrong: Json): Json => {
  const object = value as { readonly [key: string]: Json }
  return { ...object, [key]: rest.length === 0 ? wrong : placed(object[key] ?? null, rest, wrong) }
}

const kindOf = (value: Json | undefined) => Array.isArray(value) ? "array" : typeof value

const at = (value: Json, path: ReadonlyArray<string>): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => (inner as { readonly [key: string]: Json } | undefined)?.[key], value)

const deep = (open: string, close: string, depth = 100_000) => open.repeat(depth) + close.repeat(depth)

for (const transport of ["socket", "inProcess"] as const) {
  describe(`over ${transport}, a body`, () => {
    const post = (body: NonNullable<RequestInit["body"]> | null, headers: Record<string, string> = json) =>
      send(servers[transport], secrets, { method: "POST", headers, body })
    const patch = (body: NonNullable<RequestInit["body"]>) =>
      send(servers[transport], `${secrets}/none`, { method: "PATCH", headers: json, body })

    it.each([
      ["that is empty", ""],
      ["of white space", " \n"],
      ["that stops in the middle", "{\"metadata\":{\"name\":\"na"],
      ["of two objects", "{}{}"],
      ["in single quotes", "{'metadata':{}}"],
      ["with a comment", "{} // canary"],
      ["that is no JSON", "canary"],
      ["that is no UTF-8", Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
      ["in UTF-16", Uint8Array.from(Buffer.from("\uFEFF{\"metadata\":1}", "utf16le"))],
      ["of NaN", "{\"metadata\":NaN}"],
      ["of a surrogate in UTF-8", Uint8Array.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
      ["of 100,000 brackets that stay open", "[".repeat(100_000)],
      ["of 100,000 braces that stay open", "{\"a\":".repeat(100_000)]
    ])("%s is rejected, and not quoted", async (_, body) => {
      for (const answer of [await post(body), await patch(body)]) {
        expectError(answer, 400, 3)
        expect(answer.text).not.toContain("canary")
      }
    })

    it("that is missing is rejected", async () => {
      expectError(await post(null), 400, 3)
    })

    it.each([
      "null",
      "true",
      "1",
      "\"canary\"",
      "[]",
      "[{}]",
      deep("[", "]"),
      `[${deep("{\"a\":", "}", 5000).replace("}", "1}")}]`
    ])(
      "that is JSON but no object is rejected (%#)",
      async (body) => {
        for (const answer of [await post(body), await patch(body)]) {
          const { details } = expectError(answer, 400, 3)
          expect(details).toMatchObject([{ fieldViolations: [{ field: "" }] }])
          expect(answer.text).not.toContain("canary")
        }
      }
    )

    it("may begin with a byte order mark", async () => {
      expect((await post(`\uFEFF${JSON.stringify({ metadata: { name: "name" }, spec: {} })}`)).status).toBe(200)
    })

    it("of 2 MiB gets 413, whether it is JSON or not", async () => {
      const large = "a".repeat(2 * 1024 * 1024)
      for (
        const body of [large, JSON.stringify({ metadata: { name: large }, spec: {} }), new TextEncoder().encode(large)]
      ) {
        expectError(await post(body), 413, 3)
        expectError(await patch(body), 413, 3)
      }
      expect((await send(servers[transport], "/v1/whoami")).status).toBe(200)
    })

    it("with a wrong type in any field is rejected with the path of the field, and not quoted", async () => {
      const wrongs: ReadonlyArray<Json> = [7, true, "canary", ["canary"], { canary: { canary: "canary" } }]
      for (const path of pathsOf(valid)) {
        for (const wrong of wrongs.filter((wrong) => kindOf(wrong) !== kindOf(at(valid, path)))) {
          const body = JSON.stringify(placed(valid, path, wrong))
          const answers = [await patch(body), ...(path[0] === "updateMask" ? [] : [await post(body)])]
          for (const answer of answers) {
            expect(expectError(answer, 400, 3).details).toMatchObject([{
              fieldViolations: [{ field: path.join(".") }]
            }])
            expect(answer.text).not.toContain("canary")
          }
        }
      }
    })

    it("with invalid labels or an invalid mask is rejected, and only the key of a label is quoted", async () => {
      const labels = { metadata: { name: "name", labels: { "can ary": "a", "team": "canary-" } }, spec: {} }
      const mask = { metadata: { name: "name" }, updateMask: "metadata.name,canary" }
      const answers = [
        await post(JSON.stringify(labels)),
        await patch(JSON.stringify(labels)),
        await patch(JSON.stringify(mask))
      ]
      for (const answer of answers) {
        expectError(answer, 400, 3)
        expect(answer.text).not.toContain("canary")
      }
    })

    it("with 70,000 invalid labels gets a small response, and the journal keeps none of them", async () => {
      const labels = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`-${i}`, ""]))
      const answer = await sendJson(servers[transport], "POST", secrets, {
        metadata: { name: "name", labels },
        spec: {}
      })
      // To look for all of them takes four times as long as to read as many that are right.
      expect(expectError(answer, 400, 3).details).toMatchObject([{
        fieldViolations: [{ field: "metadata.labels[\"-0\"]" }]
      }])
      expect(answer.text.length).toBeLessThan(1024)
    })

    it("with 1,000 labels that are wrong gets the first 20 of them told", async () => {
      const labels = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`-${i}`, ""]))
      const body = { metadata: { name: "name", labels }, spec: {} }
      const answer = await sendJson(servers[transport], "POST", secrets, body)
      expect(expectError(answer, 400, 3).message).toContain("; and 980 more")
    })

    it("may have at most 64 labels, on create and on update", async () => {
      const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, ""]))
      const body = (count: number) => ({ metadata: { name: "name", labels: labels(count) }, spec: {} })
      const answer = await sendJson<WireSecret>(servers[transport], "POST", secrets, body(64))
      expect(answer.status).toBe(200)
      const path = `${secrets}/${answer.body.metadata.id}`
      for (const [method, to] of [["POST", secrets], ["PATCH", path]] as const) {
        const { message } = expectError(await sendJson(servers[transport], method, to, body(65)), 400, 3)
        expect(message).toBe("metadata.labels: Expected at most 64 labels")
      }
      expect((await send<WireSecret>(servers[transport], path)).body.metadata.labels).toEqual(labels(64))
    })

    it("may have an external id of at most 1,024 percent-encoded characters, on create and on update", async () => {
      const run = `${transport}-`
      const body = (externalId: string) => ({ metadata: { name: "name", externalId }, spec: {} })
      const longest = run + "\u20ac".repeat(112) + "a".repeat(16 - run.length)
      const answer = await sendJson<WireSecret>(servers[transport], "POST", secrets, body(longest))
      expect(answer.status).toBe(200)
      const path = `${secrets}/external_id:${encodeURIComponent(longest)}`
      expect((await send(servers[transport], path)).status).toBe(200)
      for (const externalId of [`${longest}a`, "a".repeat(340_000), "\u20ac".repeat(1024)]) {
        for (const [method, to] of [["POST", secrets], ["PATCH", path]] as const) {
          const { message } = expectError(await sendJson(servers[transport], method, to, body(externalId)), 400, 3)
          expect(message).toBe(
            "metadata.external_id: Expected at most 1024 characters when it is percent-encoded, as in a path"
          )
        }
      }
    })

    it("with null in an optional field is read as without the field", async () => {
      const answer = await sendJson<WireSecret>(servers[transport], "POST", secrets, {
        metadata: { name: "name", externalId: null, labels: null },
        spec: { value: null }
      })
      expect(answer.status).toBe(200)
      expect(answer.body.metadata).toMatchObject({ externalId: "", labels: {} })
      expect(answer.body.spec).toEqual({})
      expectError(await sendJson(servers[transport], "POST", secrets, { metadata: null, spec: null }), 400, 3)
    })

    it.each([
      ["an unknown field", (inner: string) => `{"metadata":{"name":"name"},"spec":{},"unknown":${inner}}`],
      ["the labels", (inner: string) => `{"metadata":{"name":"name","labels":{"a":${inner}}},"spec":{}}`],
      ["the name", (inner: string) => `{"metadata":{"name":${inner}},"spec":{}}`],
      ["the value", (inner: string) => `{"metadata":{"name":"name"},"spec":{"value":${inner}}}`]
    ])("nested deeply in %s is rejected without a crash", async (_, body) => {
      for (const inner of [deep("[", "]"), deep("{\"a\":", "}").replace("}", "1}")]) {
        expectError(await post(body(inner)), 400, 3)
      }
    })

    it("cannot change a prototype: at the top, in an object, or as a label", async () => {
      const name = (rest: string) => `{"metadata":{"name":"name"${rest}},"spec":{}}`
      const evil = `{"polluted":"yes","name":"evil"}`
      const bodies: ReadonlyArray<readonly [string, number]> = [
        [`{"__proto__":${evil},"metadata":{"name":"name"},"spec":{}}`, 200],
        [`{"__proto__":{"metadata":{"name":"evil"},"spec":{}}}`, 400],
        [`{"constructor":{"prototype":${evil}},"metadata":{"name":"name"},"spec":{}}`, 200],
        [`{"metadata":{"__proto__":${evil}},"spec":{}}`, 400],
        [name(`,"__proto__":${evil}`), 200],
        [name(`,"labels":{"__proto__":${evil}}`), 400],
        [name(`,"labels":{"__proto__":"x"}`), 400],
        [name(`,"labels":{"constructor":"x","toString":"y","hasOwnProperty":"z"}`), 200],
        [`{"metadata":{"name":"name"},"spec":{"__proto__":{"value":"evil"}}}`, 200]
      ]
      for (const [body, status] of bodies) {
        const answer = await post(body)
        expect([body, answer.status, answer.text.includes("evil")]).toEqual([body, status, false])
        expectCleanPrototypes()
      }
      const found = await send<WirePage>(servers[transport], `${secrets}?labels=constructor%3Dx`)
      expect(found.body.items.map(({ metadata }) => metadata.labels)).toEqual([
        { constructor: "x", toString: "y", hasOwnProperty: "z" }
      ])
      for (
        const query of [
          "labels=__proto__%3Dx",
          "labels=toString%3Dx",
          "__proto__=x",
          "labels[__proto__]=x",
          "constructor=x"
        ]
      ) {
        const answer = await send<WirePage>(servers[transport], `${secrets}?limit=1&${query}`)
        expect([query, answer.status]).toEqual([query, 200])
        expectCleanPrototypes()
      }
      expectError(await send(servers[transport], `${secrets}/__proto__`), 404, 5)
      expectError(await send(servers[transport], `${secrets}/external_id:__proto__`), 404, 5)
      expectError(
        await send(servers[transport], "/v1/whoami", { headers: { authorization: "Bearer __proto__" } }),
        401,
        16
      )
    })

    it.each([
      ["text/plain", 415],
      ["application/x-www-form-urlencoded", 415],
      ["multipart/form-data; boundary=x", 415],
      ["application/json; charset=latin1", 415],
      ["application/json; charset=utf-8", 200],
      ["application/problem+json", 200],
      ["APPLICATION/JSON", 200]
    ])("of type %s gets %i", async (type, status) => {
      const body = JSON.stringify({ metadata: { name: "name" }, spec: {} })
      const answer = await post(body, { "content-type": type })
      expect(answer.status).toBe(status)
      if (status !== 200) {
        expectError(answer, 415, 3)
      }
    })

    it("without a content type is read as JSON", async () => {
      const body = new TextEncoder().encode(JSON.stringify({ metadata: { name: "name" }, spec: {} }))
      expect((await post(body, {})).status).toBe(200)
    })

    it.each([
      ["combining marks", "e\u0301\u0323\u0302".repeat(20)],
      ["right to left", "\u202Eמפתח\u202C سر"],
      ["emoji of several code points", "👩‍👩‍👧‍👦🏳️‍🌈"],
      ["NUL and other controls", "a\u0000b\u001Fc\u007F"],
      ["line separators", "a\u2028b\u2029c"],
      ["markup", "<script>alert(\"x\")</script>"],
      ["255 characters outside the basic plane", "𝒳".repeat(255)]
    ])("with %s in a name, a value and an external id comes back unchanged", async (_, text) => {
      const externalId = [...`${transport} ${text}`].slice(0, 80).join("")
      const created = await sendJson<WireSecret>(servers[transport], "POST", secrets, {
        metadata: { name: text, externalId },
        spec: { value: text }
      })
      expect(created.status).toBe(200)
      const read = await send<WireSecret>(servers[transport], `${secrets}/${created.body.metadata.id}`)
      expect([read.body.metadata.name, read.body.metadata.externalId, read.body.spec.value]).toEqual([
        text,
        externalId,
        text
      ])
      const ref = encodeURIComponent(`external_id:${externalId}`)
      expect((await send<WireSecret>(servers[transport], `${secrets}/${ref}`)).body).toEqual(read.body)
      const query = encodeURIComponent(text)
      const found = await send<WirePage>(servers[transport], `${secrets}?limit=1&prefix=${query}`)
      expect(found.body.items.map(({ metadata }) => metadata.id)).toEqual([created.body.metadata.id])
    })

    it.each(["name", "externalId", "value"])("with a lone surrogate in the %s is rejected", async (field) => {
      const text = "a\uD800b"
      const metadata = { name: "name", ...(field === "value" ? {} : { [field]: text }) }
      const body = JSON.stringify({ metadata, spec: field === "value" ? { value: text } : {} })
      const answer = await post(new TextEncoder().encode(body), {})
      expect(answer).toMatchObject({ status: 400 })
      expect(JSON.stringify(answer)).toContain("Expected well-formed Unicode: no lone surrogates")
    })
  })

  describe(`over ${transport}, a path or a query`, () => {
    it.each([
      ["%2F", 404],
      ["..%2F..", 404],
      ["%252e%252e", 404],
      ["%00", 404],
      ["%20", 404],
      ["%0d%0aX-Injected:%20yes", 404],
      ["%F0%9F%94%91", 404],
      ["external_id:", 404],
      ["external_id:%2F", 404],
      ["EXTERNAL_ID:x", 404],
      [encodeURIComponent("'; DROP TABLE secrets; --"), 404],
      ["a".repeat(8_000), 404],
      ["%zz", 400],
      ["%", 400],
      ["%ED%A0%80", 400],
      ["%C0%AF", 400]
    ])("with the id %s finds no secret", async (id, status) => {
      for (const method of ["GET", "DELETE"]) {
        const answer = await send(servers[transport], `${secrets}/${id}`, { method })
        expectError(answer, status, status === 404 ? 5 : 3)
        expect(answer.headers.get("x-injected")).toBeNull()
      }
      expectError(
        await sendJson(servers[transport], "PATCH", `${secrets}/${id}`, { metadata: { name: "name" } }),
        status,
        status === 404 ? 5 : 3
      )
    })

    it.each(["limit", "cursor", "prefix", "query", "labels", "sortOrder", "includeInfo"])(
      "with %s twice is rejected, even with equal values",
      async (name) => {
        const value = { limit: "1", sortOrder: "asc", includeInfo: "true" }[name] ?? ""
        const answer = await send(servers[transport], `${secrets}?${name}=${value}&${name}=${value}`)
        expect(expectError(answer, 400, 3).details).toMatchObject([{
          fieldViolations: [{ field: name, description: "given more than once; a parameter has one value" }]
        }])
      }
    )

    it("with unknown parameters, once or twice, is read without them", async () => {
      const answer = await send<WirePage>(
        servers[transport],
        `${secrets}?limit=1&x=1&x=2&Limit=x&LIMIT=y&&=&limit%00=z`
      )
      expect([answer.status, answer.body.items.length <= 1]).toEqual([200, true])
    })

    it.each([
      ["limit=-1", "limit"],
      ["limit=1.5", "limit"],
      ["limit=1e3", "limit"],
      ["limit=0x10", "limit"],
      ["limit=+1", "limit"],
      ["limit=%201", "limit"],
      ["limit=", "limit"],
      ["limit=canary", "limit"],
      ["limit=%D9%A3", "limit"],
      ["sortOrder=", "sortOrder"],
      ["sortOrder=ASC", "sortOrder"],
      ["includeInfo=1", "includeInfo"],
      ["includeInfo=", "includeInfo"],
      ["cursor=canary", "cursor"],
      ["cursor=%00", "cursor"],
      [`cursor=${"a".repeat(8_000)}`, "cursor"],
      ["labels=canary", "labels"],
      ["labels==", "labels"],
      ["labels=a%3Db,", "labels"],
      ["labels=a%3D1,a%3D2", "labels"]
    ])("that is invalid is rejected with its name, and not quoted (%$)", async (query, field) => {
      const answer = await send(servers[transport], `${secrets}?${query}`)
      expect(expectError(answer, 400, 3).details).toMatchObject([{ fieldViolations: [{ field }] }])
      expect(answer.text).not.toContain("canary")
    })

    it.each(["0", "1", "200", "201", "2147483647", "00000001"])(
      "with a limit of %s gets a page",
      async (limit) => {
        const answer = await send<WirePage>(servers[transport], `${secrets}?limit=${limit}`)
        expect([answer.status, answer.body.items.length <= 200]).toEqual([200, true])
      }
    )

    it("with invalid percent-encoding in the query is read as far as possible", async () => {
      for (const query of ["query=%zz", "query=%", "query=%ff", "prefix=%C3%28", "?", "&&&", "=", "%00=%00"]) {
        expect([query, (await send(servers[transport], `${secrets}?${query}`)).status]).toEqual([query, 200])
      }
    })
  })
}

const text = FastCheck.oneof(
  FastCheck.string(),
  FastCheck.string({ unit: "grapheme" }),
  FastCheck.constantFrom(
    "",
    "..",
    "%2e",
    "%00",
    "%zz",
    "__proto__",
    "external_id:x",
    "development",
    "*",
    "a/b",
    "\uD800"
  )
)

/** Whether a text has no lone surrogates, which UTF-8 cannot encode. */
const isEncodable = (text: string) => !/\p{Surrogate}/u.test(text)

const methods = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "PROPFIND", "get", "x-y"]

const path = FastCheck.oneof(
  {
    weight: 3,
    arbitrary: FastCheck.constantFrom(
      secrets,
      `${secrets}/none`,
      "/v1/workspaces/development/workspace_secrets",
      "/v1/whoami"
    )
  },
  { weight: 3, arbitrary: text.map((id) => `${secrets}/${isEncodable(id) ? encodeURIComponent(id) : id}`) },
  { weight: 1, arbitrary: FastCheck.array(text, { maxLength: 5 }).map((parts) => `/${parts.join("/")}`) },
  { weight: 1, arbitrary: FastCheck.webPath() }
)

const query = FastCheck.oneof(
  FastCheck.constant(""),
  FastCheck.webQueryParameters(),
  FastCheck.array(FastCheck.tuple(
    FastCheck.constantFrom("limit", "cursor", "prefix", "query", "labels", "sortOrder", "includeInfo", "__proto__"),
    FastCheck.oneof(text, FastCheck.constantFrom("1", "asc", "true", "a=b"))
  )).map((pairs) =>
    pairs.map(([name, value]) => `${name}=${isEncodable(value) ? encodeURIComponent(value) : ""}`).join("&")
  )
)

const headers = FastCheck.dictionary(
  FastCheck.oneof(
    FastCheck.constantFrom(
      "authorization",
      "content-type",
      "accept",
      "x-request-id",
      "content-encoding",
      "if-match",
      "__proto__"
    ),
    FastCheck.stringMatching(/^[a-z!#$%&'*+.^_`|~-]{1,20}$/)
  ),
  FastCheck.oneof(
    FastCheck.constantFrom(
      "application/json",
      "Bearer mock-api-key",
      "Bearer x",
      "*/*",
      "gzip",
      "text/html; charset=x"
    ),
    FastCheck.stringMatching(/^[\x20-\x7e\x80-\xff]{0,40}$/)
  ),
  { maxKeys: 5 }
)

const body = FastCheck.oneof(
  FastCheck.constant(undefined),
  FastCheck.json(),
  FastCheck.uint8Array({ maxLength: 200 }),
  FastCheck.record({
    metadata: FastCheck.oneof(
      FastCheck.jsonValue(),
      FastCheck.record({ name: text, externalId: text, labels: FastCheck.dictionary(text, text) }, { requiredKeys: [] })
    ),
    spec: FastCheck.oneof(
      FastCheck.jsonValue(),
      FastCheck.record({ value: FastCheck.oneof(text, FastCheck.jsonValue()) })
    ),
    updateMask: FastCheck.oneof(text, FastCheck.constantFrom("*", "metadata", "spec.value,metadata.labels"))
  }, { requiredKeys: [] }).map((value) => JSON.stringify(value))
)

const expectSound = (answer: Answer, method: string) => {
  expect(answer.status).toBeLessThan(500)
  expect(answer.headers.get("x-request-id")).toMatch(/^req_/)
  expect(answer.headers.get("content-type")).toBe("application/json")
  if (answer.status >= 400 && method !== "HEAD") {
    expectError(answer, answer.status, (answer.body as { readonly code: number }).code)
  } else if (method !== "HEAD") {
    expect(answer.status).toBe(200)
  }
}

describe("any request", () => {
  it.each([["socket", 40], ["inProcess", 100]] as const)(
    "gets a valid response over %s",
    async (transport, numRuns) => {
      await FastCheck.assert(
        FastCheck.asyncProperty(
          FastCheck.constantFrom(...methods),
          path,
          query,
          headers,
          body,
          FastCheck.boolean(),
          async (method, path, query, headers, body, hasKey) => {
            const server = servers[transport]
            const init: RequestInit = {
              method,
              headers: { ...headers, ...(hasKey ? { authorization: "Bearer mock-api-key" } : {}) },
              ...(body === undefined || method === "GET" || method === "get" || method === "HEAD" ? {} : { body })
            }
            expectSound(await send(server, `${path}${query === "" ? "" : `?${query}`}`, init), method)
          }
        ),
        { numRuns, interruptAfterTimeLimit: 15_000 }
      )
      expectCleanPrototypes()
      expect((await send(servers[transport], "/v1/whoami")).status).toBe(200)
    }
  )

  it("of any bytes on a raw connection gets a response or a closed connection, and the next one is served", async () => {
    const line = FastCheck.oneof(
      FastCheck.tuple(
        FastCheck.constantFrom(...methods, "CONNECT", ""),
        text,
        FastCheck.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/2", "")
      )
        .map(([method, target, version]) => `${method} /${target} ${version}`),
      FastCheck.string({ unit: "binary" })
    )
    const bytes = FastCheck.oneof(
      FastCheck.uint8Array({ minLength: 1, maxLength: 100 }),
      FastCheck.tuple(line, FastCheck.array(text), FastCheck.uint8Array({ maxLength: 50 }))
        .map(([line, lines, body]) => Buffer.concat([Buffer.from(`${[line, ...lines].join("\r\n")}\r\n\r\n`), body])),
      FastCheck.tuple(FastCheck.constantFrom("POST", "GET"), FastCheck.uint8Array({ maxLength: 50 }))
        .map(([method, body]) =>
          Buffer.concat([Buffer.from(head(method, secrets, { "Transfer-Encoding": "chunked" })), body])
        )
    )
    await FastCheck.assert(
      FastCheck.asyncProperty(bytes, async (bytes) => {
        const connection = await RawConnection.open(running.url)
        // A complete request after the random bytes: there is a response, or the connection closes.
        connection.send(bytes, `\r\n\r\n0\r\n\r\n${head("GET", "/v1/nothing", { Connection: "close" })}`).end()
        const received = await connection.rest()
        connection.destroy()
        expect(received).not.toMatch(/^HTTP\/1\.1 5/m)
        for (
          const answer of received.split(/^(?=HTTP\/1\.1 \d)/m).filter((answer) => !answer.startsWith("HTTP/1.1 100 "))
        ) {
          expect(answer === "" || /^x-request-id: req_/m.test(answer)).toBe(true)
        }
      }),
      { numRuns: 40, interruptAfterTimeLimit: 15_000 }
    )
    expect((await send(servers.socket, "/v1/whoami")).status).toBe(200)
    expectCleanPrototypes()
  })
})
