import { describe, expect, it } from "@effect/vitest"
import * as MockServer from "../../src/MockServer.js"
import { isOrigin } from "../../src/transport/Cors.js"

const page = "http://localhost:5173"
const other = "http://localhost:5174"
const secrets = "/v1/workspace_secrets"

const preflight = (origin: string, headers: Readonly<Record<string, string>> = {}) => ({
  method: "OPTIONS",
  headers: {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-other",
    ...headers
  }
})

const permissionsOf = (response: Response) =>
  Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"))

describe("isOrigin", () => {
  it.each(["*", page, "https://app.example.com", "http://127.0.0.1", "http://[::1]:8080"])("accepts %s", (origin) => {
    expect(isOrigin(origin)).toBe(true)
  })

  it.each([
    "",
    "null",
    "localhost",
    "localhost:5173",
    `${page}/`,
    `${page}/app`,
    "http://LOCALHOST",
    "http://localhost:80",
    "ftp://localhost",
    "http://a b",
    `${page}, ${other}`,
    "**"
  ])("rejects %j", (origin) => {
    expect(isOrigin(origin)).toBe(false)
  })
})

for (const transport of ["a socket", "no socket"]) {
  const start = transport === "a socket" ? MockServer.start : MockServer.startInProcess
  const connect = async (corsOrigin?: string) => {
    const server = await start({ corsOrigin })
    const ask = transport === "a socket" ? fetch : server.fetch
    return {
      ask: (path: string, init: RequestInit) => ask(`${server.url}${path}`, init),
      apiKey: server.apiKey,
      [Symbol.asyncDispose]: () => server.stop()
    }
  }

  describe(`a server with ${transport}`, () => {
    it("answers the preflights of the allowed origin", async () => {
      await using server = await connect(page)
      for (const path of [secrets, `${secrets}/id`, "/v1/workspaces/development/workspace_secrets", "/v1/whoami"]) {
        const answer = await server.ask(path, preflight(page))
        expect([answer.status, await answer.text()]).toEqual([204, ""])
        expect(answer.headers.get("x-request-id")).toMatch(/^req_/)
        expect(permissionsOf(answer)).toEqual({
          "access-control-allow-headers": "authorization,content-type,x-other",
          "access-control-allow-methods": "GET, HEAD, POST, PATCH, DELETE",
          "access-control-allow-origin": page,
          "access-control-max-age": "7200",
          vary: "origin"
        })
      }
    })

    it("lets pages of the allowed origin read responses, including errors", async () => {
      await using server = await connect(page)
      for (const authorization of [`Bearer ${server.apiKey}`, "Bearer other"]) {
        const answer = await server.ask(secrets, { headers: { origin: page, authorization } })
        expect(permissionsOf(answer)).toEqual({
          "access-control-allow-origin": page,
          "access-control-expose-headers": "x-request-id, retry-after, x-mock-missing-route",
          vary: "origin"
        })
      }
    })

    it("allows nothing for another origin", async () => {
      await using server = await connect(page)
      const asked = await server.ask(secrets, preflight(other))
      const answer = await server.ask(secrets, { headers: { origin: other, authorization: `Bearer ${server.apiKey}` } })
      expect([asked.status, answer.status]).toEqual([204, 200])
      for (const response of [asked, answer]) {
        expect(response.headers.has("access-control-allow-origin")).toBe(false)
        expect(response.headers.get("vary")).toBe("origin")
      }
    })

    it("allows every origin with *", async () => {
      await using server = await connect("*")
      const answer = await server.ask(secrets, preflight(other, { "access-control-request-headers": "a b\u00e9" }))
      expect(permissionsOf(answer)).toMatchObject({
        "access-control-allow-headers": "authorization, content-type",
        "access-control-allow-origin": "*"
      })
    })

    it("allows nothing of the control API", async () => {
      await using server = await connect("*")
      for (const path of ["/_mock/tenants", "/_mock/health", "/_mock/tenants/default/reset", "/_mock/none"]) {
        const asked = await server.ask(path, preflight(page))
        const answer = await server.ask(path, { headers: { origin: page } })
        expect([asked.ok, permissionsOf(asked), permissionsOf(answer)]).toEqual([false, {}, {}])
      }
    })

    it("allows no cross-origin requests without corsOrigin", async () => {
      await using server = await connect()
      const asked = await server.ask(secrets, preflight(page))
      const answer = await server.ask(secrets, { headers: { origin: page, authorization: `Bearer ${server.apiKey}` } })
      expect([asked.status, permissionsOf(asked), permissionsOf(answer)]).toEqual([405, {}, {}])
    })

    it("does not start with an invalid origin", async () => {
      await expect(start({ corsOrigin: "localhost" })).rejects.toMatchObject({
        problems: ["corsOrigin: Expected an origin such as http://localhost:5173, without a path, or *"]
      })
    })
  })
}
