import { execFileSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import * as Copy from "../src/Copy.js"
import type { Exchange } from "../src/Wire.js"

const base = "http://127.0.0.1:4010"

const exchange = (part: Partial<Exchange>): Exchange => ({
  sequence: 1,
  requestId: "req_1",
  receivedAt: "2026-01-01T00:00:00.000Z",
  durationMillis: 1,
  method: "GET",
  target: "/v1/workspace_secrets",
  query: {},
  request: { headers: { authorization: "<redacted>", host: "127.0.0.1:4010", "user-agent": "node" } },
  response: { status: 200, headers: {} },
  ...part
})

/** The words that a shell makes of a line of curl. */
const words = (line: string): ReadonlyArray<string> =>
  execFileSync("sh", ["-c", `curl() { printf '%s\\0' "$@"; }\n${line}`], {
    encoding: "utf8",
    env: { CADENYA_API_KEY: "the key" }
  }).split("\0").slice(0, -1)

describe("a request as a line of curl", () => {
  it("has the key from the environment, and no header that curl sets by itself", () => {
    expect(Copy.curl(exchange({}), base)).toBe(
      `curl '${base}/v1/workspace_secrets' \\\n  -H "Authorization: Bearer $CADENYA_API_KEY"`
    )
  })

  it("gets through a shell as it is, whatever is in it", () => {
    const name = `it's "$HOME" \`id\` \\ !`
    const request = {
      headers: { authorization: "<redacted>", "content-type": "application/json" },
      body: { metadata: { name }, spec: {} }
    }
    expect(words(Copy.curl(exchange({ method: "POST", target: "/v1/workspace_secrets?query=it%27s", request }), base)))
      .toEqual([
        "-X",
        "POST",
        `${base}/v1/workspace_secrets?query=it%27s`,
        "-H",
        "Authorization: Bearer the key",
        "-H",
        "content-type: application/json",
        "-d",
        JSON.stringify(request.body)
      ])
  })

  it("says where a mask stands for a value, and sends no masked header", () => {
    const request = {
      headers: { "x-session-token": "<redacted>", "content-type": "application/json" },
      body: { spec: { value: "<redacted>" } }
    }
    const line = Copy.curl(exchange({ method: "PATCH", request }), base)
    expect(line).toMatch(/^# <redacted> stands for what the journal does not keep\.\n/)
    expect(line).not.toContain("x-session-token")
    expect(line).not.toContain("Authorization")
  })

  it("uses curl --head for HEAD", () => {
    expect(Copy.curl(exchange({ method: "HEAD" }), base)).toContain("curl --head ")
  })
})

describe("a request as a test", () => {
  it("is undefined without an operation, a response or a required body", () => {
    expect(Copy.test(exchange({}), base)).toBeUndefined()
    expect(Copy.test(exchange({ operation: "create", method: "POST" }), base)).toBeUndefined()
    const { response: _response, ...unanswered } = exchange({ operation: "list" })
    expect(Copy.test(unanswered, base)).toBeUndefined()
  })

  it("calls the operation with the recorded arguments, and expects the recorded status", () => {
    const query = { limit: "10", labels: "team=billing", query: "db", includeInfo: "true" }
    expect(Copy.test(exchange({ operation: "list", query }), base)).toContain(
      [
        "await secrets.withResponse.list({",
        "      query: \"db\",",
        "      limit: 10,",
        "      includeInfo: true,",
        "      labels: { team: \"billing\" }",
        "    })"
      ].join("\n")
    )
    const missing = exchange({ operation: "get", externalId: "a\"b", response: { status: 404, headers: {} } })
    expect(Copy.test(missing, base)).toContain(
      "await expect(secrets.get({ externalId: \"a\\\"b\" })).rejects.toMatchObject({ status: 404 })"
    )
  })

  it("names the workspace of a scoped path", () => {
    const target = "/v1/workspaces/dev%20one/workspace_secrets/a"
    expect(Copy.test(exchange({ operation: "delete", id: "a", target }), base)).toContain("workspaceId: \"dev one\",")
  })
})
