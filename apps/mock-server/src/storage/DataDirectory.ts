/**
 * The data directory: every change of every tenant is written to a log before the response to the request is sent. A "world" is the stored
 * data of one tenant.
 */
import { Unavailable } from "@workspace-secrets/core/ApiError"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Fs from "node:fs/promises"
import { dirname, join } from "node:path"
import { setImmediate } from "node:timers/promises"
import type { Keeper, Registration, Standing, Tenant, Tenants } from "../world/Tenant.js"
import type { WorkspaceSecretStore } from "../world/WorkspaceSecretStore.js"
import { DataDirectoryError } from "./DataDirectoryError.js"
import type { DataKey } from "./DataKey.js"
import { readDataKey } from "./DataKey.js"
import { attempt, codeOf, isTemporaryOf, reasonOf, Refusal, syncDirectory, temporaryOf, unlessMissing } from "./Disk.js"
import { lock } from "./Lock.js"
import { Log } from "./Log.js"
import * as WorldRecord from "./WorldRecord.js"

/** A log is compacted when it is larger than this, in bytes, and has grown by this factor since it was started. */
const COMPACT_FROM = 16 * 1024 * 1024
const COMPACT_TIMES = 3

/** The base name of the lock and of temporary files. */
const NAME = "worlds"

const logPattern = /^worlds-(\d{1,15})\.log$/

const logName = (generation: number): string => `${NAME}-${generation}.log`

/** An open log, and the options of its directory. */
interface Opened {
  readonly directory: string
  readonly generation: number
  readonly key: DataKey | undefined
  readonly log: Log
  readonly compactFrom: number
  readonly warn: (message: string) => void
}

/**
 * What the last start loaded from its data directory.
 *
 * @since 0.1.0
 * @category models
 */
export interface Recovered {
  readonly worlds: number
  readonly secrets: number
  /** The number of incomplete changes, which were dropped. No request got a response for them. */
  readonly dropped: number
}

/** A change of one secret. */
interface SecretChange {
  readonly tenant: Tenant
  readonly store: WorkspaceSecretStore
  readonly before: WorkspaceSecret | undefined
  readonly after: WorkspaceSecret | undefined
}

/** A change of the set of worlds. */
type WorldChange =
  | { readonly type: "added" | "rekeyed"; readonly registration: Registration }
  | { readonly type: "removed"; readonly id: string }

/** Changes that are written together, and the effects that wait for it. */
class Batch {
  readonly touched = new Set<Tenant>()
  readonly worlds: Array<WorldChange> = []
  readonly secrets: Array<SecretChange> = []
  #waiting: Array<(end: Effect.Effect<void, Unavailable>) => void> = []
  #end: Effect.Effect<void, Unavailable> | undefined

  /** Waits until the batch is on disk. */
  readonly done: Effect.Effect<void, Unavailable> = Effect.async((resume) => {
    if (this.#end === undefined) {
      this.#waiting.push(resume)
    } else {
      resume(this.#end)
    }
  })

  end(end: Effect.Effect<void, Unavailable>): void {
    this.#end = end
    this.#waiting.forEach((resume) => resume(end))
    this.#waiting = []
  }
}

/** The content of a batch for the log. */
interface Collected {
  readonly lines: ReadonlyArray<WorldRecord.Lines>
  readonly changes: number
  readonly standings: ReadonlyMap<Tenant, Standing>
}

/** The compacted log that will replace the current one: all worlds at one moment, and the changes since then. */
interface Successor {
  log: Log | undefined
  isReady: boolean
  readonly since: Array<WorldRecord.Lines>
}

function* flat(lines: Iterable<WorldRecord.Lines>): Generator<string> {
  for (const some of lines) {
    yield* some
  }
}

const isCounting = ({ chance, clock, faults }: Standing): boolean =>
  clock.type !== "real" || clock.offsetMillis !== undefined || chance !== undefined || faults.rules.length > 0

/** Writes the changes of worlds to a log. Changes that come during a write are written together next. */
class Storage implements Keeper {
  readonly #directory: string
  readonly #key: DataKey | undefined
  readonly #compactFrom: number
  readonly #warn: (message: string) => void
  readonly #tenants: Tenants
  #log: Log
  #generation: number
  /** The size of the log in bytes when it was last compacted. */
  #needed: number
  #successor: Successor | undefined
  /** The state of each world on disk. */
  readonly #kept = new Map<Tenant, Standing>()
  #keptWorlds: ReadonlyArray<Registration> = []
  #next = new Batch()
  #current: Batch | undefined
  #running: Promise<void> | undefined
  #preparing: Promise<void> | undefined
  #isUndoing = false
  #isRefusing = false

  /** Continues with tenants that equal the log. */
  constructor(tenants: Tenants, { compactFrom, directory, generation, key, log, warn }: Opened) {
    this.#tenants = tenants
    this.#directory = directory
    this.#key = key
    this.#compactFrom = compactFrom
    this.#warn = warn
    this.#log = log
    this.#generation = generation
    this.#needed = 0
  }

  /** Starts with the current tenants, which are on disk. */
  begin(): void {
    this.#keptWorlds = this.#tenants.all
    this.#keptWorlds.forEach(({ tenant }) => this.#kept.set(tenant, tenant.standing))
  }

  onAdd(registration: Registration): void {
    this.#next.worlds.push({ type: "added", registration })
    this.touch(registration.tenant)
  }

  onRemove(id: string, tenant: Tenant): void {
    this.#next.worlds.push({ type: "removed", id })
    this.touch(tenant)
  }

  onRekey(registration: Registration): void {
    this.#next.worlds.push({ type: "rekeyed", registration })
    this.touch(registration.tenant)
  }

  onSecret(
    tenant: Tenant,
    store: WorkspaceSecretStore,
    before: WorkspaceSecret | undefined,
    after: WorkspaceSecret | undefined
  ): void {
    if (!this.#isUndoing) {
      this.#next.secrets.push({ tenant, store, before, after })
      this.touch(tenant)
    }
  }

  touch(tenant: Tenant): void {
    this.#next.touched.add(tenant)
    this.#start()
  }

  settle(tenant: Tenant): Effect.Effect<void, Unavailable> | undefined {
    if (tenant.isCounting) {
      this.touch(tenant)
    }
    return this.#next.touched.has(tenant)
      ? this.#next.done
      : this.#current?.touched.has(tenant) === true
      ? this.#current.done
      : undefined
  }

  /** Writes the remaining changes, and closes the log. */
  async close(): Promise<void> {
    for (let busy = this.#busy; busy !== undefined; busy = this.#busy) {
      await busy
    }
    await this.#log.close()
  }

  get #busy(): Promise<void> | undefined {
    return this.#running ?? this.#preparing
  }

  get #hasWork(): boolean {
    return this.#next.touched.size > 0 || this.#successor?.isReady === true
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      if (this.#hasWork) {
        this.#start()
      }
    })
  }

  async #run(): Promise<void> {
    // Collects all changes of this turn of the event loop.
    await setImmediate()
    while (this.#hasWork) {
      if (this.#next.touched.size > 0) {
        await this.#write()
      }
      if (this.#successor?.isReady === true) {
        await this.#succeed(this.#successor)
      }
    }
  }

  async #write(): Promise<void> {
    const batch = this.#next
    this.#next = new Batch()
    this.#current = batch
    const worlds = batch.worlds.length > 0 ? this.#tenants.all : this.#keptWorlds
    const isLarge = this.#successor === undefined
      && this.#log.length > Math.max(this.#compactFrom, COMPACT_TIMES * this.#needed)
    let collected: Collected
    let all: ReadonlyArray<WorldRecord.Lines> | undefined
    try {
      collected = this.#collect(batch)
      all = isLarge ? worlds.map(WorldRecord.whole) : undefined
      const { changes, lines } = collected
      if (changes > 0) {
        await this.#log.append(this.#log.encode(flat(lines), changes))
      }
    } catch (error) {
      this.#refuse(batch, error)
      return
    }
    const { changes, lines, standings } = collected
    standings.forEach((standing, tenant) => this.#kept.set(tenant, standing))
    if (worlds !== this.#keptWorlds) {
      this.#keptWorlds = worlds
      const there = new Set(worlds.map(({ tenant }) => tenant))
      this.#kept.forEach((_, tenant) => there.has(tenant) || this.#kept.delete(tenant))
    }
    this.#successor?.since.push(...lines)
    this.#current = undefined
    if (this.#isRefusing && changes > 0) {
      this.#isRefusing = false
      this.#warn("changes are stored again")
    }
    batch.end(Effect.void)
    if (all !== undefined) {
      this.#preparing = this.#prepare(all).finally(() => {
        this.#preparing = undefined
      })
    }
  }

  #collect(batch: Batch): Collected {
    const tenants = this.#tenants
    const lines: Array<WorldRecord.Lines> = []
    let changes = 0
    const standings = new Map<Tenant, Standing>()
    const isNew = new Set<Tenant>()
    for (const change of batch.worlds) {
      if (change.type === "removed") {
        lines.push(WorldRecord.removed(change.id))
        changes++
      } else if (tenants.find(change.registration.id)?.tenant === change.registration.tenant) {
        if (change.type === "added") {
          isNew.add(change.registration.tenant)
        }
        lines.push(WorldRecord[change.type === "added" ? "whole" : "rekeyed"](change.registration))
        changes++
      }
    }
    const changed = new Set(batch.secrets.map(({ tenant }) => tenant))
    for (const tenant of batch.touched) {
      const id = tenants.idOf(tenant)
      if (id !== undefined) {
        const after = tenant.standing
        const before = this.#kept.get(tenant)
        standings.set(tenant, after)
        const some = before === undefined || isNew.has(tenant) ? [] : WorldRecord.difference(id, tenant, before, after)
        if (some.length > 0) {
          lines.push(...some)
          changes += changed.has(tenant) && before?.secrets === after.secrets ? 0 : 1
        }
      }
    }
    for (const { after, before, store, tenant } of batch.secrets) {
      const id = tenants.idOf(tenant)
      // Skipped if all secrets of the world are written again.
      if (
        id !== undefined && !isNew.has(tenant) && this.#kept.get(tenant)?.secrets === store
        && standings.get(tenant)?.secrets === store
      ) {
        lines.push(WorldRecord.single(id, before, after))
        changes++
      }
    }
    return { lines, changes, standings }
  }

  /** Undoes the changes that are not on disk, and fails the effects that wait for them. */
  #refuse(batch: Batch, error: unknown): void {
    const later = this.#next
    this.#next = new Batch()
    this.#current = undefined
    const undone = [batch, later]
    this.#isUndoing = true
    for (const { after, before, store } of undone.flatMap(({ secrets }) => secrets).reverse()) {
      if (before !== undefined) {
        store.put(before)
      } else if (after !== undefined) {
        store.remove(after)
      }
    }
    this.#isUndoing = false
    if (undone.some(({ worlds }) => worlds.length > 0)) {
      this.#tenants.reinstate(this.#keptWorlds)
    }
    for (const tenant of new Set(undone.flatMap(({ touched }) => [...touched]))) {
      const kept = this.#kept.get(tenant)
      if (kept !== undefined) {
        // Otherwise the ids stay: other requests have used them since.
        tenant.stand(isCounting(kept) ? kept : { ...kept, ids: tenant.ids.state })
        this.#kept.set(tenant, tenant.standing)
      }
    }
    const reason = reasonOf(codeOf(error))
    if (!this.#isRefusing) {
      this.#isRefusing = true
      this.#warn(`changes cannot be stored and are rejected: ${reason}`)
    }
    const failure = new Unavailable({ message: `nothing was changed, because the change cannot be stored: ${reason}` })
    undone.forEach((each) => each.end(failure))
  }

  /** Writes all worlds to a new log. Meanwhile, changes go to the current one. */
  async #prepare(all: ReadonlyArray<WorldRecord.Lines>): Promise<void> {
    const successor: Successor = { log: undefined, isReady: false, since: [] }
    this.#successor = successor
    try {
      successor.log = await Log.create(temporaryOf(join(this.#directory, `${NAME}.log`)), this.#key)
      await successor.log.append(successor.log.encode(flat(all), 1, false))
      successor.isReady = true
      this.#start()
    } catch (error) {
      await this.#abandon(successor, error)
    }
  }

  async #succeed(successor: Successor): Promise<void> {
    const before = this.#log
    const { log } = successor
    if (log === undefined) {
      return
    }
    try {
      const { length } = log
      if (successor.since.length > 0) {
        await log.append(log.encode(flat(successor.since), 1, false))
      }
      await log.rename(join(this.#directory, logName(this.#generation + 1)))
      this.#log = log
      this.#generation++
      this.#needed = length
      this.#successor = undefined
    } catch (error) {
      await this.#abandon(successor, error)
      return
    }
    // All that the old log has is in the new one. If it cannot be closed or removed, the next start removes it.
    await before.close().catch(() => undefined)
    await log.mend().then(() => Fs.rm(before.path), () => undefined)
  }

  async #abandon({ log }: Successor, error: unknown): Promise<void> {
    this.#successor = undefined
    this.#needed = this.#log.length
    this.#warn(`its log cannot be compacted and keeps growing: ${reasonOf(codeOf(error))}`)
    if (log !== undefined) {
      // The log that stays in use has all changes.
      await log.close().catch(() => undefined)
      await Fs.rm(log.path, { force: true }).catch(() => undefined)
    }
  }
}

/** Creates the directory if it does not exist. Rejects symbolic links, whose target may belong to somebody else. */
const makeDirectory = async (path: string): Promise<void> => {
  const stat = await unlessMissing(Fs.lstat(path))
  if (stat === undefined) {
    await Fs.mkdir(path, { mode: 0o700 })
    await syncDirectory(dirname(path))
  } else if (stat.isSymbolicLink()) {
    throw new Refusal({ what: "it is a symbolic link; give the directory that it leads to" })
  } else if (!stat.isDirectory()) {
    throw new Refusal({ what: "it is not a directory" })
  }
}

/** Files that a new data directory may contain: those of file systems and of this server. */
const isOfNobody = (name: string): boolean => name.startsWith(".") || name === "lost+found"

const openLog = async (
  directory: string,
  key: DataKey | undefined,
  images: WorldRecord.Images
): Promise<{ readonly log: Log; readonly dropped: number; readonly generation: number }> => {
  const names = await Fs.readdir(directory)
  const generations = names.map((name) => Number(logPattern.exec(name)?.[1] ?? 0)).filter((generation) =>
    generation > 0
  )
  const last = Math.max(0, ...generations)
  if (last === 0 && !names.every(isOfNobody)) {
    throw new Refusal({ what: "it contains other files and no data of this server; give an empty directory" })
  }
  const base = join(directory, `${NAME}.log`)
  let opened
  if (last === 0) {
    const log = await Log.create(temporaryOf(base), key)
    await log.rename(join(directory, logName(1)))
    await log.mend()
    opened = { log, dropped: 0, generation: 1 }
  } else {
    const file = logName(last)
    try {
      opened = {
        ...await Log.open(join(directory, file), key, (lines) => lines.forEach((line) => images.apply(line))),
        generation: last
      }
    } catch (error) {
      throw error instanceof Refusal ? new Refusal({ what: `${file}: ${error.what}` }) : error
    }
  }
  // Removes files of a process that was killed while it compacted the log.
  for (const name of names) {
    const generation = Number(logPattern.exec(name)?.[1] ?? last)
    if (generation < last || isTemporaryOf(base, name)) {
      await Fs.rm(join(directory, name), { force: true })
    }
  }
  return opened
}

/**
 * Locks a directory until the scope closes, and reads it. Returns a function that adds its worlds to the tenants of a server, and stores
 * their changes from then on.
 */
export const open = (
  path: string,
  { compactFrom = COMPACT_FROM, keyFile }: {
    readonly keyFile?: string | undefined
    readonly compactFrom?: number | undefined
  } = {}
): Effect.Effect<(tenants: Tenants) => Recovered, DataDirectoryError, Scope.Scope> =>
  Effect.gen(function*() {
    const run = Runtime.runFork(yield* Effect.runtime<never>())
    const warn = (message: string) => void run(Effect.logWarning(`data directory ${path}: ${message}`))
    const key = keyFile === undefined
      ? undefined
      : yield* Effect.mapError(
        readDataKey(keyFile),
        ({ what }) => new Refusal({ what: `data key ${keyFile}: ${what}` })
      )
    yield* attempt("it cannot be made", () => makeDirectory(path))
    yield* lock(join(path, NAME))
    const images = new WorldRecord.Images()
    const { dropped, generation, log } = yield* attempt("it cannot be used", () => openLog(path, key, images))
    let storage: Storage | undefined
    yield* Effect.addFinalizer(() => Effect.promise(async () => await (storage ?? log).close()))
    return (tenants: Tenants) => {
      storage = new Storage(tenants, { compactFrom, directory: path, generation, key, log, warn })
      tenants.keepWith(storage)
      const recovered = images.recover(tenants)
      storage.begin()
      return { ...recovered, dropped }
    }
  }).pipe(Effect.mapError(({ what }) => new DataDirectoryError({ path, problem: what })))
