/**
 * Snapshot files: they keep the state of a tenant from one run of a server to the next.
 *
 * @since 0.1.0
 */
import { codec } from "@workspace-secrets/core/Codec"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { constants } from "node:fs"
import * as Fs from "node:fs/promises"
import { dirname, join } from "node:path"
import { reader } from "../input/JsonText.js"
import { few } from "../input/Problems.js"
import { violations } from "../world/Seed.js"
import { Snapshot } from "../world/Snapshot.js"
import {
  attempt as attemptOn,
  isTemporaryOf,
  reasonOf,
  Refusal,
  syncDirectory,
  temporaryOf,
  unlessMissing
} from "./Disk.js"
import { lock as lockFile } from "./Lock.js"

/**
 * A snapshot file cannot be read or written. The message has a line for each of the first 20 problems; problems in the text have line,
 * column and field. None quotes a value.
 *
 * @since 0.1.0
 * @category errors
 */
export class SnapshotFileError extends Data.TaggedError("SnapshotFileError")<{
  readonly path: string
  readonly problems: ReadonlyArray<string>
}> {
  constructor(args: { readonly path: string; readonly problems: ReadonlyArray<string> }) {
    super(args)
    // Not enumerable, because the message has the problems already: they would be printed twice.
    Object.defineProperty(this, "problems", { enumerable: false })
  }

  override get message(): string {
    return this.problems.map((problem) => `snapshot file ${this.path}: ${problem}`).join("\n")
  }
}

const read = reader(Snapshot, violations)
const readFrame = reader(Snapshot, () => [])
const readSecret = reader(WorkspaceSecret, () => [])

const encode = Schema.encodeSync(Snapshot)
const secretCodec = codec(WorkspaceSecret)

/** The size of a read or a write, in bytes or characters. */
const PIECE = 1024 * 1024

/** Files of this size or larger are read in pieces. In bytes: half of the longest string. */
const LARGE = 256 * 1024 * 1024

const refused = (path: string) => ({ what }: Refusal) => new SnapshotFileError({ path, problems: [what] })

const attempt = <A>(path: string, what: string, run: () => Promise<A>): Effect.Effect<A, SnapshotFileError> =>
  Effect.mapError(attemptOn(what, run), refused(path))

/** Temporary files that are older are left over from a killed process. Saving takes far less. */
const ABANDONED_MILLIS = 60_000

/** Removes temporary files of processes that were killed while they saved: they contain values. */
const clean = async (file: string): Promise<void> => {
  const directory = dirname(file)
  for (const name of await Fs.readdir(directory)) {
    if (isTemporaryOf(file, name)) {
      const other = join(directory, name)
      const stat = await unlessMissing(Fs.stat(other))
      if (stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_MILLIS) {
        await Fs.rm(other, { force: true })
      }
    }
  }
}

const noText = () => new Refusal({ what: "it is not text in UTF-8" })

/** The lines of a file. Throws a `RangeError` for a line that is longer than the longest string. */
async function* linesOf(handle: Fs.FileHandle): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  let rest = ""
  for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: PIECE })) {
    const [first = "", ...more] = decoder.decode(chunk as Buffer, { stream: true }).split("\n")
    rest += first
    for (const line of more) {
      yield rest
      rest = line
    }
  }
  yield rest + decoder.decode()
}

const FIRST = "  \"workspaceSecrets\": ["
const LAST = /^ {2}\],?$/
const END = /^ {4}\},?$/

/** Reads a file that is too large for one string, in the layout of `save`: the secrets one by one, then the rest. */
const readLarge = async (handle: Fs.FileHandle): Promise<Either.Either<Snapshot, ReadonlyArray<string>>> => {
  const secrets: Array<WorkspaceSecret> = []
  const frame: Array<string> = []
  let item: Array<string> = []
  let isInside = false
  try {
    for await (const line of linesOf(handle)) {
      if (!isInside) {
        isInside = line === FIRST
        frame.push(line)
      } else if (LAST.test(line)) {
        isInside = false
        frame.push(line)
      } else {
        item.push(line)
        if (END.test(line)) {
          const secret = readSecret(item.join("\n").replace(/,$/, ""))
          if (Either.isLeft(secret)) {
            return Either.left([`workspaceSecrets[${secrets.length}]: ${secret.left[0] ?? "not a secret"}`])
          }
          secrets.push(secret.right)
          item = []
        }
      }
    }
  } catch (error) {
    if (error instanceof RangeError) {
      throw new Refusal({ what: "it is too large to read, because its layout is not the one that this server writes" })
    }
    throw error instanceof TypeError ? noText() : error
  }
  return Either.flatMap(readFrame(frame.join("\n")), (snapshot) => {
    const whole = { ...snapshot, workspaceSecrets: [...snapshot.workspaceSecrets, ...secrets] }
    const problems = few(violations(whole), FieldViolation.format)
    return problems.length === 0 ? Either.right(whole) : Either.left(problems)
  })
}

const readWhole = async (handle: Fs.FileHandle): Promise<Either.Either<Snapshot, ReadonlyArray<string>>> => {
  const bytes = await handle.readFile()
  let text
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw noText()
  }
  return read(text)
}

/** Opens the file, but no symbolic link: that fails with ELOOP. */
const openFile = (path: string): Promise<Fs.FileHandle> => Fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW)

/** Tries to save: replaces the file by a copy of itself, or creates and removes a temporary file. */
const rehearse = async (path: string, handle: Fs.FileHandle | undefined): Promise<void> => {
  const other = temporaryOf(path)
  const target = handle === undefined ? temporaryOf(path) : path
  try {
    const copy = await Fs.open(other, "wx", 0o600)
    try {
      if (handle !== undefined) {
        for await (const chunk of handle.createReadStream({ autoClose: false, start: 0, highWaterMark: PIECE })) {
          await copy.writeFile(chunk as Buffer)
        }
        await copy.chmod((await handle.stat()).mode & 0o777)
        await copy.sync()
      }
    } finally {
      await copy.close()
    }
    await Fs.rename(other, target)
  } finally {
    for (const left of handle === undefined ? [other, target] : [other]) {
      await Fs.rm(left, { force: true })
    }
  }
}

/**
 * Reads a snapshot file. `None` if the file does not exist. Fails, and leaves the file unchanged, if it is not a valid snapshot or is a
 * symbolic link. It also tries to save, and fails if that is impossible: finding out when the server stops would be too late.
 *
 * @since 0.1.0
 * @category running
 */
export const load = (
  path: string,
  { largeFrom = LARGE }: { readonly largeFrom?: number } = {}
): Effect.Effect<Option.Option<Snapshot>, SnapshotFileError> =>
  Effect.acquireUseRelease(
    attempt(path, "nothing can be saved to it", async () => {
      const stat = await unlessMissing(Fs.lstat(path))
      await Fs.access(dirname(path), constants.W_OK | constants.X_OK)
      if (stat?.isSymbolicLink() === true) {
        throw new Refusal({ what: reasonOf("ELOOP") })
      }
      if (stat !== undefined && !stat.isFile()) {
        throw new Refusal({ what: stat.isDirectory() ? "it is a directory" : "it is not a file" })
      }
      await clean(path)
    }).pipe(Effect.zipRight(attempt(path, "it cannot be read", () => unlessMissing(openFile(path))))),
    (handle) =>
      Effect.gen(function*() {
        const rehearsal = attempt(path, "nothing can be saved to it", () => rehearse(path, handle))
        if (handle === undefined) {
          yield* rehearsal
          return Option.none()
        }
        const result = yield* attempt(path, "it cannot be read", async () => {
          const { size } = await handle.stat()
          return size < largeFrom ? await readWhole(handle) : await readLarge(handle)
        })
        const snapshot = yield* Either.mapLeft(result, (problems) => new SnapshotFileError({ path, problems }))
        yield* rehearsal
        return Option.some(snapshot)
      }),
    (handle) => Effect.promise(async () => await handle?.close())
  )

/** The text of a snapshot, one piece per secret, because the whole may be longer than the longest string. */
function* textOf({ workspaceSecrets, ...rest }: Snapshot): Generator<string> {
  const frame = JSON.stringify(encode({ ...rest, workspaceSecrets: [] }), null, 2)
  if (workspaceSecrets.length === 0) {
    yield `${frame}\n`
    return
  }
  const place = frame.indexOf(`${FIRST}]`) + FIRST.length
  yield frame.slice(0, place)
  for (const [i, secret] of workspaceSecrets.entries()) {
    // Safe, because JSON strings contain no raw line breaks.
    yield `${i === 0 ? "" : ","}\n    ${
      JSON.stringify(Either.getOrThrow(secretCodec.encode(secret)), null, 2).replaceAll("\n", "\n    ")
    }`
  }
  yield `\n  ${frame.slice(place)}\n`
}

const write = async (file: string, pieces: Iterable<string>): Promise<void> => {
  const handle = await Fs.open(file, "wx", 0o600)
  try {
    let text = ""
    for (const piece of pieces) {
      text += piece
      if (text.length >= PIECE) {
        await handle.writeFile(text)
        text = ""
      }
    }
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Saves a snapshot to a file atomically: it writes and syncs a temporary file, then renames it. Only the owner can read the file, because
 * it contains the values of the secrets. A symbolic link at this path is replaced, not followed.
 *
 * @since 0.1.0
 * @category running
 */
export const save = (path: string, snapshot: Snapshot): Effect.Effect<void, SnapshotFileError> =>
  attempt(path, "it cannot be saved", async () => {
    const other = temporaryOf(path)
    try {
      await write(other, textOf(snapshot))
      await Fs.rename(other, path)
    } catch (error) {
      await Fs.rm(other, { force: true })
      throw error
    }
    await syncDirectory(dirname(path))
    await clean(path)
  }).pipe(Effect.uninterruptible)

/**
 * Locks a snapshot file until the scope closes, with a lock file beside it. Fails with the process id if another process has the lock. The
 * lock of a process that has ended is taken over.
 *
 * @since 0.1.0
 * @category running
 */
export const lock = (path: string): Effect.Effect<void, SnapshotFileError, Scope.Scope> =>
  Effect.mapError(lockFile(path), refused(path))
