/**
 * A log on disk: a line with its format, followed by records with checksums. A unit is one or more records, and is read completely or not
 * at all.
 */
import { randomBytes } from "node:crypto"
import { constants } from "node:fs"
import * as Fs from "node:fs/promises"
import { dirname } from "node:path"
import { crc32 } from "node:zlib"
import type { Cipher, DataKey } from "./DataKey.js"
import { saltSize, sealSize } from "./DataKey.js"
import { Refusal, syncDirectory } from "./Disk.js"

/** The version of the format. */
const FORMAT = 1

const TITLE = "workspace-secrets-mock worlds"

/** The maximum size of the first line, in bytes. */
const MAX_LINE = 256

/**
 * The size of a record's head, in bytes. It has six numbers of 32 bits: the size of the content, the number of the record, the number of
 * changes in its unit, whether more records of the unit follow, the checksum of the content, and the checksum of the five numbers before.
 */
const HEAD = 24

/** The maximum length of a record's content, in characters, unless one line is longer; and the size of a read, in bytes. */
const PIECE = 1024 * 1024

/** The block size of disks, in bytes. Blocks that were not written are zero. */
const BLOCK = 512

const hex = (checksum: number): string => checksum.toString(16).padStart(8, "0")

const firstLine = (protection: string): string => {
  const text = `${TITLE}, format ${FORMAT}, ${protection}, `
  return `${text}${hex(crc32(text))}\n`
}

const linePattern =
  /^(workspace-secrets-mock worlds, format \d+, (?:plain|aes-256-gcm ([0-9a-f]{32}) ([0-9a-f]{32})), )([0-9a-f]{8})$/

/** The end of a log. */
export interface End {
  /** The offset of the next record. */
  readonly length: number
  /** The number of the next record. */
  readonly next: number
  /** The number of changes in an incomplete unit. */
  readonly dropped: number
}

/** Reads a file in order. */
class Reader {
  readonly #handle: Fs.FileHandle
  #piece = Buffer.alloc(0)
  #start = 0

  constructor(handle: Fs.FileHandle) {
    this.#handle = handle
  }

  /** Reads bytes at an offset; fewer at the end of the file. */
  async read(at: number, size: number): Promise<Buffer> {
    if (at < this.#start || at + size > this.#start + this.#piece.length) {
      const piece = Buffer.allocUnsafe(Math.max(size, PIECE))
      let filled = 0
      while (filled < size) {
        const { bytesRead } = await this.#handle.read(piece, filled, piece.length - filled, at + filled)
        if (bytesRead === 0) {
          break
        }
        filled += bytesRead
      }
      this.#start = at
      this.#piece = piece.subarray(0, filled)
    }
    return this.#piece.subarray(at - this.#start, at - this.#start + size)
  }
}

/** The first line of a log, and the cipher of its records. */
interface First {
  readonly line: Buffer
  readonly cipher: Cipher | undefined
}

const openFirstLine = (bytes: Buffer, key: DataKey | undefined): First => {
  const line = bytes.subarray(0, bytes.indexOf("\n") + 1)
  const text = line.toString("latin1").trimEnd()
  const format = /^workspace-secrets-mock worlds, format (\d{1,6}),/.exec(text)?.[1]
  if (format !== undefined && Number(format) > FORMAT) {
    throw new Refusal({
      what: `it has format ${format}, of a newer version of this server; this one reads format ${FORMAT}`
    })
  }
  const [, checked = "", salt, check, checksum] = linePattern.exec(text) ?? []
  if (checksum !== hex(crc32(checked))) {
    throw new Refusal({ what: "it is damaged at byte 0: its first line is not that of a log" })
  }
  if (salt === undefined) {
    if (key !== undefined) {
      throw new Refusal({ what: "it is not encrypted; start without a data key, or with another directory" })
    }
    return { line, cipher: undefined }
  }
  if (key === undefined) {
    throw new Refusal({ what: "it is encrypted; give its data key" })
  }
  const cipher = key.cipher(Buffer.from(salt, "hex"))
  if (cipher.check !== check) {
    throw new Refusal({ what: "it is encrypted with another data key" })
  }
  return { line, cipher }
}

/**
 * A log that is open for writing. An append is atomic: after a failure, the log is unchanged.
 */
export class Log {
  #path: string
  readonly #handle: Fs.FileHandle
  readonly #first: First
  #length: number
  #next: number
  /** Whether the file may have bytes after the last complete unit. */
  #isTorn = false
  /** Whether its directory entry is not synced yet. */
  #isNew = true

  private constructor(
    path: string,
    handle: Fs.FileHandle,
    first: First,
    { length, next }: Pick<End, "length" | "next">
  ) {
    this.#path = path
    this.#handle = handle
    this.#first = first
    this.#length = length
    this.#next = next
  }

  /** Creates a log. It is synced with the first unit. */
  static async create(path: string, key: DataKey | undefined): Promise<Log> {
    const salt = randomBytes(saltSize)
    const cipher = key?.cipher(salt)
    const line = Buffer.from(
      firstLine(cipher === undefined ? "plain" : `aes-256-gcm ${salt.toString("hex")} ${cipher.check}`)
    )
    const handle = await Fs.open(path, "wx", 0o600)
    try {
      await handle.writeFile(line)
    } catch (error) {
      await handle.close()
      throw error
    }
    return new Log(path, handle, { line, cipher }, { length: line.length, next: 0 })
  }

  /**
   * Reads a log, unit by unit. An incomplete unit at the end is dropped with the next write. Throws a `Refusal` if a record is damaged, and
   * changes nothing.
   */
  static async open(
    path: string,
    key: DataKey | undefined,
    onUnit: (lines: ReadonlyArray<string>) => void
  ): Promise<{ readonly log: Log; readonly dropped: number }> {
    const handle = await Fs.open(path, constants.O_RDWR | constants.O_NOFOLLOW)
    try {
      const { size } = await handle.stat()
      const reader = new Reader(handle)
      const first = openFirstLine(await reader.read(0, MAX_LINE), key)
      const end = await readUnits(reader, size, first, onUnit)
      const log = new Log(path, handle, first, end)
      log.#isTorn = end.length < size
      log.#isNew = false
      return { log, dropped: end.dropped }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  get path(): string {
    return this.#path
  }

  /** Its size in bytes. */
  get length(): number {
    return this.#length
  }

  /** Encodes lines as the records of a unit. With `isWhole` false, a large unit is split into several. */
  *encode(lines: Iterable<string>, changes: number, isWhole = true): Generator<Buffer> {
    let number = this.#next
    let text = ""
    for (const line of lines) {
      if (text.length > 0 && text.length + line.length > PIECE) {
        yield this.#record(text, number++, changes, isWhole)
        text = ""
      }
      text += `${line}\n`
    }
    yield this.#record(text, number, changes, false)
  }

  #record(text: string, number: number, changes: number, isMore: boolean): Buffer {
    const { cipher, line } = this.#first
    const plain = Buffer.from(text)
    const head = Buffer.allocUnsafe(HEAD)
    head.writeUInt32LE(plain.length + (cipher === undefined ? 0 : sealSize), 0)
    head.writeUInt32LE(number, 4)
    head.writeUInt32LE(changes, 8)
    head.writeUInt32LE(isMore ? 1 : 0, 12)
    const content = cipher?.seal(plain, contextOf(line, head)) ?? plain
    head.writeUInt32LE(crc32(content), 16)
    head.writeUInt32LE(crc32(head.subarray(0, 20)), 20)
    return Buffer.concat([head, content])
  }

  /** Writes records, and waits until they are on disk. After a failure, the log is unchanged. */
  async append(records: Iterable<Buffer>): Promise<void> {
    await this.mend()
    let length = this.#length
    let count = 0
    try {
      for (const record of records) {
        for (let written = 0; written < record.length;) {
          const { bytesWritten } = await this.#handle.write(record, written, record.length - written, length + written)
          written += bytesWritten
        }
        length += record.length
        count++
      }
      await this.#handle.datasync()
    } catch (error) {
      this.#isTorn = true
      // If this fails, it is tried again before the next unit is written.
      await this.mend().catch(() => undefined)
      throw error
    }
    this.#length = length
    this.#next += count
  }

  /** Removes bytes after the last complete unit, and syncs the directory entry. */
  async mend(): Promise<void> {
    if (this.#isTorn) {
      await this.#handle.truncate(this.#length)
      await this.#handle.datasync()
      this.#isTorn = false
    }
    if (this.#isNew) {
      await syncDirectory(dirname(this.#path))
      this.#isNew = false
    }
  }

  /** Renames the file after all of it is on disk. */
  async rename(path: string): Promise<void> {
    await this.#handle.sync()
    await Fs.rename(this.#path, path)
    this.#path = path
    this.#isNew = true
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

/** What an encrypted record is bound to: its file and its place. */
const contextOf = (line: Buffer, head: Buffer): Buffer => Buffer.concat([line, head.subarray(0, 16)])

const readUnits = async (
  reader: Reader,
  size: number,
  { cipher, line }: First,
  onUnit: (lines: ReadonlyArray<string>) => void
): Promise<End> => {
  let [at, number] = [line.length, 0]
  let unit = { at, number, changes: 1, lines: [] as Array<string> }
  const damaged = (what: string) => new Refusal({ what: `record ${number + 1}, at byte ${at}, is damaged: ${what}` })
  /** Whether the file ends with a block that the disk allocated but did not write. */
  const isUnwritten = async () => {
    const block = Math.floor((size - 1) / BLOCK) * BLOCK
    return block >= at && (await reader.read(block, size - block)).every((byte) => byte === 0)
  }
  const unfinished = (changes: number): End => ({ length: unit.at, next: unit.number, dropped: Math.max(1, changes) })
  while (at < size) {
    const head = Buffer.from(await reader.read(at, HEAD))
    if (head.length < HEAD) {
      return unfinished(unit.lines.length > 0 ? unit.changes : 1)
    }
    if (crc32(head.subarray(0, 20)) !== head.readUInt32LE(20)) {
      if (await isUnwritten()) {
        return unfinished(unit.lines.length > 0 ? unit.changes : 1)
      }
      throw damaged("the checksum of its head is wrong")
    }
    if (head.readUInt32LE(4) !== number) {
      throw damaged(`it has the number of record ${head.readUInt32LE(4) + 1}`)
    }
    const length = head.readUInt32LE(0)
    const changes = head.readUInt32LE(8)
    const content = await reader.read(at + HEAD, length)
    if (content.length < length) {
      return unfinished(changes)
    }
    if (crc32(content) !== head.readUInt32LE(16)) {
      if (await isUnwritten()) {
        return unfinished(changes)
      }
      throw damaged("the checksum of its content is wrong")
    }
    const text = cipher === undefined ? content : cipher.open(content, contextOf(line, head))
    if (text === undefined) {
      throw damaged("it cannot be decrypted")
    }
    unit.lines.push(...text.toString("utf8").split("\n").slice(0, -1))
    unit = { ...unit, changes }
    at += HEAD + length
    number++
    if (head.readUInt32LE(12) === 0) {
      const { lines } = unit
      try {
        onUnit(lines)
      } catch (error) {
        throw error instanceof Refusal
          ? new Refusal({ what: `record ${number}, which ends at byte ${at}, cannot be read: ${error.what}` })
          : error
      }
      unit = { at, number, changes: 1, lines: [] }
    }
  }
  return unit.lines.length > 0 ? unfinished(unit.changes) : { length: at, next: number, dropped: 0 }
}
