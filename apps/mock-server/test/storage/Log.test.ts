import { describe, expect, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DataKey } from "../../src/storage/DataKey.js"
import { Refusal } from "../../src/storage/Disk.js"
import { Log } from "../../src/storage/Log.js"
import { scratch } from "../bin/command.js"

const { directory } = scratch()

const fresh = (): string => join(mkdtempSync(join(directory, "log-")), "worlds-1.log")

const key = new DataKey(Buffer.alloc(32, 7))

/** Reads the units of a log, and the number of dropped changes. */
const read = async (path: string, dataKey?: DataKey) => {
  const units: Array<ReadonlyArray<string>> = []
  const { dropped, log } = await Log.open(path, dataKey, (lines) => units.push(lines))
  return { units, dropped, log }
}

const problem = async (path: string, dataKey?: DataKey): Promise<string> => {
  const error = await read(path, dataKey).catch((error: unknown) => error)
  return error instanceof Refusal ? error.what : "it was read"
}

const units = [["one", "two"], ["three"], ["four", "five \u{1f600}", "six"]]

/** Writes a log with these units. Returns the offset of the last. */
const written = async (dataKey?: DataKey, some: ReadonlyArray<ReadonlyArray<string>> = units) => {
  const path = fresh()
  const log = await Log.create(path, dataKey)
  let last = 0
  for (const unit of some) {
    last = log.length
    await log.append(log.encode(unit, unit.length))
  }
  await log.close()
  return { path, bytes: readFileSync(path), last }
}

describe.each([["plain", undefined], ["encrypted", key]])("a log that is %s", (_, dataKey) => {
  it("returns what was appended, and can be continued", async () => {
    const { path } = await written(dataKey)
    const one = await read(path, dataKey)
    expect([one.units, one.dropped, statSync(path).mode & 0o777]).toEqual([units, 0, 0o600])
    await one.log.append(one.log.encode(["seven"], 1))
    await one.log.close()
    const two = await read(path, dataKey)
    await two.log.close()
    expect(two.units).toEqual([...units, ["seven"]])
  })

  it("keeps a large unit whole, and reads it in pieces", async () => {
    const large = Array.from({ length: 40 }, (_, i) => String(i % 10).repeat(100_000))
    const { bytes, last, path } = await written(dataKey, [["one"], large])
    const whole = await read(path, dataKey)
    await whole.log.close()
    expect(whole.units).toEqual([["one"], large])
    for (const end of [last + 10, last + 2_000_000, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, end))
      const { dropped, log, units } = await read(path, dataKey)
      await log.close()
      expect([end, dropped, units]).toEqual([end, end === last + 10 ? 1 : 40, [["one"]]])
    }
  })

  it("drops a unit that ends early, at any byte, and counts its changes", async () => {
    const { bytes, last, path } = await written(dataKey)
    for (let end = last; end < bytes.length; end++) {
      writeFileSync(path, bytes.subarray(0, end))
      const { dropped, log, units: found } = await read(path, dataKey)
      expect([end, found, dropped]).toEqual([end, units.slice(0, 2), end === last ? 0 : end < last + 24 ? 1 : 3])
      await log.append(log.encode(["again"], 1))
      await log.close()
      const next = await read(path, dataKey)
      await next.log.close()
      expect([end, next.units, next.dropped]).toEqual([end, [...units.slice(0, 2), ["again"]], 0])
    }
  })

  it("is rejected and left unchanged if any byte was changed to any other", async () => {
    const { bytes, path } = await written(dataKey)
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [1 << at % 8, bytes[at] ?? 0].filter((change) => change !== 0)) {
        const damaged = Buffer.from(bytes)
        damaged[at] = (damaged[at] ?? 0) ^ change
        writeFileSync(path, damaged)
        expect([at, await problem(path, dataKey)]).toEqual([at, expect.stringMatching(/is damaged|newer version/)])
        expect(readFileSync(path).equals(damaged)).toBe(true)
      }
    }
  })

  it("is rejected if bytes in the middle are missing", async () => {
    const { bytes, path } = await written(dataKey)
    for (let at = 0; at < bytes.length - 1; at++) {
      writeFileSync(path, Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]))
      const { units: found } = await read(path, dataKey).then(
        async (result) => {
          await result.log.close()
          return result
        },
        () => ({ units: [] })
      )
      // A unit without its last byte counts as incomplete.
      expect([at, found]).toEqual([at, found.length === 0 ? [] : units.slice(0, 2)])
    }
  })

  it("treats zeros at the end as not written", async () => {
    const { bytes, last, path } = await written(dataKey)
    // The end of an encrypted record may be zero by chance.
    let end = bytes.length
    while (bytes[end - 1] === 0) {
      end--
    }
    for (const kept of [last, last + 5, last + 24, end - 1]) {
      writeFileSync(path, Buffer.concat([bytes.subarray(0, kept), Buffer.alloc(1024)]))
      const { dropped, log, units: found } = await read(path, dataKey)
      await log.close()
      expect([found, dropped > 0]).toEqual([units.slice(0, 2), true])
    }
  })
})

describe("a log with another key", () => {
  it("is rejected with one line that says so", async () => {
    const [plain, encrypted] = [await written(), await written(key)]
    expect(await problem(encrypted.path)).toBe("it is encrypted; give its data key")
    expect(await problem(encrypted.path, new DataKey(Buffer.alloc(32, 8)))).toBe(
      "it is encrypted with another data key"
    )
    expect(await problem(plain.path, key)).toBe(
      "it is not encrypted; start without a data key, or with another directory"
    )
  })
})

describe("a data key", () => {
  it("seals equal texts differently, and opens only its own", () => {
    const cipher = key.cipher(Buffer.alloc(16))
    const [text, context] = [Buffer.from("text"), Buffer.from("context")]
    const sealed = cipher.seal(text, context)
    expect(sealed.equals(cipher.seal(text, context))).toBe(false)
    expect(cipher.open(sealed, context)?.toString()).toBe("text")
    expect(cipher.open(sealed, Buffer.from("another"))).toBe(undefined)
    expect(key.cipher(Buffer.alloc(16, 1)).open(sealed, context)).toBe(undefined)
    expect(cipher.open(sealed.subarray(0, 20), context)).toBe(undefined)
    expect(JSON.stringify(key)).toBe("{}")
  })
})
