import type { Exchange } from "../src/world/Journal.js"

/** A request as a journal records it. */
export const exchange = (known: Partial<Exchange> = {}): Exchange => ({
  requestId: "req_1",
  receivedAt: 0,
  startedAt: performance.now(),
  epoch: 0,
  method: "GET",
  target: "/v1/workspace_secrets",
  headers: {},
  operation: undefined,
  ref: undefined,
  requestSize: 0,
  payload: undefined,
  success: undefined,
  failure: undefined,
  fault: undefined,
  ...known
})
