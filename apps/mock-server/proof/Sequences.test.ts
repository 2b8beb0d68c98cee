import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import * as MockServer from "../src/MockServer.js"
import { keeping } from "./sentSecrets.js"
import { check } from "./Sequences.js"
import { tellsOfDeleted } from "./wrong/Get.js"
import { byAnchor, byOffset, takesAnyCursor } from "./wrong/ListPages.js"
import {
  answers,
  errors,
  filtered,
  type Json,
  listed,
  metadataOf as metadata,
  requests,
  secrets,
  sent,
  type WrongServer
} from "./WrongServer.js"

const seed = 5

/** The wrong servers of this file have one tenant. */
const nobody = { apiKey: Redacted.make("nobody"), workspaceId: "nowhere" }

/** The failure of a wrong server, repeatable by its seed. */
const failureOf = async (wrong: WrongServer): Promise<string> => {
  const { failure, sequences } = await check({ sequences: 1000, seed, between: (right) => wrong(right, nobody) })
  return failure ?? expect.fail(`${sequences} sequences found nothing wrong`)
}

const lower = (text: unknown) => typeof text === "string" ? text.toLowerCase() : ""

const wrongs: ReadonlyArray<readonly [string, WrongServer]> = [
  ["pages by offset", byOffset],
  ["starts again when the cursor's secret is gone", byAnchor],
  ["accepts any cursor", takesAnyCursor],
  ["tells of what was deleted", tellsOfDeleted],
  ["has another default order", listed((query) => query.has("sortOrder") ? {} : { sortOrder: "asc" })],
  ["has another default limit", listed((query) => query.has("limit") ? {} : { limit: "49" })],
  [
    "accepts a prefix in any case",
    filtered(["prefix"], (item, query) => lower(metadata(item)["name"]).startsWith(lower(query.get("prefix"))))
  ],
  [
    "does not look for text in labels",
    filtered(
      ["query"],
      (item, query) =>
        ["name", "externalId"].some((field) => lower(metadata(item)[field]).includes(lower(query.get("query"))))
    )
  ],
  ["shows info in each list", listed(() => ({ includeInfo: "true" }))],
  ["ignores masks", sent("PATCH", ({ updateMask: _, ...body }) => body)],
  [
    "does not show a value that it wrote",
    secrets((secret, { request }) => request.method === "PATCH" ? { ...secret, spec: {} } : secret)
  ],
  [
    "creates with 201",
    answers((response, { request }) =>
      response.ok && request.method === "POST"
        ? new Response(response.body, { status: 201, headers: response.headers })
        : response
    )
  ],
  [
    "treats each update as a change",
    secrets((secret, { request }) =>
      request.method === "PATCH"
        ? { ...secret, metadata: { ...metadata(secret), updatedAt: "2026-11-24T00:00:00.000Z" } }
        : secret
    )
  ],
  [
    "names no field",
    errors((body, { headers, status }) => new Response(JSON.stringify({ ...body, details: [] }), { status, headers }))
  ],
  ["deletes nothing", requests(({ request, url }) => request.method === "DELETE" ? { method: "GET", url } : {})]
]

/** Ignores an update with the mask `spec.value` and no value. */
const clearsNothing = sent(
  "PATCH",
  (body) => body["updateMask"] === "spec.value" && body["spec"] === undefined ? {} : body
)

/** Returns the texts of a request body in its response. */
const indiscreet = (
  tell: (value: string, body: Json) => Json,
  isTold = (response: Response) => response.ok
): WrongServer =>
  answers(async (response, { body }) => {
    const value = /"value":"((?:[^"\\]|\\.)+)"/.exec(body)?.[1]
    if (value === undefined || !isTold(response)) {
      return response
    }
    const { headers, status } = response
    return new Response(JSON.stringify(tell(value, await response.json() as Json)), { status, headers })
  })

const refused = ({ status }: Response) => status === 400 || status === 409

describe("generated sequences", () => {
  it(`get the responses that the model expects (seed ${seed})`, async () => {
    const { answers, failure, requests, sequences } = await check({ sequences: 1000, seed })
    expect(failure).toBeUndefined()
    expect(sequences).toBe(1000)
    expect(requests).toBeGreaterThan(10_000)
    for (const op of ["list", "create", "get", "update", "delete", "whoami"]) {
      expect([op, (answers.get(`${op} 200`) ?? 0) > 100]).toEqual([op, true])
    }
    const refusals = ["list 400", "update 400", "get 401", "list 403", "delete 404", "create 409", "update 409"]
    expect(refusals.filter((refusal) => !answers.has(refusal))).toEqual([])
  })

  it.each(wrongs)("detect a server that %s", async (_, wrong) => {
    expect(await failureOf(wrong)).toMatch(/^seed 5\n\n# npm start\n.*\n# [^\n]+\n$/s)
  })

  it("print the shortest failing sequence as curl commands", async () => {
    expect(await failureOf(clearsNothing)).toBe(`seed 5

# npm start
URL=\${URL:-http://127.0.0.1:4010}
field() { grep -o "\\"$1\\":\\"[^\\"]*\\"" | head -n 1 | cut -d '"' -f 4; }
TENANT=$(curl -s -X POST "$URL/_mock/tenants" -H 'content-type: application/json' -d '{}')
KEY_1=$(echo "$TENANT" | field apiKey)
ID_1=$(curl -s -X POST "$URL/v1/workspace_secrets" -H "authorization: Bearer $KEY_1" -H 'content-type: application/json' --data-raw '{"metadata":{"name":"a"},"spec":{"value":"value-1"}}' | field id)
curl -s -X PATCH "$URL/v1/workspace_secrets/$ID_1" -H "authorization: Bearer $KEY_1" -H 'content-type: application/json' --data-raw '{"updateMask":"spec.value"}'
# spec: has a field that should not be there
# metadata.updatedAt: no timestamp
`)
  })

  it("print lines that a shell accepts", async () => {
    const failure = await failureOf(clearsNothing)
    const server = await MockServer.start()
    try {
      const env = { ...process.env, URL: server.url }
      const { stderr, stdout } = await promisify(execFile)("bash", ["-c", failure.slice(failure.indexOf("#"))], { env })
      expect(stderr).toBe("")
      expect(JSON.parse(stdout)).toMatchObject({ metadata: { name: "a" }, spec: {} })
    } finally {
      await server.stop()
    }
  })

  it.each<readonly [string, WrongServer]>([
    ["in a message", indiscreet((value, body) => ({ ...body, message: value }), refused)],
    ["as the name of a field", indiscreet((value, body) => ({ ...body, [value]: 1 }))],
    ["as a code", indiscreet((value, body) => ({ ...body, code: value }), refused)],
    ["as an id", indiscreet((value, body) => ({ ...body, metadata: { ...metadata(body), id: value } }))],
    ["as a name", indiscreet((value, body) => ({ ...body, metadata: { ...metadata(body), name: value } }))],
    ["as another value", indiscreet((value, body) => ({ ...body, spec: { value: `${value}!` } }))],
    [
      "as a field that is wrong",
      indiscreet((value, body) => ({
        ...body,
        details: [{ fieldViolations: [{ field: value, description: value }] }]
      }), refused)
    ]
  ])("print neither a key nor a value that a server returns %s", async (_, wrong) => {
    const secrets = new Set<string>()
    const between = keeping(secrets, (right) => wrong(right, nobody))
    const { failure = "none" } = await check({ sequences: 1000, seed, between })
    expect(secrets.size).toBeGreaterThan(2)
    expect(failure).toContain("value-")
    expect([...secrets].filter((secret) => failure.includes(secret))).toEqual([])
  })
})
