/**
 * The server that a command runs.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as MockServer from "../MockServer.js"
import * as Seed from "../Seed.js"

/** The server cannot start as it was told to: why, for a person to read. */
export class CannotStart extends Data.TaggedError("CannotStart")<{ readonly message: string }> {}

/** What a server can be told. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly apiKey: Redacted.Redacted
  readonly seedFile: string | undefined
  readonly writeOnlyValues: boolean
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

/** Starts a server, which stops with the scope. */
export const open = (
  { seedFile, ...options }: Settings
): Effect.Effect<MockServer.Service, CannotStart, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const seed = seedFile === undefined ? undefined : yield* readSeed(seedFile)
    const context = yield* Layer.build(MockServer.layer({ ...options, seed })).pipe(
      Effect.mapError((error) =>
        error._tag === "SeedError"
          ? problemsOf("seed file", seedFile ?? "")(error)
          : new CannotStart({ message: error.message })
      )
    )
    return Context.get(context, MockServer.MockServer)
  })
