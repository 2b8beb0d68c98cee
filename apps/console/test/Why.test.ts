import { describe, expect, it } from "vitest"
import { why } from "../src/Why.js"
import type { Exchange } from "../src/Wire.js"

const exchange = (part: Partial<Exchange>): Exchange => ({
  sequence: 1,
  requestId: "req_1",
  receivedAt: "2026-01-01T00:00:00.000Z",
  durationMillis: 1,
  method: "GET",
  target: "/v1/workspace_secrets",
  query: {},
  request: { headers: {} },
  ...part
})

const answered = (status: number, body?: unknown) => ({ response: { status, headers: {}, body } })

describe("why a request ended as it did", () => {
  it("needs no words for a success", () => {
    expect(why(exchange(answered(200, { items: [] })))).toEqual([])
  })

  it("says that the client went away", () => {
    expect(why(exchange({}))).toMatchObject([{ title: "No response" }])
  })

  it("names the fields that were wrong, in place of a message that repeats them", () => {
    const body = {
      code: 3,
      message: "limit: Expected a whole number",
      details: [{
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        fieldViolations: [{ field: "limit", description: "Expected a whole number" }]
      }]
    }
    expect(why(exchange(answered(400, body)))).toEqual([
      { title: "INVALID_ARGUMENT", text: "", fields: [{ field: "limit", description: "Expected a whole number" }] }
    ])
  })

  it("says how many more fields were wrong than the response names", () => {
    const fieldViolations = Array.from({ length: 20 }, (_, i) => ({ field: `a${i}`, description: "Expected a string" }))
    const message = [...fieldViolations.map(({ field, description }) => `${field}: ${description}`), "and 5 more"].join(
      "; "
    )
    const body = {
      code: 3,
      message,
      details: [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations }]
    }
    expect(why(exchange(answered(400, body)))).toEqual([
      { title: "INVALID_ARGUMENT", text: "and 5 more", fields: fieldViolations }
    ])
  })

  it("has the nearest route, which the message names", () => {
    const message = "no such route: the API has nothing at this path; the nearest is GET /v1/workspace_secrets"
    expect(why(exchange(answered(404, { code: 5, message, details: [] })))).toEqual([
      { title: "NOT_FOUND", text: message, fields: [] }
    ])
  })

  it("names the scope that was missing", () => {
    const body = {
      code: 7,
      message: "the key has not the scope",
      details: [{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SCOPE_MISSING",
        metadata: { required_scope: "secrets:manage", granted_scopes: "" }
      }]
    }
    expect(why(exchange(answered(403, body)))[0]?.fields).toEqual([
      { field: "reason", description: "SCOPE_MISSING" },
      { field: "required_scope", description: "secrets:manage" }
    ])
  })

  it("names the fault that hit before anything else", () => {
    const body = { code: 14, message: "a fault that a test injected", details: [] }
    expect(why(exchange({ fault: "busy", ...answered(503, body) })).map(({ title }) => title)).toEqual([
      "Fault “busy” was applied",
      "UNAVAILABLE"
    ])
    const broken = { response: { status: 200, headers: {}, broken: "closed" } } as const
    expect(why(exchange({ fault: "gone", ...broken }))).toEqual([
      { title: "Fault “gone” was applied", text: "The connection was closed without a response.", fields: [] }
    ])
  })

  it("survives a body that is none of this", () => {
    for (const body of ["<html>", null, [], { code: 3 }, { code: 3, message: "x", details: "y" }]) {
      expect(() => why(exchange(answered(400, body)))).not.toThrow()
    }
  })

  it("says that bodies were too large to be kept", () => {
    expect(why(exchange({ ...answered(200), bodiesOmitted: true }))).toMatchObject([{ title: "Bodies not kept" }])
  })
})
