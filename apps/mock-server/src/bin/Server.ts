/**
 * Starts and stops the server of a command.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { ObservedRequest } from "../api/Dispatcher.js"
import * as MockServer from "../MockServer.js"
import * as SnapshotFile from "../storage/SnapshotFile.js"
import * as Seed from "../world/Seed.js"
import type { Snapshot } from "../world/Snapshot.js"
import type { ClockOptions } from "../world/TenantClock.js"
import type { TenantSettings } from "../world/TenantSettings.js"
import * as RequestLog from "./RequestLog.js"

/** The server cannot start. The message says why, for people. */
export class CannotStart extends Data.TaggedError("CannotStart")<{ readonly message: string }> {}

/** The settings of a server. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly allowedHosts: ReadonlyArray<string> | undefined
  readonly maxConnections: number | undefined
  readonly apiKey: Redacted.Redacted | undefined
  readonly acceptAnyKey: boolean
  readonly controlToken: Redacted.Redacted | undefined
  readonly seedFile: string | undefined
  readonly snapshotFile: string | undefined
  readonly dataDir: string | undefined
  readonly dataKeyFile: string | undefined
  readonly randomSeed: number | undefined
  readonly clock: ClockOptions | undefined
  readonly scopes: TenantSettings["scopes"]
  readonly disabled: boolean
  readonly archived: boolean
  readonly writeOnlyValues: boolean
  readonly uppercaseNames: boolean
  readonly corsOrigin: string | undefined
  readonly log: boolean
  /** Whether to print in colour. */
  readonly colours: boolean
}

const readFile = (kind: string, path: string): Effect.Effect<string, CannotStart, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path)).pipe(
    Effect.mapError((error) => {
      const why = "reason" in error && error.reason === "NotFound" ? "there is no such file" : "it cannot be read"
      return new CannotStart({ message: `${kind} ${path}: ${why}` })
    })
  )

const problemsOf = (kind: string, path: string) => ({ problems }: { readonly problems: ReadonlyArray<string> }) =>
  new CannotStart({ message: problems.map((problem) => `${kind} ${path}: ${problem}`).join("\n") })

const readSeed = (path: string): Effect.Effect<Seed.Seed, CannotStart, FileSystem.FileSystem> =>
  Effect.flatMap(
    readFile("seed file", path),
    (text) => Effect.mapError(Seed.parse(text), problemsOf("seed file", path))
  )

const loadSnapshot = (path: string): Effect.Effect<Snapshot | undefined, CannotStart> =>
  SnapshotFile.load(path).pipe(
    Effect.mapBoth({
      onFailure: ({ message }) => new CannotStart({ message }),
      onSuccess: Option.getOrUndefined
    })
  )

/** Prints a line for each request. */
const log = (colours: boolean) =>
  Effect.map(
    Effect.console,
    (console) => (told: ObservedRequest): void =>
      Effect.runSync(console.error(RequestLog.line(told, new Date(), colours)))
  )

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`

/** Says what was loaded from the data directory. */
export const recoveredLine = ({ dropped, secrets, worlds }: MockServer.Recovered): string =>
  `recovered ${plural(worlds, "world")}, ${plural(secrets, "secret")}`
  + (dropped === 0 ? "" : `; ${plural(dropped, "unfinished change")} dropped`)

/** Starts a server until the scope closes. */
const open = (
  {
    archived,
    colours,
    disabled,
    log: logs,
    seedFile,
    snapshotFile,
    uppercaseNames,
    writeOnlyValues,
    ...options
  }: Settings
): Effect.Effect<MockServer.Service, CannotStart, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const seed = seedFile === undefined ? undefined : yield* readSeed(seedFile)
    const snapshot = snapshotFile === undefined ? undefined : yield* loadSnapshot(snapshotFile)
    // A switch that is off does not overwrite the setting of a seed or snapshot.
    const switches = {
      archived: archived || undefined,
      disabled: disabled || undefined,
      uppercaseNames: uppercaseNames || undefined,
      writeOnlyValues: writeOnlyValues || undefined
    }
    const onRequest = logs ? yield* log(colours) : undefined
    const context = yield* Layer.build(MockServer.layer({ ...options, ...switches, onRequest, seed, snapshot })).pipe(
      Effect.mapError((error) =>
        error._tag === "SeedError"
          ? problemsOf("seed file", seedFile ?? "")(error)
          : new CannotStart({ message: error.message })
      )
    )
    const service = Context.get(context, MockServer.MockServer)
    if (service.recovered !== undefined && service.recovered.worlds + service.recovered.dropped > 0) {
      yield* Console.error(`data directory ${options.dataDir ?? ""}: ${recoveredLine(service.recovered)}`)
    }
    return service
  })

/** How a command ends: with an exit code, or with the signal that ended the command of `exec`. */
export type Ended = { readonly code: number } | { readonly signal: NodeJS.Signals }

/** Runs an effect with a server. With `snapshotFile`, saves a snapshot when the server has stopped, and fails if that is impossible. */
export const use = <R>(
  settings: Settings,
  run: (service: MockServer.Service) => Effect.Effect<Ended, never, R>
): Effect.Effect<Ended, CannotStart, FileSystem.FileSystem | R> =>
  Effect.gen(function*() {
    const { snapshotFile } = settings
    if (snapshotFile !== undefined) {
      yield* Effect.mapError(SnapshotFile.lock(snapshotFile), ({ message }) => new CannotStart({ message }))
    }
    const { ended, service } = yield* Effect.scoped(
      Effect.flatMap(open(settings), (service) => Effect.map(run(service), (ended) => ({ ended, service })))
    )
    if (snapshotFile === undefined) {
      return ended
    }
    return yield* Effect.flatMap(service.control.snapshot, (held) => SnapshotFile.save(snapshotFile, held)).pipe(
      Effect.as(ended),
      Effect.catchAll(({ message }) =>
        Effect.as(Console.error(message), "code" in ended && ended.code === 0 ? { code: 1 } : ended)
      )
    )
  }).pipe(Effect.scoped)
