/**
 * The command line: `workspace-secrets-contract`. For Node.
 *
 * @since 0.1.0
 */
import { isApiKey } from "@workspace-secrets/core/ApiKey"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { readFileSync } from "node:fs"
import process from "node:process"
import { parseArgs } from "node:util"
import { behaviours } from "./Behaviours.js"
import { outlineOf } from "./internal/defect.js"
import { isLoopback, isReal, refuseTwice, Usage, usage, wrongArguments } from "./internal/usage.js"
import * as Ledger from "./Ledger.js"
import * as Target from "./Target.js"
import * as WitnessCli from "./WitnessCli.js"
import { read as readReport, type Report } from "./WitnessReport.js"

const options = {
  "base-url": { type: "string" },
  live: { type: "boolean" },
  "workspace-id": { type: "string" },
  "workspace-alias": { type: "string" },
  "write-only-values": { type: "boolean" },
  "uppercase-names": { type: "boolean" },
  "omit-unset-fields": { type: "boolean" },
  paths: { type: "string" },
  "cors-origin": { type: "string" },
  "allow-insecure-http": { type: "boolean" },
  only: { type: "string" },
  provenance: { type: "string" },
  heavy: { type: "boolean" },
  concurrency: { type: "string" },
  sweep: { type: "boolean" },
  format: { type: "string" },
  with: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" }
} as const

const parse = (args: ReadonlyArray<string>) => {
  const { tokens, values } = parseArgs({ args: [...args], options, strict: true, tokens: true })
  refuseTwice(tokens)
  return values
}

type Values = ReturnType<typeof parse>

/**
 * A server that the command starts by itself.
 *
 * @since 0.1.0
 * @category models
 */
export interface Own {
  readonly name: string
  readonly target: Layer.Layer<Target.Target, unknown>
}

/**
 * What a run of the command line works with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Environment {
  /** What stands behind the command on its line. */
  readonly args: ReadonlyArray<string>
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** Whether to write ANSI colours. */
  readonly colours: boolean
  /** What the command looks at when it is given no server; nothing unless given. */
  readonly own?: ReadonlyArray<Own> | undefined
  /** How it is called, for the help. */
  readonly command: string
  /** Ends what goes on until it is told to stop: `witness`. */
  readonly stopped?: Effect.Effect<void> | undefined
}

/**
 * What a run of the command line came to: 0 when the contract is kept, 1 when it is not or the server cannot be reached,
 * 2 when the command was not told properly.
 *
 * @since 0.1.0
 * @category models
 */
export type ExitCode = 0 | 1 | 2

/**
 * The help.
 *
 * @since 0.1.0
 * @category printing
 */
export const help = ({ command, own = [] }: Pick<Environment, "command" | "own">): string =>
  `Holds a server of the Workspace Secrets API against its contract, and prints the ledger: each behaviour, where it comes
from (D documented, P published by the vendor, A assumed, L verified live, contested where the sources disagree) and
whether the server shows it.

  ${command} ${own.length > 0 ? "[options]" : "--base-url <url> --live [options]"}
  ${command} witness --target <url> [options]   watches the traffic of a client instead; witness --help
${
    own.length > 0
      ? `
Without --base-url it looks at ${own.map(({ name }) => name).join(" and ")}.
`
      : ""
  }
The server
  --base-url <url>       Where the API is; CADENYA_BASE_URL unless given, where --live is.
  --live                 Yes, make secrets on that server and delete them. All have CONTRACT-TESTS- in their names, and
                         nothing else is touched. Left out for it: what would be too much for a server that others use.
  --workspace-id <id>    The workspace of the key; CADENYA_WORKSPACE_ID or else found out unless given.
  --workspace-alias <a>  What stands for that id in a path, to look at aliases as well.
  --concurrency <n>      How many requests may be under way at the same time; 4 unless given.
  --cors-origin <origin> An origin that the server allows, to look at CORS as well.
  --heavy                With the behaviours that --live leaves out: crowds, bodies of 1 MiB, guessed keys.
  --allow-insecure-http  Send the key over http to another host than this one.
  --sweep                Only delete what runs that were killed have left behind.

What the sources disagree about. Without these, both answers are accepted, and both layouts of paths are expected.
  --write-only-values    The server leaves spec.value out of its answers.
  --uppercase-names      The server writes names in upper case.
  --omit-unset-fields    The server leaves fields that are not set out of its answers.
  --paths <which>        both, unscoped or scoped: /v1/workspace_secrets, /v1/workspaces/{workspaceId}/workspace_secrets.

The behaviours
  --only <ids>           WS-LIST,WS-GET-003: those whose id begins with one of these.
  --provenance <letters> D,P: those that come from there; contested: those that touch what the sources disagree about.

The ledger
  --format <format>      text, markdown or json; text unless given.
  --with <file>          Adds what a witness has reported: L with date and count for what it has confirmed of the real service, and contested
                         for what it has contradicted.

CADENYA_API_KEY has the key, and CADENYA_OTHER_API_KEY that of another workspace, to look at isolation as well. With keys of
the same workspace, more is looked at: CADENYA_RESTRICTED_API_KEY has no scope secrets:manage, and CADENYA_DISABLED_API_KEY is
disabled. A key is taken from nowhere else: what is on a command line can be seen by others.

It ends with 0 when the contract is kept, 1 when it is not, 2 when it was not told properly, 130 when it was interrupted;
it cleans up in any case.`

const parseUrl = (text: string, insecure: boolean): Effect.Effect<URL, Usage> =>
  Effect.gen(function*() {
    const url = yield* Effect.try({
      try: () => new URL(text),
      catch: () => usage("--base-url is no URL; expected one such as http://127.0.0.1:4010")
    })
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      return yield* usage("--base-url has to begin with https:// or http://")
    }
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      return yield* usage("--base-url has to be without user, password, query and fragment")
    }
    if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname)) {
      return yield* usage(
        "--base-url is http, which shows the key to the network; take https, or say --allow-insecure-http"
      )
    }
    return url
  })

const positive = (name: string, text: string): Effect.Effect<number, Usage> =>
  /^[1-9]\d{0,3}$/.test(text)
    ? Effect.succeed(Number(text))
    : usage(`--${name} has to be a whole number, 1 to 9999`)

const listOf = (text: string): ReadonlyArray<string> =>
  text.split(",").map((part) => part.trim().toUpperCase()).filter((part) => part !== "")

const choose = ({ only, provenance }: Values): Effect.Effect<typeof behaviours, Usage> =>
  Effect.gen(function*() {
    const ids = listOf(only ?? "")
    const letters = listOf(provenance ?? "")
    const unknown = letters.find((letter) => !["D", "P", "A", "CONTESTED"].includes(letter))
    if (unknown !== undefined) {
      return yield* usage("--provenance has to be D, P, A, contested or several of them with commas between")
    }
    const nothing = ids.find((id) => !behaviours.some((behaviour) => behaviour.id.startsWith(id)))
    if (nothing !== undefined) {
      return yield* usage(`--only: no behaviour has an id that begins with ${nothing}`)
    }
    return behaviours.filter((behaviour) =>
      (ids.length === 0 || ids.some((id) => behaviour.id.startsWith(id)))
      && (letters.length === 0 || letters.includes(behaviour.provenance)
        || (letters.includes("CONTESTED") && behaviour.contested.length > 0))
    )
  })

/** The variables without the empty ones, which are unset. */
const setOf = (env: Environment["env"]): Environment["env"] =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""))

/** The key of a variable, if it has one. */
const keyOf = (env: Environment["env"], name: string): Effect.Effect<string | undefined, Usage> => {
  const key = env[name]
  return key === undefined
    ? Effect.succeed(undefined)
    : isApiKey(key) && !/^bearer /i.test(key)
    ? Effect.succeed(key)
    : usage(`${name} has to be of visible ASCII characters, with spaces only between them, and without Bearer`)
}

/** The server that was given, if one was. */
const given = ({ env, own = [] }: Environment, values: Values) =>
  Effect.gen(function*() {
    const text = values["base-url"] ?? (values.live === true ? env["CADENYA_BASE_URL"] : undefined)
    if (text === undefined) {
      return values.live === true || own.length === 0
        ? yield* usage("say which server: --base-url <url>, or CADENYA_BASE_URL")
        : undefined
    }
    if (values.live !== true) {
      return yield* usage(
        "--base-url needs --live: the suite makes secrets on that server, and deletes them when it is through"
      )
    }
    const url = yield* parseUrl(text, values["allow-insecure-http"] === true)
    const key = yield* keyOf(env, "CADENYA_API_KEY")
    if (key === undefined) {
      return yield* usage("CADENYA_API_KEY has to have a key of that server")
    }
    const { paths } = values
    if (paths !== undefined && paths !== "both" && paths !== "unscoped" && paths !== "scoped") {
      return yield* usage("--paths has to be both, unscoped or scoped")
    }
    const workspaceId = values["workspace-id"] ?? env["CADENYA_WORKSPACE_ID"]
    if (paths === "scoped" && workspaceId === undefined) {
      return yield* usage("--paths scoped needs --workspace-id, or CADENYA_WORKSPACE_ID")
    }
    const other = yield* keyOf(env, "CADENYA_OTHER_API_KEY")
    const otherWorkspaceId = env["CADENYA_OTHER_WORKSPACE_ID"]
    if (paths === "scoped" && other !== undefined && otherWorkspaceId === undefined) {
      return yield* usage("--paths scoped needs CADENYA_OTHER_WORKSPACE_ID with CADENYA_OTHER_API_KEY")
    }
    const tenant = (apiKey: string | undefined) => apiKey === undefined ? undefined : { apiKey }
    const maxConcurrency = yield* positive("concurrency", values.concurrency ?? "4")
    return {
      url,
      maxConcurrency,
      target: Target.layerFetch({
        baseUrl: url,
        apiKey: key,
        workspaceId,
        workspaceAlias: values["workspace-alias"],
        otherTenant: other === undefined ? undefined : { apiKey: other, workspaceId: otherWorkspaceId },
        restrictedTenant: tenant(yield* keyOf(env, "CADENYA_RESTRICTED_API_KEY")),
        disabledTenant: tenant(yield* keyOf(env, "CADENYA_DISABLED_API_KEY")),
        corsOrigin: values["cors-origin"],
        writeOnlyValues: values["write-only-values"],
        uppercaseNames: values["uppercase-names"],
        omitUnsetFields: values["omit-unset-fields"],
        paths,
        maxConcurrency
      })
    }
  })

const formats = { text: Ledger.toText, markdown: Ledger.toMarkdown, json: Ledger.toJson }

/** The report of a witness. */
const reportOf = (path: string | undefined): Effect.Effect<Report | undefined, Usage> =>
  path === undefined ? Effect.succeed(undefined) : Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: () => usage("--with names a file that cannot be read")
  }).pipe(Effect.flatMap((text) => Effect.mapError(readReport(text), (message) => usage(`--with: ${message}`))))

const isFormat = (text: string): text is keyof typeof formats => Object.hasOwn(formats, text)

/**
 * Looks at the servers that there are, and gives the columns of the ledger.
 *
 * @since 0.1.0
 * @category running
 */
export const look = (
  servers: ReadonlyArray<Own & { readonly live?: boolean; readonly gentle?: boolean; readonly concurrency?: number }>,
  chosen: typeof behaviours = behaviours
): Effect.Effect<ReadonlyArray<Ledger.Column>, unknown> =>
  Effect.forEach(servers, ({ concurrency, gentle, live = false, name, target }) =>
    Effect.map(
      Effect.provide(Ledger.run({ behaviours: chosen, gentle, concurrency }), target),
      (entries) => ({ name, live, entries })
    ))

const main = (environment: Environment): Effect.Effect<ExitCode, unknown> =>
  Effect.gen(function*() {
    const { args, colours, own = [] } = environment
    if (args[0] === "witness") {
      return yield* WitnessCli.run(environment)
    }
    const values = yield* Effect.try({
      try: () => parse(args),
      catch: (error) =>
        args.some((arg) => /^--?[a-z-]*key/.test(arg))
          ? usage("the key is taken from CADENYA_API_KEY: what is on a command line can be seen by others")
          : wrongArguments(error)
    })
    if (values.help === true) {
      yield* Console.log(help(environment))
      return 0
    }
    if (values.version === true) {
      yield* Console.log(environment.version)
      return 0
    }
    const { format = "text" } = values
    if (!isFormat(format)) {
      return yield* usage("--format has to be text, markdown or json")
    }
    const chosen = yield* choose(values)
    const report = yield* reportOf(values.with)
    const server = yield* given(environment, values)
    if (values.sweep === true) {
      if (server === undefined) {
        return yield* usage("--sweep needs a server: --base-url <url> --live")
      }
      const count = yield* Effect.provide(Target.sweep, server.target)
      yield* Console.log(`deleted ${count} ${count === 1 ? "secret" : "secrets"} of earlier runs`)
      return 0
    }
    const columns = yield* look(
      server === undefined ? own : [{
        name: server.url.host,
        target: server.target,
        live: isReal(server.url),
        gentle: values.heavy !== true,
        concurrency: server.maxConcurrency
      }],
      chosen
    )
    yield* Console.log(
      format === "text" ? Ledger.toText(columns, { colours, traffic: report }) : formats[format](columns, report)
    )
    return Ledger.isClean(columns) ? 0 : 1
  })

/** What is logged goes to stderr, as it is. */
const stderr = Logger.replace(
  Logger.defaultLogger,
  Logger.withConsoleError(Logger.make(({ message }) => String(Array.isArray(message) ? message.join(" ") : message)))
)

/**
 * Runs the command line. What the user has to be told is on stderr by the time that this ends: in words, and without a
 * stack trace. When it is interrupted, it cleans up before it ends.
 *
 * @since 0.1.0
 * @category running
 */
export const run = (environment: Environment): Effect.Effect<ExitCode> =>
  main({ ...environment, env: setOf(environment.env) }).pipe(
    Effect.catchAll((error) =>
      error instanceof Usage
        ? Effect.as(Console.error(`${error.message}\n${environment.command} --help says what there is.`), 2 as const)
        : Effect.as(Console.error(error instanceof Error ? error.message : String(error)), 1 as const)
    ),
    Effect.provide(stderr)
  )

/**
 * Runs the command line as this process, whose exit code it sets. SIGINT and SIGTERM interrupt it, which is 130; `witness` they tell
 * to stop, and its own code counts. A second one ends it at once.
 *
 * @since 0.1.0
 * @category running
 */
export const launch = (
  effect: (environment: Pick<Environment, "args" | "env" | "colours" | "stopped">) => Effect.Effect<number>
): void => {
  // Whoever reads can be gone (EPIPE), or the disk full: lines are then dropped, and what the run made is still deleted.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {})
  }
  const colours = process.stdout.isTTY && !process.env["NO_COLOR"]
  const args = process.argv.slice(2)
  // A witness goes on until it is told to stop, which is how it ends in good order.
  const isWitness = args[0] === "witness"
  const stop = Deferred.unsafeMake<void>(FiberId.none)
  const fiber = Effect.runFork(effect({ args, env: process.env, colours, stopped: Deferred.await(stop) }))
  let interrupted = false
  const interrupt = () => {
    if (interrupted) {
      process.exit(130)
    }
    interrupted = true
    if (isWitness) {
      Deferred.unsafeDone(stop, Effect.void)
      return
    }
    process.stderr.write("interrupted; deleting what was made …\n")
    Effect.runFork(Fiber.interruptFork(fiber))
  }
  // Node would print the message and a line of the source: either may quote what no one may see.
  const crash = (error: unknown) => {
    process.stderr.write(outlineOf(error))
    process.exit(1)
  }
  process.on("SIGINT", interrupt)
  process.on("SIGTERM", interrupt)
  process.on("uncaughtException", crash)
  fiber.addObserver((exit) => {
    process.off("SIGINT", interrupt)
    process.off("SIGTERM", interrupt)
    process.off("uncaughtException", crash)
    process.exitCode = interrupted && !isWitness ? 130 : Exit.getOrElse(exit, (cause) => {
      process.stderr.write(outlineOf(cause))
      return 1
    })
  })
}
