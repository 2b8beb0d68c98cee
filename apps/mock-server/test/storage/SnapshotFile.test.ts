import { describe, expect, it, vi } from "@effect/vitest"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import * as fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { join } from "node:path"
import { inspect } from "node:util"
import { leakingAnywhere } from "../../../../tools/leaks/sinks.js"
import * as MockServer from "../../src/MockServer.js"
import * as SnapshotFile from "../../src/storage/SnapshotFile.js"
import * as Seed from "../../src/world/Seed.js"
import { Snapshot } from "../../src/world/Snapshot.js"
import * as Tenant from "../../src/world/Tenant.js"
import { scratch } from "../bin/command.js"
import { secret } from "../secrets.js"

const example = readFileSync(new URL("../../seeds/example.json", import.meta.url), "utf8")

const { directory } = scratch()

/** An unused path in a new directory. */
const fresh = (): string => join(mkdtempSync(join(directory, "snapshot-")), "snapshot.json")

const besides = (path: string): ReadonlyArray<string> => readdirSync(join(path, ".."))

const modeOf = (path: string): number => statSync(path).mode & 0o777

const snapshot = Effect.gen(function*() {
  const seed = yield* Seed.parse(example.replace(/"value": "[^"]*"/, "\"value\": \"canary\""))
  const clock = { type: "stepping", at: "2026-01-01T00:00:00.000Z", stepMillis: 1000 } as const
  return (yield* Tenant.make({ seed, clock, randomSeed: 7 })).snapshot()
})

const encode = Schema.encodeSync(Snapshot)

const text = Effect.map(snapshot, (snapshot) => `${JSON.stringify(encode(snapshot), null, 2)}\n`)

const problems = (path: string) => Effect.map(Effect.flip(SnapshotFile.load(path)), ({ problems }) => problems)

describe("save and load", () => {
  it.effect("keep a snapshot with its values in a file that only its owner can read, and leave nothing beside it", () =>
    Effect.gen(function*() {
      const path = fresh()
      expect(yield* SnapshotFile.load(path)).toEqual(Option.none())
      const saved = yield* snapshot
      yield* SnapshotFile.save(path, saved)
      const loaded = Option.getOrThrow(yield* SnapshotFile.load(path))
      expect(encode(loaded)).toEqual(encode(saved))
      expect(readFileSync(path, "utf8")).toBe(yield* text)
      expect(readFileSync(path, "utf8")).toContain("canary")
      expect([modeOf(path), besides(path)]).toEqual([0o600, ["snapshot.json"]])

      chmodSync(path, 0o644)
      yield* SnapshotFile.save(path, { ...saved, workspaceSecrets: [] })
      expect(Option.getOrThrow(yield* SnapshotFile.load(path)).workspaceSecrets).toEqual([])
      expect([modeOf(path), besides(path)]).toEqual([0o600, ["snapshot.json"]])
    }))

  it.effect("follow no symbolic link: it is rejected at the start, and replaced later", () =>
    Effect.gen(function*() {
      const [path, link, nowhere] = [fresh(), fresh(), fresh()]
      writeFileSync(path, yield* text)
      symlinkSync(path, link)
      symlinkSync(join(nowhere, "none"), nowhere)
      for (const each of [link, nowhere]) {
        expect(yield* problems(each)).toEqual(["it is a symbolic link; give the file that it leads to"])
      }
      yield* SnapshotFile.save(link, { ...(yield* snapshot), workspaceSecrets: [] })
      expect([lstatSync(link).isFile(), readFileSync(path, "utf8") === (yield* text)]).toEqual([true, true])
    }))

  it.effect("keep a snapshot that is read in pieces", () =>
    Effect.gen(function*() {
      const { workspaceSecrets, ...rest } = yield* snapshot
      const name = "a\u2028 \ud83d\ude00 \\\"\n  ],\n    }"
      const secrets = [...workspaceSecrets, secret({ id: "z", name, value: "v".repeat(3_000_000) })]
        .map((secret) =>
          new WorkspaceSecret({
            ...secret,
            metadata: { ...secret.metadata, accountId: rest.accountId, workspaceId: rest.workspaceId }
          })
        )
      for (const some of [secrets, secrets.slice(0, 1), []]) {
        const path = fresh()
        const saved = { ...rest, workspaceSecrets: some }
        yield* SnapshotFile.save(path, saved)
        expect(readFileSync(path, "utf8") === `${JSON.stringify(encode(saved), null, 2)}\n`).toBe(true)
        const loaded = Option.getOrThrow(yield* SnapshotFile.load(path, { largeFrom: 0 }))
        expect(encode(loaded)).toEqual(encode(saved))
      }
    }))

  it.effect("remove files that killed processes left behind, and nothing that may be in use", () =>
    Effect.gen(function*() {
      const path = fresh()
      const at = (name: string) => join(path, "..", name)
      const old = ["0123456789abcdef", "fedcba9876543210"].map((random) => `.snapshot.json.${random}.tmp`)
      const others = [
        ".snapshot.json.00000000000000ff.tmp",
        ".other.json.0123456789abcdef.tmp",
        ".snapshot.json.tmp",
        ".snapshot.json.0123456789abcdef.tmp.txt"
      ]
      for (const name of [...old, ...others]) {
        writeFileSync(at(name), "canary")
        if (name !== others[0]) {
          utimesSync(at(name), 0, 0)
        }
      }
      yield* SnapshotFile.load(path)
      expect(besides(path)).toEqual([...others].sort())
      utimesSync(at(others[0] ?? ""), 0, 0)
      yield* SnapshotFile.save(path, yield* snapshot)
      expect(besides(path)).toEqual([...others.slice(1), "snapshot.json"].sort())
    }))
})

const twice = (text: string): string => {
  const { workspaceSecrets, ...rest } = JSON.parse(text) as typeof Snapshot.Encoded
  return JSON.stringify({ ...rest, workspaceSecrets: [...workspaceSecrets, ...workspaceSecrets] }, null, 2)
}

describe("load in pieces", () => {
  const large = (path: string) => Effect.flip(SnapshotFile.load(path, { largeFrom: 0 }))

  it.effect.each<[string, (text: string) => string | Uint8Array, RegExp]>([
    ["is empty", () => "", /line 1, column 1: not valid JSON/],
    ["was cut off", (text) => text.slice(0, text.indexOf("\"canary\"") + 4), /not valid JSON/],
    [
      "has a secret that is none",
      (text) => text.replace(/"name": "[^"]*"/g, "\"name\": 7"),
      /workspaceSecrets\[0\]: line/
    ],
    ["has an id twice", twice, /is a duplicate/],
    ["is not text", (text) => Buffer.from(text.replace("canary", "\u00ff"), "latin1"), /it is not text in UTF-8/]
  ])("rejects a file that %s, and leaves it unchanged", ([, change, expected]) =>
    Effect.gen(function*() {
      const path = fresh()
      const changed = change(yield* text)
      writeFileSync(path, changed)
      const { message } = yield* large(path)
      expect(message).toMatch(expected)
      expect(message).not.toContain("canary")
      expect(readFileSync(path).equals(Buffer.from(changed as string))).toBe(true)
      expect(besides(path)).toEqual(["snapshot.json"])
    }))
})

describe("a file that cannot be replaced", () => {
  it.effect("is detected at the start, and left unchanged", () =>
    Effect.gen(function*() {
      const path = fresh()
      const before = yield* text
      writeFileSync(path, before)
      const rename = vi.spyOn(fs.promises, "rename").mockRejectedValue(
        Object.assign(new Error("busy"), { code: "EBUSY" })
      )
      syncBuiltinESMExports()
      const found = yield* Effect.ensuring(
        problems(path),
        Effect.sync(() => {
          rename.mockRestore()
          syncBuiltinESMExports()
        })
      )
      expect(found).toEqual([
        "nothing can be saved to it: it is a mount point, so it cannot be replaced; mount its directory instead"
      ])
      expect([readFileSync(path, "utf8") === before, besides(path)]).toEqual([true, ["snapshot.json"]])
    }))

  it.effect("is left with its mode and content when it can be replaced", () =>
    Effect.gen(function*() {
      const path = fresh()
      writeFileSync(path, yield* text, { mode: 0o640 })
      chmodSync(path, 0o640)
      const inode = statSync(path).ino
      yield* SnapshotFile.load(path)
      expect([modeOf(path), readFileSync(path, "utf8") === (yield* text), besides(path)])
        .toEqual([0o640, true, ["snapshot.json"]])
      expect(statSync(path).ino).not.toBe(inode)
    }))
})

describe("lock", () => {
  const lockOf = (path: string) => join(path, "../.snapshot.json.lock")
  const hold = (path: string, holder: unknown) =>
    writeFileSync(lockOf(path), typeof holder === "string" ? holder : JSON.stringify(holder))

  it.effect("reserves a file for one server until its scope closes, and tells others the process id", () =>
    Effect.gen(function*() {
      const path = fresh()
      yield* Effect.scoped(Effect.gen(function*() {
        yield* SnapshotFile.lock(path)
        expect(modeOf(lockOf(path))).toBe(0o600)
        const { message } = yield* Effect.flip(Effect.scoped(SnapshotFile.lock(path)))
        expect(message).toBe(`snapshot file ${path}: another server uses it, process ${process.pid}`)
        expect(besides(path)).toEqual([".snapshot.json.lock"])
      }))
      expect(besides(path)).toEqual([])
      yield* Effect.scoped(SnapshotFile.lock(path))
    }))

  it.effect.each<[string, unknown]>([
    ["a process that is gone", { pid: 2 ** 22 + 1, started: "" }],
    ["a process whose number is another's by now", { pid: process.pid, started: "another boot 1" }],
    ["nobody", ""],
    ["something else", "{\"pid\":\"canary\"}"]
  ])("is taken over from %s, by exactly one of many", ([, holder]) =>
    Effect.gen(function*() {
      const path = fresh()
      hold(path, holder)
      const all = yield* Effect.scoped(
        Effect.all(Array.from({ length: 10 }, () => Effect.either(SnapshotFile.lock(path))), {
          concurrency: "unbounded"
        })
      )
      expect(all.filter(Either.isRight).length).toBe(1)
      expect(besides(path)).toEqual([])
    }))

  it.effect("fails if its directory does not exist", () =>
    Effect.gen(function*() {
      const { message } = yield* Effect.flip(Effect.scoped(SnapshotFile.lock(join(fresh(), "none/snapshot.json"))))
      expect(message).toContain("it cannot be locked: there is no such directory")
    }))
})

describe("load", () => {
  it.effect.each<[string, (text: string) => string | Uint8Array, string]>([
    ["is empty", () => "", "line 1, column 1: not valid JSON: value expected"],
    [
      "was cut off",
      (text) => text.slice(0, text.indexOf("\"canary\"") + 4),
      "line 38, column 18: workspaceSecrets[0].spec.value: not valid JSON: unexpected end of string"
    ],
    [
      "is of another version",
      (text) => text.replace("\"version\": 1", "\"version\": 2"),
      "line 2, column 14: version: Expected 1, the version of the format that this server writes"
    ],
    [
      "lacks something",
      (text) => text.replace("\"workspaceAlias\": \"development\",", ""),
      "line 1, column 1: workspaceAlias: Required, and missing"
    ],
    [
      "has a value in the wrong place",
      (text) => text.replace("\"createdAt\": \"2019-12-27T18:11:19.117Z\"", "\"createdAt\": \"canary\""),
      "line 28, column 22: workspaceSecrets[0].metadata.createdAt: Expected a timestamp such as"
      + " 2019-12-27T18:11:19.117Z (RFC 3339, UTC, 0 to 9 fractional digits)"
    ],
    [
      "does not fit together",
      (text) =>
        text.replace(
          "\"accountId\": \"accountId\",\n  \"workspaceId\"",
          "\"accountId\": \"canary\",\n  \"workspaceId\""
        ),
      "line 9, column 20: profile.metadata.accountId: is not the accountId of the seed"
    ],
    ["is no text", (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff])]), "it is not text in UTF-8"]
  ])(
    "rejects a file that %s, says where, quotes nothing, and leaves it unchanged",
    ([_, change, expected]) =>
      Effect.gen(function*() {
        const path = fresh()
        const bytes = Buffer.from(change(yield* text))
        writeFileSync(path, bytes)
        const error = yield* Effect.flip(SnapshotFile.load(path))
        expect(error.problems[0]).toBe(expected)
        expect(error.message.split("\n")[0]).toBe(`snapshot file ${path}: ${expected}`)
        for (const printed of [String(error), JSON.stringify(error), inspect(error), Cause.pretty(Cause.fail(error))]) {
          expect(printed.split(expected)).toHaveLength(2)
        }
        expect(yield* leakingAnywhere([error], "canary")).toEqual([])
        expect(readFileSync(path).equals(bytes)).toBe(true)
        expect(besides(path)).toEqual(["snapshot.json"])
      })
  )

  it.effect("fails where no file can be saved", () =>
    Effect.gen(function*() {
      const path = fresh()
      expect(yield* problems(join(path, "..", "none", "snapshot.json"))).toEqual([
        "nothing can be saved to it: there is no such directory"
      ])
      writeFileSync(path, "")
      expect(yield* problems(join(path, "snapshot.json"))).toEqual([
        "nothing can be saved to it: a part of the path is not a directory"
      ])
      expect(yield* problems(join(path, ".."))).toEqual(["it is a directory"])
      expect(yield* problems("/dev/null")).toEqual(["it is not a file"])
    }))
})

describe("save", () => {
  it.effect("leaves nothing behind when it fails", () =>
    Effect.gen(function*() {
      const path = fresh()
      mkdirSync(path)
      const saved = yield* snapshot
      const error = yield* Effect.flip(SnapshotFile.save(path, saved))
      expect(error.message).toBe(`snapshot file ${path}: it cannot be saved: it is a directory`)
      expect(besides(path)).toEqual(["snapshot.json"])
      rmSync(join(path, ".."), { recursive: true })
      expect((yield* Effect.flip(SnapshotFile.save(path, saved))).problems).toEqual([
        "it cannot be saved: there is no such directory"
      ])
      expect(existsSync(join(path, ".."))).toBe(false)
    }))
})

describe("a server with a snapshot", () => {
  it("continues with its data, clock and ids, and a reset restores its seed", async () => {
    const clock = { type: "stepping", at: "2026-01-01T00:00:00.000Z", stepMillis: 1000 } as const
    const create = async ({ apiKey, fetch, url }: MockServer.RunningServer) => {
      const response = await fetch(`${url}/v1/workspace_secrets`, {
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ metadata: { name: "db-password" }, spec: { value: "hunter2" } })
      })
      return [response.headers.get("date"), response.headers.get("x-request-id"), await response.text()]
    }
    const path = fresh()
    const seed = Either.getOrThrow(Seed.parse(example))
    await using one = await MockServer.startInProcess({ clock, randomSeed: 1, seed })
    await create(one)
    const held = await one.control.snapshot()
    await Effect.runPromise(SnapshotFile.save(path, held))
    const next = await create(one)

    const snapshot = Option.getOrThrow(await Effect.runPromise(SnapshotFile.load(path)))
    await using two = await MockServer.startInProcess({ randomSeed: 1, snapshot })
    expect([two.workspaceId, encode(await two.control.snapshot())]).toEqual([one.workspaceId, encode(held)])
    expect(await create(two)).toEqual(next)
    await two.control.reset()
    expect((await two.control.snapshot()).workspaceSecrets).toEqual([])

    await expect(MockServer.startInProcess({
      snapshot: {
        ...snapshot,
        workspaceSecrets: [
          ...snapshot.workspaceSecrets,
          ...snapshot.workspaceSecrets
        ]
      }
    })).rejects.toMatchObject({ _tag: "SeedError" })
  })
})
