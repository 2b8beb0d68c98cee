/**
 * What all files of the server share: why the disk refuses, names for files that are not there yet, and what outlasts a loss of power.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs/promises"
import { basename, dirname, join } from "node:path"

/** What is wrong, for a person to read. */
export class Refusal extends Data.TaggedError("Refusal")<{ readonly what: string }> {}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "it is mounted by itself, so nothing can take its place; mount the directory that it is in",
  EDQUOT: "the disk's quota is used up",
  EFBIG: "it would be larger than a file may be",
  EIO: "the disk does not work",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link; give the file that it leads to",
  ENOENT: "there is no such directory",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is no directory",
  EPERM: "it is not permitted",
  EROFS: "the disk is read-only"
}

/** The code of Node's error. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown"

/** Why the disk refuses, by the code of Node's error. */
export const reasonOf = (code: string): string => reasons[code] ?? code

/** Runs what may fail for the disk; `what` is what cannot be done then. */
export const attempt = <A>(what: string, run: () => Promise<A>): Effect.Effect<A, Refusal> =>
  Effect.tryPromise({
    try: run,
    catch: (error) => error instanceof Refusal ? error : new Refusal({ what: `${what}: ${reasonOf(codeOf(error))}` })
  })

/** Nothing where there is no such file. */
export const unlessMissing = <A>(promise: Promise<A>): Promise<A | undefined> =>
  promise.catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") {
      return undefined
    }
    throw error
  })

/** A file beside another one that nobody has yet. */
export const temporaryOf = (file: string): string =>
  join(dirname(file), `.${basename(file)}.${randomBytes(8).toString("hex")}.tmp`)

/** Whether a name is one of `temporaryOf`. */
export const isTemporaryOf = (file: string, name: string): boolean =>
  name.startsWith(`.${basename(file)}.`) && /^\.[0-9a-f]{16}\.tmp$/.test(name.slice(basename(file).length + 1))

/** Makes sure that what a directory lists outlasts a loss of power. Windows opens no directories, and some file systems sync none. */
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
