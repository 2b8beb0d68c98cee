import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Seed from "@workspace-secrets/mock-server/Seed"
import * as Either from "effect/Either"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

const run = promisify(execFile)
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
const readme = read("README.md")

const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, code = ""]) => code)

describe("README.md", () => {
  it("shows the programs of examples/ as they are", () => {
    const shown = blocks("ts")
    const files = ["read-a-secret.ts", "upsert-a-secret.ts", "against-the-mock-server.test.ts"]
    expect(shown).toEqual(files.map((file) => read(`examples/${file}`)))
  })

  it("has the figures of docs/benchmarks.md", () => {
    const benchmarks = read("docs/benchmarks.md")
    const rows = readme.slice(readme.indexOf("## How it compares")).split("\n").filter((line) =>
      /^\| (requests|CPU)/.test(line)
    )
    const figures = rows.flatMap((row) => row.match(/\d[\d,.]*/g) ?? [])
    expect(figures).toHaveLength(8)
    expect(figures.filter((figure) => !benchmarks.includes(` ${figure} |`))).toEqual([])
  })

  it("shows the output of its curl lines", async () => {
    const seed = Either.getOrThrow(Seed.parse(read("apps/mock-server/seeds/example.json")))
    await using server = await MockServer.start({ seed })
    const [consoleBlock = ""] = blocks("console")
    const steps = consoleBlock.trimEnd().split(/^\$ /m).slice(1).map((step) => {
      const [command = "", ...printed] = step.trimEnd().split("\n")
      return { command: command.replaceAll("http://127.0.0.1:4010", server.url), printed: printed.join("\n") }
    })
    expect(steps).toHaveLength(2)

    const script = steps.map(({ command }) => `${command.replace("curl", "curl -sS")}; echo; echo ----`).join("\n")
    const { stdout } = await run("sh", ["-c", script], { env: { PATH: process.env["PATH"] } })

    stdout.split("----\n").slice(0, -1).forEach((printed, i) => {
      expect(printed.trim(), steps[i]?.command).toMatch(pattern(steps[i]?.printed ?? ""))
    })
  })
})

/** Compares with the README, where an ellipsis stands for text that differs between runs. */
const pattern = (text: string): RegExp =>
  new RegExp(`^${text.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("[^ ]+")}$`)
