import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { build, type Plugin } from "esbuild"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Report from "../src/WitnessReport.js"
import { leaksIn, requestsOfAll, secretsOfAll, serving, tellingAll } from "./witnessing.js"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const brokenJudge: Plugin = {
  name: "broken judge",
  setup: ({ onResolve }) =>
    onResolve({ filter: /witness\/judge\.js$/ }, () => ({ path: here("programs/brokenJudge.ts") }))
}

let directory = ""

/** The bundled command. */
const bundled = async (name: string, plugins: Array<Plugin> = []) => {
  const outfile = join(directory, `${name}.mjs`)
  await build({
    entryPoints: [here("programs/witness.ts")],
    bundle: true,
    outfile,
    platform: "node",
    format: "esm",
    logLevel: "error",
    conditions: ["@workspace-secrets/source"],
    banner: { js: "import { createRequire as $ } from \"node:module\"; const require = $(import.meta.url);" },
    plugins
  })
  return outfile
}

let programs: Readonly<Record<"whole" | "broken", string>> = { whole: "", broken: "" }

beforeAll(async () => {
  directory = fs.mkdtempSync(join(tmpdir(), "witness-process-"))
  programs = { whole: await bundled("whole"), broken: await bundled("broken", [brokenJudge]) }
}, 60_000)

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }))

/** A process for the lifetime of the scope, and its output. */
const running = (program: keyof typeof programs, args: ReadonlyArray<string>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const child = spawn(process.execPath, [programs[program], ...args], {
          env: { ...process.env, DEFECT: secretsOfAll.join("\n    at ") },
          stdio: ["ignore", "pipe", "pipe"]
        })
        const printed: Array<string> = []
        for (const stream of [child.stdout, child.stderr]) {
          stream.on("data", (chunk: Buffer) => printed.push(chunk.toString()))
        }
        return { child, printed, ended: once(child, "close") }
      }),
      ({ child, ended }) => Effect.promise(() => (child.kill("SIGKILL"), ended))
    ),
    ({ child, ended, printed }) => ({
      child,
      text: () => printed.join(""),
      end: (signal: NodeJS.Signals) =>
        Effect.promise(async () => {
          child.kill(signal)
          const [code] = await ended as [number | null]
          return code
        }),
      ended: Effect.promise(async () => {
        const [code] = await ended as [number | null]
        return code
      })
    })
  )

const listening = (child: ChildProcess, text: () => string) =>
  Effect.promise(async () => {
    while (!text().includes("listening on ")) {
      await once(child.stdout ?? child, "data")
    }
    return /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(text())?.[1] ?? ""
  })

const witnessing = (program: keyof typeof programs, target: string) =>
  Effect.gen(function*() {
    const report = join(fs.mkdtempSync(join(directory, "report-")), "witness.json")
    const running_ = yield* running(program, ["witness", "--target", target, "--port", "0", "--report", report])
    const url = yield* listening(running_.child, running_.text)
    const written = () =>
      fs.readdirSync(join(report, "..")).map((name) => fs.readFileSync(join(report, "..", name), "utf8")).join("\n")
    return { ...running_, url, written, report: () => Either.getOrThrow(Report.read(fs.readFileSync(report, "utf8"))) }
  })

const ask = (url: string, init: RequestInit = {}) =>
  Effect.promise(async () => (await fetch(url, { headers: { authorization: "Bearer a-key" }, ...init })).text())

const page = JSON.stringify({ items: [], pagination: { nextCursor: "" } })

describe("the process of a witness", { timeout: 60_000 }, () => {
  it.scopedLive("loses at most the last exchange when it is killed", () =>
    Effect.gen(function*() {
      const target = yield* serving(() => [200, page])
      const { end, report, url } = yield* witnessing("whole", target)
      const asked = 20
      for (let i = 0; i < asked; i++) {
        expect(yield* ask(`${url}/v1/workspace_secrets`)).toBe(page)
      }
      yield* end("SIGKILL")
      const seen = report().statements.find(({ id }) => id === "WS-LIST-001")
      expect(seen?.contradicted).toBe(0)
      expect(seen?.confirmed).toBeGreaterThanOrEqual(asked - 1)
    }))

  it.scopedLive("forwards an exchange at which a judge fails, counts it, and shows nothing of it", () =>
    Effect.gen(function*() {
      const target = yield* serving(tellingAll())
      const { end, report, text, url, written } = yield* witnessing("broken", target)
      const requests = requestsOfAll().filter((_, i) => i % 5 === 0)
      for (const { path, ...init } of requests) {
        expect(yield* ask(`${url}${path}`, { ...init, redirect: "manual" })).not.toBe("")
      }
      const before = written()
      expect(yield* end("SIGINT")).toBe(0)
      expect(report().counts).toMatchObject({ exchanges: requests.length, unreadable: requests.length })
      expect(leaksIn([text(), before, written()].join("\n"))).toEqual([])
    }))

  it.scopedLive("shows nothing of the exchanges when it crashes", () =>
    Effect.gen(function*() {
      const target = yield* serving(tellingAll())
      const { end, text, url, written } = yield* witnessing("whole", target)
      for (const { path, ...init } of requestsOfAll().filter((_, i) => i % 5 === 0)) {
        yield* ask(`${url}${path}`, { ...init, redirect: "manual" })
      }
      expect(yield* end("SIGUSR2")).toBe(1)
      expect(text()).toMatch(/the command failed: Error\n {4}at /)
      expect(leaksIn([text(), written()].join("\n"))).toEqual([])
    }))

  it.scopedLive("prints class and frames of a defect, without its message", () =>
    Effect.gen(function*() {
      const { ended, text } = yield* running("whole", ["die"])
      expect(yield* ended).toBe(1)
      expect(text()).toMatch(/^the command failed: Error\n {4}at /)
      expect(leaksIn(text())).toEqual([])
    }))
})
