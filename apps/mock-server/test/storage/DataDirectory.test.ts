import { describe, expect, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import * as fs from "node:fs"
import * as Fs from "node:fs/promises"
import { syncBuiltinESMExports } from "node:module"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { spellings, tells, tracesOf } from "../../../../tools/leaks/spellings.js"
import * as MockServer from "../../src/MockServer.js"
import * as DataDirectory from "../../src/storage/DataDirectory.js"
import * as Seed from "../../src/world/Seed.js"
import { Snapshot } from "../../src/world/Snapshot.js"
import { surroundings, Tenants } from "../../src/world/Tenant.js"
import { WorkspaceSecrets } from "../../src/world/WorkspaceSecrets.js"
import { scratch } from "../bin/command.js"

const example = readFileSync(new URL("../../seeds/example.json", import.meta.url), "utf8")

const { directory, write } = scratch()

const key = "0123456789abcdef".repeat(4)
const keyFile = write("data.key", `${key}\n`)

const modeOf = (path: string): number => statSync(path).mode & 0o777

/** An unused path in a new directory. */
const fresh = (): string => join(mkdtempSync(join(directory, "data-")), "worlds")

const encode = Schema.encodeSync(Snapshot)

type Asked = Pick<MockServer.RunningServer, "apiKey" | "fetch" | "url">

interface Answer {
  readonly status: number
  readonly date: string | null
  readonly requestId: string | null
  readonly text: string
}

const call = async (
  { apiKey, fetch, url }: Asked,
  method: string,
  path = "/v1/workspace_secrets",
  body?: unknown
): Promise<Answer> => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const { headers, status } = response
  return { status, date: headers.get("date"), requestId: headers.get("x-request-id"), text: await response.text() }
}

const world = ({ fetch, url }: MockServer.RunningServer, apiKey: string): Asked => ({ apiKey, fetch, url })

const idOf = ({ text }: Answer): string =>
  (JSON.parse(text) as { readonly metadata: { readonly id: string } }).metadata.id

const create = (server: Asked, name: string, more: object = {}) =>
  call(server, "POST", undefined, { metadata: { name, ...more }, spec: { value: `value of ${name}` } })

const namesOf = async (server: Asked): Promise<ReadonlyArray<string>> => {
  const { text } = await call(server, "GET", "/v1/workspace_secrets?limit=200&sortOrder=asc")
  const { items } = JSON.parse(text) as {
    readonly items: ReadonlyArray<{ readonly metadata: { readonly name: string } }>
  }
  return items.map(({ metadata: { name } }) => name)
}

const seed = Either.getOrThrow(Seed.parse(example))

const logOf = (dataDir: string): string =>
  join(dataDir, readdirSync(dataDir).filter((name) => name.endsWith(".log")).join())

/** The offset of each record of a log. */
const recordsOf = (bytes: Buffer): ReadonlyArray<number> => {
  const records: Array<number> = []
  for (let at = bytes.indexOf("\n") + 1; at < bytes.length; at += 24 + bytes.readUInt32LE(at)) {
    records.push(at)
  }
  return records
}

const open = (dataDir: string, options: MockServer.Options = {}) => MockServer.startInProcess({ dataDir, ...options })

/** The error of a server that cannot start. */
const refusal = async (dataDir: string, options: MockServer.Options = {}): Promise<string> => {
  const error = await open(dataDir, options).then(() => new Error("it started"), (error: unknown) => error)
  return error instanceof MockServer.DataDirectoryError ? error.problem : String(error)
}

/** A tenant with a clock, a seed and fault rules, and a second tenant. */
const first = {
  seed,
  clock: { type: "stepping", at: "2026-01-01T00:00:00.000Z", stepMillis: 1000 },
  randomSeed: 7,
  faults: [{ name: "now and then", operation: "get", probability: 0.5, error: { code: "UNAVAILABLE" } }]
} as const

const other = { apiKey: Redacted.make("other-key"), randomSeed: 8, clock: { type: "fixed", at: 1 } } as const

/** Actions on a server. Each returns what a client sees. */
const steps: ReadonlyArray<readonly [string, (server: MockServer.RunningServer, second: Asked) => Promise<unknown>]> = [
  ["creates", async (server, second) => [await create(server, "a"), await create(second, "b", { externalId: "b" })]],
  [
    "reads",
    (server) => Promise.all([1, 2, 3].map(() => call(server, "GET", "/v1/workspace_secrets/external_id:externalId")))
  ],
  ["is refused", async (server) => [await call(server, "POST", undefined, {}), await call(server, "GET", "/none")]],
  ["updates", async (server, second) => [
    await call(second, "PATCH", "/v1/workspace_secrets/external_id:b", {
      metadata: { name: "c", externalId: "c" },
      spec: { value: "" },
      updateMask: "*"
    }),
    await call(second, "GET", "/v1/workspace_secrets/external_id:c"),
    await call(server, "GET")
  ]],
  ["adds rules", async (server) => {
    await server.control.faults.add([{ nth: 2, times: 2, operation: "create", error: { code: "ABORTED" } }])
    return [await create(server, "d"), await create(server, "e")]
  }],
  [
    "meets them",
    async (server) => [await create(server, "f"), await create(server, "g"), await server.control.faults.list()]
  ],
  ["advances the clock", (server) => server.control.clock.advance("1 day")],
  ["deletes", async (server) => {
    const made = await create(server, "h")
    return [made, await call(server, "DELETE", `/v1/workspace_secrets/${idOf(made)}`), await call(server, "GET")]
  }],
  ["changes settings", async (server) => {
    await server.control.settings.set({ uppercaseNames: true, scopes: ["secrets:manage"] })
    return [await create(server, "i"), await server.control.settings.get()]
  }],
  ["keeps a snapshot", async (server) => {
    const snapshot = await server.control.snapshot()
    await create(server, "j")
    await server.control.restore(snapshot)
    return [encode(snapshot), encode(await server.control.snapshot())]
  }],
  ["seeds", async (server) => {
    await server.control.seed({ ...seed, workspaceSecrets: [] })
    return [await create(server, "k"), await call(server, "GET")]
  }],
  ["resets", async (server) => {
    await server.control.reset()
    return [await call(server, "GET"), await server.control.faults.list(), await server.control.settings.get()]
  }],
  ["goes on", async (server, second) => [
    await create(server, "l"),
    await call(server, "GET", "/v1/whoami"),
    await call(second, "GET"),
    encode(await server.control.snapshot())
  ]]
]

describe("a server with a data directory", () => {
  it("answers like a server that was never stopped, wherever it stops", async () => {
    await using never = await MockServer.startInProcess(first)
    const beside = await never.tenant(other)
    const second = ({ fetch, url }: MockServer.RunningServer): Asked => ({ apiKey: beside.apiKey, fetch, url })
    const dataDir = fresh()
    {
      await using server = await open(dataDir, first)
      await server.tenant(other)
      expect(server.recovered).toEqual({ worlds: 0, secrets: 0, dropped: 0 })
    }
    for (const [name, step] of steps) {
      await using server = await open(dataDir)
      expect([name, await step(server, second(server))]).toEqual([name, await step(never, second(never))])
    }
    await using server = await open(dataDir)
    expect(server.recovered).toEqual({ worlds: 2, secrets: 3, dropped: 0 })
  })

  it("has every confirmed change on disk, and writes nothing more when it stops", async () => {
    const dataDir = fresh()
    await using server = await open(dataDir)
    await create(server, "a")
    const size = statSync(logOf(dataDir)).size
    expect(readFileSync(logOf(dataDir), "utf8")).toContain("value of a")
    await call(server, "GET")
    await server.stop()
    expect(statSync(logOf(dataDir)).size).toBe(size)
  })

  it("writes concurrent changes together", async () => {
    const dataDir = fresh()
    await using server = await open(dataDir)
    const before = recordsOf(readFileSync(logOf(dataDir))).length
    await Promise.all(Array.from({ length: 100 }, (_, i) => create(server, `s${i}`)))
    const records = recordsOf(readFileSync(logOf(dataDir))).length - before
    expect(records).toBeGreaterThan(0)
    expect(records).toBeLessThan(20)
    await server.stop()
    await using next = await open(dataDir)
    expect([...await namesOf(next)].sort()).toEqual(Array.from({ length: 100 }, (_, i) => `s${i}`).sort())
  })

  it("stores the tenants of all keys, and deletes those that are removed", async () => {
    const dataDir = fresh()
    {
      await using server = await open(dataDir, { acceptAnyKey: true, seed })
      await create(world(server, "one"), "a")
      await create(world(server, "two"), "b")
      const removed = await server.tenant({ apiKey: Redacted.make("three") })
      await create(world(server, "three"), "c")
      await removed.remove()
    }
    await using server = await open(dataDir)
    expect(server.recovered).toEqual({ worlds: 3, secrets: 5, dropped: 0 })
    expect(await namesOf(world(server, "one"))).toEqual(["name", "a"])
    expect(await namesOf(world(server, "two"))).toEqual(["name", "b"])
    expect((await call(world(server, "three"), "GET")).status).toBe(401)
  })

  it("keeps its API key, unless it is given another", async () => {
    const dataDir = fresh()
    const key = (text: string) => ({ apiKey: Redacted.make(text) })
    {
      await using server = await open(dataDir, key("one"))
      await create(server, "a")
      await server.tenant(key("beside"))
    }
    {
      await using server = await open(dataDir)
      expect([server.apiKey, await namesOf(server)]).toEqual(["one", ["a"]])
    }
    {
      await using server = await open(dataDir, key("two"))
      expect([server.apiKey, await namesOf(server)]).toEqual(["two", ["a"]])
      expect((await call({ ...server, fetch: server.fetch, apiKey: "one" }, "GET")).status).toBe(401)
    }
    {
      await using server = await open(dataDir)
      expect([server.apiKey, await namesOf(server)]).toEqual(["two", ["a"]])
    }
    expect(await refusal(dataDir, key("beside"))).toContain("apiKey: another tenant has it")
    expect(await refusal(dataDir, key("no\nkey"))).toContain("apiKey: Expected visible ASCII characters")
  })

  it("applies the given settings, and leaves the rest as on disk", async () => {
    const dataDir = fresh()
    await (await open(dataDir, { randomSeed: 1, archived: true })).stop()
    await using server = await open(dataDir, { seed, archived: false, writeOnlyValues: true })
    expect(await namesOf(server)).toEqual([])
    expect(await server.control.settings.get()).toEqual({ archived: false, writeOnlyValues: true })
    expect((await create(server, "a")).text).not.toContain("value of a")
  })

  it("rejects a snapshot", async () => {
    await using server = await MockServer.startInProcess()
    const snapshot = await server.control.snapshot()
    expect(await refusal(fresh(), { snapshot })).toContain(
      "snapshot: Cannot be combined with dataDir"
    )
  })
})

describe("the files of a data directory", () => {
  it("are readable by their owner only, and nothing is left beside them", async () => {
    const dataDir = fresh()
    {
      await using server = await open(dataDir)
      await create(server, "a")
      expect(readdirSync(dataDir).map((name) => [name, modeOf(join(dataDir, name))])).toEqual([
        [".worlds.lock", 0o600],
        ["worlds-1.log", 0o600]
      ])
    }
    expect([modeOf(dataDir), readdirSync(dataDir)]).toEqual([0o700, ["worlds-1.log"]])
  })

  it("belong to one server at a time", async () => {
    const dataDir = fresh()
    await using _ = await open(dataDir)
    expect(await refusal(dataDir)).toBe(`another server uses it, process ${process.pid}`)
  })

  it("are rejected if they are symbolic links, or in a directory with other files", async () => {
    const [dataDir, link, file] = [fresh(), fresh(), fresh()]
    await (await open(dataDir)).stop()
    symlinkSync(dataDir, link)
    expect(await refusal(link)).toBe("it is a symbolic link; give the directory that it leads to")
    const held = join(link, "../held.log")
    renameSync(logOf(dataDir), held)
    symlinkSync(held, join(dataDir, "worlds-1.log"))
    expect(await refusal(dataDir)).toBe("it cannot be used: it is a symbolic link; give the file that it leads to")
    writeFileSync(file, "")
    expect(await refusal(file)).toBe("it is not a directory")
    expect(await refusal(join(file, "below"))).toBe("it cannot be made: a part of the path is not a directory")
    expect(await refusal(join(fresh(), "below"))).toBe("it cannot be made: there is no such directory")
    expect(await refusal(join(file, ".."))).toBe(
      "it contains other files and no data of this server; give an empty directory"
    )
    expect(readdirSync(join(file, ".."))).toEqual(["worlds"])
  })

  it("are rejected if a newer server or none has written them", async () => {
    const dataDir = fresh()
    await (await open(dataDir)).stop()
    const path = logOf(dataDir)
    const text = readFileSync(path, "latin1")
    for (
      const [from, to, problem] of [
        ["format 1", "format 2", "it has format 2, of a newer version of this server; this one reads format 1"],
        ["format 1", "format x", "it is damaged at byte 0: its first line is not that of a log"],
        ["plain", "plane", "it is damaged at byte 0: its first line is not that of a log"],
        [text, "", "it is damaged at byte 0: its first line is not that of a log"]
      ] as const
    ) {
      writeFileSync(path, text.replace(from, to), "latin1")
      expect(await refusal(dataDir)).toBe(`worlds-1.log: ${problem}`)
      expect(readFileSync(path, "latin1")).toBe(text.replace(from, to))
    }
  })

  it("are compacted when most of their content is obsolete, without loss", async () => {
    const dataDir = fresh()
    const tenants = new Tenants(await Effect.runPromise(surroundings))
    await Effect.runPromise(
      Effect.scoped(Effect.gen(function*() {
        const start = yield* DataDirectory.open(dataDir, { compactFrom: 10_000 })
        start(tenants)
        const { tenant } = yield* tenants.add({ id: "default", seed })
        const { create, update } = yield* WorkspaceSecrets
        for (let i = 0; i < 600; i++) {
          const made = yield* create(tenant, { metadata: { name: `s${i}` }, spec: {} })
          if (i % 100 !== 99) {
            tenant.secrets.remove(made)
          } else {
            yield* update(tenant, made.metadata.id, { metadata: { name: `t${i}` }, spec: {} })
          }
          yield* tenant.settle() ?? Effect.void
        }
        // All of these stay, and so do those that are created while the log is compacted.
        for (let i = 0; i < 150; i++) {
          yield* create(tenant, { metadata: { name: `u${i}` }, spec: {} })
          yield* tenant.settle() ?? Effect.void
        }
      })).pipe(Effect.provide(WorkspaceSecrets.Default))
    )
    const names = readdirSync(dataDir)
    expect(names).toEqual([expect.stringMatching(/^worlds-([2-9]|\d\d+)\.log$/)])
    expect(statSync(logOf(dataDir)).size).toBeLessThan(150_000)
    await using server = await open(dataDir)
    expect(await namesOf(server)).toEqual([
      "name",
      ...[99, 199, 299, 399, 499, 599].map((i) => `t${i}`),
      ...Array.from({ length: 150 }, (_, i) => `u${i}`)
    ])
  })

  it("continue from the newest, and older ones are removed", async () => {
    const dataDir = fresh()
    {
      await using server = await open(dataDir)
      await create(server, "a")
    }
    copyFileSync(join(dataDir, "worlds-1.log"), join(dataDir, "worlds-10.log"))
    writeFileSync(join(dataDir, "worlds-1.log"), "")
    writeFileSync(join(dataDir, ".worlds.log.0123456789abcdef.tmp"), "")
    writeFileSync(join(dataDir, "notes.txt"), "")
    await using server = await open(dataDir)
    expect(await namesOf(server)).toEqual(["a"])
    expect(readdirSync(dataDir)).toEqual([".worlds.lock", "notes.txt", "worlds-10.log"])
  })
})

describe("the last record", () => {
  const prepared = async () => {
    const dataDir = fresh()
    await using server = await open(dataDir)
    await create(server, "a")
    await create(server, "b")
    await server.stop()
    const bytes = readFileSync(logOf(dataDir))
    return { dataDir, bytes, path: logOf(dataDir), last: recordsOf(bytes).at(-1) ?? 0 }
  }

  it("is dropped if it is incomplete, and the server continues from the one before", async () => {
    const { bytes, dataDir, last, path } = await prepared()
    for (const end of [last, last + 1, last + 23, last + 24, last + 25, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, end))
      await using server = await open(dataDir)
      expect([end, server.recovered?.dropped, await namesOf(server)]).toEqual([end, end === last ? 0 : 1, ["a"]])
      await create(server, "c")
      await server.stop()
      await using next = await open(dataDir)
      expect([end, next.recovered?.dropped, await namesOf(next)]).toEqual([end, 0, ["a", "c"]])
    }
  })

  it("is rejected and left unchanged if it is damaged", async () => {
    const { bytes, dataDir, last, path } = await prepared()
    const damaged = Buffer.from(bytes)
    damaged[last + 50] = 0
    writeFileSync(path, damaged)
    expect(await refusal(dataDir)).toBe(
      `worlds-1.log: record 3, at byte ${last}, is damaged: the checksum of its content is wrong`
    )
    expect([readFileSync(path).equals(damaged), readdirSync(dataDir)]).toEqual([true, ["worlds-1.log"]])
  })
})

describe("a full disk", () => {
  const full = () => Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" })

  /** The prototype of file handles. */
  const handles = async (): Promise<Fs.FileHandle> => {
    const handle = await Fs.open(keyFile)
    await handle.close()
    return Object.getPrototypeOf(handle) as Fs.FileHandle
  }

  it.each(["write", "datasync"] as const)(
    "makes changes fail and undoes them, while the server keeps serving: %s",
    async (method) => {
      const dataDir = fresh()
      await using server = await open(dataDir, first)
      await server.tenant(other)
      const removed = await server.tenant({ apiKey: Redacted.make("stays-key") })
      const second = { ...other, apiKey: "other-key", url: server.url, fetch: server.fetch }
      await create(server, "a")
      const b = idOf(await create(second, "b", { externalId: "b" }))
      const seen = async () => [
        encode(await server.control.snapshot()),
        await server.control.faults.list(),
        await server.control.settings.get(),
        server.fetch === second.fetch
      ]
      const before = await seen()
      const size = statSync(logOf(dataDir)).size
      const spy = vi.spyOn(await handles(), method).mockRejectedValue(full())
      const refused = {
        status: 503,
        text: expect.stringContaining("the change cannot be stored: the disk is full") as string
      }
      try {
        expect(
          await Promise.all([
            create(server, "c"),
            create(second, "c"),
            call(second, "PATCH", `/v1/workspace_secrets/${b}`, { metadata: { name: "d", externalId: "d" } }),
            call(second, "DELETE", `/v1/workspace_secrets/${b}`),
            create(second, "e", { externalId: "b" })
          ])
        ).toEqual([1, 2, 3, 4, 5].map(() => expect.objectContaining(refused) as unknown))
        // Each of these requests changes state.
        expect(await call(server, "GET", "/v1/whoami")).toMatchObject(refused)
        expect(await call(server, "POST", "/_mock/tenants/default/reset")).toMatchObject(refused)
        expect(await call(server, "GET", "/_mock/tenants/default/settings")).toMatchObject({ status: 200 })
        const { control } = server
        for (
          const change of [
            () => control.reset(),
            () => control.seed({ ...seed, workspaceSecrets: [] }),
            () => control.settings.set({ archived: true }),
            () => control.faults.clear(),
            () => control.clock.advance("1 hour"),
            () => server.tenant({ apiKey: Redacted.make("refused-key") }),
            () => removed.remove()
          ]
        ) {
          await expect(change()).rejects.toMatchObject({ _tag: "Unavailable" })
        }
      } finally {
        spy.mockRestore()
      }
      expect(await seen()).toEqual(before)
      expect((await call({ ...second, apiKey: "refused-key" }, "GET")).status).toBe(401)
      expect((await call({ ...second, apiKey: "stays-key" }, "GET")).status).toBe(200)
      expect(statSync(logOf(dataDir)).size).toBeGreaterThanOrEqual(size)
      expect(await namesOf(second)).toEqual(["b"])
      const f = await create(second, "f", { externalId: "d" })
      await server.stop()
      await using next = await open(dataDir)
      expect(next.recovered).toEqual({ worlds: 3, secrets: 4, dropped: 0 })
      const after = { ...second, fetch: next.fetch }
      expect(await namesOf(after)).toEqual(["b", "f"])
      expect(await call(after, "GET", `/v1/workspace_secrets/${idOf(f)}`)).toMatchObject({ text: f.text })
    }
  )

  it("prevents a server from starting", async () => {
    const spy = vi.spyOn(await handles(), "write").mockRejectedValue(full())
    try {
      expect(await refusal(fresh())).toContain("the disk is full")
    } finally {
      spy.mockRestore()
    }
  })

  it("leaves the log unchanged if it cannot be compacted", async () => {
    const dataDir = fresh()
    const tenants = new Tenants(await Effect.runPromise(surroundings))
    await Effect.runPromise(
      Effect.scoped(Effect.gen(function*() {
        const start = yield* DataDirectory.open(dataDir, { compactFrom: 5_000 })
        start(tenants)
        const { tenant } = yield* tenants.add({ id: "default" })
        const { create } = yield* WorkspaceSecrets
        const spy = vi.spyOn(fs.promises, "rename").mockRejectedValue(full())
        syncBuiltinESMExports()
        for (let i = 0; i < 100; i++) {
          yield* create(tenant, { metadata: { name: `s${i}` }, spec: {} })
          yield* tenant.settle() ?? Effect.void
        }
        spy.mockRestore()
        syncBuiltinESMExports()
      })).pipe(Effect.provide(WorkspaceSecrets.Default))
    )
    expect(readdirSync(dataDir)).toEqual(["worlds-1.log"])
    await using server = await open(dataDir)
    expect((await namesOf(server)).length).toBe(100)
  })
})

describe("a data key", () => {
  it("leaves no value and no API key readable in any encoding, and is required for the next start", async () => {
    const dataDir = fresh()
    const secrets = { value: "canary-\u00fc-value", key: "canary-key-0123456789" }
    const apiKey = Redacted.make(secrets.key)
    const options = { dataKeyFile: keyFile, apiKey }
    {
      await using server = await open(dataDir, options)
      await call(server, "POST", undefined, { metadata: { name: "the name of it" }, spec: { value: secrets.value } })
      await server.control.restore(await server.control.snapshot())
      await server.tenant({ apiKey: Redacted.make(`${secrets.key}-2`) })
    }
    const traces = tracesOf(
      [secrets.value, secrets.key, "the name of it", key].flatMap((secret) =>
        Object.values(spellings).map((spell) => [secret, spell(secret)] as const)
      )
    )
    const text = readFileSync(logOf(dataDir), "latin1")
    for (const encoding of ["latin1", "utf8", "utf16le"] as const) {
      expect(tells(readFileSync(logOf(dataDir), encoding), traces)).toBe(false)
    }
    expect(tells(`{"value":"${secrets.value}"}`, traces)).toBe(true)
    expect(text).toMatch(/^workspace-secrets-mock worlds, format 1, aes-256-gcm /)
    expect(await refusal(dataDir)).toBe("worlds-1.log: it is encrypted; give its data key")
    const wrong = join(directory, "wrong.key")
    writeFileSync(wrong, "0".repeat(64))
    expect(await refusal(dataDir, { dataKeyFile: wrong })).toBe("worlds-1.log: it is encrypted with another data key")
    expect(readFileSync(logOf(dataDir), "latin1")).toBe(text)
    await using server = await open(dataDir, { dataKeyFile: keyFile })
    expect([server.apiKey === secrets.key, server.recovered]).toEqual([true, { worlds: 2, secrets: 1, dropped: 0 }])
    expect((await call(server, "GET")).text).toContain("the name of it")
  })

  it("must be 64 digits in a file, and belong to the directory", async () => {
    const dataDir = fresh()
    const short = join(directory, "short.key")
    writeFileSync(short, key.slice(1))
    expect(await refusal(dataDir, { dataKeyFile: short })).toBe(
      `data key ${short}: there is no such file, or it contains no key; expected 64 hexadecimal digits, for example from \`openssl rand -hex 32\``
    )
    await (await open(dataDir)).stop()
    expect(await refusal(dataDir, { dataKeyFile: keyFile })).toBe(
      "worlds-1.log: it is not encrypted; start without a data key, or with another directory"
    )
    await expect(MockServer.startInProcess({ dataKeyFile: keyFile })).rejects.toThrow(
      "dataKeyFile: Requires dataDir"
    )
  })

  it("seals records for their place and their file", async () => {
    const dataDir = fresh()
    const options = { dataKeyFile: keyFile }
    {
      await using server = await open(dataDir, options)
      await create(server, "a")
      await create(server, "a")
    }
    const bytes = readFileSync(logOf(dataDir))
    const [, second = 0, third = 0] = recordsOf(bytes)
    // Replaces the second record by the third, with a matching number and checksum.
    const moved = Buffer.from(bytes.subarray(third))
    moved.writeUInt32LE(1, 4)
    moved.writeUInt32LE(crc32(moved.subarray(0, 20)), 20)
    writeFileSync(logOf(dataDir), Buffer.concat([bytes.subarray(0, second), moved]))
    expect(await refusal(dataDir, options)).toBe(
      `worlds-1.log: record 2, at byte ${second}, is damaged: it cannot be decrypted`
    )
  })
})
