import * as NodeContext from "@effect/platform-node/NodeContext"
import { describe, expect, it } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import { blocksOf, programsOf } from "../../../tools/readme/programs.js"
import * as Cli from "../src/bin/Cli.js"
import { banner } from "../src/bin/Serve.js"
import * as MockServer from "../src/MockServer.js"
import { FaultRule } from "../src/world/Fault.js"
import * as Seed from "../src/world/Seed.js"
import * as Tenant from "../src/world/Tenant.js"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
const examples = new URL("./readme/", import.meta.url)

const blocks = (language: string) => blocksOf(readme, language)

/** The rows of the table under a heading, without backticks. */
const table = (head: string): ReadonlyArray<ReadonlyArray<string>> =>
  readme.slice(readme.indexOf(head)).split("\n\n")[0]?.split("\n").slice(2)
    .map((row) => row.split("|").slice(1, -1).map((cell) => cell.replaceAll("`", "").trim())) ?? []

describe("the README", () => {
  it("has each example as a test, which is type-checked and run", () => {
    const files = readdirSync(examples)
    const sources = Object.fromEntries(files.map((file) => [file, readFileSync(new URL(file, examples), "utf8")]))
    expect(programsOf(readme, sources)).toHaveLength(files.length)
    expect(files.every((file) => file.endsWith(".test.ts"))).toBe(true)
  })

  it("shows the output of the command", () => {
    const service = { url: "http://127.0.0.1:4010", apiKey: Redacted.make(MockServer.defaultApiKey) }
    expect(blocks("text")).toEqual([`${banner(service)}\n`])
  })

  it.effect("lists the options of the command with their defaults", () =>
    Effect.gen(function*() {
      const lines: Array<string> = []
      const log = (line: unknown) => Effect.sync(() => void lines.push(String(line)))
      yield* Console.consoleWith((console) =>
        Cli.run({ argv: ["node", "mock", "--help"], variables: [], version: "1", colours: false }).pipe(
          Effect.withConsole({ ...console, log }),
          Effect.provide(NodeContext.layer)
        )
      )
      const help = lines.join("\n")
      const entries = help.slice(help.indexOf("\nOptions of serve\n")).split(/\n {2}(?=--)|\n\n/).slice(1)
        .filter((entry) => entry.startsWith("--")).map((entry) => entry.replaceAll(/\s+/g, " "))
      const rows = table("| option |")
      expect(entries.map((entry) => entry.split(" ")[0])).toEqual(rows.map(([option]) => option))
      for (const [i, [, fallback = "", description = ""]] of rows.entries()) {
        expect(entries[i]?.toLowerCase()).toContain(description.split(/[,;]/)[0]?.toLowerCase())
        expect(/\[(.*)\]$/.exec(entries[i] ?? "")?.[1] ?? "").toBe(fallback)
      }
      expect(rows.find(([option]) => option === "--api-key")?.[1]).toBe(MockServer.defaultApiKey)
    }))

  it.effect("has a valid seed, and all fields of a seed", () =>
    Effect.gen(function*() {
      const [text = ""] = blocks("json")
      const tenant = yield* Effect.flatMap(Seed.parse(text), (seed) => Tenant.make({ seed }))
      expect(tenant.secrets.size).toBe(1)
      expect(Schema.encodeSync(Seed.Seed)(yield* Seed.parse(text))).toEqual(JSON.parse(text))
      expect(table("| field |").flatMap(([names = ""]) => names.split(", "))).toEqual(Object.keys(Seed.Seed.fields))
      const misspelt = Either.flip(Seed.parse(text.replace("\"name\"", "\"nmae\"")))
      expect(readme).toContain(`\`${(yield* misspelt).problems[0]}\``)
    }))

  it("lists all fields of a fault rule", () => {
    const fields = table("| of a rule |").flatMap(([names = ""]) => names.split(", "))
    expect(["name", ...fields].sort()).toEqual(Object.keys(FaultRule.fields).sort())
  })
})
