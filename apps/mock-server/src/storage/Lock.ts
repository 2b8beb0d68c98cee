/**
 * Reserves a file or a directory for one server, with a lock file beside it.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Fs from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { attempt, codeOf, Refusal, temporaryOf, unlessMissing } from "./Disk.js"

/** The holder of a lock: its process id, and its start if the system tells it, because process ids are reused. */
const Holder = Schema.parseJson(Schema.Struct({ pid: Schema.Int, started: Schema.String }))

type Holder = typeof Holder.Type

const decodeHolder = Schema.decodeOption(Holder)

/** The start of a process and the boot id of its machine; an empty string if the system does not tell them. */
const startOf = async (pid: number): Promise<string> => {
  try {
    const stat = await Fs.readFile(`/proc/${pid}/stat`, "utf8")
    const boot = await Fs.readFile("/proc/sys/kernel/random/boot_id", "utf8")
    return `${boot.trim()} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`
  } catch {
    return ""
  }
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === "EPERM"
  }
}

const isAlive = async ({ pid, started }: Holder): Promise<boolean> =>
  isRunning(pid) && (started === "" || await startOf(pid) === started)

const readHolder = async (file: string): Promise<Holder | undefined> => {
  const text = await unlessMissing(Fs.readFile(file, "utf8"))
  return text === undefined ? undefined : Option.getOrElse(decodeHolder(text), () => ({ pid: 0, started: "" }))
}

/** How often to try to take a free lock, while others try as well. */
const ATTEMPTS = 100

/**
 * Milliseconds until a new lock counts. Another process may have read the old lock and remove the new one by mistake. It puts it back,
 * unless a third process has made a lock meanwhile, which then counts.
 */
const SETTLE = 25

const isSameFile = async (own: string, file: string): Promise<boolean> => {
  const [mine, found] = await Promise.all([Fs.stat(own), unlessMissing(Fs.stat(file))])
  return found?.ino === mine.ino
}

const acquire = async (path: string): Promise<string> => {
  const file = join(dirname(path), `.${basename(path)}.lock`)
  const own = temporaryOf(path)
  const text = JSON.stringify({ pid: process.pid, started: await startOf(process.pid) })
  await Fs.writeFile(own, text, { flag: "wx", mode: 0o600 })
  try {
    for (let i = 0; i < ATTEMPTS; i++) {
      try {
        // Creating a link is atomic, and fails if the lock exists.
        await Fs.link(own, file)
        await sleep(SETTLE)
        if (await isSameFile(own, file)) {
          return file
        }
        continue
      } catch (error) {
        if (codeOf(error) !== "EEXIST") {
          throw error
        }
      }
      const holder = await readHolder(file)
      if (holder !== undefined && holder.pid > 0 && await isAlive(holder)) {
        throw new Refusal({ what: `another server uses it, process ${holder.pid}` })
      }
      await takeAway(path, file)
    }
    throw new Refusal({ what: "another server is about to use it" })
  } finally {
    await Fs.rm(own, { force: true })
  }
}

/** Removes a free lock. If another process has already taken it, puts its lock back. */
const takeAway = async (path: string, file: string): Promise<void> => {
  const aside = temporaryOf(path)
  await unlessMissing(Fs.rename(file, aside))
  const holder = await readHolder(aside)
  if (holder !== undefined && holder.pid > 0 && await isAlive(holder)) {
    await Fs.link(aside, file).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") {
        throw error
      }
    })
  }
  await Fs.rm(aside, { force: true })
}

/**
 * Locks a file until the scope closes, with a lock file beside it. Fails with the process id if another process has the lock. The lock of a
 * process that has ended is taken over.
 */
export const lock = (path: string): Effect.Effect<void, Refusal, Scope.Scope> =>
  Effect.asVoid(Effect.acquireRelease(
    attempt("it cannot be locked", () => acquire(path)),
    (file) => Effect.promise(() => Fs.rm(file, { force: true }))
  ))
