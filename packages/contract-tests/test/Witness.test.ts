import { describe, expect, it } from "@effect/vitest"
import * as Seal from "../src/Seal.js"
import * as Witness from "../src/Witness.js"

const watching = (options: Partial<Witness.Options> = {}) => {
  const shown: Array<Witness.Shown> = []
  const witness = Witness.make({ seal: Seal.make(), onShown: (one) => shown.push(one), ...options })
  return { witness, shown }
}

const headers = new Headers({ authorization: "Bearer a-key" })

interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly requestId?: string
  readonly type?: string
}

const answer = ({ body = {}, requestId = "0f3c", status = 200, type = "application/json" }: Answer): Witness.Rest => ({
  requestBody: "",
  requestBytes: 0,
  status,
  headers: new Headers({ "content-type": type, "x-request-id": requestId }),
  body: typeof body === "string" ? body : JSON.stringify(body)
})

const get = (witness: Witness.Witness, of: Answer, id = "a") =>
  witness.begin({ method: "GET", target: `/v1/workspace_secrets/${id}`, headers }).end(answer(of))

const secret = (value: string, more: object = {}) => ({
  metadata: {
    id: "a",
    accountId: "b",
    createdAt: "2026-01-01T00:00:00.000Z",
    name: "n",
    profileId: "p",
    workspaceId: "w",
    externalId: "",
    labels: {},
    ...more
  },
  spec: { value },
  info: {
    createdBy: {
      metadata: { id: "p", accountId: "b", name: "n", profileId: "p", externalId: "", labels: {} },
      spec: { type: "PROFILE_TYPE_USER", name: "", email: "" }
    }
  }
})

const VALUE = "deadbeefcafe0123"

describe("a witness", () => {
  it.each(["0f3c", "req_1", "req-01JD8X6Q2V5T9RZK3M7N4P0ABC", "7b1c9c1e-0000-4000-8000-000000000000"])(
    "shows the id of a request that looks like one: %s",
    (requestId) => {
      const { shown, witness } = watching()
      get(witness, { body: secret("v"), requestId })
      expect(shown.map((one) => one.requestId)).toEqual([requestId])
    }
  )

  it.each([
    ["has other characters", "a b"],
    ["has letters that are no digits", "hunter2secret"],
    ["is Markdown", "|<b>|"],
    ["is long", "a".repeat(300)],
    ["is the value", VALUE],
    ["has the value in it", `req_${VALUE}`],
    ["is a part of the value", VALUE.slice(0, 10)],
    ["is the key", "a-key"],
    ["is nothing", ""]
  ])("does not show the id of a request that %s", (_, requestId) => {
    const { shown, witness } = watching()
    get(witness, { body: secret(VALUE), requestId })
    expect(shown.map((one) => one.requestId)).toEqual([undefined])
    expect(JSON.stringify([shown, [...witness.findings]])).not.toContain(VALUE.slice(0, 10))
  })

  it("does not show a known value as an id or as a name", () => {
    const { shown, witness } = watching()
    get(witness, { body: secret(VALUE) })
    get(witness, { body: { ...secret("v"), [VALUE]: 1 }, requestId: VALUE })
    get(witness, { body: { ...secret("v"), total: 1 }, requestId: `req_${VALUE}` })
    expect(shown.map((one) => [one.requestId, one.unknownFields])).toEqual([
      ["0f3c", []],
      [undefined, ["a name that is not shown"]],
      [undefined, ["total"]]
    ])
  })

  it("lists unknown fields, at most 100, and those that look like no name by their length", () => {
    const { witness } = watching()
    for (let i = 0; i < 200; i++) {
      get(witness, { body: { ...secret("v"), [`field${i}`]: 1, "a name with spaces": 1 } })
    }
    expect(witness.unknownFields.size).toBe(100)
    expect(witness.unknownFields.get("field0")).toBe(1)
    expect(witness.unknownFields.get("a name of 18 characters")).toBe(200)
  })

  it("counts an exchange once, however it ends", () => {
    const { witness } = watching()
    const observation = witness.begin({ method: "GET", target: "/v1/whoami", headers })
    observation.giveUp("cutOff")
    observation.giveUp("tooLarge")
    observation.end(answer({}))
    expect(witness.counts).toMatchObject({ exchanges: 1, cutOff: 1, tooLarge: 0 })
    expect(witness.findings.size).toBe(0)
  })

  it("counts exchanges that are not of the API", () => {
    const { witness } = watching()
    const begin = (of: Headers) => witness.begin({ method: "GET", target: "/v1/whoami", headers: of })
    begin(new Headers()).end(answer({ status: 401 }))
    const { headers: _, ...rest } = answer({ status: 502, body: "<h1>" })
    begin(headers).end({ ...rest, headers: new Headers({ "content-type": "text/html" }) })
    begin(headers).end(answer({ status: 308 }))
    expect(witness.counts).toMatchObject({ exchanges: 3, withoutKey: 1, foreign: 1, redirects: 1, unreadable: 0 })
  })

  it("keeps five problems of a statement, and three ids of requests", () => {
    const { witness } = watching()
    for (let i = 0; i < 20; i++) {
      get(witness, { body: secret("v", { createdAt: i % 2 === 0 ? null : "never" }), requestId: `req_${i}` })
    }
    const finding = witness.findings.get("WS-TRANSPORT-017")
    expect(finding).toMatchObject({ confirmed: 10, contradicted: 10, requestIds: ["req_0", "req_2", "req_4"] })
    expect(Witness.resultOf(finding)).toBe("contradicted")
    expect(Witness.resultOf(witness.findings.get("WS-TRANSPORT-004"))).toBe("confirmed")
    expect(Witness.resultOf(undefined)).toBe("not exercised")
  })

  it("judges a sequence only if it sees all writes", () => {
    const read = (seesAllWrites: boolean) => {
      const { witness } = watching({ seesAllWrites })
      const create = witness.begin({ method: "POST", target: "/v1/workspace_secrets", headers })
      const requestBody = JSON.stringify({ metadata: { name: "n" }, spec: { value: "one" } })
      const id = "wsecret_01JD8X6Q2V5T9RZK3M7N4P0ABC"
      create.end({ ...answer({ body: secret("one", { id }) }), requestBody, requestBytes: requestBody.length })
      get(witness, { body: secret("another", { id }) }, id)
      return [...witness.findings].filter(([, { contradicted }]) => contradicted > 0).map(([id]) => id)
    }
    expect(read(true)).toEqual(["WS-CREATE-019"])
    expect(read(false)).toEqual([])
  })
})
