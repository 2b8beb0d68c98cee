import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { Child, cli, here, main, scratch, seeHelp } from "./command.js"

const { directory, write } = scratch()

const fresh = (): string => join(mkdtempSync(join(directory, "data-")), "worlds")

const key = write("data.key", "0123456789abcdef".repeat(4))

interface Server {
  readonly url: string
  readonly apiKey: string
}

const ask = async ({ apiKey, url }: Server, method: string, path: string, body?: unknown) => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  return { status: response.status, text: await response.text() }
}

const create = (server: Server, name: string) =>
  ask(server, "POST", "/v1/workspace_secrets", { metadata: { name }, spec: { value: "canary" } })

const namesOf = async (server: Server): Promise<ReadonlyArray<string>> => {
  const { text } = await ask(server, "GET", "/v1/workspace_secrets?sortOrder=asc")
  const { items } = JSON.parse(text) as {
    readonly items: ReadonlyArray<{ readonly metadata: { readonly name: string } }>
  }
  return items.map(({ metadata: { name } }) => name)
}

const started = async (child: Child, apiKey = "mock-api-key"): Promise<Server> => ({ url: await child.url(), apiKey })

const stop = async (child: Child) => {
  child.kill("SIGTERM")
  return await child.ended
}

describe("--data-dir", { timeout: 60_000 }, () => {
  it("keeps the data of every key, however the server ends, and says what the next start has loaded", async () => {
    const dataDir = fresh()
    const one = new Child(["--port", "0", "--data-dir", dataDir, "--accept-any-key"])
    const server = await started(one)
    expect(one.stdout).toContain(`\nEvery change is on disk in ${dataDir} before its answer. Ctrl-C stops it.\n`)
    await create(server, "a")
    await create({ ...server, apiKey: "another" }, "b")
    one.kill("SIGKILL")
    expect(await one.ended).toMatchObject({ signal: "SIGKILL", stderr: "" })

    writeFileSync(
      join(dataDir, "worlds-1.log"),
      Buffer.concat([readFileSync(join(dataDir, "worlds-1.log")), Buffer.from("half a rec")])
    )
    const two = new Child(["--port", "0", "--log"], { WORKSPACE_SECRETS_MOCK_DATA_DIR: dataDir })
    const again = await started(two)
    expect(await namesOf(again)).toEqual(["a"])
    expect(await namesOf({ ...again, apiKey: "another" })).toEqual(["b"])
    await create(again, "c")
    const { stderr } = await stop(two)
    expect(stderr).toContain(
      `data directory ${dataDir}: recovered 2 worlds, 2 secrets; 1 unfinished change dropped\n`
    )

    const three = new Child(["exec", "--data-dir", dataDir, "--", process.execPath, "-e", "process.exitCode = 7"])
    expect(await three.ended).toEqual({
      code: 7,
      signal: null,
      stdout: "",
      stderr: `data directory ${dataDir}: recovered 2 worlds, 3 secrets\n`
    })
  })

  it("belongs to one server: a second one exits with 1 and names the first", async () => {
    const dataDir = fresh()
    const one = new Child(["--port", "0", "--data-dir", dataDir])
    const server = await started(one)
    expect(await new Child(["--port", "0", "--data-dir", dataDir]).ended).toEqual({
      code: 1,
      signal: null,
      stdout: "",
      stderr: `data directory ${dataDir}: another server uses it, process ${one.pid ?? 0}\n`
    })
    expect((await create(server, "a")).status).toBe(200)
    await stop(one)
    expect(readdirSync(dataDir)).toEqual(["worlds-1.log"])
  })

  it("is encrypted with --data-key-file: another key is rejected in one line", async () => {
    const dataDir = fresh()
    const one = new Child(["--port", "0", "--data-dir", dataDir, "--data-key-file", key])
    await create(await started(one), "a")
    await stop(one)
    expect(readFileSync(join(dataDir, "worlds-1.log"), "latin1")).not.toContain("canary")
    for (
      const [args, problem] of [
        [[], "worlds-1.log: it is encrypted; give its data key"],
        [
          ["--data-key-file", write("wrong.key", "f".repeat(64))],
          "worlds-1.log: it is encrypted with another data key"
        ]
      ] as const
    ) {
      expect(await new Child(["--port", "0", "--data-dir", dataDir, ...args]).ended).toEqual({
        code: 1,
        signal: null,
        stdout: "",
        stderr: `data directory ${dataDir}: ${problem}\n`
      })
    }
    const two = new Child(["--port", "0", "--data-dir", dataDir], { WORKSPACE_SECRETS_MOCK_DATA_KEY_FILE: key })
    expect(await namesOf(await started(two))).toEqual(["a"])
    await stop(two)
  })

  it("loads no module for it when it is unset", async () => {
    const tell = [
      "--import",
      `data:text/javascript,${
        encodeURIComponent(
          "process.on('exit', () => console.error('zlib', process.moduleLoadList.includes('NativeModule zlib')))"
        )
      }`
    ]
    for (const [args, isLoaded] of [[[], false], [["--data-dir", fresh()], true]] as const) {
      const child = new Child(["--port", "0", ...args], {}, tell)
      await create(await started(child), "a")
      expect(await stop(child)).toMatchObject({ code: 0, stderr: `zlib ${isLoaded}\n` })
    }
  })

  // A limit of the file size stands in for a full disk: a test can set and lift it. Systems without it have no such disk, either.
  it.runIf(existsSync("/usr/bin/prlimit"))(
    "answers UNAVAILABLE when the disk is full, and keeps serving",
    async () => {
      const dataDir = fresh()
      const child = spawn("/bin/sh", [
        "-c",
        "ulimit -S -f 16; exec \"$@\"",
        "sh",
        process.execPath,
        main,
        "--port",
        "0",
        "--json",
        "--data-dir",
        dataDir
      ], { cwd: here, stdio: ["ignore", "pipe", "pipe"] })
      let errors = ""
      child.stderr.on("data", (chunk: Buffer) => {
        errors += chunk.toString()
      })
      const ended = once(child, "close")
      const [line] = await once(child.stdout, "data") as [Buffer]
      const server = JSON.parse(line.toString()) as Server
      const kept: Array<string> = []
      let refused
      for (let i = 0; refused === undefined; i++) {
        const answer = await create(server, `s${i}`)
        if (answer.status === 200) {
          kept.push(`s${i}`)
        } else {
          refused = answer
        }
      }
      expect(refused).toMatchObject({
        status: 503,
        text: expect.stringContaining("the change cannot be stored") as string
      })
      expect(kept.length).toBeGreaterThan(3)
      expect(await namesOf(server)).toEqual(kept)
      await promisify(execFile)("prlimit", ["--pid", String(child.pid), "--fsize=unlimited"])
      expect((await create(server, "after")).status).toBe(200)
      child.kill("SIGKILL")
      await ended
      expect(errors).toContain("changes cannot be stored and are rejected: it would be larger than a file may be")
      expect(errors).toContain("changes are stored again")

      const next = new Child(["--port", "0", "--data-dir", dataDir])
      expect(await namesOf(await started(next))).toEqual([...kept, "after"])
      await stop(next)
    }
  )

  it.each([
    [
      ["--data-dir", "a", "--snapshot-file", "b"],
      "--data-dir and --snapshot-file cannot be combined"
    ],
    [["--data-key-file", "a"], "--data-key-file needs --data-dir"]
  ])("rejects options that cannot be combined: %j", async (args, problem) => {
    const { run } = cli(args)
    const { Effect } = await import("effect")
    expect(await Effect.runPromise(run)).toMatchObject({ code: 2, errors: `${problem}\n\n${seeHelp()}` })
  })
})
