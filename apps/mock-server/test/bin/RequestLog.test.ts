import { describe, expect, it } from "@effect/vitest"
import { stripVTControlCharacters } from "node:util"
import type { ObservedRequest } from "../../src/api/Dispatcher.js"
import * as RequestLog from "../../src/bin/RequestLog.js"
import * as MockServer from "../../src/MockServer.js"

const at = new Date("2026-01-01T00:00:00.000Z")

const told = (rest: Partial<ObservedRequest>): ObservedRequest => ({
  method: "GET",
  path: "/v1/whoami",
  query: {},
  operation: "whoami",
  durationMillis: 1.25,
  response: { status: 200, headers: {} },
  tenant: "default",
  ...rest
})

const line = (rest: Partial<ObservedRequest>, colours = false): string => RequestLog.line(told(rest), at, colours)

const list = "/v1/workspace_secrets"

describe("line", () => {
  it.each<[string, Partial<ObservedRequest>, string]>([
    ["a request", {}, "200  GET     /v1/whoami  1.3 ms  default"],
    ["one of nobody", { tenant: undefined }, "200  GET     /v1/whoami  1.3 ms"],
    [
      "all of a path that leads somewhere",
      { method: "DELETE", operation: "delete", path: "/v1/workspaces/development/workspace_secrets/id", id: "id" },
      "200  DELETE  /v1/workspaces/development/workspace_secrets/id  1.3 ms  default"
    ],
    [
      "the ids of a path that leads nowhere, and no other text of it",
      {
        path: "/v1/workspaces/workspace_01JD9Z0000000000000000000B/workspace_secrets/hunter2",
        response: { status: 404, headers: {} }
      },
      "404  GET     /v1/workspaces/workspace_01JD9Z0000000000000000000B/workspace_secrets/{…}  1.3 ms  default"
    ],
    [
      "the id of a secret that is not there",
      { path: `${list}/wsecret_01JD9Z0000000000000000000B`, operation: "get", response: { status: 404, headers: {} } },
      "404  GET     /v1/workspace_secrets/wsecret_01JD9Z0000000000000000000B  1.3 ms  default"
    ],
    [
      "no text that only starts or ends like an id",
      {
        path: `${list}/wsecret_01JD9Z0000000000000000000Bhunter2/xwsecret_01JD9Z0000000000000000000B`,
        response: { status: 404, headers: {} }
      },
      "404  GET     /v1/workspace_secrets/{…}/{…}  1.3 ms  default"
    ],
    [
      "no external id",
      { path: `${list}/external_id:hunter2`, operation: "get" },
      "200  GET     /v1/workspace_secrets/external_id:{…}  1.3 ms  default"
    ],
    [
      "the names of parameters, and what can be no secret of their values",
      {
        path: list,
        query: { limit: "5", sortOrder: "asc", includeInfo: "true", prefix: "hunter2", hunter2: "<redacted>" }
      },
      "200  GET     /v1/workspace_secrets?limit=5&sortOrder=asc&includeInfo=true&prefix={…}&{…}  1.3 ms  default"
    ],
    [
      "nor a value in the place of another",
      { path: list, query: { limit: "hunter2", sortOrder: "hunter2", includeInfo: "hunter2" } },
      "200  GET     /v1/workspace_secrets?limit={…}&sortOrder={…}&includeInfo={…}  1.3 ms  default"
    ],
    ["no method that there is not", { method: "HUNTER2" }, "200  {…}     /v1/whoami  1.3 ms  default"],
    [
      "the fault that hit it, in one line, and what it did",
      { fault: "every\nsecond\u001b[31m\u2028", response: { status: 200, headers: {}, broken: "cut" } },
      "200  GET     /v1/whoami  1.3 ms  default  fault: every?second?[31m?  cut in the middle"
    ],
    [
      "what came instead of an answer",
      { response: { status: 200, headers: {}, broken: "closed" } },
      "200  GET     /v1/whoami  1.3 ms  default  closed without a response"
    ],
    [
      "that nobody waited",
      { response: undefined },
      "---  GET     /v1/whoami  1.3 ms  default  the client closed the connection"
    ]
  ])("shows %s", (_, rest, expected) => {
    expect(line(rest)).toBe(`2026-01-01T00:00:00.000Z  ${expected}`)
  })

  it("has colours on a terminal", () => {
    for (const [status, colour] of [[200, 32], [404, 33], [503, 31]] as const) {
      const response = { status, headers: {} }
      expect(line({ response }, true)).toContain(`\u001b[${colour}m${status}\u001b[39m`)
      expect(stripVTControlCharacters(line({ response }, true))).toBe(line({ response }))
    }
    expect(line({ response: undefined }, true)).toBe(line({ response: undefined }))
  })
})

/*
 * A key that looks like an id, a generated key, a value, and a token: in every place where a client can put them by mistake.
 */
const canaries = ["canary-value", "key_01JD9Z0000000000000000000C", "wsecret_canary"]

for (const transport of ["a socket", "no socket"]) {
  it(`logs every request to a server on ${transport} with its result, and nothing that may be a secret`, async () => {
    const lines: Array<string> = []
    const onRequest = (told: ObservedRequest) => void lines.push(RequestLog.line(told, at, false))
    const start = transport === "a socket" ? MockServer.start : MockServer.startInProcess
    await using server = await start({ onRequest, acceptAnyKey: true })
    await using tenant = await server.tenant({
      faults: [{ name: "busy", operation: "whoami", error: { code: "UNAVAILABLE" } }]
    })
    const ask = transport === "a socket" ? fetch : server.fetch
    let asked = 0
    const send = async (method: string, target: string, key: string, init: RequestInit = {}) => {
      asked++
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", ...init.headers }
      const response = await ask(`${server.url}${target}`, { ...init, method, headers })
      await response.arrayBuffer()
      return response.status
    }
    const { apiKey } = server
    const body = (value: unknown) => ({ body: JSON.stringify(value) })
    const answers = [
      await send("GET", "/v1/whoami", tenant.apiKey),
      await send("POST", "/_mock/tenants/default/reset", apiKey),
      await send("GET", "/docs", apiKey)
    ]
    expect(answers).toEqual([503, 200, 200])
    expect(lines.map((line) => line.replace(/\d+\.\d ms/, "1.0 ms").slice(26))).toEqual([
      `503  GET     /v1/whoami  1.0 ms  ${tenant.id}  fault: busy`,
      "200  POST    /_mock/tenants/default/reset  1.0 ms",
      "200  GET     /docs  1.0 ms  default"
    ])
    for (const canary of [...canaries, apiKey, tenant.apiKey]) {
      for (const key of [apiKey, canary]) {
        await send(
          "POST",
          list,
          key,
          body({ metadata: { name: canary, labels: { [canary]: canary } }, spec: { value: canary } })
        )
        await send(
          "POST",
          list,
          key,
          body({ metadata: { name: canary, externalId: `${canary}/${key}` }, spec: canary })
        )
        await send("POST", list, key, { body: canary, headers: { "x-api-key": canary, cookie: canary } })
        await send(
          "GET",
          `${list}?prefix=${canary}&query=${canary}&${canary}=${canary}&limit=${canary}&cursor=${canary}`,
          key
        )
        await send("GET", `${list}/${canary}?${canary}`, key)
        await send("PATCH", `${list}/external_id:${canary}`, key, body({ updateMask: canary }))
        await send("DELETE", `/v1/workspaces/${canary}/workspace_secrets/${canary}`, key)
        await send("GET", `/v1/${canary}/%ff${canary}`, key)
        await send("GET", `/_mock/tenants/${canary}/snapshot?${canary}=${canary}`, key)
        await send("GET", `/_mock/${canary}`, key)
      }
    }
    expect(lines).toHaveLength(asked)
    const text = lines.join("\n")
    for (const canary of [...canaries, tenant.apiKey, apiKey]) {
      expect(text).not.toContain(canary)
    }
    expect(new Set(lines.map((line) => line.slice(26, 29)))).toEqual(new Set(["503", "200", "400", "404", "403"]))
  })
}
