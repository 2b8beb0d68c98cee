/**
 * `exec`: runs a command with its own server.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import spawn from "cross-spawn"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { ChildProcess } from "node:child_process"
import { spawn as spawnProcess } from "node:child_process"
import { isatty } from "node:tty"
import type * as MockServer from "../MockServer.js"
import * as Server from "./Server.js"

/** The signals that are passed on to the command. */
const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const

/** How long to wait for a signal to reach the witness, in milliseconds. */
const PATIENCE = 200

/**
 * Distinguishes signals to this process from signals to its process group, such as Ctrl-C in a terminal. The command gets the latter by
 * itself, so they must not be passed on. The witness is a process of the same group: a signal to the group ends it, too. It exits when its
 * stdin is closed.
 */
class Witness {
  #process: ChildProcess | undefined
  #isEnding = false
  /** The last witness that a signal ended, if this process has not got that signal yet: the order of both events is not defined. */
  #end: { readonly signal: NodeJS.Signals; readonly time: number } | undefined

  constructor() {
    this.#start()
  }

  #start(): void {
    if (this.#isEnding || process.platform === "win32") {
      return
    }
    const started = spawnProcess("/bin/sh", ["-c", "ulimit -c 0; read x"], { stdio: ["pipe", "ignore", "ignore"] })
    // There is no shell, so no witness.
    started.once("error", () => {
      this.#process = undefined
    })
    started.once("exit", (_, signal) => {
      this.#end = signal === null ? undefined : { signal, time: performance.now() }
      this.#start()
    })
    started.stdin?.on("error", () => {})
    started.unref()
    this.#process = started
  }

  /** Whether the command probably got the signal, too. */
  async sawIt(signal: NodeJS.Signals): Promise<boolean> {
    if (this.#claim(signal)) {
      return true
    }
    const witness = this.#process
    if (witness?.pid === undefined) {
      return (signal === "SIGINT" || signal === "SIGQUIT") && [0, 1, 2].some((descriptor) => isatty(descriptor))
    }
    if (witness.exitCode === null && witness.signalCode === null) {
      await Promise.race([
        new Promise((resolve) => witness.once("exit", resolve)),
        new Promise((resolve) => setTimeout(resolve, PATIENCE))
      ])
    }
    return this.#claim(signal)
  }

  #claim(signal: NodeJS.Signals): boolean {
    const end = this.#end
    if (end?.signal !== signal || performance.now() - end.time > PATIENCE) {
      return false
    }
    this.#end = undefined
    return true
  }

  end(): void {
    this.#isEnding = true
    this.#process?.stdin?.destroy()
  }
}

const run = (
  [file, ...args]: readonly [string, ...ReadonlyArray<string>],
  environment: Readonly<Record<string, string>>
): Effect.Effect<Server.Ended, NodeJS.ErrnoException> =>
  Effect.async((resume) => {
    const witness = new Witness()
    const child = spawn(file, args, { stdio: "inherit", env: { ...process.env, ...environment } })
    let last = Promise.resolve()
    const passOn = (signal: NodeJS.Signals) => {
      // The witness is asked at once, but signals are passed on in order.
      const seen = witness.sawIt(signal)
      last = last.then(async () => {
        if (!await seen) {
          child.kill(signal)
        }
      })
    }
    const end = (effect: Effect.Effect<Server.Ended, NodeJS.ErrnoException>) => {
      passedOn.forEach((signal) => process.off(signal, passOn))
      witness.end()
      resume(effect)
    }
    passedOn.forEach((signal) => process.on(signal, passOn))
    child.once("error", (error) => end(Effect.fail(error)))
    child.once("exit", (code, signal) => end(Effect.succeed(signal === null ? { code: code ?? 0 } : { signal })))
  })

/** The exit codes of shells: 127 if the command is not found, 126 if it cannot be run. */
const cannotRun = (file: string, { code = "" }: NodeJS.ErrnoException) =>
  code === "ENOENT"
    ? { code: 127, message: `${file}: command not found` }
    : { code: 126, message: `${file}: the command cannot be run (${code})` }

/** The environment variables of the command, which configure the client. */
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
