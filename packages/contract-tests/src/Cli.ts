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
 * A server that the command starts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Own {
  readonly name: string
  readonly target: Layer.Layer<Target.Target, unknown>
}

/**
 * The environment of a run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Environment {
  /** The command-line arguments. */
  readonly args: ReadonlyArray<string>
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** Whether to write ANSI colours. */
  readonly colours: boolean
  /** The servers to check without `--base-url`. Default: none. */
  readonly own?: ReadonlyArray<Own> | undefined
  /** The name of the command, for the help. */
  readonly command: string
  /** Completes when `witness` should stop. */
  readonly stopped?: Effect.Effect<void> | undefined
}

/**
 * The exit code: 0 if all behaviours passed, 1 if one failed or the server cannot be reached, 2 for invalid arguments
 * or variables.
 *
 * @since 0.1.0
 * @category models
 */
export type ExitCode = 0 | 1 | 2

/**
 * The help text.
 *
 * @since 0.1.0
 * @category printing
 */
export const help = ({ command, own = [] }: Pick<Environment, "command" | "own">): string =>
  `Runs the contract suite against a server of the Workspace Secrets API, and prints the ledger: each behaviour, its source (D documented,
P published by the vendor, A assumed, L verified live, contested if the sources disagree) and its result.

  ${command} ${own.length > 0 ? "[options]" : "--base-url <url> --live [options]"}
  ${command} witness --target <url> [options]   observes the traffic of a client instead; see witness --help
${
    own.length > 0
      ? `
Without --base-url it checks ${own.map(({ name }) => name).join(" and ")}.
`
      : ""
  }
Server
  --base-url <url>       The base URL. Default with --live: CADENYA_BASE_URL.
  --live                 Required for a server: the suite creates secrets with CONTRACT-TESTS- in their names, deletes
                         them at the end, and changes no others. Skips behaviours that may be too much for a shared server.
  --workspace-id <id>    The workspace of the key. Default: CADENYA_WORKSPACE_ID, or read from a secret.
  --workspace-alias <a>  The alias of the workspace. Without it, aliases are not checked.
  --concurrency <n>      The maximum number of requests in flight. Default: 4.
  --cors-origin <origin> An origin that the server allows. Without it, CORS is not checked.
  --heavy                Also checks the behaviours that --live skips: many requests, bodies of 1 MiB, guessed keys.
  --allow-insecure-http  Allows http, which sends the key unencrypted, for hosts other than localhost.
  --sweep                Only deletes the leftover secrets of killed runs.

Where the sources disagree. By default, both answers are accepted, and both path layouts are expected.
  --write-only-values    The server omits spec.value in responses.
  --uppercase-names      The server converts names to upper case.
  --omit-unset-fields    The server omits unset fields in responses.
  --paths <which>        both, unscoped or scoped: /v1/workspace_secrets, /v1/workspaces/{workspaceId}/workspace_secrets.

Behaviours
  --only <ids>           Ids or prefixes of ids, such as WS-LIST,WS-GET-003.
  --provenance <letters> Sources, such as D,P; contested: behaviours on which the sources disagree.

Ledger
  --format <format>      text, markdown or json. Default: text.
  --with <file>          Adds the report of a witness: L with date and count for confirmed statements, contested for contradicted ones.

Keys are read from the environment only, because other users can see command lines. CADENYA_API_KEY is the key.
Optional: CADENYA_OTHER_API_KEY (another workspace, to check isolation); of the same workspace, CADENYA_RESTRICTED_API_KEY
(without the scope secrets:manage) and CADENYA_DISABLED_API_KEY (disabled).

Exit codes: 0 all behaviours passed, 1 a behaviour failed or the server cannot be reached, 2 invalid arguments or variables,
130 interrupted. It cleans up in all cases.`

const parseUrl = (text: string, insecure: boolean): Effect.Effect<URL, Usage> =>
  Effect.gen(function*() {
    const url = yield* Effect.try({
      try: () => new URL(text),
      catch: () => usage("--base-url must be a URL such as http://127.0.0.1:4010")
    })
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      return yield* usage("--base-url must start with https:// or http://")
    }
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      return yield* usage("--base-url must not have a user, password, query or fragment")
    }
    if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname)) {
      return yield* usage(
        "--base-url with http sends the key unencrypted: use https, or set --allow-insecure-http"
      )
    }
    return url
  })

const positive = (name: string, text: string): Effect.Effect<number, Usage> =>
  /^[1-9]\d{0,3}$/.test(text)
    ? Effect.succeed(Number(text))
    : usage(`--${name} must be a whole number from 1 to 9999`)

const listOf = (text: string): ReadonlyArray<string> =>
  text.split(",").map((part) => part.trim().toUpperCase()).filter((part) => part !== "")

const choose = ({ only, provenance }: Values): Effect.Effect<typeof behaviours, Usage> =>
  Effect.gen(function*() {
    const ids = listOf(only ?? "")
    const letters = listOf(provenance ?? "")
    const unknown = letters.find((letter) => !["D", "P", "A", "CONTESTED"].includes(letter))
    if (unknown !== undefined) {
      return yield* usage("--provenance must be a comma-separated list of D, P, A and contested")
    }
    const nothing = ids.find((id) => !behaviours.some((behaviour) => behaviour.id.startsWith(id)))
    if (nothing !== undefined) {
      return yield* usage(`--only: no behaviour has an id that starts with ${nothing}`)
    }
    return behaviours.filter((behaviour) =>
      (ids.length === 0 || ids.some((id) => behaviour.id.startsWith(id)))
      && (letters.length === 0 || letters.includes(behaviour.provenance)
        || (letters.includes("CONTESTED") && behaviour.contested.length > 0))
    )
  })

/** Treats empty variables as unset. */
const setOf = (env: Environment["env"]): Environment["env"] =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""))

/** Reads an API key from a variable. */
const keyOf = (env: Environment["env"], name: string): Effect.Effect<string | undefined, Usage> => {
  const key = env[name]
  return key === undefined
    ? Effect.succeed(undefined)
    : isApiKey(key) && !/^bearer /i.test(key)
    ? Effect.succeed(key)
    : usage(`${name} must be visible ASCII characters with spaces only between them, without Bearer`)
}

/** The server of `--base-url`, if given. */
const given = ({ env, own = [] }: Environment, values: Values) =>
  Effect.gen(function*() {
    const text = values["base-url"] ?? (values.live === true ? env["CADENYA_BASE_URL"] : undefined)
    if (text === undefined) {
      return values.live === true || own.length === 0
        ? yield* usage("no server given: set --base-url <url> or CADENYA_BASE_URL")
        : undefined
    }
    if (values.live !== true) {
      return yield* usage(
        "--base-url needs --live: the suite creates secrets on that server, and deletes them at the end"
      )
    }
    const url = yield* parseUrl(text, values["allow-insecure-http"] === true)
    const key = yield* keyOf(env, "CADENYA_API_KEY")
    if (key === undefined) {
      return yield* usage("CADENYA_API_KEY must be set to an API key of that server")
    }
    const { paths } = values
    if (paths !== undefined && paths !== "both" && paths !== "unscoped" && paths !== "scoped") {
      return yield* usage("--paths must be both, unscoped or scoped")
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

const reportOf = (path: string | undefined): Effect.Effect<Report | undefined, Usage> =>
  path === undefined ? Effect.succeed(undefined) : Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: () => usage("--with: the file cannot be read")
  }).pipe(Effect.flatMap((text) => Effect.mapError(readReport(text), (message) => usage(`--with: ${message}`))))

const isFormat = (text: string): text is keyof typeof formats => Object.hasOwn(formats, text)

/**
 * Checks behaviours on each server, and returns the columns of the ledger.
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
          ? usage("set the key in CADENYA_API_KEY: other users can see command lines")
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
      return yield* usage("--format must be text, markdown or json")
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

/** Writes log messages to stderr without a prefix. */
const stderr = Logger.replace(
  Logger.defaultLogger,
  Logger.withConsoleError(Logger.make(({ message }) => String(Array.isArray(message) ? message.join(" ") : message)))
)

/**
 * Runs the command line and returns the exit code. Errors are printed to stderr without stack traces. On interruption,
 * it cleans up first.
 *
 * @since 0.1.0
 * @category running
 */
export const run = (environment: Environment): Effect.Effect<ExitCode> =>
  main({ ...environment, env: setOf(environment.env) }).pipe(
    Effect.catchAll((error) =>
      error instanceof Usage
        ? Effect.as(Console.error(`${error.message}\nSee ${environment.command} --help.`), 2 as const)
        : Effect.as(Console.error(error instanceof Error ? error.message : String(error)), 1 as const)
    ),
    Effect.provide(stderr)
  )

/**
 * Runs the command line as the main program, and sets the exit code. SIGINT and SIGTERM interrupt it (exit code 130),
 * or stop `witness`, which sets its own code. A second signal ends the process at once.
 *
 * @since 0.1.0
 * @category running
 */
export const launch = (
  effect: (environment: Pick<Environment, "args" | "env" | "colours" | "stopped">) => Effect.Effect<number>
): void => {
  // If the output is closed (EPIPE) or the disk is full, lines are dropped, but the run still cleans up.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {})
  }
  const colours = process.stdout.isTTY && !process.env["NO_COLOR"]
  const args = process.argv.slice(2)
  // A witness runs until it is stopped, which is its normal end.
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
    process.stderr.write("interrupted; deleting created secrets …\n")
    Effect.runFork(Fiber.interruptFork(fiber))
  }
  // Node would print the message and a line of source code, which may contain secrets.
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
