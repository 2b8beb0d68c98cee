import { describe, expect, it } from "vitest"
import { capacity, Log, Rate } from "../src/Live.js"
import type { RequestPage, RequestSummary } from "../src/Wire.js"

const request = (number: number, part: Partial<RequestSummary> = {}): RequestSummary => ({
  number,
  tenant: "default",
  sequence: number,
  requestId: `req_${number}`,
  receivedAt: "2026-01-01T00:00:00.000Z",
  durationMillis: 1,
  method: "GET",
  target: "/v1/whoami",
  status: 200,
  ...part
})

const page = (requests: ReadonlyArray<RequestSummary>, dropped = 0): RequestPage => ({
  requests,
  next: requests.at(-1)?.number ?? 0,
  dropped
})

describe("the log of the page", () => {
  it("holds the requests of all pages, in order, and no more than it has room for", () => {
    const log = new Log()
    log.add(page([request(1), request(2)]))
    log.add(page([request(3)]))
    expect(log.rows.map(({ number }) => number)).toEqual([1, 2, 3])
    log.add(page(Array.from({ length: capacity }, (_, i) => request(i + 4)), 7))
    expect([log.rows.length, log.rows[0]?.number, log.next, log.dropped]).toEqual([capacity, 4, capacity + 3, 7])
  })

  it("counts the requests that no page contains, for each world", () => {
    const log = new Log()
    log.add(page([request(10, { sequence: 4 }), request(11, { sequence: 1, tenant: "other" })]))
    expect(log.missed).toBe(0)
    log.add(page([request(20, { sequence: 7 }), request(21, { sequence: 2, tenant: "other" })]))
    expect(log.missed).toBe(2)
  })

  it("keeps its rows after a reset, and starts again after a restart of the server", () => {
    const log = new Log()
    log.add(page([request(8, { sequence: 8 })]))
    log.add(page([request(9, { sequence: 1 })]))
    expect([log.missed, log.rows.length]).toEqual([0, 2])
    log.add(page([request(1, { sequence: 1 })]))
    expect(log.rows.map(({ number }) => number)).toEqual([1])
  })

  it("has only later requests after it is cleared", () => {
    const log = new Log()
    log.add(page([request(1)]))
    log.clear()
    log.add(page([request(2)]))
    expect(log.rows.map(({ number }) => number)).toEqual([2])
  })
})

it("counts requests per second over two seconds", () => {
  const rate = new Rate()
  rate.add(10, 0)
  rate.add(30, 1500)
  expect(rate.perSecond(1600)).toBe(20)
  expect(rate.perSecond(2100)).toBe(15)
  expect(rate.perSecond(9000)).toBe(0)
})
