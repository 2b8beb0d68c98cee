import { describe, expect, it } from "vitest"
import * as FaultEdit from "../src/FaultEdit.js"

const status = (rule: Parameters<typeof FaultEdit.turnOf>[0], hits: number) => ({ name: "x", rule, calls: 9, hits })

describe("a fault rule in words", () => {
  it("says which requests it matches, its effect and when it applies", () => {
    const rule = {
      operation: ["get", "list"],
      externalId: "db",
      nth: 3,
      delayMillis: 20,
      error: { code: "UNAVAILABLE" }
    }
    expect(FaultEdit.subjectOf(rule)).toBe("get, list, external id db")
    expect(FaultEdit.effectOf(rule)).toBe("waits 20 ms, answers UNAVAILABLE")
    expect(FaultEdit.turnOf(rule)).toBe("once, from request 3 on")
    expect(FaultEdit.turnOf({ probability: 0.1 })).toBe("every time, with probability 0.1")
  })

  it("counts how often it still applies: once with nth, always without nth and times", () => {
    expect(FaultEdit.remaining(status({ times: 3 }, 1))).toBe(2)
    expect(FaultEdit.remaining(status({ nth: 2 }, 1))).toBe(0)
    expect(FaultEdit.remaining(status({}, 5))).toBe(Infinity)
  })
})
