import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import * as MockServer from "../../src/MockServer.js"
import { head, RawConnection } from "../RawConnection.js"

const paths = [
  "/v1/workspace_secrets",
  "/v1/whoami",
  "/openapi.json",
  "/docs",
  "/none",
  "/_mock/health",
  "/_mock/tenants",
  "/_mock/openapi.json"
]

const foreign = ["rebound.example", "rebound.example:80", "localhost.rebound.example", "127.0.0.1.rebound.example"]

const loopback = [
  "localhost",
  "LOCALHOST:1",
  "localhost.",
  "app.localhost:4010",
  "127.0.0.1",
  "127.9.8.7:80",
  "[::1]",
  "[::1]:4010"
]

/** Sends each request on its own connection. */
const asks = (url: string) => async (path: string, headers: Readonly<Record<string, string | undefined>>) => {
  const connection = await RawConnection.open(url.replace("0.0.0.0", "127.0.0.1"))
  try {
    return await connection.send(head("GET", path, headers)).next()
  } finally {
    connection.destroy()
  }
}

const statusOf = (body: string) => JSON.parse(body) as { readonly code: number; readonly message: string }

describe("the Host of a request", () => {
  const hostsOf = async (options: MockServer.ListenOptions, hosts: ReadonlyArray<string>) => {
    await using server = await MockServer.start(options)
    const ask = asks(server.url)
    const refused: Array<string> = []
    for (const host of hosts) {
      const { body, status } = await ask("/v1/whoami", { Host: host })
      if (status !== 200) {
        expect([status, statusOf(body).code]).toEqual([403, 7])
        refused.push(host)
      }
    }
    return refused
  }

  it("is rejected on every path when it is the name of another site", async () => {
    await using server = await MockServer.start()
    const ask = asks(server.url)
    for (const path of paths) {
      for (const host of foreign) {
        const { body, headers, status } = await ask(path, { Host: host })
        expect([path, status, statusOf(body).code, headers["x-request-id"]])
          .toEqual([path, 403, 7, expect.stringMatching(/^req_/)])
        expect(statusOf(body).message).toContain("--allowed-host")
        expect(statusOf(body).message).toContain("allowedHosts")
      }
    }
  })

  it("may be any loopback name, or missing in HTTP/1.0", async () => {
    expect(await hostsOf({}, loopback)).toEqual([])
    await using server = await MockServer.start()
    const old = "GET /v1/whoami HTTP/1.0\r\nAuthorization: Bearer mock-api-key\r\n\r\n"
    expect((await (await RawConnection.open(server.url)).send(old).next()).status).toBe(200)
  })

  it("is rejected when it is malformed, or an address of another machine", async () => {
    const hosts = [
      "10.0.0.1",
      "0.0.0.0",
      "[2001:db8::1]",
      "127.0.0.256",
      "127.0.0.1:x",
      "a@localhost",
      "localhost/x",
      ""
    ]
    expect(await hostsOf({}, hosts)).toEqual(hosts)
  })

  it("may be an allowed name, in any case and with any port", async () => {
    const hosts = ["mock", "MOCK:4010", "mock.", "api.test:80"]
    const more = ["localhost", "not-mock", "mock.example", "x.mock"]
    expect(await hostsOf({ allowedHosts: ["mock", "API.test"] }, [...hosts, ...more]))
      .toEqual(["not-mock", "mock.example", "x.mock"])
  })

  it("may be any address, but no other name, if other machines can reach the server", async () => {
    const hosts = ["10.0.0.1", "10.0.0.1:80", "0.0.0.0", "[2001:db8::1]:80", "localhost", "mock"]
    expect(await hostsOf({ host: "0.0.0.0", allowedHosts: ["mock"] }, [...hosts, ...foreign])).toEqual(foreign)
  })

  it("is checked again when it changes on a connection", async () => {
    await using server = await MockServer.start()
    const connection = await RawConnection.open(server.url)
    const statuses: Array<number> = []
    for (const host of ["localhost", "rebound.example", "localhost", "rebound.example", "127.0.0.1", "localhost"]) {
      statuses.push((await connection.send(head("GET", "/v1/whoami", { Host: host })).next()).status)
    }
    connection.destroy()
    expect(statuses).toEqual([200, 403, 200, 403, 200, 200])
  })

  it("is replaced by the host of a target that is an absolute URL", async () => {
    await using server = await MockServer.start({ allowedHosts: ["mock"] })
    const ask = asks(server.url)
    const foreign = [
      "rebound.example",
      "REBOUND.example:80",
      "",
      "localhost@rebound.example"
    ]
    for (const Host of ["localhost", "rebound.example"]) {
      for (const path of ["/v1/whoami", "/v1/none", "/openapi.json", "/_mock/tenants", "?/v1/whoami", ""]) {
        for (const host of foreign) {
          const { body, status } = await ask(`http://${host}${path}`, { Host })
          expect([host, path, Host, status, statusOf(body).code]).toEqual([host, path, Host, 403, 7])
        }
      }
      for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:4010", "mock:80"]) {
        expect([host, (await ask(`HTTPS://${host}/v1/whoami`, { Host })).status]).toEqual([host, 200])
      }
    }
    expect((await ask("http://localhost/v1/whoami", { Host: undefined })).status).toBe(400)
    const { body } = await ask("http://mock:8080/openapi.json", { Host: "localhost" })
    expect((JSON.parse(body) as { readonly servers: unknown }).servers).toMatchObject([{ url: "http://mock:8080" }, {}])
  })

  it("is reported to onRequest when it is rejected, without the path", async () => {
    const told: Array<unknown> = []
    await using server = await MockServer.start({
      onRequest: ({ method, path, response }) => void told.push([method, path, response?.status])
    })
    await asks(server.url)("/v1/canary", { Host: "rebound.example" })
    expect(told).toEqual([["GET", "/…", 403]])
  })

  it("does not matter in process", async () => {
    await using server = await MockServer.startInProcess()
    const headers = { authorization: `Bearer ${server.apiKey}`, host: "rebound.example" }
    expect((await server.fetch("http://api.example/v1/whoami", { headers })).status).toBe(200)
  })

  it("cannot be allowed by an invalid name", async () => {
    for (const name of ["", "*", "a b", "http://mock", "mock:80", "mock/x"]) {
      await expect(MockServer.start({ allowedHosts: ["ok", name] })).rejects.toMatchObject({
        _tag: "TenantError",
        problems: ["allowedHosts: Expected host names or addresses, without a scheme or a port"]
      })
    }
  })
})

describe("a request of a page of another site", () => {
  const cross = (origin?: string) => ({ "Sec-Fetch-Site": "cross-site", Origin: origin })

  it("is rejected on every path, unlike one of the same site or by a user", async () => {
    await using server = await MockServer.start()
    const ask = asks(server.url)
    for (const path of paths) {
      const { body, status } = await ask(path, cross())
      expect([path, status, statusOf(body).code]).toEqual([path, 403, 7])
    }
    expect(statusOf((await ask("/v1/whoami", cross())).body).message).toContain("--cors-origin")
    for (const site of ["same-origin", "same-site", "none"]) {
      expect((await ask("/v1/whoami", { "Sec-Fetch-Site": site })).status).toBe(200)
    }
  })

  it("is accepted by the API if its origin is allowed, and never by the control API", async () => {
    const origin = "http://app.example"
    for (const corsOrigin of [origin, "*"]) {
      await using server = await MockServer.start({ corsOrigin })
      const ask = asks(server.url)
      const statuses = []
      for (const from of [origin, "http://other.example", undefined]) {
        statuses.push((await ask("/v1/whoami", cross(from))).status)
      }
      expect(statuses).toEqual([200, corsOrigin === "*" ? 200 : 403, 403])
      for (const path of ["/_mock/health", "/_mock/tenants"]) {
        expect((await ask(path, cross(origin))).status).toBe(403)
      }
    }
  })
})

describe("a response in JSON", () => {
  it("is neither cached nor sniffed", async () => {
    await using server = await MockServer.start({ corsOrigin: "*" })
    const ask = asks(server.url)
    for (const path of paths.filter((path) => path !== "/docs")) {
      for (const headers of [{}, { Authorization: undefined }, { Host: "rebound.example" }, { Host: undefined }]) {
        const { headers: got } = await ask(path, headers)
        expect([path, got["content-type"], got["cache-control"], got["x-content-type-options"]])
          .toEqual([path, "application/json", "no-store", "nosniff"])
      }
    }
  })
})

describe("the control API of a server with an API key", () => {
  const tenants = "/_mock/tenants"

  it("accepts that key only", async () => {
    const apiKey = Redacted.make("key-of-its-own")
    for (const host of ["127.0.0.1", "0.0.0.0"]) {
      await using server = await MockServer.start({ apiKey, host })
      const ask = asks(server.url)
      for (const authorization of [undefined, "Bearer mock-api-key", "Bearer key-of-its-ow", "Basic key-of-its-own"]) {
        for (const path of [tenants, "/_mock/tenants/default/snapshot", "/_mock/none"]) {
          const { body, headers, status } = await ask(path, { Authorization: authorization })
          expect([status, statusOf(body).code, headers["www-authenticate"]]).toEqual([401, 16, "Bearer"])
          expect(body).not.toContain("key-of-its")
        }
      }
      expect((await ask(tenants, { Authorization: "Bearer key-of-its-own" })).status).toBe(200)
      for (const path of ["/_mock/health", "/_mock/openapi.json"]) {
        expect((await ask(path, { Authorization: undefined })).status).toBe(200)
      }
    }
  })

  it("accepts only the control token if there is one", async () => {
    const [apiKey, controlToken] = [Redacted.make("key-of-its-own"), Redacted.make("token-of-its-own")]
    await using server = await MockServer.start({ apiKey, controlToken })
    const ask = asks(server.url)
    expect((await ask(tenants, { Authorization: "Bearer key-of-its-own" })).status).toBe(401)
    expect((await ask(tenants, { Authorization: "Bearer token-of-its-own" })).status).toBe(200)
  })

  it("accepts requests from this machine without either, and none if others can reach it", async () => {
    await using local = await MockServer.start()
    await using open = await MockServer.start({ host: "0.0.0.0" })
    expect((await asks(local.url)(tenants, { Authorization: undefined })).status).toBe(200)
    expect((await asks(open.url)(tenants, {})).status).toBe(403)
  })

  it("needs the key in process, too", async () => {
    await using server = await MockServer.startInProcess({ apiKey: Redacted.make("key-of-its-own") })
    const headers = { authorization: `Bearer ${server.apiKey}` }
    expect((await server.fetch(`${server.url}${tenants}`)).status).toBe(401)
    expect((await server.fetch(`${server.url}${tenants}`, { headers })).status).toBe(200)
  })
})
