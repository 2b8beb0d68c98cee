import { describe, expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { disagreements, toMarkdown } from "../src/Disagreement.js"

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")

describe("disagreements", () => {
  it("are four questions with unique names and sentences", () => {
    expect(disagreements).toHaveLength(4)
    const texts = disagreements.flatMap(({ mockServer, name, question, sources, target }) => [
      name,
      question,
      ...sources.map(({ says }) => says),
      mockServer,
      target
    ])
    expect(new Set(texts).size).toBe(4 * 6)
  })

  it("have a documented source and a published one", () => {
    for (const { sources } of disagreements) {
      expect(sources.map(({ provenance }) => provenance)).toEqual(["D", "P"])
    }
  })
})

describe("toMarkdown", () => {
  it("is a table with a row for each", () => {
    const [head, line, ...rows] = toMarkdown.trimEnd().split("\n")
    expect(head).toMatch(/^\| name \|/)
    expect(line).toMatch(/^(\| --- )+\|$/)
    expect(rows.map((row) => row.split(" | ")[0])).toEqual(disagreements.map(({ name }) => `| ${name}`))
    for (const row of rows) {
      expect(row.split(" | ")).toHaveLength(6)
    }
  })

  it("is in docs/fidelity.md, before the statements", () => {
    const document = read("../../../docs/fidelity.md")
    expect(document).toContain(toMarkdown)
    expect(document.indexOf(toMarkdown)).toBeLessThan(document.indexOf("WS-LIST-001"))
  })

  it("asks the questions that the README answers", () => {
    const readme = read("../README.md")
    for (const { question } of disagreements) {
      expect(readme).toContain(question)
    }
  })
})
