import { beforeAll, describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  watch,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import * as MockServer from "../src/MockServer.js"
import { Child, here, main, onTerminal, scratch, seeHelp, version } from "./bin/command.js"
import { head, RawConnection } from "./RawConnection.js"
import { expectError, send, sendJson, type Server } from "./wire.js"

const newest = (directory: string): number =>
  Math.max(
    ...readdirSync(directory, { recursive: true }).map((name) => statSync(join(directory, String(name))).mtimeMs)
  )

/** Whether the build is outdated. Nx builds before it runs the tests. */
const isStale = () => {
  if (process.env["NX_TASK_TARGET_PROJECT"] !== undefined) {
    return false
  }
  const built = statSync(main, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return [join(here, "src"), join(here, "../../packages/core/src")].some((directory) => newest(directory) > built)
}

beforeAll(async () => {
  if (isStale()) {
    const build = spawn(process.execPath, ["tools/nx.mjs", "run", "@workspace-secrets/mock-server:bundle"], {
      cwd: join(here, "../.."),
      stdio: ["ignore", "ignore", "inherit"]
    })
    expect(await once(build, "close")).toEqual([0, null])
  }
}, 300_000)

const { directory, write } = scratch()

/** Writes a program for Node to a file. */
const program = (name: string, text: string) => [process.execPath, write(name, text)]

describe("the built command", { timeout: 60_000 }, () => {
  it("prints help and version, in colour only on a terminal without NO_COLOR", async () => {
    const [piped, coloured, without, versionOf] = await Promise.all([
      new Child(["--help"]).ended,
      new Child(["-h"], {}, onTerminal).ended,
      new Child(["--help"], { NO_COLOR: "1" }, onTerminal).ended,
      new Child(["--version"]).ended
    ])
    expect(piped).toMatchObject({ code: 0, signal: null, stderr: "" })
    expect(stripVTControlCharacters(piped.stdout)).toBe(piped.stdout)
    expect(coloured).toMatchObject({ code: 0, signal: null, stderr: "" })
    expect(coloured.stdout).not.toBe(piped.stdout)
    expect(stripVTControlCharacters(coloured.stdout)).toBe(piped.stdout)
    expect(without).toEqual(piped)
    expect({ ...versionOf, stdout: versionOf.stdout.trim() }).toEqual({
      code: 0,
      signal: null,
      stdout: version,
      stderr: ""
    })
  })

  it("exits with 2 for wrong usage and with 1 when it cannot start, with the reason on stderr only", async () => {
    const [option, variable, missing] = await Promise.all([
      new Child(["--bogus"]).ended,
      new Child(["serve"], { WORKSPACE_SECRETS_MOCK_PORT: "99999" }).ended,
      new Child(["--seed-file", "none.json"]).ended
    ])
    const failed = (code: number, stderr: string) => ({ code, signal: null, stdout: "", stderr })
    expect(option).toEqual(failed(2, `--bogus is not an option of serve\n\n${seeHelp()}\n`))
    expect(variable).toEqual(
      failed(2, `WORKSPACE_SECRETS_MOCK_PORT: expected a port, 0 to 65535\n\n${seeHelp("serve")}\n`)
    )
    expect(missing).toEqual(failed(1, "seed file none.json: there is no such file\n"))
  })
})

/** The command, in a copy of its package. */
const copyOf = (name: string) => {
  const copy = join(directory, name)
  cpSync(join(main, ".."), join(copy, "dist/bin"), { recursive: true })
  cpSync(join(here, "package.json"), join(copy, "package.json"))
  return {
    cache: join(copy, "node_modules/.cache/workspace-secrets-mock"),
    run: (...args: ReadonlyArray<string>) => new Child(args, {}, [], join(copy, "dist/bin/main.js"))
  }
}

describe.concurrent("the launcher", { timeout: 60_000 }, () => {
  it("caches compiled code after a server ran, and ignores a damaged cache", async () => {
    const { cache, run } = copyOf("copy")
    const serve = async () => {
      const child = run("--port", "0")
      await child.url()
      child.kill("SIGTERM")
      expect(await child.ended).toMatchObject({ code: 0, signal: null, stderr: "" })
      const [name = "", ...others] = readdirSync(cache)
      expect([others, name]).toEqual([[], expect.stringMatching(/^program-.*-serve$/)])
      const path = join(cache, name)
      const bytes = readFileSync(path)
      const isWhole = createHash("sha256").update(bytes.subarray(32)).digest().equals(bytes.subarray(0, 32))
      return { path, bytes, isWhole, modified: statSync(path).mtimeMs }
    }

    expect((await run("--help").ended).code).toBe(0)
    expect((await run("--seed-file", "none.json").ended).code).toBe(1)
    expect(existsSync(cache)).toBe(false)
    mkdirSync(cache, { recursive: true })
    writeFileSync(join(cache, "program-of-another-build"), "")
    const first = await serve()
    expect(first.isWhole).toBe(true)
    expect((await serve()).modified).toBe(first.modified)

    // V8 would take this, and crash.
    writeFileSync(first.path, first.bytes.map((byte, i) => i % 997 === 0 ? byte ^ 0x55 : byte))
    expect((await serve()).isWhole).toBe(true)
  })

  it("caches compiled code of a killed server, too, if it ran for a while", async () => {
    const { cache, run } = copyOf("killed")
    mkdirSync(cache, { recursive: true })
    const watcher = watch(cache)
    const kept = new Promise((resolve) => {
      watcher.on("change", (_, name) => {
        if (/-serve$/.test(String(name))) {
          resolve(name)
        }
      })
    })
    const child = run("--port", "0")
    await kept
    child.kill("SIGKILL")
    watcher.close()
    expect((await child.ended).signal).toBe("SIGKILL")
  })
})

const exampleSeed = join(here, "seeds/example.json")
const example = JSON.parse(readFileSync(exampleSeed, "utf8")) as { readonly workspaceSecrets: readonly [unknown] }

const reached = (url: string, apiKey: string): Server => ({
  url,
  apiKey: Redacted.make(apiKey),
  fetch: globalThis.fetch
})

/** The arguments that a shell passes to curl for a line. */
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

/** Sends the request of the banner's `try` line. */
const tryIt = async (banner: string) => {
  const line = /^ {2}try {8}(curl .*)$/m.exec(banner)?.[1] ?? ""
  const [flag, header = "", url = "", ...rest] = await wordsOf(line)
  expect([flag, rest]).toEqual(["-H", []])
  const colon = header.indexOf(": ")
  const response = await fetch(url, { headers: { [header.slice(0, colon)]: header.slice(colon + 2) } })
  return { url, status: response.status, body: await response.json() }
}

describe("serve", { timeout: 60_000 }, () => {
  it("serves the documented example from its ready message until SIGTERM", async () => {
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
      `  console    ${url}/_mock/ui`,
      "  API key    mock-api-key",
      `  try        curl -H "Authorization: Bearer mock-api-key" ${url}/v1/workspace_secrets`,
      "  serves     the operations on workspace secrets, and GET /v1/whoami; the API's other operations get 501",
      "",
      "Everything is kept in memory. Ctrl-C stops it.",
      ""
    ].join("\n"))
    expect(await tryIt(child.stdout)).toMatchObject({ status: 200, body: { items: [{ metadata: { id: "id" } }] } })

    const open = await RawConnection.open(url)
    expect((await open.send(head("GET", "/v1/whoami")).next()).headers["connection"]).toBe("keep-alive")
    child.kill("SIGTERM")
    expect(await child.ended).toMatchObject({ code: 0, signal: null, stderr: "" })
    expect(await open.rest()).toBe("")
  })

  it("leaves values out and accepts any key when the environment says so, until the first of two SIGINTs", async () => {
    const key = "k'e\"y$HOME`id`\\!*"
    const child = new Child(["serve", "--seed-file", exampleSeed], {
      WORKSPACE_SECRETS_MOCK_API_KEY: key,
      WORKSPACE_SECRETS_MOCK_PORT: "0",
      WORKSPACE_SECRETS_MOCK_WRITE_ONLY_VALUES: "true"
    })
    const url = await child.url()
    const got = await send<{ readonly spec: unknown }>(reached(url, key), "/v1/workspace_secrets/id")
    expect([got.status, got.body.spec]).toEqual([200, {}])
    expectError(await send(reached(url, "mock-api-key"), "/v1/whoami"), 401, 16)
    expect((await tryIt(child.stdout)).status).toBe(200)
    child.kill("SIGINT")
    child.kill("SIGINT")
    expect(await child.ended).toMatchObject({ code: 0, signal: null, stderr: "" })
  })

  it("accepts as many connections as configured, and rejects the next one with a message", async () => {
    const child = new Child(["serve", "--port", "0", "--json", "--max-connections", "2"])
    const [, line = ""] = await child.says(/^(.*)\n/)
    const { url } = JSON.parse(line) as { readonly url: string }
    const [first, second] = [await RawConnection.open(url), await RawConnection.open(url)]
    const statusOf = async (connection: RawConnection) =>
      (await connection.send(head("GET", "/v1/whoami")).next()).status
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
    const third = await RawConnection.open(url)
    const refused = await third.send(head("GET", "/v1/whoami")).next()
    expect([refused.status, refused.headers["connection"], JSON.parse(refused.body)]).toEqual([503, "close", {
      code: 14,
      message: "the server has the maximum number of connections: close some, or allow more with --max-connections"
        + " (maxConnections in code)",
      details: []
    }])
    expect(await third.rest()).toBe("")
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
    first.destroy()
    second.destroy()
    child.kill("SIGTERM")
    expect(await child.ended).toMatchObject({ code: 0, stderr: "" })
  })

  it("prints one line of JSON when it is ready, finishes requests in flight at SIGHUP, and frees its port", async () => {
    const child = new Child(["serve", "--port", "0", "--json", "--api-key", "key", "--allowed-host", "mock,mock.test"])
    const [, line = ""] = await child.says(/^(.*)\n/)
    const ready = JSON.parse(line) as { readonly url: string; readonly workspaceId: string }
    expect(ready).toEqual({ url: ready.url, apiKey: "key", workspaceId: ready.workspaceId, pid: child.pid })

    const asking = await RawConnection.open(ready.url)
    const statusOf = async (path: string, headers: Readonly<Record<string, string | undefined>>) =>
      (await asking.send(head("GET", path, { Authorization: "Bearer key", ...headers })).next()).status
    expect([
      await statusOf("/v1/whoami", { Host: "mock" }),
      await statusOf("/v1/whoami", { Host: "mock.test:80" }),
      await statusOf("/v1/whoami", { Host: "other.test" }),
      await statusOf("/_mock/tenants", {}),
      await statusOf("/_mock/tenants", { Authorization: undefined })
    ]).toEqual([200, 200, 403, 200, 401])
    asking.destroy()

    const body = JSON.stringify({ metadata: { name: "name" }, spec: {} })
    const path = `/v1/workspaces/${ready.workspaceId}/workspace_secrets`
    const headers = { "Content-Length": String(body.length), Authorization: "Bearer key" }
    const busy = (await RawConnection.open(ready.url)).send(head("POST", path, headers))
    const idle = await RawConnection.open(ready.url)
    await idle.send(head("GET", "/v1/whoami")).next()
    const { port } = new URL(ready.url)
    const second = await new Child(["--port", port]).ended
    expect(second).toEqual({
      code: 1,
      signal: null,
      stdout: "",
      stderr: `cannot listen on 127.0.0.1:${port}: the port is in use; choose another, or 0 for a free one\n`
    })
    child.kill("SIGHUP")
    // The idle connection closes first. From then on, the server is stopping.
    expect(await idle.rest()).toBe("")
    const answer = await busy.send(body).next()
    expect([answer.status, answer.headers["connection"]]).toEqual([200, "close"])
    expect(await child.ended).toEqual({ code: 0, signal: null, stdout: `${line}\n`, stderr: "" })
    await using again = await MockServer.start({ port: Number(port) })
    expect(again.url).toBe(ready.url)
  })
})

describe("options of the first tenant", { timeout: 60_000 }, () => {
  it("repeat a run with --seed and --clock, accept any key with --accept-any-key, and log requests with --log", async () => {
    const told = [
      [
        "--seed",
        "7",
        "--clock",
        "stepping:2026-01-01T00:00:00Z,1000",
        "--accept-any-key",
        "--control-token",
        "canary-token",
        "--log"
      ],
      []
    ].map(async (args) => {
      const child = new Child(
        ["--port", "0", ...args],
        args.length > 0 ? {} : {
          WORKSPACE_SECRETS_MOCK_SEED: "7",
          WORKSPACE_SECRETS_MOCK_CLOCK: "stepping:2026-01-01T00:00:00.000Z,1000",
          WORKSPACE_SECRETS_MOCK_ACCEPT_ANY_KEY: "1",
          WORKSPACE_SECRETS_MOCK_CONTROL_TOKEN: "canary-token",
          WORKSPACE_SECRETS_MOCK_LOG: "true"
        }
      )
      const url = await child.url()
      const answers = []
      for (const key of ["mock-api-key", "canary-key", "mock-api-key"]) {
        const { headers, status, text } = await sendJson(reached(url, key), "POST", "/v1/workspace_secrets", {
          metadata: { name: "canary-name" },
          spec: { value: "canary-value" }
        })
        answers.push([status, headers.get("date"), headers.get("x-request-id"), text])
      }
      const control = [
        (await send(reached(url, "mock-api-key"), "/_mock/tenants")).status,
        (await send(reached(url, "canary-token"), "/_mock/tenants")).status
      ]
      child.kill("SIGTERM")
      return { answers, control, ended: await child.ended }
    })
    const [one, two] = await Promise.all(told)
    expect(two?.answers).toEqual(one?.answers)
    expect(two?.control).toEqual([401, 200])
    expect(one?.answers.map(([status, date]) => [status, date])).toEqual([
      [200, "Thu, 01 Jan 2026 00:00:00 GMT"],
      [200, "Thu, 01 Jan 2026 00:00:00 GMT"],
      [200, "Thu, 01 Jan 2026 00:00:01 GMT"]
    ])
    // A tenant of another key starts like the first.
    expect(one?.answers[1]).toEqual(one?.answers[0])
    for (const { ended } of [one, two].filter((run) => run !== undefined)) {
      expect(ended).toMatchObject({ code: 0, signal: null })
      expect(ended.stderr.replaceAll(/^\S+Z {2}|\d+\.\d ms|tnt_\w+/gm, "").split("\n")).toEqual([
        "200  POST    /v1/workspace_secrets    default",
        "200  POST    /v1/workspace_secrets    ",
        "200  POST    /v1/workspace_secrets    default",
        "401  GET     /_mock/…  ",
        "200  GET     /_mock/tenants  ",
        ""
      ])
    }
  })
})

describe("--snapshot-file", { timeout: 60_000 }, () => {
  const names = async (server: Server) => {
    const { body } = await send<{ readonly items: ReadonlyArray<{ readonly metadata: { readonly name: string } }> }>(
      server,
      "/v1/workspace_secrets"
    )
    return body.items.map(({ metadata }) => metadata.name)
  }
  const create = (server: Server, name: string) =>
    sendJson(server, "POST", "/v1/workspace_secrets", { metadata: { name }, spec: { value: "canary" } })

  it("saves the state when the server stops, for the next serve or exec", async () => {
    const path = join(directory, "kept.json")
    const one = new Child(["--port", "0", "--seed-file", exampleSeed, "--snapshot-file", path])
    await create(reached(await one.url(), "mock-api-key"), "made by one")
    expect(one.stdout).toContain(`\nCtrl-C stops it, and saves what it holds to ${path}.\n`)
    expect(existsSync(path)).toBe(false)
    one.kill("SIGHUP")
    expect(await one.ended).toMatchObject({ code: 0, signal: null, stderr: "" })

    const asks = program(
      "makes.mjs",
      `
      const { CADENYA_API_KEY: key, CADENYA_BASE_URL: url } = process.env
      const { status } = await fetch(url + "/v1/workspace_secrets", {
        method: "POST",
        headers: { authorization: "Bearer " + key, "content-type": "application/json" },
        body: JSON.stringify({ metadata: { name: "made by exec" }, spec: {} })
      })
      process.exitCode = status === 200 ? 7 : 1`
    )
    const exec = await new Child(["exec", "--", ...asks], { WORKSPACE_SECRETS_MOCK_SNAPSHOT_FILE: path }).ended
    expect(exec).toEqual({ code: 7, signal: null, stdout: "", stderr: "" })

    const two = new Child(["--port", "0", "--api-key", "another", "--snapshot-file", path])
    expect(await names(reached(await two.url(), "another"))).toEqual(["made by exec", "made by one", "name"])
    two.kill("SIGTERM")
    expect(await two.ended).toMatchObject({ code: 0, signal: null, stderr: "" })
    expect(readFileSync(path, "utf8").match(/"canary"/g)).toHaveLength(1)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it("exits with 1 for a damaged file and leaves it unchanged, and exits with 1 when it cannot save", async () => {
    const half = write("half.json", "{\n  \"version\": 1,\n  \"workspaceSecrets\": [{ \"spec\": { \"value\": \"canary")
    expect(await new Child(["--port", "0", "--snapshot-file", half]).ended).toEqual({
      code: 1,
      signal: null,
      stdout: "",
      stderr:
        `snapshot file ${half}: line 3, column 45: workspaceSecrets[0].spec.value: not valid JSON: unexpected end of string\n`
    })
    expect(readFileSync(half, "utf8")).toMatch(/"canary$/)

    const path = join(directory, "taken.json")
    const child = new Child(["--port", "0", "--snapshot-file", path])
    await child.url()
    mkdirSync(path)
    child.kill("SIGINT")
    expect(await child.ended).toMatchObject({
      code: 1,
      signal: null,
      stderr: `snapshot file ${path}: it cannot be saved: it is a directory\n`
    })
    expect(readdirSync(directory).filter((name) => name.endsWith(".tmp"))).toEqual([])
  })
})

describe("a command whose output goes nowhere", { timeout: 60_000 }, () => {
  const askOften = async (url: string) => {
    for (let i = 0; i < 5; i++) {
      expect((await fetch(`${url}/v1/whoami`)).status).toBe(401)
    }
  }

  it.each([["--log"], ["--json", "--log"]])(
    "keeps serving and saves its snapshot when its readers are gone: %s",
    async (...args) => {
      const snapshot = join(directory, `deaf-${args.length}.json`)
      const child = new Child([...args, "--port", "0", "--snapshot-file", snapshot])
      const [, url = ""] = await child.says(/(http:[^\s"]+)[^]*\n/)
      child.deafen()
      await askOften(url)
      child.kill("SIGTERM")
      expect(await child.ended).toMatchObject({ code: 0, signal: null })
      expect(existsSync(snapshot)).toBe(true)
    }
  )

  // Only Linux has /dev/full, a disk that is always full.
  const full = existsSync("/dev/full") ? "/dev/full" : "/dev/null"

  /** The command with stdout and stderr on a full disk. */
  const onFullDisk = async (...args: ReadonlyArray<string>) => {
    const descriptor = openSync(full, "w")
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", descriptor, descriptor] })
    closeSync(descriptor)
    return (await once(child, "close"))[0] as unknown
  }

  it("ends as usual when the disk is full", async () => {
    const program = write(
      "ask.mjs",
      `for (let i = 0; i < 5; i++) await fetch(process.env.CADENYA_BASE_URL + "/v1/whoami")
       process.exit(7)`
    )
    expect(await onFullDisk("exec", "--log", "--", process.execPath, program)).toBe(7)
    expect(await onFullDisk("exec", "--", "there-is-no-such-command")).toBe(127)
    expect(await onFullDisk("ready", "--url", "http://127.0.0.1:1")).toBe(1)
    expect(await onFullDisk("--help")).toBe(0)
    expect(await onFullDisk("--bogus")).toBe(2)
    await using server = await MockServer.start()
    expect(await onFullDisk("ready", "--url", server.url)).toBe(0)
  })

  it("does not wait for a reader that does not read, and buffers only a few lines", async () => {
    const child = new Child(["--log", "--port", "0"])
    const url = await child.url()
    child.pause()
    const connection = await RawConnection.open(url)
    const request = head("GET", "/v1/whoami", { Authorization: undefined })
    for (let i = 0; i < 10; i++) {
      connection.send(request.repeat(100))
      for (let k = 0; k < 100; k++) {
        expect((await connection.next()).status).toBe(401)
      }
    }
    connection.destroy()
    child.kill("SIGTERM")
    const [code] = await child.exited
    expect(code).toBe(0)
    child.deafen()
  })
})

describe("exec", { timeout: 60_000 }, () => {
  it("runs a command with its own server, passes stdin to it and exits with its code", async () => {
    const child = new Child([
      "exec",
      "--api-key",
      "key",
      "--",
      ...program(
        "asks.mjs",
        `
        const { CADENYA_API_KEY: key, CADENYA_BASE_URL: url, CADENYA_WORKSPACE_ID: workspace } = process.env
        const headers = { authorization: "Bearer " + key }
        const response = await fetch(url + "/v1/workspaces/" + workspace + "/workspace_secrets", { headers })
        let input = ""
        for await (const chunk of process.stdin) input += chunk
        console.log(JSON.stringify({ url, status: response.status, input, args: process.argv.slice(2) }))
        console.error("to stderr")
        process.exitCode = 7`
      ),
      "--port",
      "--",
      "it's"
    ])
    child.input("typed")
    const ended = await child.ended
    expect(ended).toMatchObject({ code: 7, signal: null, stderr: "to stderr\n" })
    const told = JSON.parse(ended.stdout) as { readonly url: string }
    expect(told).toEqual({ url: told.url, status: 200, input: "typed", args: ["--port", "--", "it's"] })
    await expect(fetch(told.url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } })
  })

  it("passes signals on, and waits for the command to end", async () => {
    const stubborn = program(
      "stubborn.mjs",
      `
      let signals = []
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"]) process.on(signal, () => {
        signals.push(signal)
        console.log(signals.join())
        if (signals.length === 4) process.exit(9)
      })
      setInterval(() => {}, 60_000)
      console.log("up")`
    )
    const child = new Child(["exec", "--", ...stubborn])
    await child.says(/up\n/)
    child.kill("SIGUSR2")
    await child.says(/\nSIGUSR2\n/)
    child.kill("SIGINT")
    await child.says(/SIGUSR2,SIGINT\n/)
    child.kill("SIGHUP")
    await child.says(/SIGUSR2,SIGINT,SIGHUP\n/)
    child.kill("SIGTERM")
    expect(await child.ended).toMatchObject({ code: 9, signal: null, stderr: "" })
  })

  it("passes on a signal to its pid, but not a signal to its process group, in a terminal or not", async () => {
    const counting = program(
      "counting.mjs",
      `
      for (const signal of ["SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1"]) process.on(signal, () => console.log(signal))
      process.on("SIGTERM", () => process.exit(9))
      setInterval(() => {}, 60_000)
      console.log("up")`
    )
    for (const nodeArgs of [[], onTerminal]) {
      const child = new Child(["exec", "--", ...counting], {}, nodeArgs, main, true)
      await child.says(/up\n/)
      for (const signal of ["SIGINT", "SIGQUIT", "SIGHUP", "SIGINT"] as const) {
        const before = child.stdout
        child.kill(signal)
        await child.says(new RegExp(`^${before}${signal}\n`))
      }
      for (const signal of ["SIGINT", "SIGQUIT", "SIGHUP", "SIGINT"] as const) {
        const before = child.stdout
        child.killGroup(signal)
        await child.says(new RegExp(`^${before}${signal}\n`))
        // The next signal to the pid comes exactly once, so nothing was passed on twice.
        child.kill("SIGUSR1")
        await child.says(new RegExp(`^${before}${signal}\nSIGUSR1\n`))
      }
      child.kill("SIGTERM")
      expect(await child.ended).toMatchObject({ code: 9, signal: null, stderr: "" })
    }
  })

  it("ends as the command did: with its signal, or with the exit code of a shell if it cannot be run", async () => {
    const [missing, forbidden, terminated, killed] = await Promise.all([
      new Child(["exec", "--", "no-such-command"]).ended,
      new Child(["exec", "--", write("data.txt", "")]).ended,
      new Child([
        "exec",
        "--",
        ...program("term.mjs", "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 60_000)")
      ])
        .ended,
      new Child(["exec", "--", ...program("kill.mjs", "process.kill(process.pid, 'SIGKILL')")]).ended
    ])
    expect(missing).toEqual({
      code: 127,
      signal: null,
      stdout: "",
      stderr: "no-such-command: command not found\n"
    })
    expect(forbidden).toMatchObject({ code: 126, signal: null, stdout: "" })
    expect(forbidden.stderr).toMatch(/data\.txt: the command cannot be run \(EACCES\)\n$/)
    expect(terminated).toEqual({ code: null, signal: "SIGTERM", stdout: "", stderr: "" })
    expect(killed).toEqual({ code: 137, signal: null, stdout: "", stderr: "" })
  })
})
