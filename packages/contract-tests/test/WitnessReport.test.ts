import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { behaviours } from "../src/Behaviours.js"
import type { Shown } from "../src/Witness.js"
import * as Report from "../src/WitnessReport.js"

const head: Report.Head = {
  version: 1,
  target: "https://api.cadenya.com",
  isLive: true,
  seesAllWrites: false,
  startedAt: "2026-11-27T00:00:00.000Z"
}

const shown = (more: Partial<Shown>): Shown => ({
  at: 1000,
  request: "GET /v1/whoami",
  requestId: "0f3c",
  confirmed: [],
  contradicted: [],
  unknownFields: [],
  ...more
})

const drift = (problem: string, requestId: string | undefined = "0f3c") =>
  shown({ contradicted: [{ id: "WS-GET-001", problem }], requestId })

const reportOf = (all: ReadonlyArray<Shown>) => {
  const totals = Report.makeTotals()
  all.forEach(totals.add)
  return Report.make(head, totals, undefined, 2000)
}

const linesOf = (all: ReadonlyArray<Shown>) => Report.headLine(head) + all.map(Report.line).join("")

describe("a report", () => {
  const all = [
    shown({ confirmed: ["WS-LIST-001", "WS-GET-001"], unknownFields: ["total"] }),
    shown({ confirmed: ["WS-LIST-001"], at: 3000, requestId: undefined }),
    drift("expected spec.value, got nothing")
  ]

  it("accumulates results by statement", () => {
    expect(reportOf(all).statements).toEqual([
      {
        id: "WS-GET-001",
        result: "contradicted",
        confirmed: 1,
        contradicted: 1,
        problems: [{ expected: "expected spec.value, got nothing", times: 1 }],
        requestIds: ["0f3c"],
        lastAt: "1970-01-01T00:00:01.000Z"
      },
      {
        id: "WS-LIST-001",
        result: "confirmed",
        confirmed: 2,
        contradicted: 0,
        problems: [],
        requestIds: [],
        lastAt: "1970-01-01T00:00:03.000Z"
      }
    ])
    expect(reportOf(all).unknownFields).toEqual({ total: 1 })
  })

  it("keeps five problems of a statement, and three ids of requests, and counts the rest", () => {
    const many = Array.from({ length: 20 }, (_, i) => drift(`problem ${i % 10}`, `${i}`))
    expect(reportOf(many).statements).toMatchObject([{ contradicted: 20, requestIds: ["0", "1", "2"] }])
    expect(reportOf(many).statements[0]?.problems).toEqual(
      Array.from({ length: 5 }, (_, i) => ({ expected: `problem ${i}`, times: 2 }))
    )
  })

  it("can be read as a document, as lines, and as lines with a truncated last one", () => {
    const report = reportOf(all)
    expect(Report.read(Report.toJson(report))).toEqual(Either.right(report))
    const lines = linesOf(all)
    expect(Either.getOrThrow(Report.read(lines)).statements).toEqual(report.statements)
    const without = reportOf(all.slice(0, 2)).statements
    for (const cut of [1, 2, 20, Report.line(all[2] ?? shown({})).length]) {
      expect(Either.getOrThrow(Report.read(lines.slice(0, -cut))).statements).toEqual(
        cut === 1 ? report.statements : without
      )
    }
    expect(Either.getOrThrow(Report.read(Report.headLine(head))).statements).toEqual([])
  })

  it.each([
    ["it is no JSON", "not a report"],
    ["it is no JSON", ""],
    ["the first line is not one of a witness, at version", JSON.stringify({ ...head, version: "canary" })],
    [
      "line 2 is not one of a witness, at confirmed",
      linesOf([]) + "{\"at\":1,\"request\":\"canary\"}\n" + Report.line(shown({}))
    ],
    ["the report is not one of a witness, at ", JSON.stringify({ ...head, statements: "canary" })]
  ])("is refused in fixed words where it is none: %s", (message, text) => {
    const refused = Either.getOrElse(Either.flip(Report.read(text)), () => "read")
    expect(refused).toContain(message)
    expect(refused).not.toContain("canary")
  })

  it("is Markdown with an escaped row for each statement", () => {
    const text = Report.toMarkdown(reportOf([...all, drift("a | b <i> *c*")]))
    expect(text).toContain(
      "| DRIFT | WS-GET-001 |"
    )
    expect(text).toContain("a \\| b \\<i> \\*c\\* in 2 of 3 (request id 0f3c, 0f3c) |")
    expect(text).toMatch(/\| L \| WS-LIST-001 \| .* \| 2 times, last 1970-01-01T00:00:03\.000Z \|/)
    expect(text).toContain("Unknown fields: `total` (1).")
    for (const { id } of behaviours) {
      expect(text).toContain(`| ${id} |`)
    }
    const counts = { exchanges: 6, cutOff: 2, tooLarge: 0, foreign: 0, withoutKey: 1, redirects: 0, unreadable: 0 }
    expect(Report.toMarkdown({ ...reportOf(all), counts })).toContain("\n6 exchanges: 2 cut off, 1 without a key.\n")
    expect(Report.unread({ counts: { ...counts, cutOff: 0, withoutKey: 0 } })).toBe("")
    expect(Report.summary(reportOf(all))).toBe(`1 confirmed, 1 contradicted, ${behaviours.length - 2} not exercised`)
  })
})
