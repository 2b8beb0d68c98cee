import { describe, expect, it } from "@effect/vitest"
import type * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Cli from "../src/Cli.js"
import * as Target from "../src/Target.js"
import * as Memory from "./memory.js"

const own = (memory: Memory.Memory): Cli.Own => ({
  name: "ours",
  target: Target.layerFetch({ baseUrl: "https://example.com", apiKey: "canary-key", fetch: memory.fetch })
})

/** Runs a command line, and returns its exit code and output. */
const run = (args: ReadonlyArray<string>, environment: Partial<Cli.Environment> = {}) =>
  Effect.gen(function*() {
    const [out, err]: [Array<string>, Array<string>] = [[], []]
    const write = (to: Array<string>) => (...parts: ReadonlyArray<unknown>) =>
      Effect.sync(() => void to.push(parts.join(" ")))
    const original = yield* Effect.console
    const unsafe = {
      ...original.unsafe,
      log: (...parts: ReadonlyArray<unknown>) => void out.push(parts.join(" ")),
      error: (...parts: ReadonlyArray<unknown>) => void err.push(parts.join(" "))
    }
    const console: Console.Console = { ...original, unsafe, log: write(out), error: write(err) }
    const code = yield* Effect.withConsole(
      Cli.run({ args, env: {}, version: "1.2.3", colours: false, command: "contract", ...environment }),
      console
    )
    return { code, out: out.join("\n"), err: err.join("\n") }
  })

const key = { CADENYA_API_KEY: "My canary-key" }

const live = ["--base-url", "http://localhost:1", "--live"]

describe("run", () => {
  it.effect("prints help and version", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* run(["--help"])
      expect({ code, err }).toEqual({ code: 0, err: "" })
      expect(out).toContain("contract --base-url <url> --live [options]")
      expect(out).toContain("CADENYA_API_KEY is the key")
      expect((yield* run(["-h"], { own: [own(Memory.make())] })).out).toContain(
        "Without --base-url it checks ours."
      )
      expect(yield* run(["--version"])).toEqual({ code: 0, out: "1.2.3", err: "" })
    }))

  it.effect.each(
    [
      ["no server given: set --base-url <url> or CADENYA_BASE_URL", [], {}],
      ["no server given: set --base-url <url> or CADENYA_BASE_URL", ["--live"], key],
      ["--base-url needs --live: the suite creates secrets", ["--base-url", "http://localhost:1"], key],
      ["CADENYA_API_KEY must be set", live, {}],
      ["CADENYA_API_KEY must be visible ASCII", live, { CADENYA_API_KEY: "canary key " }],
      ["CADENYA_API_KEY must be visible ASCII", live, { CADENYA_API_KEY: "canary\tkey" }],
      ["CADENYA_API_KEY must be visible ASCII", live, { CADENYA_API_KEY: "Bearer canary key" }],
      ["CADENYA_OTHER_API_KEY must be visible ASCII", live, { ...key, CADENYA_OTHER_API_KEY: "canary\tkey" }],
      ["--paths must be both, unscoped or scoped", [...live, "--paths", "workspace"], key],
      ["--paths scoped needs --workspace-id", [...live, "--paths", "scoped"], key],
      [
        "--paths scoped needs CADENYA_OTHER_WORKSPACE_ID",
        [...live, "--paths", "scoped", "--workspace-id", "w"],
        { ...key, CADENYA_OTHER_API_KEY: "canary-other" }
      ],
      ["--base-url must be a URL", ["--base-url", "nowhere", "--live"], key],
      ["--base-url must start with https://", ["--base-url", "ftp://localhost", "--live"], key],
      ["--base-url must not have a user", ["--base-url", "https://canary-key@example.com", "--live"], key],
      ["--base-url with http sends the key", ["--base-url", "http://example.com", "--live"], key],
      ["--concurrency must be a whole number from 1 to 9999", [...live, "--concurrency", "0"], key],
      ["--format must be text, markdown or json", ["--format", "html"], {}],
      ["--provenance must be a comma-separated list", ["--provenance", "L"], {}],
      ["--only: no behaviour has an id that starts with WS-NOPE", ["--only", "WS-LIST,ws-nope"], {}],
      ["--sweep needs a server", ["--sweep"], { own: true }],
      ["unknown option --nope", ["--nope"], {}],
      ["unexpected argument", ["canary-key"], {}],
      ["unknown option", ["--canary_1"], {}],
      ["--live has no value", ["--live=canary-key"], {}],
      ["--format needs a value", ["--format"], {}],
      ["set the key in CADENYA_API_KEY", ["--api-key", "canary-key"], {}],
      ["set the key in CADENYA_API_KEY", ["--key=canary-key"], {}]
    ] as const
  )("exits with 2 and says what is expected: %s", ([message, args, { own: hasOwn, ...env }]: readonly [
    string,
    ReadonlyArray<string>,
    { readonly own?: boolean; readonly CADENYA_API_KEY?: string; readonly CADENYA_OTHER_API_KEY?: string }
  ]) =>
    Effect.gen(function*() {
      const { code, err, out } = yield* run(args, { env, own: hasOwn ? [own(Memory.make())] : [] })
      expect({ code, out }).toEqual({ code: 2, out: "" })
      expect(err.startsWith(message)).toBe(true)
      expect(err).toMatch(/\nSee contract --help\.$/)
      expect(err).not.toMatch(/canary|^\s+at /m)
    }))

  it.effect("treats empty variables as unset, and names a missing key", () =>
    Effect.gen(function*() {
      const empty = Object.fromEntries(
        ["BASE_URL", "WORKSPACE_ID", "OTHER_API_KEY", "OTHER_WORKSPACE_ID", "RESTRICTED_API_KEY", "DISABLED_API_KEY"]
          .map((name) => [`CADENYA_${name}`, ""])
      )
      const without = yield* run(["--live"], { env: { ...key, ...empty } })
      expect([without.code, without.err.split("\n")[0]]).toEqual([
        2,
        "no server given: set --base-url <url> or CADENYA_BASE_URL"
      ])
      const scoped = yield* run([...live, "--paths", "scoped"], { env: { ...key, ...empty } })
      expect([scoped.code, scoped.err.split("\n")[0]]).toEqual([
        2,
        "--paths scoped needs --workspace-id, or CADENYA_WORKSPACE_ID"
      ])
      const noKey = yield* run(live, { env: { CADENYA_API_KEY: "" } })
      expect([noKey.code, noKey.err.split("\n")[0]]).toEqual([
        2,
        "CADENYA_API_KEY must be set to an API key of that server"
      ])
      // All are unset: the run tries to reach the server, which does not exist.
      const reached = yield* run(live, { env: { ...key, ...empty } })
      expect(reached.err).toMatch(/^GET \/v1\/workspace_secrets\?limit=1: expected an answer/)
    }))

  it.effect("exits with 1 and the reason if the server cannot be reached", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* run(live, { env: key })
      expect({ code, out }).toEqual({ code: 1, out: "" })
      expect(err).toMatch(/^GET \/v1\/workspace_secrets\?limit=1: expected an answer, got TypeError: fetch failed \(/)
    }))

  it.effect("prints the ledger of the chosen behaviours, in each format", () =>
    Effect.gen(function*() {
      const memory = Memory.make({ names: ["someone else's"] })
      const ours = { own: [own(memory)] }
      const text = yield* run(["--only", "ws-client-301, WS-CLIENT-40"], ours)
      expect({ code: text.code, err: text.err }).toEqual({ code: 0, err: "" })
      expect(text.out).toContain("✓ WS-CLIENT-301    D   the documented response decodes")
      expect(text.out).not.toContain("WS-LIST")
      const json = yield* run(["--only", "WS-CLIENT-301", "--format", "json"], ours)
      expect(JSON.parse(json.out)).toMatchObject({ behaviours: [{ id: "WS-CLIENT-301" }] })
      const markdown = yield* run(["--only", "WS-CLIENT-3", "--provenance", "d", "--format", "markdown"], ours)
      expect(markdown.out).toContain("| WS-CLIENT-301 | D | client |")
      expect(markdown.out).not.toContain("WS-CLIENT-302")
      expect(memory.names()).toEqual(["someone else's"])
    }))

  it.effect("exits with 1 if a behaviour fails, and prints the actual result", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* run(["--only", "WS-GET-001"], { own: [own(Memory.make())] })
      expect({ code, err }).toEqual({ code: 1, err: "" })
      expect(out).toContain("✗ WS-GET-001 a secret is found by its id")
      expect(out).not.toContain("canary")
    }))
})

it.effect("refuses an option that is given twice", () =>
  Effect.gen(function*() {
    const { code, err } = yield* run(["--format", "json", "--live", "--format", "text"])
    expect([code, err]).toEqual([2, "--format is given twice\nSee contract --help."])
  }))

describe("launch", () => {
  it("continues if its output is closed", async () => {
    const streams = [process.stdout, process.stderr]
    const listeners = streams.map((stream) => stream.listeners("error"))
    const code = process.exitCode
    const errors: Array<boolean> = []
    await new Promise<void>((resolve) => {
      Cli.launch(() =>
        Effect.sync(() => {
          for (const stream of streams) {
            errors.push(stream.emit("error", Object.assign(new Error("EPIPE"), { code: "EPIPE" })))
          }
          setImmediate(resolve)
          return 0
        })
      )
    })
    expect([errors, process.exitCode]).toEqual([[true, true], 0])
    process.exitCode = code
    streams.forEach((stream, i) => {
      stream.removeAllListeners("error")
      listeners[i]?.forEach((listener) => stream.on("error", listener as () => void))
    })
  })
})
