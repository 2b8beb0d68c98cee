import { describe, expect, it } from "@effect/vitest"
import type * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Cli from "../src/Cli.js"
import * as Report from "../src/WitnessReport.js"
import { leaksIn, requestsOfAll, serving, tellingAll, until } from "./witnessing.js"

const started = (args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const stop = yield* Deferred.make<void>()
    const [out, err]: [Array<string>, Array<string>] = [[], []]
    const original = yield* Effect.console
    const write = (to: Array<string>) => (...parts: ReadonlyArray<unknown>) => void to.push(parts.join(" "))
    const console: Console.Console = {
      ...original,
      unsafe: { ...original.unsafe, log: write(out), error: write(err) },
      log: (...parts: ReadonlyArray<unknown>) => Effect.sync(() => write(out)(...parts)),
      error: (...parts: ReadonlyArray<unknown>) => Effect.sync(() => write(err)(...parts))
    }
    const fiber = yield* Effect.fork(
      Cli.run({
        args: ["witness", ...(args.includes("--port") ? [] : ["--port", "0"]), ...args],
        env: {},
        version: "1",
        colours: false,
        command: "contract",
        stopped: Deferred.await(stop)
      }).pipe(Effect.withConsole(console))
    )
    const url = Effect.gen(function*() {
      yield* until(() => out.length > 0)
      return /http:\/\/127\.0\.0\.1:\d+/.exec(out[0] ?? "")?.[0] ?? ""
    })
    return { out, err, url, fiber, end: Effect.zipRight(Deferred.succeed(stop, undefined), Fiber.join(fiber)) }
  })

const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(join(tmpdir(), "witness-"))),
  (path) => Effect.sync(() => fs.rmSync(path, { recursive: true }))
)

const ask = (url: string, init: RequestInit = {}) =>
  Effect.promise(async () => {
    const response = await fetch(url, { headers: { authorization: "Bearer a-key" }, ...init })
    return { status: response.status, text: await response.text() }
  })

const page = JSON.stringify({ items: [], pagination: { nextCursor: "" } })

describe("witness", () => {
  it.scopedLive.each(
    [
      ["witness needs --target", []],
      ["--target must be a URL", ["--target", "nowhere"]],
      ["--target must start with https://", ["--target", "ftp://127.0.0.1"]],
      ["--target with http sends the key", ["--target", "http://api.cadenya.com"]],
      ["--target must not have a user", ["--target", "https://a:b@api.cadenya.com"]],
      ["--target must not have a user", ["--target", "https://api.cadenya.com/v2?x=1"]],
      ["--port must be", ["--target", "https://api.cadenya.com", "--port", "65536"]],
      ["--target is given twice", ["--target", "https://a.example", "--target", "https://b.example"]],
      ["unknown option --record", ["--target", "https://api.cadenya.com", "--record"]],
      ["unexpected argument", ["a-stray-word"]],
      ["the report cannot be written: ENOENT", [
        "--target",
        "https://api.cadenya.com",
        "--report",
        "/nowhere/at/all/witness.json"
      ]]
    ] as const
  )("exits with 2 and says what is wrong: %s", ([message, args]) =>
    Effect.gen(function*() {
      const { err, fiber } = yield* started(args)
      expect(yield* Fiber.join(fiber)).toBe(2)
      expect(err.join("\n")).toContain(message)
    }))

  it.scopedLive("prints how often a statement was seen, and exits with 0 if nothing is contradicted", () =>
    Effect.gen(function*() {
      const target = yield* serving(() => [200, page])
      const directory = yield* folder
      const file = join(directory, "witness.json")
      const { end, out, url } = yield* started(["--target", target, "--report", file])
      const proxy = yield* url
      for (let i = 0; i < 10; i++) {
        expect(yield* ask(`${proxy}/v1/workspace_secrets`)).toEqual({ status: 200, text: page })
      }
      yield* until(() => out.some((line) => line.includes("WS-LIST-001  seen 10 times")))
      // After a kill, lines and rows would remain.
      const lines = Either.getOrThrow(Report.read(fs.readFileSync(file, "utf8")))
      expect(lines.statements.find(({ id }) => id === "WS-LIST-001")).toMatchObject({ confirmed: 10, contradicted: 0 })
      expect(fs.readFileSync(join(directory, "witness.md"), "utf8")).toContain("| ok | WS-LIST-001 |")
      expect(yield* end).toBe(0)
      expect(out.at(-1)).toMatch(/^\d+ confirmed, 0 contradicted, \d+ not exercised$/)
      const report = Either.getOrThrow(Report.read(fs.readFileSync(file, "utf8")))
      expect(report).toMatchObject({ target, isLive: false, counts: { exchanges: 10 } })
      expect(report.statements).toEqual(lines.statements)
      expect(fs.readFileSync(join(directory, "witness.md"), "utf8")).toContain("## Not exercised")
    }))

  it.scopedLive("prints contradictions with the request id, and exits with 1", () =>
    Effect.gen(function*() {
      const target = yield* serving(() => [200, JSON.stringify({ items: [{}], pagination: null, total: 1 })])
      const { end, out, url } = yield* started(["--target", target])
      yield* ask(`${yield* url}/v1/workspace_secrets`)
      yield* until(() => out.some((line) => line.startsWith("DRIFT")))
      expect(yield* end).toBe(1)
      expect(out.join("\n")).toMatch(
        /^DRIFT {2}WS-TRANSPORT-017 {2}.*expected no null, got one in 1 of 1 \(request id 0f3c\)$/m
      )
      expect(out.join("\n")).toContain(
        "WARN   GET /v1/workspace_secrets has an unknown field: total"
      )
    }))

  it.scopedLive("exits with 2 if the target redirects, after forwarding the response", () =>
    Effect.gen(function*() {
      const target = yield* serving(() => [308, "", { location: "https://elsewhere.example/path" }])
      const { err, fiber, url } = yield* started(["--target", target])
      expect((yield* ask(`${yield* url}/v1/whoami`, { redirect: "manual" })).status).toBe(308)
      expect(yield* Fiber.join(fiber)).toBe(2)
      expect(err.join("\n")).toContain(
        "the target redirects to https://elsewhere.example; set --target to the final URL"
      )
    }))

  it.scopedLive(
    "shows no value and no key, wherever they are: in the terminal, in the report, or in an error",
    () =>
      Effect.gen(function*() {
        const target = yield* serving(tellingAll())
        const directory = yield* folder
        const file = join(directory, "witness.json")
        const { end, err, out, url } = yield* started(["--target", target, "--report", file, "--sees-all-writes"])
        const proxy = yield* url
        const requests = requestsOfAll()
        for (const { path, ...init } of requests) {
          yield* ask(`${proxy}${path}`, { ...init, redirect: "manual" })
        }
        const before = fs.readFileSync(file, "utf8")
        yield* end
        const texts = [
          ...out,
          ...err,
          before,
          ...fs.readdirSync(directory).map((name) => fs.readFileSync(join(directory, name), "utf8"))
        ].join("\n")
        expect(out.length).toBeGreaterThan(20)
        expect(leaksIn(texts)).toEqual([])
        const report = Either.getOrThrow(Report.read(fs.readFileSync(file, "utf8")))
        expect(report.counts).toMatchObject({ exchanges: requests.length, unreadable: 0 })
      }),
    30_000
  )
})
