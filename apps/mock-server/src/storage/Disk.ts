/**
 * Shared functions for the server's files: messages of errors, temporary names, and syncing of directories.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs/promises"
import { basename, dirname, join } from "node:path"

/** A failure, with a message for people. */
export class Refusal extends Data.TaggedError("Refusal")<{ readonly what: string }> {}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "it is a mount point, so it cannot be replaced; mount its directory instead",
  EDQUOT: "the disk's quota is used up",
  EFBIG: "it would be larger than a file may be",
  EIO: "the disk does not work",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link; give the file that it leads to",
  ENOENT: "there is no such directory",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is not a directory",
  EPERM: "it is not permitted",
  EROFS: "the disk is read-only"
}

/** The code of a Node error. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown"

/** The message for the code of a Node error. */
export const reasonOf = (code: string): string => reasons[code] ?? code

/** Runs an operation on disk. `what` begins the message of its failure. */
export const attempt = <A>(what: string, run: () => Promise<A>): Effect.Effect<A, Refusal> =>
  Effect.tryPromise({
    try: run,
    catch: (error) => error instanceof Refusal ? error : new Refusal({ what: `${what}: ${reasonOf(codeOf(error))}` })
  })

/** `undefined` if the file does not exist. */
export const unlessMissing = <A>(promise: Promise<A>): Promise<A | undefined> =>
  promise.catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") {
      return undefined
    }
    throw error
  })

/** An unused path beside a file. */
export const temporaryOf = (file: string): string =>
  join(dirname(file), `.${basename(file)}.${randomBytes(8).toString("hex")}.tmp`)

/** Whether a name is one of `temporaryOf`. */
export const isTemporaryOf = (file: string, name: string): boolean =>
  name.startsWith(`.${basename(file)}.`) && /^\.[0-9a-f]{16}\.tmp$/.test(name.slice(basename(file).length + 1))

/** Syncs the entries of a directory, so that they survive a loss of power. Windows and some file systems do not support it. */
export const syncDirectory = async (directory: string): Promise<void> => {
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
