import { describe, expect, it } from "vitest"
import type { Filter } from "../src/Filter.js"
import * as Filters from "../src/Filter.js"
import type { RequestSummary } from "../src/Wire.js"

const request = (part: Partial<RequestSummary>): RequestSummary => ({
  number: 1,
  tenant: "default",
  sequence: 1,
  requestId: "req_ABC",
  receivedAt: "2026-01-01T00:00:00.000Z",
  durationMillis: 1,
  method: "GET",
  target: "/v1/workspace_secrets",
  operation: "list",
  status: 200,
  ...part
})

const passes = (filter: Partial<Filter>, part: Partial<RequestSummary> = {}) =>
  Filters.make({ text: "", kind: "all", world: undefined, hidesProbes: false, ...filter })(request(part))

describe("a filter of requests", () => {
  it("finds all words, in any case, in what the list shows", () => {
    expect(passes({ text: "LIST req_abc" })).toBe(true)
    expect(passes({ text: "list nothing" })).toBe(false)
    expect(passes({ text: "slow" }, { fault: "slow" })).toBe(true)
    expect(passes({ text: "404" }, { status: 404 })).toBe(true)
  })

  it("tells statuses and faults apart", () => {
    expect(passes({ kind: "success" })).toBe(true)
    expect(passes({ kind: "success" }, { broken: "cut" })).toBe(false)
    expect(passes({ kind: "client" }, { status: 499 })).toBe(true)
    expect(passes({ kind: "server" }, { status: 503 })).toBe(true)
    expect(passes({ kind: "fault" }, { fault: "x" })).toBe(true)
    expect(passes({ kind: "fault" })).toBe(false)
  })

  it("hides the paths that ask whether a server is up, and nothing that only looks like one", () => {
    for (const target of ["/health", "/healthz?x=1", "/ready", "/_mock/health", "/livez/"]) {
      expect(passes({ hidesProbes: true }, { target }), target).toBe(false)
    }
    for (const target of ["/v1/workspace_secrets/health", "/healthy", "/v1/workspace_secrets?query=ready"]) {
      expect(passes({ hidesProbes: true }, { target }), target).toBe(true)
    }
  })

  it("lets through the requests of one world", () => {
    expect(passes({ world: "default" })).toBe(true)
    expect(passes({ world: "other" })).toBe(false)
  })
})
