import { describe, expect, it } from "@effect/vitest"
import type * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as fs from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Cli from "../src/Cli.js"
import * as Report from "../src/WitnessReport.js"

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
        args: ["witness", "--port", "0", ...args],
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

const until = (condition: () => boolean) =>
  Effect.repeat(Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void))), { until: condition })

/** A server that answers as it is told. */
const serving = (
  answer: (request: http.IncomingMessage, body: string) => readonly [
    status: number,
    body: string,
    headers?: http.OutgoingHttpHeaders
  ]
) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<http.Server>((resume) => {
        const server = http.createServer((request, response) => {
          let body = ""
          request.on("data", (chunk: Buffer) => body += chunk.toString())
          request.on("end", () => {
            const [status, text, headers] = answer(request, body)
            response.writeHead(status, { "content-type": "application/json", "x-request-id": "0f3c", ...headers })
            response.end(text)
          })
        })
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  )

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
      ["--target is no URL", ["--target", "nowhere"]],
      ["--target has to begin with https://", ["--target", "ftp://127.0.0.1"]],
      ["--target is http, which shows the key", ["--target", "http://api.cadenya.com"]],
      ["--target has to be without user", ["--target", "https://a:b@api.cadenya.com"]],
      ["--target has to be without user", ["--target", "https://api.cadenya.com/v2?x=1"]],
      ["--port has to be", ["--target", "https://api.cadenya.com", "--port", "65536"]],
      ["--record is not an option of this command", ["--target", "https://api.cadenya.com", "--record"]],
      ["there is an argument that belongs to no option", ["a-stray-word"]],
      ["the report cannot be written: ENOENT", [
        "--target",
        "https://api.cadenya.com",
        "--report",
        "/nowhere/at/all/witness.json"
      ]]
    ] as const
  )("ends with 2 and says what is wrong: %s", ([message, args]) =>
    Effect.gen(function*() {
      const { err, fiber } = yield* started(args)
      expect(yield* Fiber.join(fiber)).toBe(2)
      expect(err.join("\n")).toContain(message)
    }))

  it.scopedLive("says how often a statement was seen, and ends with 0 where nothing is contradicted", () =>
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
      // What a kill would leave: lines, and rows.
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

  it.scopedLive("says what was contradicted, with the id of the request, and ends with 1", () =>
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
        "WARN   GET /v1/workspace_secrets has a field that the contract does not have: total"
      )
    }))

  it.scopedLive("ends with 2 when the target redirects, after the answer was passed on", () =>
    Effect.gen(function*() {
      const target = yield* serving(() => [308, "", { location: "https://elsewhere.example/path" }])
      const { err, fiber, url } = yield* started(["--target", target])
      expect((yield* ask(`${yield* url}/v1/whoami`, { redirect: "manual" })).status).toBe(308)
      expect(yield* Fiber.join(fiber)).toBe(2)
      expect(err.join("\n")).toContain(
        "the target redirects to https://elsewhere.example; give --target where it leads"
      )
    }))

  it.scopedLive(
    "shows no value and no key, wherever they are: in the terminal, in the report, or in an error",
    () =>
      Effect.gen(function*() {
        const [key, value] = ["canary-key-1", "canary_value_2"]
        const both = `${key} ${value}`
        const secret = (name: string) => ({
          metadata: {
            id: value,
            accountId: key,
            createdAt: both,
            name,
            profileId: value,
            workspaceId: both,
            externalId: value,
            labels: { [value]: key },
            [value]: value,
            nested: { [key]: value }
          },
          spec: { value, [value]: key },
          info: { createdBy: { metadata: { id: key, [value]: key }, spec: { type: both } }, lastUsedAt: value }
        })
        const answers = [
          JSON.stringify(secret(value)),
          JSON.stringify({ items: [secret(both), value, null], pagination: { nextCursor: value }, [value]: key }),
          JSON.stringify({
            code: value,
            message: both,
            details: [{ "@type": key, fieldViolations: [{ field: value, description: key }] }]
          }),
          JSON.stringify({
            code: 3,
            message: both,
            details: [{
              "@type": "type.googleapis.com/google.rpc.BadRequest",
              fieldViolations: [{ field: value, description: key }]
            }]
          }),
          JSON.stringify(value),
          both,
          `{"metadata":{"name":"${value}`,
          `<h1>${both}</h1>`
        ]
        let asked = 0
        const target = yield* serving(() => {
          const i = asked++
          return [[200, 400, 404, 500, 201, 403][i % 6] ?? 200, answers[i % answers.length] ?? "", {
            "x-request-id": i % 2 === 0 ? value : key,
            "content-type": i % 5 === 0 ? `text/${value}` : "application/json",
            location: `https://${key}/${value}`,
            allow: value
          }]
        })
        const directory = yield* folder
        const file = join(directory, "witness.json")
        const { end, err, out, url } = yield* started(["--target", target, "--report", file, "--sees-all-writes"])
        const proxy = yield* url
        const bodies = [
          JSON.stringify({
            metadata: { name: value, [value]: key, labels: { [value]: value } },
            spec: { value },
            [value]: 1
          }),
          JSON.stringify({ spec: value, metadata: key, updateMask: value }),
          both
        ]
        const paths = ["", `/${value}`, `/external_id%3A${value}`, `?cursor=${value}&query=${key}&${value}=${key}`]
          .flatMap((tail) => [`/v1/workspace_secrets${tail}`, `/v1/workspaces/${value}/workspace_secrets${tail}`])
          .concat("/v1/whoami", `/${value}`)
        let count = 0
        for (const method of ["GET", "POST", "PATCH", "DELETE", "PUT"]) {
          for (const path of paths) {
            for (let i = 0; i < 4; i++) {
              yield* ask(`${proxy}${path}`, {
                method,
                headers: {
                  authorization: `Bearer ${i === 3 ? value : key}`,
                  "content-type": "application/json",
                  [value]: key,
                  origin: `https://${value}`
                },
                redirect: "manual",
                ...(method === "GET" ? {} : { body: bodies[count % bodies.length] ?? "" })
              })
              count++
            }
          }
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
        expect(texts.split("\n").filter((line) => line.includes(key) || line.includes(value))).toEqual([])
        const report = Either.getOrThrow(Report.read(fs.readFileSync(file, "utf8")))
        expect(report.counts).toMatchObject({ exchanges: count, unreadable: 0 })
      }),
    30_000
  )
})
