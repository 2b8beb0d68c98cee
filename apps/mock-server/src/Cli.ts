/**
 * The command line: `workspace-secrets-mock`.
 *
 * @since 0.1.0
 */
import type * as CliApp from "@effect/cli/CliApp"
import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { stripVTControlCharacters } from "node:util"
import * as MockServer from "./MockServer.js"
import * as Seed from "./Seed.js"

/**
 * The server cannot start as it was told to: why, for a person to read.
 *
 * @since 0.1.0
 * @category errors
 */
export class CannotStart extends Data.TaggedError("CannotStart")<{ readonly message: string }> {}

const expected = (what: string) => ({ message: () => ({ message: `Expected ${what}`, override: true }) })

const Port = Schema.Int.pipe(Schema.between(0, 65535), Schema.annotations(expected("a port, 0 to 65535")))

const ApiKey = Schema.String.pipe(
  Schema.pattern(/^[\x21-\x7e]+$/),
  Schema.annotations(expected("an API key of visible ASCII characters"))
)

const Host = Schema.NonEmptyString.annotations(expected("a host name or an address"))

const host = Options.text("host").pipe(
  Options.withSchema(Host),
  Options.withDefault("127.0.0.1"),
  Options.withDescription("The address to listen on. Anyone who reaches it can use the server: it is for tests.")
)

const port = Options.integer("port").pipe(
  Options.withSchema(Port),
  Options.withDefault(4010),
  Options.withDescription("The port to listen on; 0 takes a free one and prints it.")
)

const apiKey = Options.text("api-key").pipe(
  Options.withSchema(ApiKey),
  Options.withDefault(MockServer.defaultApiKey),
  Options.withDescription("The one key that the server knows. Any other is answered with 401.")
)

const seedFile = Options.text("seed-file").pipe(
  Options.optional,
  Options.withDescription("A JSON file with the secrets to begin with. Nothing is written back to it.")
)

const writeOnlyValues = Options.boolean("write-only-values").pipe(
  Options.withDescription("Leave spec.value out of every answer, as a service may do for some keys.")
)

const readSeed = (path: string): Effect.Effect<Seed.Seed, CannotStart, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const text = yield* fs.readFileString(path).pipe(
      Effect.mapError((error) => {
        const why = "reason" in error && error.reason === "NotFound" ? "there is no such file" : "it cannot be read"
        return new CannotStart({ message: `seed file ${path}: ${why}` })
      })
    )
    return yield* Effect.mapError(Seed.parse(text), (error) => seedProblems(path, error))
  })

const seedProblems = (path: string, { problems }: Seed.SeedError) =>
  new CannotStart({ message: problems.map((problem) => `seed file ${path}: ${problem}`).join("\n") })

/** A word for a POSIX shell, which takes some characters of a key for its own even between double quotes. */
const quote = (word: string): string => /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`

/**
 * What is printed once the server listens, and not before.
 *
 * @since 0.1.0
 * @category printing
 */
export const banner = ({ apiKey, url }: Pick<MockServer.Service, "apiKey" | "url">): string => {
  const key = Redacted.value(apiKey)
  return [
    `Workspace Secrets mock server, listening on ${url}`,
    "",
    `  base URL   ${url}`,
    `  API key    ${key}`,
    `  try        curl -H ${quote(`Authorization: Bearer ${key}`)} ${url}/v1/workspace_secrets`,
    "",
    "Everything is kept in memory. Ctrl-C stops it."
  ].join("\n")
}

const command = Command.make(
  "workspace-secrets-mock",
  { host, port, apiKey, seedFile, writeOnlyValues },
  ({ apiKey, host, port, seedFile, writeOnlyValues }) =>
    Effect.scoped(Effect.gen(function*() {
      const seed = Option.isSome(seedFile) ? yield* readSeed(seedFile.value) : undefined
      const context = yield* Layer.build(
        MockServer.layer({ host, port, apiKey: Redacted.make(apiKey), seed, writeOnlyValues })
      ).pipe(
        Effect.mapError((error) =>
          error._tag === "SeedError"
            ? seedProblems(Option.getOrElse(seedFile, () => ""), error)
            : new CannotStart({ message: error.message })
        )
      )
      yield* Console.log(banner(Context.get(context, MockServer.MockServer)))
      return yield* Effect.never
    }))
).pipe(
  Command.withDescription(HelpDoc.blocks([
    HelpDoc.p("An in-memory server of the Workspace Secrets API, to run tests against."),
    HelpDoc.p(
      "It listens until it is stopped and keeps nothing. When it is ready it prints its base URL, its key and a request to try."
    ),
    HelpDoc.p("workspace-secrets-mock --port 0 --seed-file secrets.json")
  ]))
)

/** Help is help wherever it stands on the line; `@effect/cli` takes it for an unknown argument behind the first option. */
const helpFirst = (argv: ReadonlyArray<string>): ReadonlyArray<string> =>
  argv.slice(2).some((argument) => argument === "--help" || argument === "-h")
    ? [...argv.slice(0, 2), "--help"]
    : argv

/** The console without colours. `@effect/cli` writes them whatever it writes to. */
const plain = (console: Console.Console): Console.Console => ({
  ...console,
  log: (...parts) => console.log(...parts.map(withoutColours)),
  error: (...parts) => console.error(...parts.map(withoutColours))
})

const withoutColours = (part: unknown): unknown => typeof part === "string" ? stripVTControlCharacters(part) : part

/**
 * What a run of the command line came to: 0 when it did what it was told and was stopped, 1 when it could not, 2 when it was not told
 * properly.
 *
 * @since 0.1.0
 * @category models
 */
export type ExitCode = 0 | 1 | 2

/**
 * Runs the command line until it is interrupted. What the user has to be told is on stderr by the time that this ends: in words, and
 * without a stack trace.
 *
 * @since 0.1.0
 * @category running
 */
export const run = (options: {
  readonly argv: ReadonlyArray<string>
  readonly version: string
  readonly colours: boolean
}): Effect.Effect<ExitCode, never, CliApp.CliApp.Environment> =>
  Command.run(command, { name: "Workspace Secrets mock server", version: options.version })(helpFirst(options.argv))
    .pipe(
      Effect.as<ExitCode>(0),
      Effect.catchTag("CannotStart", ({ message }) => Effect.as(Console.error(message), 1 as const)),
      // What is left are the refusals of @effect/cli, which has printed them.
      Effect.catchAll(() =>
        Effect.as(Console.error("Run workspace-secrets-mock --help to see what there is."), 2 as const)
      ),
      (self) => options.colours ? self : Console.consoleWith((console) => Effect.withConsole(self, plain(console)))
    )
