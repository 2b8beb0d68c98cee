import * as NodeContext from "@effect/platform-node/NodeContext"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { stripVTControlCharacters } from "node:util"
import * as Cli from "../src/Cli.js"
import * as MockServer from "../src/MockServer.js"
import { head, RawConnection } from "./RawConnection.js"
import { expectError, send, type Server } from "./wire.js"

const here = fileURLToPath(new URL("..", import.meta.url))
const bin = join(here, "dist/esm/bin.js")
const exampleSeed = join(here, "seeds/example.json")
const example = JSON.parse(readFileSync(exampleSeed, "utf8")) as { readonly workspaceSecrets: readonly [unknown] }
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8")) as { readonly version: string }

const seeHelp = "Run workspace-secrets-mock --help to see what there is.\n"

const scratch = mkdtempSync(join(tmpdir(), "mock-server-"))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  const path = join(scratch, name)
  writeFileSync(path, text)
  return path
}

const newest = (directory: string): number =>
  Math.max(
    ...readdirSync(directory, { recursive: true }).map((name) => statSync(join(directory, String(name))).mtimeMs)
  )

/** Whether the build is older than what it is made from. Nx has seen to that before it runs the tests. */
const isStale = () => {
  if (process.env["NX_TASK_TARGET_PROJECT"] !== undefined) {
    return false
  }
  const built = statSync(bin, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return [join(here, "src"), join(here, "../../packages/core/src")].some((directory) => newest(directory) > built)
}

const { FORCE_COLOR: _force, NO_COLOR: _no, NODE_OPTIONS: _options, ...environment } = process.env

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The built command as a child process. */
class Child {
  stdout = ""
  stderr = ""
  readonly #process
  readonly ended: Promise<Ended>

  constructor(args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}, nodeArgs: ReadonlyArray<string> = []) {
    this.#process = spawn(process.execPath, [...nodeArgs, bin, ...args], {
      cwd: here,
      env: { ...environment, ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    this.#process.stdout.on("data", (chunk: Buffer) => {
      this.stdout += chunk.toString()
    })
    this.#process.stderr.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString()
    })
    this.ended = once(this.#process, "close").then(([code, signal]: Array<unknown>) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.stdout,
      stderr: this.stderr
    }))
  }

  /** The URL that it says that it listens on. */
  async url(): Promise<string> {
    for (;;) {
      const url = /listening on (\S+)\n/.exec(this.stdout)?.[1]
      if (url !== undefined) {
        return url
      }
      await Promise.race([
        once(this.#process.stdout, "data"),
        this.ended.then(({ stderr }) => {
          throw new Error(`it ended before it listened: ${stderr}`)
        })
      ])
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }
}

/** Makes Node take its pipes for a terminal. */
const terminal = ["--import", "data:text/javascript,process.stdout.isTTY=true;process.stderr.isTTY=true"]

const reached = (url: string, apiKey: string): Server => ({
  url,
  apiKey: Redacted.make(apiKey),
  fetch: globalThis.fetch
})

/** The words that a shell makes of a line, which has to be a call of curl. */
const wordsOf = async (line: string): Promise<ReadonlyArray<string>> => {
  const shell = spawn("sh", ["-c", `curl() { printf '%s\\n' "$@"; }\n${line}`], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  let output = ""
  shell.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString()
  })
  await once(shell, "close")
  return output.split("\n").slice(0, -1)
}

/** Requests what the banner says to try. */
const tryIt = async (banner: string) => {
  const line = /^ {2}try {8}(curl .*)$/m.exec(banner)?.[1] ?? ""
  const [flag, header = "", url = "", ...rest] = await wordsOf(line)
  expect([flag, rest]).toEqual(["-H", []])
  const colon = header.indexOf(": ")
  const response = await fetch(url, { headers: { [header.slice(0, colon)]: header.slice(colon + 2) } })
  return { url, status: response.status, body: await response.json() }
}

// Each start takes a second of a processor, of which there may be few.
describe("the built command", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    if (isStale()) {
      const build = spawn(process.execPath, ["tools/nx.mjs", "run", "@workspace-secrets/mock-server:build"], {
        cwd: join(here, "../.."),
        stdio: ["ignore", "ignore", "inherit"]
      })
      expect(await once(build, "close")).toEqual([0, null])
    }
  }, 300_000)

  it("explains itself, in colours on a terminal only, and there not when NO_COLOR is set", async () => {
    const [piped, onTerminal, without] = await Promise.all([
      new Child(["--help"]).ended,
      new Child(["-h"], {}, terminal).ended,
      new Child(["--port", "0", "--seed-file", "none.json", "--help"], { NO_COLOR: "1" }, terminal).ended
    ])
    expect(piped).toMatchObject({ code: 0, stderr: "" })
    expect(piped.stdout).toContain(
      "\n--port integer\n\n  An integer.\n\n  The port to listen on; 0 takes a free one and prints it.\n"
    )
    expect(stripVTControlCharacters(piped.stdout)).toBe(piped.stdout)
    expect(onTerminal).toMatchObject({ code: 0, stderr: "" })
    expect(onTerminal.stdout).not.toBe(piped.stdout)
    expect(stripVTControlCharacters(onTerminal.stdout)).toBe(piped.stdout)
    expect(without).toEqual(piped)
  })

  it("tells its version", async () => {
    const ended = await new Child(["--version"]).ended
    expect({ ...ended, stdout: ended.stdout.trim() }).toEqual({ code: 0, signal: null, stdout: version, stderr: "" })
  })

  it("refuses what it was not told properly with 2, and says why on stderr alone", async () => {
    const [option, port] = await Promise.all([new Child(["--bogus"]).ended, new Child(["--port", "99999"]).ended])
    expect(option).toEqual({
      code: 2,
      signal: null,
      stdout: "",
      stderr: `Received unknown argument: '--bogus'\n\n${seeHelp}`
    })
    expect(port).toEqual({ code: 2, signal: null, stdout: "", stderr: `Expected a port, 0 to 65535\n\n${seeHelp}` })
  })

  it("ends with 1 when it cannot start, and says why on stderr alone", async () => {
    await using taken = await MockServer.start()
    const { port } = new URL(taken.url)
    const broken = file("broken.json", "{\n  \"accountId\": canary\n}")
    const [missing, syntax, inUse] = await Promise.all([
      new Child(["--seed-file", "none.json"]).ended,
      new Child(["--port", "0", "--seed-file", broken]).ended,
      new Child(["--port", port]).ended
    ])
    const failed = (stderr: string) => ({ code: 1, signal: null, stdout: "", stderr })
    expect(missing).toEqual(failed("seed file none.json: there is no such file\n"))
    expect(syntax).toEqual(failed(`seed file ${broken}: not valid JSON at line 2, column 16: InvalidSymbol\n`))
    expect(inUse).toEqual(
      failed(`cannot listen on 127.0.0.1:${port}: the port is in use; choose another, or 0 for a free one\n`)
    )
  })

  it("serves the documented example as soon as it says so, until SIGTERM", async () => {
    const child = new Child(["--port", "0", "--seed-file", "seeds/example.json"])
    const url = await child.url()
    const server = reached(url, "mock-api-key")
    const got = await send(server, "/v1/workspace_secrets/id")
    expect([got.status, got.text]).toEqual([200, JSON.stringify(example.workspaceSecrets[0])])
    expectError(await send(reached(url, "wrong"), "/v1/whoami"), 401, 16)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
    expect(child.stdout).toBe([
      `Workspace Secrets mock server, listening on ${url}`,
      "",
      `  base URL   ${url}`,
      "  API key    mock-api-key",
      `  try        curl -H "Authorization: Bearer mock-api-key" ${url}/v1/workspace_secrets`,
      "",
      "Everything is kept in memory. Ctrl-C stops it.",
      ""
    ].join("\n"))
    expect(await tryIt(child.stdout)).toMatchObject({ status: 200, body: { items: [{ metadata: { id: "id" } }] } })

    const open = await RawConnection.open(url)
    expect((await open.send(head("GET", "/v1/whoami")).next()).headers["connection"]).toBe("keep-alive")
    const before = performance.now()
    child.kill("SIGTERM")
    expect(await child.ended).toMatchObject({ code: 0, signal: null, stderr: "" })
    expect(performance.now() - before).toBeLessThan(1000)
    expect(await open.rest()).toBe("")
  })

  it("keeps values to itself and takes any key when it is told to, until SIGINT", async () => {
    const key = "k'e\"y$HOME`id`\\!*"
    const child = new Child(["--port", "0", "--seed-file", exampleSeed, "--write-only-values", "--api-key", key])
    const url = await child.url()
    const got = await send<{ readonly spec: unknown }>(reached(url, key), "/v1/workspace_secrets/id")
    expect([got.status, got.body.spec]).toEqual([200, {}])
    expectError(await send(reached(url, "mock-api-key"), "/v1/whoami"), 401, 16)
    expect((await tryIt(child.stdout)).status).toBe(200)
    const before = performance.now()
    child.kill("SIGINT")
    expect(await child.ended).toMatchObject({ code: 0, signal: null, stderr: "" })
    expect(performance.now() - before).toBeLessThan(1000)
  })
})

/** The command in this process, and what it prints. */
const cli = (
  args: ReadonlyArray<string>,
  options: { readonly colours?: boolean; readonly onOutput?: () => void } = {}
) => {
  const output: Array<string> = []
  const errors: Array<string> = []
  const print = (lines: Array<string>) => (...parts: ReadonlyArray<unknown>) =>
    Effect.sync(() => {
      lines.push(parts.map(String).join(" "))
      options.onOutput?.()
    })
  return Console.consoleWith((console) =>
    Cli.run({ argv: ["node", "workspace-secrets-mock", ...args], version: "1.2.3", colours: options.colours ?? false })
      .pipe(
        Effect.map((code) => ({ code, output: output.join("\n"), errors: errors.join("\n") })),
        Effect.withConsole({ ...console, log: print(output), error: print(errors) }),
        Effect.provide(NodeContext.layer)
      )
  ).pipe((run) => ({ run, output }))
}

const ends = (...args: ReadonlyArray<string>) => cli(args).run

const seedWith = (metadata: object) =>
  JSON.stringify({
    accountId: "acct",
    workspaceId: "wksp",
    workspaceSecrets: [{
      metadata: {
        id: "canary",
        accountId: "acct",
        createdAt: "2019-12-27T18:11:19.117Z",
        name: "name",
        profileId: "prof",
        workspaceId: "wksp",
        ...metadata
      },
      spec: { value: "canary" }
    }]
  })

describe("run", () => {
  it.effect.each([
    [["--help"]],
    [["-h"]],
    [["--port", "0", "-h"]],
    [["--help", "--bogus"]],
    [["--bogus", "--help"]],
    [["--seed-file", "none.json", "--help"]]
  ])("helps wherever it is asked to: %j", ([args]) =>
    Effect.gen(function*() {
      const { code, errors, output } = yield* ends(...args ?? [])
      expect([code, errors]).toEqual([0, ""])
      for (
        const option of ["--host text", "--port integer", "--api-key text", "--seed-file text", "--write-only-values"]
      ) {
        expect(output).toContain(`\n${option}\n`)
      }
    }))

  it.effect.each([
    [["--port", "65536"], "Expected a port, 0 to 65535"],
    [["--port", "-1"], "Expected a port, 0 to 65535"],
    [["--port", "http"], "'http' is not a integer"],
    [["--port", "80.5"], "'80.5' is not a integer"],
    [["--host", ""], "Expected a host name or an address"],
    [["--api-key", ""], "Expected an API key of visible ASCII characters"],
    [["--api-key", "two words"], "Expected an API key of visible ASCII characters"],
    [["--api-key", "schlüssel"], "Expected an API key of visible ASCII characters"],
    [["--prot", "1"], "Received unknown argument: '--prot'"],
    [["4010"], "Received unknown argument: '4010'"]
  ])("answers %j with 2, the reason and the way to the help", ([args, reason]) =>
    Effect.gen(function*() {
      const { code, errors, output } = yield* ends(...args as ReadonlyArray<string>)
      expect([code, output]).toEqual([2, ""])
      expect(errors.split("\n").filter((line) => line !== "")).toEqual([reason, seeHelp.trim()])
    }))

  it.effect("names every problem of a seed with its file, and no value", () =>
    Effect.gen(function*() {
      const path = file("misfit.json", seedWith({ accountId: "canary", workspaceId: "canary" }))
      expect(yield* ends("--port", "0", "--seed-file", path)).toEqual({
        code: 1,
        output: "",
        errors: [
          `seed file ${path}: workspaceSecrets[0].metadata.accountId: is not the account of the seed;`
          + " set the seed's accountId to it",
          `seed file ${path}: workspaceSecrets[0].metadata.workspaceId: is not the workspace of the seed;`
          + " set the seed's workspaceId to it"
        ].join("\n")
      })
      const typed = file("typed.json", seedWith({ name: ["canary"], nmae: "canary" }))
      expect((yield* ends("--seed-file", typed)).errors).toBe([
        `seed file ${typed}: workspaceSecrets[0].metadata.nmae: Unexpected`,
        `seed file ${typed}: workspaceSecrets[0].metadata.name: Expected a string`
      ].join("\n"))
    }))

  it.effect("says of a seed that is no file that it cannot be read", () =>
    Effect.gen(function*() {
      expect(yield* ends("--seed-file", scratch)).toEqual({
        code: 1,
        output: "",
        errors: `seed file ${scratch}: it cannot be read`
      })
    }))

  it.effect("reads a seed that begins with a byte order mark", () =>
    Effect.gen(function*() {
      const path = file("bom.json", `\uFEFF${seedWith({ accountId: "other" })}`)
      expect((yield* ends("--seed-file", path)).errors).toContain("is not the account of the seed")
    }))

  it.effect("serves until it is interrupted, and not a moment longer", () =>
    Effect.gen(function*() {
      const isReady = yield* Deferred.make<void>()
      const { output, run } = cli(["--port", "0", "--host", "localhost", "--api-key", "key"], {
        onOutput: () => Effect.runSync(Deferred.succeed(isReady, void 0))
      })
      const fiber = yield* Effect.fork(run)
      yield* Deferred.await(isReady)
      const url = /listening on (\S+)/.exec(output.join("\n"))?.[1] ?? ""
      expect(url).toMatch(/^http:\/\/localhost:[1-9]\d+$/)
      expect((yield* Effect.promise(() => send(reached(url, "key"), "/v1/whoami"))).status).toBe(200)
      yield* Fiber.interrupt(fiber)
      yield* Effect.promise(() => expect(fetch(url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } }))
    }))

  it.effect("writes colours only where there are some to see", () =>
    Effect.gen(function*() {
      const plain = yield* cli(["--help"]).run
      const coloured = yield* cli(["--help"], { colours: true }).run
      expect(coloured.output).not.toBe(plain.output)
      expect(stripVTControlCharacters(coloured.output)).toBe(plain.output)
    }))
})
