/**
 * The command line: `workspace-secrets-mock`.
 */
import type * as CliApp from "@effect/cli/CliApp"
import * as Command from "@effect/cli/Command"
import type * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Record from "effect/Record"
import * as Ref from "effect/Ref"
import type { Page } from "./Help.js"
import { render } from "./Help.js"
import * as Line from "./Line.js"
import type { CannotStart, Ended } from "./Server.js"
import type { Setting } from "./Setting.js"
import * as Settings from "./Settings.js"

const name = "workspace-secrets-mock"

const optionsOf = <S extends Record<string, Setting<unknown>>>(settings: S) =>
  Record.map(settings, ({ options }) => options) as {
    readonly [K in keyof S]: S[K] extends Setting<infer A> ? Options.Options<A> : never
  }

const commands = [
  ["serve", "Serve the API until it is stopped. The default command."],
  ["exec", "Start a server, run a command against it, stop the server."],
  ["ready", "Check whether a server is ready, or wait until it is."]
] as const

type CommandName = typeof commands[number][0]

const isCommand = (word: string | undefined): word is CommandName => commands.some(([name]) => name === word)

const codes = "Exit codes: 0 success, 1 failure (for example, a port in use), 2 wrong usage."

const pages: { readonly [Name in CommandName]: Page } = {
  serve: {
    usage: [`${name} [serve] [options]`],
    about: [
      "Serves the Workspace Secrets API from memory, for development and tests. Stop it with Ctrl-C, SIGTERM or SIGHUP. When the server is"
      + " ready, it prints its base URL, its API key and a request to try."
    ],
    settings: Object.values(Settings.serve),
    notes: [codes],
    examples: [
      `${name}`,
      `${name} --seed-file secrets.json --snapshot-file snapshot.json`,
      `${name} --port 0 --json | head -1`
    ]
  },
  exec: {
    usage: [`${name} exec [options] -- <command> [arguments]`],
    about: [
      "Starts a server on a free port, runs the command, and stops the server. CADENYA_BASE_URL, CADENYA_API_KEY and CADENYA_WORKSPACE_ID are"
      + " set for the command. Signals are forwarded to it.",
      "The exit code is that of the command: 127 if it does not exist, 126 if it cannot be executed."
    ],
    settings: Object.values(Settings.exec),
    examples: [
      `${name} exec -- npm test`,
      `${name} exec --seed-file secrets.json -- sh -c 'curl $CADENYA_BASE_URL/v1/whoami'`
    ]
  },
  ready: {
    usage: [`${name} ready [options]`],
    about: [
      "Checks whether a server is ready. It needs no API key. Exit codes: 0 ready, 1 not ready, 2 wrong usage."
    ],
    settings: Object.values(Settings.ready),
    examples: [`${name} --port 8080 & ${name} ready --wait --url http://127.0.0.1:8080 && npm test`]
  }
}

const overview: Page = {
  ...pages.serve,
  usage: [`${name} [command] [options]`, `${name} [command] --help`],
  about: [
    "A mock server of the Workspace Secrets API, for development and tests. State is kept in memory, and saved only on request."
  ],
  commands: [...commands, ["--version", "Print the version."], [
    "--completions <shell>",
    "Print shell completions for bash, fish, sh or zsh."
  ]],
  settingsTitle: "Options of serve",
  examples: [`${name}`, ...pages.exec.examples.slice(0, 1), ...pages.ready.examples]
}

/** Splits the command line into the name of a command, its own words, and the command after `--`. */
const split = (words: ReadonlyArray<string>) => {
  const end = words.indexOf("--")
  const own = end === -1 ? words : words.slice(0, end)
  const [first] = own
  return {
    command: isCommand(first) ? first : undefined,
    isHelp: own.some((word) => word === "--help" || word === "-h"),
    own: isCommand(first) ? own.slice(1) : own,
    rest: end === -1 ? undefined : words.slice(end + 1)
  }
}

/** Whether the words are options that need no command, such as `--version`. */
const isOfAll = (words: ReadonlyArray<string>): boolean =>
  /^(--version|--wizard|--completions(=| )(bash|fish|sh|zsh))$/.test(words.join(" "))

/** Translates the words for @effect/cli, or says why they are wrong. */
const readLine = (
  { command, own, rest }: ReturnType<typeof split>
): Either.Either<ReadonlyArray<string>, string> => {
  const [first] = own
  if (command === undefined && rest === undefined && isOfAll(own)) {
    return Either.right(own)
  }
  if (command === undefined && first !== undefined && !first.startsWith("-")) {
    return Either.left(Line.unknownCommand(first, commands.map(([name]) => name)))
  }
  if (command === undefined && /^--(version|wizard|completions)$/.test((first ?? "").split("=")[0] ?? "")) {
    return Either.left("--version and --wizard stand alone; --completions takes bash, fish, sh or zsh")
  }
  const name = command ?? "serve"
  if (name === "exec" ? (rest ?? []).length === 0 : (rest ?? []).length > 0) {
    return Either.left(name === "exec" ? "exec: expected a command after --" : `${name} runs no command: use exec`)
  }
  return Either.map(
    Line.read(name, own, Record.map(pages, ({ settings }) => settings)),
    (words) => [name, ...words]
  )
}

/** How the process ends: with an exit code, or with the signal that ended the command of `exec`. */
export type Outcome = Ended

const seeHelp = (command: CommandName | undefined): string =>
  `Run ${[name, ...(command === undefined ? [] : [command])].join(" ")} --help for the options.`

interface Conflicting {
  readonly dataDir: string | undefined
  readonly dataKeyFile: string | undefined
  readonly snapshotFile: string | undefined
}

/** Options that cannot be combined, or that need another one. */
const conflictOf = ({ dataDir, dataKeyFile, snapshotFile }: Conflicting): string | undefined =>
  dataDir !== undefined && snapshotFile !== undefined
    ? "--data-dir and --snapshot-file cannot be combined"
    : dataKeyFile !== undefined && dataDir === undefined
    ? "--data-key-file needs --data-dir"
    : undefined

type Run = Effect.Effect<Outcome, CannotStart, FileSystem.FileSystem>

/**
 * Runs the command line. Problems are printed on stderr, without a stack trace.
 */
export const run = (options: {
  readonly argv: ReadonlyArray<string>
  /** The names of the variables in the environment. */
  readonly variables: ReadonlyArray<string>
  readonly version: string
  readonly colours: boolean
}): Effect.Effect<Outcome, never, CliApp.CliApp.Environment> => {
  const parts = split(options.argv.slice(2))
  const { command, isHelp, rest } = parts
  const misused = Effect.as(Console.error(seeHelp(command)), { code: 2 })
  const refuse = (why: string) => Effect.zipRight(Console.error(`${why}\n`), misused)
  if (isHelp) {
    const page = command === undefined ? overview : pages[command]
    return Effect.as(Console.log(render(page, options.colours)), { code: 0 })
  }
  const line = readLine(parts)
  if (Either.isLeft(line)) {
    return refuse(line.left)
  }
  const [file = "", ...args] = rest ?? []
  return Effect.gen(function*() {
    const outcome = yield* Ref.make<Outcome>({ code: 0 })
    const handled = <A>(run: (settings: A) => Run) => (settings: A) =>
      Effect.flatMap(run(settings), (ended) => Ref.set(outcome, ended))
    const unlessConflict = (settings: Conflicting, run: () => Run): Run => {
      const conflict = conflictOf(settings)
      return conflict === undefined ? run() : refuse(conflict)
    }
    // Loaded on demand: `ready` needs no server, and `serve` starts no process.
    const all = Command.make(name).pipe(Command.withSubcommands([
      Command.make(
        "serve",
        optionsOf(Settings.serve),
        handled((settings) =>
          unlessConflict(settings, () =>
            Effect.flatMap(
              Effect.promise(() => import("./Serve.js")),
              ({ serve }) => serve({ ...settings, colours: options.colours })
            ))
        )
      ),
      Command.make(
        "exec",
        optionsOf(Settings.exec),
        handled((settings) =>
          unlessConflict(settings, () =>
            Effect.flatMap(
              Effect.promise(() => import("./Exec.js")),
              ({ exec }) => exec([file, ...args], { ...settings, colours: options.colours })
            ))
        )
      ),
      Command.make(
        "ready",
        optionsOf(Settings.ready),
        handled((settings) =>
          !settings.wait && line.right.includes("--timeout")
            ? refuse("--timeout needs --wait")
            : Effect.flatMap(Effect.promise(() => import("./Ready.js")), ({ ready }) => ready(settings))
        )
      )
    ]))
    yield* Effect.forEach(
      Line.unknownVariables(options.variables, Object.values(pages).flatMap(({ settings }) => settings)),
      (warning) => Console.error(warning)
    )
    yield* Command.run(all, { name: "Workspace Secrets mock server", version: options.version })([
      ...options.argv.slice(0, 2),
      ...line.right
    ])
    return yield* Ref.get(outcome)
  }).pipe(
    Effect.catchTag("CannotStart", ({ message }) => Effect.as(Console.error(message), { code: 1 })),
    // @effect/cli has printed the remaining errors.
    Effect.catchAll(() => misused)
  )
}
