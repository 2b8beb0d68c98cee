/**
 * `exec`: a server for as long as a command runs.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import spawn from "cross-spawn"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { isatty } from "node:tty"
import type * as MockServer from "../MockServer.js"
import * as Server from "./Server.js"

/** The signals that are the command's to answer. */
const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const

/** What a terminal sends, it sends to the command as well. Passed on, a Ctrl-C would count as two. */
const comesFromTerminal = (signal: NodeJS.Signals): boolean =>
  (signal === "SIGINT" || signal === "SIGQUIT") && [0, 1, 2].some((descriptor) => isatty(descriptor))

const run = (
  [file, ...args]: readonly [string, ...ReadonlyArray<string>],
  environment: Readonly<Record<string, string>>
): Effect.Effect<Server.Ended, NodeJS.ErrnoException> =>
  Effect.async((resume) => {
    const child = spawn(file, args, { stdio: "inherit", env: { ...process.env, ...environment } })
    const passOn = (signal: NodeJS.Signals) => {
      if (!comesFromTerminal(signal)) {
        child.kill(signal)
      }
    }
    const end = (effect: Effect.Effect<Server.Ended, NodeJS.ErrnoException>) => {
      passedOn.forEach((signal) => process.off(signal, passOn))
      resume(effect)
    }
    passedOn.forEach((signal) => process.on(signal, passOn))
    child.once("error", (error) => end(Effect.fail(error)))
    child.once("exit", (code, signal) => end(Effect.succeed(signal === null ? { code: code ?? 0 } : { signal })))
  })

/** As shells have it: 127 for a command that is not there, 126 for one that cannot be run. */
const cannotRun = (file: string, { code = "" }: NodeJS.ErrnoException) =>
  code === "ENOENT"
    ? { code: 127, message: `${file}: there is no such command` }
    : { code: 126, message: `${file}: it cannot be run (${code})` }

/** What a command needs to know of the server, as the client reads it from the environment. */
export const environmentOf = ({ apiKey, url, workspaceId }: MockServer.Service): Readonly<Record<string, string>> => ({
  CADENYA_BASE_URL: url,
  CADENYA_API_KEY: Redacted.value(apiKey),
  CADENYA_WORKSPACE_ID: workspaceId
})

/** Starts a server, runs the command, and stops the server when the command has ended. */
export const exec = (
  command: readonly [string, ...ReadonlyArray<string>],
  settings: Server.Settings
): Effect.Effect<Server.Ended, Server.CannotStart, FileSystem.FileSystem> =>
  Server.use(settings, (service) =>
    run(command, environmentOf(service)).pipe(
      Effect.catchAll((error) => {
        const { code, message } = cannotRun(command[0], error)
        return Effect.as(Console.error(message), { code })
      })
    ))
