/**
 * Snapshots as files: what a tenant holds, kept from one run of a server to the next.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { randomBytes } from "node:crypto"
import { constants } from "node:fs"
import * as Fs from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { reader } from "./internal/jsonText.js"
import { violations } from "./Seed.js"
import { Snapshot } from "./Snapshot.js"

/**
 * A file that no snapshot can be read from, or saved to: one line for each thing that is wrong, of the first 20, those in the text with line,
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
    // They are its message already: seen as a property, too, they would be printed twice.
    Object.defineProperty(this, "problems", { enumerable: false })
  }

  override get message(): string {
    return this.problems.map((problem) => `snapshot file ${this.path}: ${problem}`).join("\n")
  }
}

const read = reader(Snapshot, violations)

const encode = Schema.encodeSync(Snapshot)

/** What is wrong, for a person to read. */
class Refusal extends Data.Error<{ readonly what: string }> {}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk's quota is used up",
  EFBIG: "it would be larger than a file may be",
  EISDIR: "it is a directory",
  ENOENT: "there is no such directory",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is no directory",
  EPERM: "it is not permitted",
  EROFS: "the disk is read-only"
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown"

const attempt = <A>(path: string, what: string, run: () => Promise<A>): Effect.Effect<A, SnapshotFileError> =>
  Effect.tryPromise({
    try: run,
    catch: (error) => {
      const code = codeOf(error)
      const problem = error instanceof Refusal ? error.what : `${what}: ${reasons[code] ?? code}`
      return new SnapshotFileError({ path, problems: [problem] })
    }
  })

/** Nothing where there is no such file. */
const unlessMissing = <A>(promise: Promise<A>): Promise<A | undefined> =>
  promise.catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") {
      return undefined
    }
    throw error
  })

/** The file that a path leads to: a link is to stay one. */
const targetOf = async (path: string): Promise<string> => await unlessMissing(Fs.realpath(path)) ?? path

const temporaryOf = (file: string): string =>
  join(dirname(file), `.${basename(file)}.${randomBytes(8).toString("hex")}.tmp`)

const isTemporaryOf = (file: string, name: string): boolean =>
  name.startsWith(`.${basename(file)}.`) && /^\.[0-9a-f]{16}\.tmp$/.test(name.slice(basename(file).length + 1))

/** After how long a temporary file is nobody's: saving takes far less. */
const ABANDONED_MILLIS = 60_000

/** Takes away what processes left behind that were killed while they saved: it has values in it. */
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

const decodeText = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal({ what: "it is not text in UTF-8" })
  }
}

/**
 * Reads a snapshot from a file: nothing where there is no such file yet. Fails where the file is no snapshot, and leaves it as it is; and
 * where none could be saved there, since the end of a run is a bad time to find out.
 *
 * @since 0.1.0
 * @category running
 */
export const load = (path: string): Effect.Effect<Option.Option<Snapshot>, SnapshotFileError> =>
  Effect.gen(function*() {
    const file = yield* attempt(path, "nothing can be saved to it", async () => {
      const file = await targetOf(path)
      await Fs.access(dirname(file), constants.W_OK | constants.X_OK)
      const stat = await unlessMissing(Fs.stat(file))
      if (stat !== undefined && !stat.isFile()) {
        throw new Refusal({ what: stat.isDirectory() ? "it is a directory" : "it is not a file" })
      }
      await clean(file)
      return stat === undefined ? undefined : file
    })
    if (file === undefined) {
      return Option.none()
    }
    const text = yield* attempt(path, "it cannot be read", async () => decodeText(await Fs.readFile(file)))
    const snapshot = Either.mapLeft(read(text), (problems) => new SnapshotFileError({ path, problems }))
    return Option.some(yield* snapshot)
  })

/** Makes sure that what a directory lists outlasts a loss of power. Windows opens no directories, and some file systems sync none. */
const syncDirectory = async (directory: string): Promise<void> => {
  if (process.platform === "win32") {
    return
  }
  const handle = await Fs.open(directory, "r")
  try {
    await handle.sync()
  } catch (error) {
    if (codeOf(error) !== "EINVAL" && codeOf(error) !== "ENOTSUP") {
      throw error
    }
  } finally {
    await handle.close()
  }
}

const write = async (file: string, text: string): Promise<void> => {
  const handle = await Fs.open(file, "wx", 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Saves a snapshot to a file, whole or not at all: into a temporary one beside it, which is on the disk before it takes the file's place.
 * The file can be read by its owner alone, since it has the values of the secrets in it.
 *
 * @since 0.1.0
 * @category running
 */
export const save = (path: string, snapshot: Snapshot): Effect.Effect<void, SnapshotFileError> =>
  attempt(path, "it cannot be saved", async () => {
    const text = `${JSON.stringify(encode(snapshot), null, 2)}\n`
    const file = await targetOf(path)
    const other = temporaryOf(file)
    try {
      await write(other, text)
      await Fs.rename(other, file)
    } catch (error) {
      await Fs.rm(other, { force: true })
      throw error
    }
    await syncDirectory(dirname(file))
    await clean(file)
  }).pipe(Effect.uninterruptible)
