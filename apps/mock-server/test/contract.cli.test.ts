import { describe, expect, it } from "@effect/vitest"
import * as Cli from "@workspace-secrets/contract-tests/Cli"
import type * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as MockServer from "../src/MockServer.js"

/** The command line for a listening server, and its output. */
const started = Effect.gen(function*() {
  const server = yield* MockServer.MockServer
  const other = yield* server.tenant()
  const written: Array<string> = []
  const write = (...parts: ReadonlyArray<unknown>) => void written.push(parts.join(" "))
  const original = yield* Effect.console
  const console: Console.Console = {
    ...original,
    unsafe: { ...original.unsafe, log: write, error: write },
    log: (...parts: ReadonlyArray<unknown>) => Effect.sync(() => write(...parts)),
    error: (...parts: ReadonlyArray<unknown>) => Effect.sync(() => write(...parts))
  }
  const run = (...args: ReadonlyArray<string>) =>
    Cli.run({
      args: ["--live", ...args],
      env: {
        CADENYA_BASE_URL: server.url,
        CADENYA_API_KEY: Redacted.value(server.apiKey),
        CADENYA_OTHER_API_KEY: Redacted.value(other.apiKey)
      },
      version: "",
      colours: false,
      command: "contract"
    }).pipe(Effect.withConsole(console))
  const ask = (method: string, name?: string) =>
    Effect.promise(async () => {
      const response = await fetch(`${server.url}/v1/workspace_secrets?limit=200`, {
        method,
        headers: { authorization: `Bearer ${Redacted.value(server.apiKey)}`, "content-type": "application/json" },
        ...(name === undefined ? {} : { body: JSON.stringify({ metadata: { name }, spec: {} }) })
      })
      return await response.json() as {
        readonly items: ReadonlyArray<{ readonly metadata: { readonly name: string } }>
      }
    })
  const names = Effect.map(ask("GET"), ({ items }) => items.map(({ metadata }) => metadata.name))
  const make = (name: string) => ask("POST", name)
  return { server, other, run, names, make, written }
})

const secrets = ({ other, server }: Effect.Effect.Success<typeof started>) =>
  new RegExp([server.apiKey, other.apiKey].map(Redacted.value).join("|"))

describe("the contract suite's command line, run against a mock server", () => {
  it.scopedLive("finds the workspaces, skips what is not safe for a real service, and leaves nothing behind", () =>
    Effect.gen(function*() {
      const world = yield* started
      const { make, names, run, server, written } = world
      yield* make("contract-tests of someone else")
      expect(yield* run("--only", "WS-GET-003,WS-GET-011,WS-ERR-001,WS-TRANSPORT-015")).toBe(0)
      const text = written.join("\n")
      expect(text).toContain("✓ WS-GET-011")
      expect(text).toContain(`- ${new URL(server.url).host}: it asks without a right key`)
      expect(text).toContain("the target has no workspaceAlias: WS-TRANSPORT-015")
      // A server on this machine is not the real service.
      expect(text).not.toContain("verified live")
      expect(text).not.toMatch(secrets(world))
      expect(yield* names).toEqual(["contract-tests of someone else"])
    }).pipe(Effect.provide(MockServer.layer())))

  it.scopedLive("runs everything with --heavy", () =>
    Effect.gen(function*() {
      const { run, written } = yield* started
      expect(yield* run("--only", "WS-ERR-001", "--heavy", "--format", "json")).toBe(0)
      expect(JSON.parse(written.join("\n"))).toMatchObject({ behaviours: [{ provenance: "P", verifiedLive: false }] })
    }).pipe(Effect.provide(MockServer.layer())))

  it.scopedLive("deletes its secrets when it is interrupted", () =>
    Effect.gen(function*() {
      const { make, names, run } = yield* started
      yield* make("here before")
      const fiber = yield* Effect.fork(run("--only", "WS-LIST-006", "--heavy"))
      yield* Effect.repeat(names, { until: (all) => all.length > 10 })
      yield* Fiber.interrupt(fiber)
      expect(yield* names).toEqual(["here before"])
    }).pipe(Effect.provide(MockServer.layer())))

  it.scopedLive("deletes the secrets that killed runs have left, and nothing else", () =>
    Effect.gen(function*() {
      const { make, names, run, written } = yield* started
      const others = ["contract-tests", "contract-tests-1", "our contract-tests-2026-workspace"]
      const ours = [
        "contract-tests-012345678901234567-a",
        "x-contract-tests-012345678901234567-",
        "contract-tests-01234567-workspace"
      ]
      yield* Effect.forEach([...others, ...ours], make)
      expect(yield* run("--sweep")).toBe(0)
      expect(written).toEqual(["deleted 3 secrets of earlier runs"])
      expect([...(yield* names)].sort()).toEqual([...others].sort())
    }).pipe(Effect.provide(MockServer.layer())))
})
